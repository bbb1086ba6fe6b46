using System.Text.Json;
using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

[Collection("timing")]
public class JsonSchemaVerifierTests
{
    private static Verdict Judge(string schema, string response, params (string Name, object Value)[] options) =>
        Verify.With("json_schema", response, JsonDocument.Parse(schema).RootElement, options);

    [Theory]
    // schema, value, whether it is accepted
    [InlineData("true", "1", true)]
    [InlineData("false", "1", false)]
    [InlineData("{}", "null", true)]
    [InlineData("""{"type":"integer"}""", "1.0", true)]
    [InlineData("""{"type":"integer"}""", "1.5", false)]
    [InlineData("""{"type":"integer"}""", "1e2", true)]
    [InlineData("""{"type":["string","null"]}""", "null", true)]
    [InlineData("""{"type":["string","null"]}""", "true", false)]
    [InlineData("""{"const":{"a":1,"b":[2.0]}}""", """{"b":[2],"a":1.0}""", true)]
    [InlineData("""{"const":1}""", "true", false)]
    [InlineData("""{"enum":["a",1,null]}""", "null", true)]
    [InlineData("""{"enum":["a",1,null]}""", "\"1\"", false)]
    [InlineData("""{"minimum":1,"exclusiveMaximum":2}""", "1", true)]
    [InlineData("""{"minimum":1,"exclusiveMaximum":2}""", "2.0", false)]
    [InlineData("""{"minimum":1}""", "\"a\"", true)]
    [InlineData("""{"multipleOf":0.1}""", "0.3", true)]
    [InlineData("""{"multipleOf":0.1}""", "0.35", false)]
    [InlineData("""{"minLength":2,"maxLength":2}""", "\"\U0001F600a\"", true)]
    [InlineData("""{"maxLength":1}""", "\"ab\"", false)]
    [InlineData("""{"pattern":"^a+$"}""", "\"aaa\"", true)]
    [InlineData("""{"pattern":"^a+$"}""", "\"ab\"", false)]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}""", """["a",1,2]""", true)]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}""", """["a","b"]""", false)]
    [InlineData("""{"prefixItems":[true],"items":false}""", "[1,2]", false)]
    [InlineData("""{"minItems":1,"maxItems":2,"uniqueItems":true}""", "[1,2]", true)]
    [InlineData("""{"uniqueItems":true}""", "[1,1.0]", false)]
    [InlineData("""{"uniqueItems":true}""", """[{"a":1,"b":2},{"b":2,"a":1}]""", false)]
    [InlineData("""{"contains":{"type":"string"}}""", "[1]", false)]
    [InlineData("""{"contains":{"type":"string"},"minContains":0}""", "[1]", true)]
    [InlineData("""{"contains":{"type":"string"},"maxContains":1}""", """["a","b"]""", false)]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"number"}}}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"required":["a"]}""", """{"b":2}""", false)]
    [InlineData("""{"properties":{"a":true},"patternProperties":{"^x":true},"additionalProperties":false}""", """{"a":1,"x1":2}""", true)]
    [InlineData("""{"properties":{"a":true},"patternProperties":{"^x":true},"additionalProperties":false}""", """{"b":1}""", false)]
    [InlineData("""{"propertyNames":{"maxLength":1}}""", """{"ab":1}""", false)]
    [InlineData("""{"minProperties":1,"maxProperties":1}""", """{"a":1}""", true)]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", false)]
    [InlineData("""{"dependentSchemas":{"a":{"required":["b"]}}}""", """{"c":1}""", true)]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":2}]}""", "3", false)]
    [InlineData("""{"anyOf":[{"minimum":5},{"maximum":2}]}""", "1", true)]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":2}]}""", "3", false)]
    [InlineData("""{"not":{"type":"string"}}""", "\"a\"", false)]
    [InlineData("""{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}}""", "\"a\"", false)]
    [InlineData("""{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}}""", "3", true)]
    [InlineData("""{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"string"}}}""", "\"x\"", true)]
    [InlineData("""{"$defs":{"t":{"type":"object","properties":{"next":{"$ref":"#/$defs/t"}},"required":["v"]}},"$ref":"#/$defs/t"}""", """{"v":1,"next":{"v":2}}""", true)]
    [InlineData("""{"$defs":{"t":{"type":"object","properties":{"next":{"$ref":"#/$defs/t"}},"required":["v"]}},"$ref":"#/$defs/t"}""", """{"v":1,"next":{}}""", false)]
    public void A_value_is_judged_by_the_draft(string schema, string value, bool accepted)
    {
        Assert.Equal(accepted ? VerdictStatus.Correct : VerdictStatus.Incorrect, Judge(schema, value).Status);
        Assert.Equal(accepted ? VerdictStatus.Correct : VerdictStatus.Incorrect, Verify.With("json_schema", value, null, ("schema", schema)).Status);
    }

    [Theory]
    [InlineData("""{"type":"text"}""")]
    [InlineData("""{"minimum":"1"}""")]
    [InlineData("""{"multipleOf":0}""")]
    [InlineData("""{"minLength":-1}""")]
    [InlineData("""{"pattern":"("}""")]
    [InlineData("""{"allOf":[]}""")]
    [InlineData("""{"properties":{"a":1}}""")]
    [InlineData("""{"$ref":"#/$defs/none"}""")]
    [InlineData("""{"$ref":"https://example.org/schema"}""")]
    [InlineData("""{"unevaluatedProperties":false}""")]
    [InlineData("""{"typo":1}""")]
    [InlineData("""{"required":"a"}""")]
    [InlineData("[]")]
    [InlineData("\"{\"")]
    public void A_schema_that_cannot_be_used_is_the_callers_error(string schema) => Assert.Equal("bad_label", Judge(schema, "1").Error!.Code);

    [Fact]
    public void Unknown_keywords_are_named_when_they_are_let_pass()
    {
        Verdict verdict = Judge("""{"typo":1,"type":"number"}""", "1", ("unknown_keywords", "ignore"));
        Assert.Equal((VerdictStatus.Correct, "typo"), (verdict.Status, verdict.Evidence["not_checked"]));
    }

    [Fact]
    public void The_place_of_the_first_fault_is_evidence()
    {
        Verdict verdict = Judge("""{"properties":{"a":{"items":{"type":"number"}}}}""", """{"a":[1,"x"]}""");
        Assert.Equal("$.a[1]: type", verdict.Evidence["fault"]);
    }

    [Fact]
    public void The_value_is_found_in_a_fence_an_answer_or_the_whole()
    {
        Assert.Equal("fence", Judge("{}", "Here:\n```json\n{\"a\": 1}\n```\nDone.").Evidence["rule"]);
        Assert.Equal("answer_tag", Judge("{}", "so <answer>[1]</answer>").Evidence["rule"]);
        Assert.Equal("whole", Judge("{}", "<think>```x```</think> 1").Evidence["rule"]);
        Assert.Equal(VerdictStatus.Unparseable, Judge("{}", "no json").Status);
        Assert.Equal(VerdictStatus.Unparseable, Judge("{}", "").Status);
        Assert.Equal(VerdictStatus.Unparseable, Judge("{}", """{"a":1,"a":2}""").Status);
        Assert.Equal(VerdictStatus.Unparseable, Judge("{}", """["\ud800"]""").Status);
        Assert.Equal(VerdictStatus.Unparseable, Judge("{}", "\"\ud800\"").Status);
        Assert.Equal("bad_label", Verify.With("json_schema", "1", """{"pattern":"\ud800"}""").Error!.Code);
        Assert.Equal("bad_label", Verify.With("json_schema", "1", null).Error!.Code);
    }

    [Theory]
    [InlineData("date", "2024-02-29", true)]
    [InlineData("date", "2023-02-29", false)]
    [InlineData("date-time", "2024-01-01T10:00:00Z", true)]
    [InlineData("date-time", "2024-01-01 10:00", false)]
    [InlineData("email", "a@b", true)]
    [InlineData("email", "ab", false)]
    [InlineData("uuid", "123e4567-e89b-12d3-a456-426614174000", true)]
    [InlineData("ipv4", "1.2.3", false)]
    [InlineData("ipv6", "::1", true)]
    [InlineData("uri", "https://example.org/a", true)]
    [InlineData("uri", "a b", false)]
    public void Formats_are_checked_when_asked_for(string format, string text, bool accepted)
    {
        string schema = JsonSerializer.Serialize(new { format }), value = JsonSerializer.Serialize(text);
        Assert.Equal(VerdictStatus.Correct, Judge(schema, value).Status);
        Assert.Equal(accepted ? VerdictStatus.Correct : VerdictStatus.Incorrect, Judge(schema, value, ("format", "assert")).Status);
    }

    [Fact]
    public void Hostile_schemas_and_values_end_in_time()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"not":""", 60)) + "true" + new string('}', 60);
        string wide = "{" + string.Join(",", Enumerable.Range(0, 1_500).Select(i => $"\"p{i}\":{{\"type\":\"string\"}}")) + "}";
        string twice = """{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}""";
        foreach ((string schema, string value, VerdictStatus[] expected) in ((string, string, VerdictStatus[])[])
        [
            ("""{"$ref":"#"}""", "1", [VerdictStatus.Undecided]),
            ("""{"not":{"$ref":"#"}}""", "1", [VerdictStatus.Undecided]),
            (twice, "1", [VerdictStatus.Undecided]),
            (deep, "1", [VerdictStatus.Correct, VerdictStatus.Rejected]),
            ($"{{\"properties\":{wide}}}", "{}", [VerdictStatus.Correct]),
            ("""{"pattern":"^(a+)+$"}""", "\"" + new string('a', 50_000) + "!\"", [VerdictStatus.Incorrect]),
            ("""{"pattern":"^(?=(a+)+$)a"}""", "\"" + new string('a', 5_000) + "!\"", [VerdictStatus.Undecided]),
            ("{}", new string('[', 100_000), [VerdictStatus.Unparseable]),
            ("""{"uniqueItems":true}""", "[" + string.Join(",", Enumerable.Range(0, 20_000)) + "]", [VerdictStatus.Correct, VerdictStatus.Undecided]),
            ("""{"type":"integer"}""", "1e999999999", [VerdictStatus.Incorrect]),
        ])
        {
            Verdict verdict = null!;
            double best = CpuTime.Milliseconds(() => verdict = Judge(schema, value));
            Assert.True(best < 100, $"{best:F0} ms for {schema[..Math.Min(60, schema.Length)]}");
            Assert.Contains(verdict.Status, expected);
        }
    }
}
