"""Client of RewardHub, a scoring service for people who train reasoning models.

One file on the standard library, Python 3.9 and later: copy it beside your training script.

    import rewardhub

    hub = rewardhub.Client("http://127.0.0.1:8080")
    results = hub.score(
        [{"id": "a", "prompt": "2+2?", "response": "It is 4.", "label": "4"}],
        scorers=["verify:number"])
    results[0]["status"], results[0]["reward"]        # ("ok", 1.0)

Failure is never a reward: a result has a ``status``, and its ``reward`` is a finite number or None. ``score`` answers every item,
in the order given; an item that could not be scored before the deadline has the status ``timeout``. A request that the server
refuses as a whole (an unknown scorer, a broken rule) raises ``Refused``: sending it again would not help.

A client may be used from several threads. Connections are kept and reused.
"""

import collections
import concurrent.futures
import http.client
import json
import math
import random
import socket
import threading
import time
import urllib.parse
import uuid

__all__ = ["Client", "Refused", "Unreachable", "trl_reward", "verl_reward"]
__version__ = "0.1.0"


class Refused(Exception):
    """The server will not answer this request, and sending it again would not help.

    ``status`` is the HTTP status and ``problem`` the answer's body (RFC 9457: type, title, detail, errors by JSON path).
    """

    def __init__(self, status, problem):
        self.status = status
        self.problem = problem if isinstance(problem, dict) else {}
        super().__init__("%s %s: %s" % (status, self.problem.get("title", "refused"), self.problem.get("detail", problem)))


class Unreachable(Exception):
    """The server was not reached, or had no room, before the deadline."""


class Client:
    """A RewardHub server.

    url           scheme, host and port, such as ``http://127.0.0.1:8080``
    deadline      seconds that a call may take, with all its batches and retries; None waits as long as it takes
    batch_size    items of one request
    concurrency   requests at a time
    headers       sent with every request, such as an ``Authorization`` of a proxy in between
    """

    def __init__(self, url="http://127.0.0.1:8080", deadline=None, batch_size=256, concurrency=4, headers=None):
        parts = urllib.parse.urlsplit(url if "//" in url else "http://" + url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must look like http://127.0.0.1:8080, is %r" % (url,))
        if batch_size < 1 or concurrency < 1:
            raise ValueError("batch_size and concurrency must be at least 1")
        self._https = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._base = parts.path.rstrip("/")
        self.deadline = deadline
        self.batch_size = batch_size
        self.concurrency = concurrency
        self._headers = dict(headers or {})
        self._idle = collections.deque()
        self._lock = threading.Lock()

    # Scoring.

    def score(self, items, scorers=None, profile=None, prompts=None, deadline=None):
        """Scores rollouts and answers one result an item, in order.

        items     dicts with ``prompt`` (text or messages), ``response``, ``steps`` (a list, or {"mode": "separator"}), ``label``,
                  ``group``, ``domain``; an ``id`` is made where there is none
        scorers   names, or dicts with ``name``, ``weight``, ``aggregate``, ``options``
        profile   the name of a configured profile, in place of scorers
        prompts   prompts shared by items, which name them in ``prompt_ref``
        deadline  seconds for the whole call; None takes the client's

        A result has ``id``, ``index``, ``status``, ``reward``, ``scores``, ``steps``, ``error`` and ``timing_ms``.
        """
        body = {}
        if scorers is not None:
            body["scorers"] = [{"name": s} if isinstance(s, str) else s for s in scorers]
        if profile is not None:
            body["profile"] = profile
        items = _with_ids(items)

        def request(batch):
            part = dict(body, items=batch)
            if prompts:
                used = {item["prompt_ref"] for item in batch if item.get("prompt_ref") is not None}
                part["prompts"] = {name: prompts[name] for name in used if name in prompts}
            return part

        answers = self._batches("/v1/rewards", items, request, self._ends(deadline), _unscored)
        return _renumbered(answers)

    def environment(self, items, model=None, return_tokens=False, deadline=None):
        """Cross-entropy of what the environment wrote, one result a rollout, in order.

        items  dicts with ``token_ids``, ``spans`` ({start, end, role, turn, source}; role is prompt, action, observation, harness or
               template) and, without a hosted model, ``logprobs`` (natural logarithms, one a token; the first may be None)
        model  a hosted model; None uses the log-probabilities of the items

        A result has ``status``, ``observation`` (tokens, mean_nats, bits_per_byte, …), ``by_source``, ``turns``, ``loss`` and
        ``error``. Batches are answered one by one, so no pool over all items is made here; sums are in the results.
        """
        body = {"return_tokens": bool(return_tokens)}
        if model is not None:
            body["model"] = model
        answers = self._batches(
            "/v1/environment", _with_ids(items), lambda batch: dict(body, items=batch), self._ends(deadline), _unread)
        return _renumbered(answers)

    # Facts.

    def models(self):
        """Hosted models with hash, format and limits, in the OpenAI list shape."""
        return self._call("GET", "/v1/models", None, self._ends(None))

    def scorers(self):
        """Scorers and profiles that a request may name."""
        return self._call("GET", "/v1/scorers", None, self._ends(None))

    def wait_until_ready(self, deadline=60.0):
        """Waits until every configured model is loaded; raises Unreachable when that takes longer than the deadline."""
        self._call("GET", "/ready", None, time.monotonic() + deadline)

    def close(self):
        """Closes the idle connections; the client may be used again."""
        with self._lock:
            idle, self._idle = self._idle, collections.deque()
        for connection in idle:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Batches.

    def _ends(self, deadline):
        seconds = self.deadline if deadline is None else deadline
        return None if seconds is None else time.monotonic() + seconds

    def _batches(self, path, items, request, ends, missed):
        """Answers of all items in order; batches run side by side, and a batch that comes too late is a time-out of its items."""
        if not items:
            return []
        batches = [items[i:i + self.batch_size] for i in range(0, len(items), self.batch_size)]

        def run(batch):
            try:
                answer = self._call("POST", path, request(batch), ends)
            except Unreachable as fault:
                return [missed(item, str(fault)) for item in batch]
            results = answer["items"]
            if [r["id"] for r in results] != [item["id"] for item in batch]:
                raise RuntimeError("the server answered other items than were asked for")
            return results

        if len(batches) == 1:
            return run(batches[0])
        with concurrent.futures.ThreadPoolExecutor(min(self.concurrency, len(batches))) as pool:
            futures = [pool.submit(run, batch) for batch in batches]
            try:
                return [result for future in futures for result in future.result()]
            except BaseException:
                for future in futures:
                    future.cancel()
                raise

    # HTTP.

    def _call(self, method, path, body, ends):
        """One call with retries: a refusal that time can cure and a broken connection are tried again until the deadline."""
        request_id = uuid.uuid4().hex
        wait = 0.1
        while True:
            left = None if ends is None else ends - time.monotonic()
            if left is not None and left <= 0:
                raise Unreachable("the deadline came before the server answered")
            payload = None
            if body is not None:
                if left is not None:
                    body = dict(body, deadline_ms=max(1, int(left * 1000)))
                payload = json.dumps(body, allow_nan=False, ensure_ascii=False).encode("utf-8")
            try:
                status, headers, answer = self._send(method, path, payload, request_id, left)
            except (OSError, http.client.HTTPException) as fault:
                problem = "%s: %s" % (type(fault).__name__, fault)
                if ends is None and not isinstance(fault, (ConnectionError, http.client.HTTPException, socket.timeout)):
                    raise Unreachable(problem) from fault
                pause = wait
            else:
                if 200 <= status < 300:
                    return answer
                if not _may_pass(status, answer):
                    raise Refused(status, answer)
                problem = "%s %s" % (status, answer.get("detail") if isinstance(answer, dict) else answer)
                pause = max(wait, _retry_after(headers))
            # Full jitter: clients that were refused together do not come back together.
            pause *= 0.5 + random.random() / 2
            if ends is not None and time.monotonic() + pause >= ends:
                raise Unreachable("the deadline came first; last: " + problem)
            if ends is None and wait >= 60:
                raise Unreachable("gave up after many tries; last: " + problem)
            time.sleep(pause)
            wait *= 2

    def _send(self, method, path, payload, request_id, timeout):
        headers = {"Accept": "application/json", "X-Request-Id": request_id}
        headers.update(self._headers)
        if payload is not None:
            headers["Content-Type"] = "application/json"
        connection, used = self._take(timeout)
        while True:
            try:
                connection.request(method, self._base + path, payload, headers)
                answer = connection.getresponse()
                text = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The server closes connections that are idle for long; only a fresh one that fails is news.
                connection.close()
                if not used:
                    raise
                connection, used = self._open(timeout), False
            except BaseException:
                connection.close()
                raise
        if answer.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.append(connection)
        try:
            body = json.loads(text.decode("utf-8")) if text else None
        except ValueError:
            body = text.decode("utf-8", "replace")
        return answer.status, answer.headers, body

    def _take(self, timeout):
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            return self._open(timeout), False
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        return connection, True

    def _open(self, timeout):
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=timeout)


def _may_pass(status, problem):
    """Whether time can cure a refusal: the server says so; a proxy's bare status is judged by its number."""
    if isinstance(problem, dict) and isinstance(problem.get("retryable"), bool):
        return problem["retryable"] and status != 500
    return status in (408, 429, 502, 503, 504)


def _retry_after(headers):
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return 0.0
    return min(seconds, 60.0) if math.isfinite(seconds) and seconds > 0 else 0.0


def _with_ids(items):
    items = [dict(item) for item in items]
    for index, item in enumerate(items):
        item.setdefault("id", "i%d" % index)
    return items


def _renumbered(results):
    for index, result in enumerate(results):
        result["index"] = index
    return results


def _missed(problem):
    return {"code": "deadline_exceeded", "message": problem, "path": None, "retryable": True, "scorer": None}


def _unscored(item, problem):
    times = {"render": 0, "queue": 0, "run": 0, "total": 0}
    return {"id": item["id"], "index": 0, "status": "timeout", "reward": None, "scores": {}, "steps": None,
            "error": _missed(problem), "timing_ms": times}


def _unread(item, problem):
    return {"id": item["id"], "index": 0, "status": "timeout", "observation": None, "by_source": None, "turns": None, "loss": None,
            "token_nll": None, "error": _missed(problem)}


# Trainers that take a Python callable.


def trl_reward(client, scorers=None, profile=None, label="label", steps=None, deadline=None, name=None):
    """A reward function for TRL's GRPOTrainer and its relatives (Unsloth, ms-swift).

    It takes the trainer's keyword arguments and answers a list with a float or None a completion. None is what TRL leaves out of
    the reward; a failure is therefore never a number.

    label     the data set column that holds the gold answer
    steps     how a completion is cut into steps for a process reward, such as {"mode": "separator"}
    deadline  seconds a call may take; other ranks wait for this one, so give one
    name      the function's name in the trainer's logs
    """

    def reward(prompts, completions, **columns):
        labels = columns.get(label) or [None] * len(completions)
        items = []
        for prompt, completion, gold in zip(prompts, completions, labels):
            item = {"prompt": prompt, "response": _completion_text(completion)}
            if gold is not None:
                item["label"] = gold
            if steps is not None:
                item["steps"] = steps
            items.append(item)
        results = client.score(items, scorers=scorers, profile=profile, deadline=deadline)
        return [result["reward"] for result in results]

    reward.__name__ = name or "rewardhub_" + (profile or "reward")
    return reward


def verl_reward(client, scorers=None, profile=None, steps=None, deadline=120.0, on_failure=None):
    """A custom reward function for verl: ``compute_score(data_source, solution_str, ground_truth, extra_info)``.

    verl cannot carry "not scored", and joins the keys of all samples. So every answer has the same keys, all of them numbers:
    ``score``, ``rewardhub_ok`` and one ``rewardhub_NAME`` a scorer. A failure raises, which ends the run, unless ``on_failure`` names the
    number to use in its place; ``rewardhub_ok`` is then 0.

    The prompt is taken from ``extra_info["prompt"]`` where it is there; process rewards need it.
    """
    names = [s if isinstance(s, str) else s["name"] for s in scorers or []]

    def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
        item = {"response": solution_str, "domain": None if data_source is None else str(data_source)}
        if ground_truth is not None:
            item["label"] = ground_truth
        if isinstance(extra_info, dict) and extra_info.get("prompt") is not None:
            item["prompt"] = extra_info["prompt"]
        if steps is not None:
            item["steps"] = steps
        result = client.score([item], scorers=scorers, profile=profile, deadline=deadline)[0]
        if result["reward"] is None and on_failure is None:
            raise RuntimeError("not scored: %s (%s)" % (result["status"], (result["error"] or {}).get("message")))
        ok = result["reward"] is not None
        answer = {"score": float(result["reward"] if ok else on_failure), "rewardhub_ok": float(ok)}
        for name in names:
            value = (result["scores"].get(name) or {}).get("value")
            answer["rewardhub_" + name.replace(":", "_")] = float(on_failure if value is None else value)
        return answer

    return compute_score


def _completion_text(completion):
    """A completion as text: itself, or the contents of its messages."""
    if isinstance(completion, str):
        return completion
    return "\n\n".join(message.get("content") or "" for message in completion)
