using System.Text.Json.Nodes;
using RewardHub.Inference.Model;

namespace RewardHub.Inference.Tests.Model;

/// <summary>Long sequences: memory that grows with tokens only, and the same numbers as piece by piece.</summary>
public class LongSequenceTests(ITestOutputHelper output)
{
    [Fact]
    public void The_workspace_of_a_long_sequence_stays_small()
    {
        // The shape of a 0.5B model with a small vocabulary and one block.
        JsonObject config = TinyModel.Config(hidden: 896, layers: 1, heads: 14, groups: 2, forward: 4864, vocabulary: 32, context: 32_768);
        using TemporaryFolder folder = TinyModel.Write(config);
        using Transformer model = Transformer.Load(folder.Path, new EngineOptions { Threads = 1 });
        // One block only needs keys and values of what comes before, so that a single read row is cheap.
        int[] tokens = BitEqualityTests.Tokens(new Random(1), 22_000, 32);
        float[] last = model.Run([new SequenceRequest(tokens, new ReadOut.NextToken([21_998]))])[0];
        Assert.True(float.IsFinite(last[0]) && last[0] < 0);
        output.WriteLine($"{model.WorkspaceBytes >> 20} MB");
        Assert.InRange(model.WorkspaceBytes, 1, 200L << 20);
    }

    [Fact]
    public void A_long_sequence_in_chunks_has_the_same_bits_as_one_chunk()
    {
        JsonObject config = TinyModel.Config(hidden: 16, layers: 3, heads: 4, groups: 2, forward: 24, vocabulary: 64, context: 4096);
        using TemporaryFolder folder = TinyModel.Write(config);
        int[] tokens = BitEqualityTests.Tokens(new Random(2), 3000, 64);
        SequenceRequest[] batch = [new(tokens, new ReadOut.NextToken([.. Enumerable.Range(0, 1499).Select(i => 2 * i)]))];
        float[]? expected = null;
        foreach (int chunk in (int[])[4096, 768, 100, 33])
        {
            using Transformer model = Transformer.Load(folder.Path, new EngineOptions { Threads = 2, ChunkTokens = chunk, MaxBatchTokens = 64 });
            float[] got = model.Run(batch)[0];
            Assert.Equal(expected ??= got, got);
        }
    }
}
