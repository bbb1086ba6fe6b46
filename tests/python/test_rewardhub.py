"""Tests of src/python/rewardhub.py against a real server: REWARDHUB_URL, with a process reward model named in REWARDHUB_PRM."""

import http.server
import json
import os
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "python"))
import rewardhub  # noqa: E402

URL = os.environ["REWARDHUB_URL"]
PRM = os.environ["REWARDHUB_PRM"]


class AgainstTheServer(unittest.TestCase):
    def setUp(self):
        self.hub = rewardhub.Client(URL, deadline=60, batch_size=5, concurrency=3)
        self.addCleanup(self.hub.close)

    def test_score_answers_in_order_over_several_batches(self):
        items = [{"prompt": "%d+1?" % i, "response": "The answer is %d." % (i + i % 2), "label": str(i)} for i in range(23)]
        results = self.hub.score(items, scorers=["verify:number"])
        self.assertEqual([r["reward"] for r in results], [float(i % 2 == 0) for i in range(23)])
        self.assertEqual([r["index"] for r in results], list(range(23)))

    def test_score_gives_the_same_step_scores_alone_and_in_batches(self):
        items = [{"prompt": "What is %d+2?" % (i % 3), "steps": ["Add.", "It is %d." % i]} for i in range(12)]
        together = self.hub.score(items, scorers=["prm:" + PRM])
        self.assertTrue(all(r["status"] == "ok" for r in together), together[0])
        for item, result in zip(items, together):
            alone = self.hub.score([item], scorers=["prm:" + PRM])[0]
            self.assertEqual([s["score"] for s in alone["steps"]], [s["score"] for s in result["steps"]])

    def test_score_of_nothing_is_nothing(self):
        self.assertEqual(self.hub.score([], scorers=["verify:number"]), [])

    def test_an_item_that_cannot_be_scored_has_a_status_and_no_reward(self):
        result = self.hub.score([{"response": "nothing here", "label": "4"}], scorers=["verify:number"])[0]
        self.assertIsNone(result["reward"])
        self.assertEqual(result["status"], "unparseable")

    def test_shared_prompts_are_sent_with_the_batches_that_use_them(self):
        items = [{"prompt_ref": "p%d" % (i % 2), "steps": ["a step"]} for i in range(11)]
        prompts = {"p0": "zero?", "p1": [{"role": "user", "content": "one?"}]}
        results = self.hub.score(items, scorers=["prm:" + PRM], prompts=prompts)
        self.assertTrue(all(r["status"] == "ok" for r in results))

    def test_a_refusal_that_time_cannot_cure_is_raised_at_once(self):
        began = time.monotonic()
        with self.assertRaises(rewardhub.Refused) as caught:
            self.hub.score([{"response": "x"}], scorers=["verify:nothing"])
        self.assertEqual(caught.exception.status, 404)
        self.assertEqual(caught.exception.problem["type"], "urn:rewardhub:problem:unknown-scorer")
        self.assertLess(time.monotonic() - began, 5)

    def test_not_a_number_is_refused_before_it_is_sent(self):
        with self.assertRaises(ValueError):
            self.hub.score([{"response": "x", "label": float("nan")}], scorers=["verify:number"])

    def test_environment_from_own_logprobs(self):
        item = {"token_ids": [1, 2, 3, 4], "logprobs": [None, -0.5, -1.5, -2.5],
                "spans": [{"start": 0, "end": 2, "role": "action", "turn": 0},
                          {"start": 2, "end": 4, "role": "observation", "turn": 0}]}
        results = self.hub.environment([item] * 7)
        self.assertEqual([r["observation"]["mean_nats"] for r in results], [2.0] * 7)

    def test_environment_from_a_hosted_model(self):
        item = {"token_ids": [1, 2, 3, 4], "spans": [{"start": 2, "end": 4, "role": "observation", "turn": 0}]}
        result = self.hub.environment([item], model=PRM)[0]
        self.assertEqual(result["status"], "ok", result)
        self.assertGreater(result["observation"]["nll_sum"], 0)

    def test_trl_reward_gives_none_where_there_is_no_reward(self):
        reward = rewardhub.trl_reward(self.hub, profile="math", label="gold")
        values = reward(
            prompts=["2+2?", [{"role": "user", "content": "3+3?"}], "?"],
            completions=["It is 4.", [{"role": "assistant", "content": "It is 7."}], "no idea"],
            completion_ids=[[1], [2], [3]], gold=["4", "6", "1"], trainer_state=None)
        self.assertEqual(values, [1.0, 0.0, None])
        self.assertEqual(reward.__name__, "rewardhub_math")

    def test_verl_reward_has_the_same_keys_for_every_sample(self):
        strict = rewardhub.verl_reward(self.hub, scorers=["verify:number"])
        mild = rewardhub.verl_reward(self.hub, scorers=["verify:number"], on_failure=0.0)
        good = strict("gsm8k", "It is 4.", "4", {"index": 3})
        bad = mild(data_source="gsm8k", solution_str="no idea", ground_truth="4", extra_info=None)
        self.assertEqual(good, {"score": 1.0, "rewardhub_ok": 1.0, "rewardhub_verify_number": 1.0})
        self.assertEqual(set(good), set(bad))
        self.assertEqual(bad["rewardhub_ok"], 0.0)
        with self.assertRaises(RuntimeError):
            strict("gsm8k", "no idea", "4", {})

    def test_facts(self):
        self.hub.wait_until_ready(10)
        self.assertEqual(self.hub.models()["data"][0]["id"], PRM)
        self.assertIn("verify:number", [s["name"] for s in self.hub.scorers()["scorers"]])


class Script(http.server.BaseHTTPRequestHandler):
    """Answers what the test scripted: a list of (status, headers, body), the last one for ever."""

    protocol_version = "HTTP/1.1"
    answers = []
    seen = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Script.seen.append((time.monotonic(), json.loads(body), dict(self.headers), self.client_address))
        answer = Script.answers.pop(0) if len(Script.answers) > 1 else Script.answers[0]
        if answer is None:
            self.connection.close()
            self.close_connection = True
            return
        status, headers, content = answer
        text = json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


OK = (200, {}, {"items": [{"id": "i0", "index": 0, "status": "ok", "reward": 1.0}]})


class AgainstAScript(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Script)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        Script.seen = []
        self.hub = rewardhub.Client("http://127.0.0.1:%d" % self.server.server_port, deadline=10)
        self.addCleanup(self.hub.close)

    def score(self, **options):
        return self.hub.score([{"response": "4", "label": "4"}], scorers=["verify:number"], **options)

    def test_retry_after_is_waited_for(self):
        Script.answers = [(429, {"Retry-After": "1"}, {"retryable": True, "detail": "full"}), OK]
        self.assertEqual(self.score()[0]["reward"], 1.0)
        self.assertGreaterEqual(Script.seen[1][0] - Script.seen[0][0], 0.5)

    def test_a_retry_keeps_the_request_id_and_shortens_the_deadline(self):
        Script.answers = [(503, {}, {"retryable": True}), OK]
        self.score()
        (_, first, one, _), (_, second, two, _) = Script.seen
        self.assertEqual(one["X-Request-Id"], two["X-Request-Id"])
        self.assertLess(second["deadline_ms"], first["deadline_ms"])

    def test_what_cannot_pass_is_not_tried_again(self):
        for status, problem in ((400, {"retryable": False}), (422, {"retryable": False}), (500, {"retryable": True}), (404, "plain")):
            Script.seen = []
            Script.answers = [(status, {"Retry-After": "1"}, problem)]
            with self.assertRaises(rewardhub.Refused):
                self.score()
            self.assertEqual(len(Script.seen), 1, status)

    def test_a_connection_that_breaks_is_opened_again(self):
        Script.answers = [None, OK]
        self.assertEqual(self.score()[0]["status"], "ok")

    def test_connections_are_reused(self):
        Script.answers = [OK]
        for _ in range(3):
            self.score()
        self.assertEqual(len({address for _, _, _, address in Script.seen}), 1)

    def test_the_deadline_makes_a_timeout_and_no_reward(self):
        Script.answers = [(503, {}, {"retryable": True})]
        began = time.monotonic()
        result = self.score(deadline=0.5)[0]
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual((result["status"], result["reward"]), ("timeout", None))
        self.assertTrue(result["error"]["retryable"])

    def test_a_server_that_is_not_there_is_a_timeout(self):
        hub = rewardhub.Client("http://127.0.0.1:9", deadline=0.4)
        self.assertEqual(hub.score([{"response": "4"}], scorers=["verify:number"])[0]["status"], "timeout")


if __name__ == "__main__":
    unittest.main(verbosity=1)
