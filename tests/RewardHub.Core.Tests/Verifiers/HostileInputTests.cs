using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

[Collection("timing")]
public class HostileInputTests
{
    private static IEnumerable<string> Megabytes()
    {
        const int N = 1_000_000;
        string Repeat(string unit) => string.Concat(Enumerable.Repeat(unit, N / unit.Length));
        yield return new string('a', N);
        yield return new string('1', N);
        yield return new string(' ', N);
        yield return new string('\n', N);
        yield return new string('{', N);
        yield return new string('}', N);
        yield return new string('(', N);
        yield return new string('\\', N);
        yield return new string('\u0301', N);
        yield return new string('\ud800', N);
        yield return new string('.', N);
        yield return new string('-', N);
        foreach (string unit in (string[])
            ["\\boxed{", "\\boxed{1}", "answer is ", "answer: ", "answer is (", "the answer is not ", "<answer>", "</answer>", "<think>",
             "</think>", "####", "1,", "1,234,", "1/", "1 ", "1e", "1e9", "1.", "\\frac{", "\\frac1", "-1", "1 1/2 ", "A is ", "is correct",
             "option ", "A,", "answer is A, ", "(A) is correct ", "answer is **", "answer\n", "a\u0301", "ﬁ", "的 ", "1\u2009", "9 %", "1 × 10^", "[1,", "{\"a\":", "```", "⁻¹", "\\dot{1}", "1:30", "A_{1", "\\,", "{1}", "^1", "answer is a "])
        {
            yield return Repeat(unit);
        }
    }

    [Fact]
    public void No_verifier_takes_long_over_a_megabyte()
    {
        var slow = new List<string>();
        foreach (string name in (string[])["exact", "choice", "number", "regex", "math", "list", "json_schema"])
        {
            (string, object)[] options = name switch
            {
                "exact" => [("normalize", new[] { "unicode", "case", "punctuation", "articles", "whitespace", "trim" })],
                _ => [],
            };
            object label = name switch { "choice" => "A", "number" or "math" => 1, "list" => new[] { "a" }, "json_schema" => new { type = "object" }, _ => "a(b|c)+d" };
            foreach (string text in Megabytes())
            {
                double best = CpuTime.Milliseconds(() => Verify.With(name, text, label, options));
                if (best > 100) slow.Add($"{name} {text[..12]} {best:F0} ms");
            }
        }

        Assert.True(slow.Count == 0, string.Join("\n", slow));
    }

    [Fact]
    public void A_label_that_is_no_text_is_the_callers_error_for_every_verifier()
    {
        foreach ((string name, Verifier verifier) in VerifierRegistry.All)
        {
            foreach (string label in (string[])["\"\\ud800\"", "[\"\\ud800\"]", "{}", "[]", "null", "[null]", "[[1]]", "true"])
            {
                using var document = System.Text.Json.JsonDocument.Parse(label);
                Verdict verdict = verifier.Verify(new VerifierInput { Response = "1", Label = document.RootElement }, TestContext.Current.CancellationToken);
                // An object or a truth value is a schema.
                if (name == "verify:json_schema" && label is "{}" or "true") continue;
                Assert.True(verdict.Status == VerdictStatus.Rejected, $"{name} {label}: {verdict.Status}");
            }
        }
    }

    [Fact]
    public void Every_verifier_is_registered_under_its_own_name_with_options_that_accept_their_defaults()
    {
        foreach ((string name, Verifier verifier) in VerifierRegistry.All)
        {
            Assert.Equal(name, verifier.Name);
            Assert.Matches("^(verify|algo):[a-z0-9_]+$", name);
            foreach (VerifierOption option in verifier.Options)
            {
                using var document = System.Text.Json.JsonDocument.Parse(option.DefaultText);
                Assert.Null(option.Problem(document.RootElement));
            }
        }
    }
}
