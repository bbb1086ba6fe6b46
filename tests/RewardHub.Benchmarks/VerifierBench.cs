using System.Text.Json;
using RewardHub.Rewards;
using RewardHub.Verifiers;

namespace RewardHub.Benchmarks;

/// <summary>Verdicts a second on one core for short answers, and tokens a second of loop detection.</summary>
internal static class VerifierBench
{
    private const int LoopTokens = 1_000_000;

    private static readonly (string Gold, string Answer)[] Mathematics =
    [
        ("42", "The answer is 42."), ("\\frac{1}{2}", "\\boxed{0.5}"), ("3\\sqrt{2}", "So we get \\boxed{\\sqrt{18}}."), ("x^2+2x+1", "\\boxed{(x+1)^2}"),
        ("(1, 2)", "$(1,2)$"), ("[0, 1)", "\\boxed{[0,1)}"), ("10\\%", "0.1"), ("1,000", "1000"), ("x = 5", "\\boxed{5}"), ("12", "\\boxed{13}"),
        ("\\{1, 2, 3\\}", "\\{3, 2, 1\\}"), ("2\\pi", "\\boxed{2\\pi}"), ("-\\frac{3}{4}", "\\boxed{-0.75}"), ("\\text{even}", "The answer is even."),
        ("1 < x < 5", "\\boxed{(1,5)}"), ("\\sin 2x", "2\\sin x\\cos x"),
    ];

    public static void Run()
    {
        Verdicts("verify:choice", [("C", "The answer is (C)."), ("B", "\\boxed{B}"), ("A", "B")]);
        Verdicts("verify:exact", [("Paris", "Paris"), ("42", " 42\n"), ("yes", "no")]);
        Verdicts("verify:number", [("42", "The answer is 42."), ("0.5", "\\boxed{1/2}"), ("12", "so 13")]);
        Verdicts("verify:math", Mathematics);
        Loops("distinct tokens", i => i);
        Loops("text of 10,000 words", i => (int)(((uint)i * 2654435761u) >> 8) % 10_000);
        Loops("a cycle of 40", i => i % 40);
    }

    private static void Verdicts(string name, (string Gold, string Answer)[] cases)
    {
        Verifier verifier = VerifierRegistry.All[name];
        VerifierInput[] inputs = [.. cases.Select(one => new VerifierInput { Response = one.Answer, Label = JsonSerializer.SerializeToElement(one.Gold) })];
        int rounds = name == "verify:math" ? 1_000 : 50_000;
        Timing best = Timing.Worst;
        for (int run = 0; run < 6; run++)
        {
            best = best.Best(Timing.Of(() =>
            {
                for (int i = 0; i < rounds; i++)
                {
                    foreach (VerifierInput input in inputs) verifier.Verify(input, CancellationToken.None);
                }
            }));
        }

        Rate rate = best.Rate((double)rounds * inputs.Length, 1);
        Console.WriteLine($"{name,-15} {rate.Wall,12:N0} verdicts/s by the clock, {rate.Processor:N0} by processor time, one core");
    }

    private static void Loops(string what, Func<int, int> token)
    {
        int[] tokens = [.. Enumerable.Range(0, LoopTokens).Select(token)];
        Timing best = Timing.Worst;
        for (int run = 0; run < 4; run++) best = best.Best(Timing.Of(() => LoopDetector.Scan(tokens)));
        Rate rate = best.Rate(LoopTokens, 1);
        Console.WriteLine($"loops           {rate.Wall / 1e6,12:F1} million tokens/s by the clock, {rate.Processor / 1e6:F1} by processor time, {what}");
    }
}
