using System.Numerics.Tensors;

namespace RewardHub.Inference.Kernels;

/// <summary>
/// A running <c>ln Σ e^x</c>: the largest value so far and the sum relative to it. Chunks are summed on their own and
/// merged in order, so that the value depends on the chunk borders only, which the caller keeps fixed.
/// </summary>
/// <param name="Max">The largest value; negative infinity for nothing.</param>
/// <param name="Sum">Σ e^(x - Max).</param>
public readonly record struct LogSumExp(float Max, double Sum)
{
    /// <summary>Of no values: the identity of <see cref="Merge"/>.</summary>
    public static LogSumExp Empty => new(float.NegativeInfinity, 0);

    /// <summary><c>ln Σ e^x</c>; negative infinity for nothing.</summary>
    public double Value => Max + Math.Log(Sum);

    /// <summary>Of one chunk: a chain of sums over blocks of 64 values, each block summed by a fixed tree.</summary>
    public static unsafe LogSumExp Of(ReadOnlySpan<float> values)
    {
        float max = values.IsEmpty ? float.NegativeInfinity : TensorPrimitives.Max(values);
        if (float.IsNegativeInfinity(max)) return Empty;
        fixed (float* from = values)
        {
            return new LogSumExp(max, Isa.VectorBits switch
            {
                512 => SumOf<Lanes512>(from, values.Length, max),
                256 => SumOf<Lanes256>(from, values.Length, max),
                _ => SumOf<Lanes128>(from, values.Length, max),
            });
        }
    }

    /// <summary>Of this chunk and the one that follows it.</summary>
    public LogSumExp Merge(LogSumExp next)
    {
        if (Sum == 0) return next;
        if (next.Sum == 0) return this;
        float max = MathF.Max(Max, next.Max);
        return new LogSumExp(max, (Sum * Math.Exp((double)Max - max)) + (next.Sum * Math.Exp((double)next.Max - max)));
    }

    private static unsafe double SumOf<TLanes>(float* values, int count, float max)
        where TLanes : struct, ILanes<TLanes>
    {
        const int Block = 64;
        float* block = stackalloc float[Block];
        TLanes least = TLanes.Broadcast(-max), log2E = TLanes.Broadcast(1.4426950408889634f);
        double sum = 0;
        for (int i = 0; i < count; i += Block)
        {
            float* from = values + i;
            if (count - i < Block)
            {
                new Span<float>(block, Block).Fill(float.NegativeInfinity);
                new ReadOnlySpan<float>(from, count - i).CopyTo(new Span<float>(block, Block));
                from = block;
            }

            for (int j = 0; j < Block; j += TLanes.Count)
                TLanes.Store(block + j, TLanes.Exp2(TLanes.Multiply(TLanes.Add(TLanes.Load(from + j), least), log2E)));
            sum += Reduce.Sum64<TLanes>(block);
        }

        return sum;
    }
}
