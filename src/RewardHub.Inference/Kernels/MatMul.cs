namespace RewardHub.Inference.Kernels;

/// <summary>The matrix product of a linear layer.</summary>
public static unsafe class MatMul
{
    /// <summary>Computes <c>y[t, o] = Σ_c x[t, c] · w[o, c] + bias[o]</c>.</summary>
    /// <param name="x">Activations, shape (T, C).</param>
    /// <param name="w">Weights, shape (O, C), as stored: never transposed, no alignment assumed.</param>
    /// <param name="y">Output, shape (T, O). Must not overlap the inputs.</param>
    /// <param name="team">Who does it.</param>
    /// <param name="bias">O floats added after the sum, or null.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Apply(Matrix x, WeightMatrix w, Matrix y, WorkerTeam team, float* bias = null)
    {
        ArgumentNullException.ThrowIfNull(team);
        if (x.Columns != w.Columns || y.Columns != w.Rows || y.Rows != x.Rows)
            throw new ArgumentException($"({x.Rows}, {x.Columns}) by ({w.Rows}, {w.Columns}) does not give ({y.Rows}, {y.Columns}).");
        team.Run(new Work(x, w, y, bias), w.Rows);
    }

    private readonly struct Work(Matrix x, WeightMatrix w, Matrix y, float* bias) : IWork
    {
        public void Process(int item, Worker worker)
        {
            float* row = worker.Scratch(w.Columns);
            Widen.Row(w.Row(item), w.Type, row, w.Columns);
            for (int t = 0; t < x.Rows; t++)
            {
                float* from = x.Row(t);
                float sum = 0;
                for (int c = 0; c < w.Columns; c++) sum += from[c] * row[c];
                y.Row(t)[item] = bias is null ? sum : sum + bias[item];
            }
        }
    }
}
