namespace RewardHub.Inference.Kernels;

/// <summary>The gated activation of the feed-forward layer (Shazeer, 2020).</summary>
public static unsafe class SwiGlu
{
    /// <summary>Computes <c>y = gate / (1 + e^-gate) · up</c>.</summary>
    /// <param name="gate">Shape (T, F).</param>
    /// <param name="up">Shape (T, F).</param>
    /// <param name="y">Shape (T, F); may be <paramref name="gate"/> or <paramref name="up"/>.</param>
    /// <param name="team">Who does it.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Apply(Matrix gate, Matrix up, Matrix y, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        if (gate.Rows != y.Rows || up.Rows != y.Rows || gate.Columns != y.Columns || up.Columns != y.Columns)
            throw new ArgumentException($"({gate.Rows}, {gate.Columns}) and ({up.Rows}, {up.Columns}) to ({y.Rows}, {y.Columns}).");
        team.Run(new Work(gate, up, y), y.Rows);
    }

    private readonly struct Work(Matrix gate, Matrix up, Matrix y) : IWork
    {
        public void Process(int item, Worker worker)
        {
            float* g = gate.Row(item);
            float* u = up.Row(item);
            float* to = y.Row(item);
            for (int f = 0; f < y.Columns; f++) to[f] = g[f] / (1f + MathF.Exp(-g[f])) * u[f];
        }
    }
}
