using System.Globalization;
using RewardHub.Inference.Model;
using RewardHub.Inference.Weights;

namespace RewardHub.Inference.Tests.Model;

[Trait("Category", "Golden")]
public class GoldenModelTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. GoldenModels.Names()];

    [Fact]
    public void The_golden_root_has_models() => Assert.NotEmpty(GoldenModels.Names());

    [Theory, MemberData(nameof(Names))]
    public void Every_stored_tensor_is_met(string name)
    {
        using Transformer model = GoldenModels.Load(name);
        using SafetensorsFile expected = GoldenModels.Expected(name);
        var worst = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (GoldenSequence sequence in GoldenModels.Sequences(name))
        {
            foreach (string tensor in sequence.Tensors)
            {
                // Step scores made from heads belong to the PRM formats; their tests are there.
                if (tensor is "softmax" or "sigmoid") continue;
                double[] wanted = GoldenModels.Values(expected, $"{sequence.Name}.{tensor}");
                float[] got = model.Run([new SequenceRequest(sequence.Tokens, ReadOutOf(tensor, model, sequence.Tokens.Length))])[0];
                Assert.Equal(wanted.Length, got.Length);
                double difference = 0;
                for (int i = 0; i < got.Length; i++) difference = Math.Max(difference, double.IsNaN(got[i]) ? double.PositiveInfinity : Math.Abs(got[i] - wanted[i]));
                string kind = tensor.StartsWith("layer", StringComparison.Ordinal) ? "layer" : tensor;
                worst[kind] = Math.Max(worst.GetValueOrDefault(kind), difference);
            }
        }

        string line = string.Join(", ", worst.Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key} {w.Value:E1}")));
        output.WriteLine($"{name}: {line}");
        Assert.NotEmpty(worst);
        foreach ((string kind, double difference) in worst) Assert.True(difference <= Tolerance(name, kind), $"{name} {kind}: {difference}");
    }

    // The tolerances of the golden data's own page; absolute.
    private static double Tolerance(string name, string kind) => kind switch
    {
        "logits" or "last_logits" => 3e-4,
        "logprobs" or "logprobs_f64" => GoldenModels.IsAdapter(name) ? 3e-4 : 2e-4,
        _ => 2e-4,
    };

    private static ReadOut ReadOutOf(string tensor, Transformer model, int length) => tensor switch
    {
        "logits" => new ReadOut.VocabularyRows(GoldenModels.All(length), GoldenModels.All(model.Config.VocabularySize)),
        "last_logits" => new ReadOut.VocabularyRows([length - 1], GoldenModels.All(model.Config.VocabularySize)),
        "logprobs" or "logprobs_f64" => new ReadOut.NextToken(GoldenModels.All(length - 1)),
        "head" or "head_f64" => new ReadOut.Head(GoldenModels.All(length)),
        "final_hidden" => new ReadOut.Hidden(GoldenModels.All(length)),
        "embed" => new ReadOut.Hidden(GoldenModels.All(length), 0),
        _ when tensor.StartsWith("layer", StringComparison.Ordinal) =>
            new ReadOut.Hidden(GoldenModels.All(length), int.Parse(tensor["layer".Length..], CultureInfo.InvariantCulture) + 1),
        _ => throw new InvalidDataException($"The golden tensor '{tensor}' is not known to this test."),
    };
}
