using System.Globalization;
using RewardHub.Contracts;
using RewardHub.Inference;

namespace RewardHub.Environments;

/// <summary>
/// Cross-entropy of what the environment wrote: -log p(x_t | x_&lt;t) over observation tokens, from an engine or from the
/// caller's own log-probabilities.
/// </summary>
/// <remarks>
/// Token 0 has no probability: it is never scored and is counted as unscored. Action tokens never count towards an observation
/// figure. Sums are double, in token order, so a result does not depend on batching.
/// </remarks>
public static class EnvironmentScorer
{
    /// <summary>Checks one rollout and says what to ask the engine.</summary>
    /// <param name="item">The rollout.</param>
    /// <param name="options">What is computed.</param>
    /// <param name="model">
    /// Facts of the model that will run; null uses the log-probabilities in the item, which must then be there.
    /// </param>
    /// <returns>
    /// The rollout ready to run, or <c>bad_field</c>, <c>bad_spans</c>, <c>bad_logprobs</c>, <c>over_length</c> or
    /// <c>token_out_of_vocabulary</c>.
    /// </returns>
    public static Outcome<PreparedEnvironment> Prepare(
        EnvironmentItem item, EnvironmentOptions options, ModelFacts? model = null)
    {
        if (CheckTokens(item, options, model) is { } problem) return problem;
        Outcome<TokenAuthors> authors = TokenAuthors.Create(item.TokenIds.Count, item.Spans);
        if (!authors.IsOk) return authors.Error;

        List<int> asked = Ask(authors.Value, options.EveryRole);
        IReadOnlyList<double>? given = null;
        SequenceRequest? request = null;
        if (model is null)
        {
            Outcome<double[]> own = ReadOwn(item, asked);
            if (!own.IsOk) return own.Error;
            given = own.Value;
        }
        else if (asked.Count > 0)
        {
            request = new SequenceRequest([.. item.TokenIds], new ReadOut.NextToken([.. asked.Select(t => t - 1)]));
        }

        return new PreparedEnvironment
        {
            Authors = authors.Value,
            Options = options,
            Request = request,
            Asked = asked,
            Given = given,
            TokenBytes = item.TokenBytes,
        };
    }

    /// <summary>Turns log-probabilities into figures.</summary>
    /// <param name="prepared">The rollout.</param>
    /// <param name="values">
    /// The engine's answer to <see cref="PreparedEnvironment.Request"/>, shape (S, 1); empty when there is no request.
    /// </param>
    /// <returns>The figures, or <c>not_finite</c>.</returns>
    /// <exception cref="ArgumentException">The number of values is not the number of positions asked for.</exception>
    public static Outcome<EnvironmentReading> Read(PreparedEnvironment prepared, ReadOnlySpan<float> values = default)
    {
        int expected = prepared.Request is null ? 0 : prepared.Asked.Count;
        if (values.Length != expected)
            throw new ArgumentException(Text($"{values.Length} values for {expected} positions"), nameof(values));

        var nll = new double?[prepared.Authors.Length];
        for (int s = 0; s < prepared.Asked.Count; s++)
        {
            double logProbability = prepared.Given is { } given ? given[s] : values[s];
            if (!double.IsFinite(logProbability))
            {
                return new ItemError(ErrorCodes.NotFinite,
                    Text($"the model gave {logProbability} as log-probability of token {prepared.Asked[s]}"));
            }

            // 0 - x and not -x: a certain token has an NLL of 0, not of minus zero.
            nll[prepared.Asked[s]] = 0 - logProbability;
        }

        return Fold(prepared, nll);
    }

    /// <summary>The wire form of a reading.</summary>
    public static EnvironmentItemResult ToResult(
        EnvironmentReading reading, string id, int index, bool returnTokens) => new()
        {
            Id = id,
            Index = index,
            Status = ItemStatus.Ok,
            Observation = reading.Observation.ToCrossEntropy(),
            BySource = reading.BySource.ToDictionary(p => p.Key, p => p.Value.ToCrossEntropy(), StringComparer.Ordinal),
            Turns = [.. reading.Turns.Select(t => new TurnCrossEntropy(t.Turn, t.Observation.ToCrossEntropy()))],
            Loss = reading.Loss,
            TokenNll = returnTokens ? reading.TokenNll : null,
            Error = null,
        };

    private static ItemError? CheckTokens(EnvironmentItem item, EnvironmentOptions options, ModelFacts? model)
    {
        IReadOnlyList<int> tokens = item.TokenIds;
        if (tokens.Count == 0) return new ItemError(ErrorCodes.BadField, "token_ids is empty", "token_ids");
        int limit = Math.Min(model?.ContextLength ?? int.MaxValue, options.MaxTokens ?? int.MaxValue);
        if (tokens.Count > limit)
        {
            return new ItemError(ErrorCodes.OverLength,
                Text($"{tokens.Count} tokens are more than the limit of {limit}; nothing is cut"), "token_ids");
        }

        int vocabulary = model?.VocabularySize ?? int.MaxValue;
        for (int t = 0; t < tokens.Count; t++)
        {
            if ((uint)tokens[t] < (uint)vocabulary) continue;
            string place = Text($"token_ids[{t}]");
            return new ItemError(ErrorCodes.TokenOutOfVocabulary,
                Text($"{place} is {tokens[t]}, outside the vocabulary of {vocabulary} tokens"), place);
        }

        return CheckBytes(item.TokenBytes, tokens.Count);
    }

    private static ItemError? CheckBytes(IReadOnlyList<int>? bytes, int tokens)
    {
        if (bytes is null) return null;
        if (bytes.Count != tokens)
        {
            return new ItemError(ErrorCodes.BadField,
                Text($"token_bytes has {bytes.Count} entries for {tokens} tokens"), "token_bytes");
        }

        for (int t = 0; t < bytes.Count; t++)
        {
            if (bytes[t] >= 0) continue;
            string place = Text($"token_bytes[{t}]");
            return new ItemError(ErrorCodes.BadField, $"{place} is negative", place);
        }

        return null;
    }

    /// <summary>Tokens whose probability is needed, ascending. Token 0 has none.</summary>
    private static List<int> Ask(TokenAuthors authors, bool everyRole)
    {
        var asked = new List<int>();
        if (everyRole)
        {
            for (int t = 1; t < authors.Length; t++) asked.Add(t);
            return asked;
        }

        foreach (TokenSpan span in authors.Spans)
        {
            if (!TokenAuthors.IsObservation(span)) continue;
            for (int t = Math.Max(1, span.Start); t < span.End; t++) asked.Add(t);
        }

        return asked;
    }

    /// <summary>The caller's log-probabilities at the tokens asked for; every entry is checked, asked for or not.</summary>
    private static Outcome<double[]> ReadOwn(EnvironmentItem item, List<int> asked)
    {
        if (item.Logprobs is not { } logprobs)
        {
            return new ItemError(ErrorCodes.BadLogprobs,
                "no model is named and the item has no logprobs; give one of the two", "logprobs");
        }

        if (logprobs.Count != item.TokenIds.Count)
        {
            return new ItemError(ErrorCodes.BadLogprobs,
                Text($"logprobs has {logprobs.Count} entries for {item.TokenIds.Count} tokens"), "logprobs");
        }

        for (int t = 0; t < logprobs.Count; t++)
        {
            if (logprobs[t] is not { } value || (double.IsFinite(value) && value <= 0)) continue;
            return BadAt(t, Text($"is {value}; a log-probability is finite and at most 0"));
        }

        var own = new double[asked.Count];
        for (int s = 0; s < own.Length; s++)
        {
            if (logprobs[asked[s]] is not { } value)
                return BadAt(asked[s], "is null, but the token is asked for; only the first token has no probability");
            own[s] = value;
        }

        return own;

        static ItemError BadAt(int t, string problem)
        {
            string place = Text($"logprobs[{t}]");
            return new ItemError(ErrorCodes.BadLogprobs, $"{place} {problem}", place);
        }
    }

    private static EnvironmentReading Fold(PreparedEnvironment prepared, double?[] nll)
    {
        TokenSum observation = default, environmentOutput = default, harness = default;
        var bySource = new SortedDictionary<string, TokenSum>(StringComparer.Ordinal);
        var byTurn = new SortedDictionary<int, TokenSum>();
        var byRole = new SortedDictionary<SpanRole, TokenSum>();
        int end = 0;
        foreach (TokenSpan span in prepared.Authors.Spans)
        {
            Add(byRole, SpanRole.Template, Sum(prepared, nll, end, span.Start));
            end = span.End;
            TokenSum sum = Sum(prepared, nll, span.Start, span.End);
            Add(byRole, span.Role, sum);
            bool counts = TokenAuthors.IsObservation(span);
            if (counts || span.Turn >= 0) Add(byTurn, span.Turn, counts ? sum : default);
            if (!counts) continue;
            string source = TokenAuthors.SourceOf(span);
            Add(bySource, source, sum);
            observation += sum;
            if (source == TokenAuthors.HarnessSource) harness += sum;
            else environmentOutput += sum;
        }

        Add(byRole, SpanRole.Template, Sum(prepared, nll, end, prepared.Authors.Length));
        return new EnvironmentReading
        {
            Observation = observation,
            BySource = bySource,
            Turns = [.. byTurn.Select(p => new TurnSum(p.Key, p.Value))],
            ByRole = byRole,
            Loss = prepared.Options.Definition.Loss(environmentOutput, harness),
            TokenNll = nll,
        };
    }

    private static TokenSum Sum(PreparedEnvironment prepared, double?[] nll, int start, int end)
    {
        TokenSum sum = default;
        for (int t = start; t < end; t++) sum = sum.With(nll[t], prepared.TokenBytes?[t]);
        return sum;
    }

    private static void Add<TKey>(SortedDictionary<TKey, TokenSum> sums, TKey key, TokenSum more)
        where TKey : notnull => sums[key] = sums.TryGetValue(key, out TokenSum before) ? before + more : more;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
