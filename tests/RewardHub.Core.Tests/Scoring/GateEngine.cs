using RewardHub.Inference;

namespace RewardHub.Core.Tests.Scoring;

/// <summary>An engine that waits until the test lets it go on, and counts what it was asked to compute.</summary>
internal sealed class GateEngine(ModelFacts facts) : IForwardPass
{
    private readonly SemaphoreSlim _gate = new(0);
    private int _sequences;

    public ModelFacts Facts { get; } = facts;

    public int Sequences => _sequences;

    public SemaphoreSlim Entered { get; } = new(0);

    public static ModelFacts SomeFacts => new()
    {
        Architecture = "LlamaForCausalLM",
        VocabularySize = 100,
        HiddenSize = 4,
        Layers = 1,
        ContextLength = 64,
        HeadWidth = 0,
        HasVocabularyHead = true,
        Hash = "00",
        WeightBytes = 1,
    };

    public void Open(int batches) => _gate.Release(batches);

    public float[][] Run(IReadOnlyList<SequenceRequest> batch, CancellationToken cancellationToken = default)
    {
        Entered.Release();
        _gate.Wait(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Add(ref _sequences, batch.Count);
        return [.. batch.Select(s => Enumerable.Repeat(-1f, s.ReadOut.Positions.Count).ToArray())];
    }

    public void Dispose() => _gate.Dispose();
}
