using System.Numerics.Tensors;

namespace RewardHub.Inference.Kernels;

/// <summary>Addition of a layer's output to the residual stream.</summary>
public static class Residual
{
    /// <summary>Computes <c>stream += x</c>.</summary>
    /// <param name="stream">Shape (T, C).</param>
    /// <param name="x">Shape (T, C); must not overlap the stream.</param>
    /// <param name="team">Who does it.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Add(Matrix stream, Matrix x, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        if (x.Rows != stream.Rows || x.Columns != stream.Columns)
            throw new ArgumentException($"({x.Rows}, {x.Columns}) cannot be added to ({stream.Rows}, {stream.Columns}).");
        team.Run(new Work(stream, x), x.Rows);
    }

    private readonly struct Work(Matrix stream, Matrix x) : IWork
    {
        public void Process(int item, Worker worker) =>
            TensorPrimitives.Add(stream.RowSpan(item), x.RowSpan(item), stream.RowSpan(item));
    }
}
