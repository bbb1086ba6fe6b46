using System.Buffers;
using System.Text.Json;
using RewardHub.Verifiers.Schema;

namespace RewardHub.Verifiers;

/// <summary><c>verify:json_schema</c>: the answer is a JSON value that a schema accepts.</summary>
internal static class JsonSchemaVerifier
{
    private const int MaxSchema = 65_536, MaxAnswer = 1_000_000, MaxDepth = 64;

    private static readonly VerifierOption.Text SchemaText = new(
        "schema", "the schema as JSON text; without it the label is the schema", "", MaxSchema);

    private static readonly VerifierOption.Choice Extract = new(
        "extract", "where the value stands; auto takes the last fenced code block, else the last <answer>, else the whole response",
        "auto", ["auto", "fence", "answer_tag", "whole"]);

    private static readonly VerifierOption.Choice Unknown = new(
        "unknown_keywords", "refuse: a schema with a keyword that is not checked is a caller's error; ignore: it is named in the evidence",
        "refuse", ["refuse", "ignore"]);

    private static readonly VerifierOption.Choice Format = new(
        "format", "annotate: 'format' is not checked, as the draft has it by default; assert: date, time, date-time, email, uuid, ipv4, ipv6 and uri are",
        "annotate", ["annotate", "assert"]);

    public static readonly Verifier Definition = new()
    {
        Name = "verify:json_schema",
        Version = "1",
        Summary = "The answer is JSON that the schema (JSON Schema draft 2020-12, the label or the option 'schema') accepts.",
        Options = [SchemaText, Extract, Unknown, Format, AnswerText.Reasoning],
        Function = Verify,
    };

    private static readonly SearchValues<char> NotLanguage = SearchValues.Create("{}[]\" ");

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private static Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        string given = SchemaText.Of(input.Options);
        string? text = given.Length > 0 ? given : Text(input.Label);
        if (text is null || text.Length > MaxSchema)
            return Verdict.BadLabel($"The label must be a JSON schema (an object, true, false or its text) of at most {MaxSchema} characters, or the option 'schema' must hold it.");
        using JsonDocument? schema = Parse(text, out string problem);
        if (schema is null) return Verdict.BadLabel($"The schema is not JSON: {problem}");
        bool asserted = Format.Of(input.Options) == "assert";
        SchemaCheck check = SchemaCheck.Of(schema.RootElement, asserted);
        if (check.Fault is { } fault) return Verdict.BadLabel(fault);
        if (check.Unknown.Count > 0 && Unknown.Of(input.Options) == "refuse")
            return Verdict.BadLabel($"The schema holds keywords that are not checked: {Evidence.Clip(string.Join(", ", check.Unknown))}. Remove them or set unknown_keywords to ignore.");
        return Judge(input, schema.RootElement, asserted, string.Join(", ", check.Unknown), cancellationToken);
    }

    /// <summary>The document; null when the text is not JSON, or holds text that is not Unicode.</summary>
    private static JsonDocument? Parse(string text, out string problem)
    {
        problem = "";
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(text, Strict);
            Read(document.RootElement);
            return document;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            document?.Dispose();
            problem = Evidence.Clip(e.Message);
            return null;
        }
    }

    /// <summary>Decodes every name and string, since escapes such as \ud800 alone are found only then.</summary>
    private static void Read(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) value.GetString();
        else if (value.ValueKind == JsonValueKind.Array) foreach (JsonElement item in value.EnumerateArray()) Read(item);
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty entry in value.EnumerateObject())
            {
                _ = entry.Name;
                Read(entry.Value);
            }
        }
    }

    private static Verdict Judge(VerifierInput input, JsonElement schema, bool asserted, string unknown, CancellationToken cancellationToken)
    {
        ReadOnlySpan<char> text = Region(AnswerText.Of(input), Extract.Of(input.Options), out string rule).Trim();
        if (text.IsEmpty) return Verdict.Unparseable($"The rule '{rule}' finds no text.", Evidence.Of("rule", rule));
        if (text.Length > MaxAnswer) return Verdict.Unparseable($"The answer is longer than {MaxAnswer} characters.", Evidence.Of("rule", rule));
        using JsonDocument? answer = Parse(text.ToString(), out string problem);
        if (answer is null)
            return Verdict.Unparseable($"The answer is not JSON: {problem}", Evidence.Of("rule", rule, "answer", Evidence.Clip(text)));
        var validation = new SchemaValidation(schema, asserted, cancellationToken);
        bool? valid = validation.Validate(answer.RootElement);
        Dictionary<string, string> evidence = Evidence.Of("rule", rule, "answer", Evidence.Clip(text));
        if (unknown.Length > 0) evidence["not_checked"] = Evidence.Clip(unknown);
        if (validation.Fault.Length > 0) evidence["fault"] = Evidence.Clip(validation.Fault);
        return valid is { } known ? Verdict.Decided(known, evidence) : Verdict.Undecided(validation.Limit, evidence);
    }

    private static string? Text(JsonElement? label) => label switch
    {
        { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } element => element.GetRawText(),
        { ValueKind: JsonValueKind.String } element => Labels.Texts(element) is { IsOk: true, Value: [var text] } ? text : null,
        _ => null,
    };

    private static ReadOnlySpan<char> Region(ReadOnlySpan<char> text, string wanted, out string rule)
    {
        rule = wanted;
        if (wanted is "auto" or "fence" && Fenced(text, out ReadOnlySpan<char> block))
        {
            rule = "fence";
            return block;
        }

        if (wanted is "auto" or "answer_tag" && AnswerText.Tagged(text, out int start, out int length))
        {
            rule = "answer_tag";
            return text.Slice(start, length);
        }

        if (wanted == "auto") rule = "whole";
        return rule == "whole" ? text : default;
    }

    /// <summary>The last block between lines of three backticks; a word after the first ones is its language.</summary>
    private static bool Fenced(ReadOnlySpan<char> text, out ReadOnlySpan<char> block)
    {
        block = default;
        int end = text.LastIndexOf("```", StringComparison.Ordinal);
        if (end <= 0) return false;
        int start = text[..end].LastIndexOf("```", StringComparison.Ordinal);
        if (start < 0) return false;
        block = text[(start + 3)..end];
        int line = block.IndexOf('\n');
        if (line >= 0 && !block[..line].Trim().ContainsAny(NotLanguage)) block = block[(line + 1)..];
        return true;
    }
}
