using RewardHub.Inference.Kernels;

namespace RewardHub.Inference.Tests.Kernels;

public unsafe class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Kernels_allocate_nothing_once_they_are_warm(int tokens)
    {
        // A team of one runs everything on this thread, whose bytes are counted exactly.
        using var team = new WorkerTeam(1);
        using var memory = new Memory(1);
        Matrix x = memory.Matrix(tokens, 64), y = memory.Matrix(tokens, 64), k = memory.Matrix(tokens, 32), v = memory.Matrix(tokens, 32);
        WeightMatrix w = memory.Weight(DType.BFloat16, 64, 64);
        float* weight = memory.Floats(64), table = memory.Floats(64 * 8);
        int[] positions = Enumerable.Range(0, tokens).ToArray(), ids = Enumerable.Repeat(3, tokens).ToArray();
        AttentionSegment[] segments = [new(x, y, 0, 0, 1)];
        KeyRun[] runs = [new(k.Data, v.Data, k.Stride, tokens)];
        for (int i = 0; i < 60; i++) Step();
        long scratch = team.ScratchBytes, before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(scratch, team.ScratchBytes);

        void Step()
        {
            Gather.Rows(w, ids, x);
            MatMul.Apply(x, w, y, team);
            RmsNorm.Apply(x, weight, 1e-6f, y, team);
            Rope.Apply(x, 4, new RopeTables(table, table, 64, 16), positions, team);
            Attention.Apply(segments, runs, new AttentionShape(4, 2, 16, 0.25f), team);
            SwiGlu.Apply(x, y, y, team);
            Residual.Add(y, x, team);
            LogSumExp.Of(y.RowSpan(0)).Merge(LogSumExp.Empty);
            Softmax.InPlace(y.RowSpan(0));
        }
    }
}
