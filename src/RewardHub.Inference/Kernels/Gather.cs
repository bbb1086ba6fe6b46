namespace RewardHub.Inference.Kernels;

/// <summary>Rows of a stored matrix, widened: token embeddings and chosen vocabulary rows.</summary>
public static unsafe class Gather
{
    /// <summary>Copies <c>y[t] = table[ids[t]]</c>.</summary>
    /// <param name="table">Shape (V, C).</param>
    /// <param name="ids">T row numbers, each in [0, V).</param>
    /// <param name="y">Shape (T, C).</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or an id is outside the table.</exception>
    public static void Rows(WeightMatrix table, ReadOnlySpan<int> ids, Matrix y)
    {
        if (ids.Length != y.Rows || table.Columns != y.Columns)
            throw new ArgumentException($"{ids.Length} rows of ({table.Rows}, {table.Columns}) to ({y.Rows}, {y.Columns}).");
        for (int t = 0; t < ids.Length; t++)
        {
            if ((uint)ids[t] >= (uint)table.Rows) throw new ArgumentException($"Id {ids[t]} is outside [0, {table.Rows}).");
            Widen.Row(table.Row(ids[t]), table.Type, y.Row(t), y.Columns);
        }
    }
}
