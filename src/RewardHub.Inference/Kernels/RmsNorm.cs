using System.Numerics.Tensors;

namespace RewardHub.Inference.Kernels;

/// <summary>Root-mean-square normalization (Zhang and Sennrich, 2019).</summary>
public static unsafe class RmsNorm
{
    /// <summary>Computes <c>y = x / √(mean(x²) + ε) · weight</c> for each row, or for each of several parts of a row.</summary>
    /// <param name="x">Shape (T, C).</param>
    /// <param name="weight">C / <paramref name="parts"/> floats, the same for every part.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">Shape (T, C); may be <paramref name="x"/> itself.</param>
    /// <param name="team">Who does it.</param>
    /// <param name="parts">Equal parts of a row that are normalized apart: H for the norm of each head; otherwise 1.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Apply(Matrix x, float* weight, float epsilon, Matrix y, WorkerTeam team, int parts = 1)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        if (x.Rows != y.Rows || x.Columns != y.Columns || x.Columns % parts != 0)
            throw new ArgumentException($"({x.Rows}, {x.Columns}) in {parts} parts to ({y.Rows}, {y.Columns}).");
        team.Run(new Work(x, weight, epsilon, y, parts), x.Rows);
    }

    private readonly struct Work(Matrix x, float* weight, float epsilon, Matrix y, int parts) : IWork
    {
        public void Process(int item, Worker worker)
        {
            int length = x.Columns / parts;
            for (int part = 0; part < parts; part++)
            {
                float* from = x.Row(item) + (part * length);
                float* to = y.Row(item) + (part * length);
                float sum = Isa.VectorBits switch
                {
                    512 => Reduce.SumOfSquares<Lanes512>(from, length),
                    256 => Reduce.SumOfSquares<Lanes256>(from, length),
                    _ => Reduce.SumOfSquares<Lanes128>(from, length),
                };
                float scale = 1f / MathF.Sqrt((sum / length) + epsilon);
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(from, length), scale, new Span<float>(to, length));
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(to, length), new ReadOnlySpan<float>(weight, length), new Span<float>(to, length));
            }
        }
    }
}
