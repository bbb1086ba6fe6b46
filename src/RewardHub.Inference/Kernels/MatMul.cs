using System.Runtime.Intrinsics;

namespace RewardHub.Inference.Kernels;

/// <summary>The matrix product of a linear layer.</summary>
/// <remarks>
/// <para>
/// An output element is one sum: the bias, if any, then block sums of <see cref="BlockDepth"/> channels in order, each of them a chain
/// of multiply-adds over its channels in order that begins at 0. Lanes hold different outputs, never parts of one. So
/// the bits depend neither on T, nor on the place in a batch, nor on tiles or threads, nor even on the vector width.
/// </para>
/// <para>
/// Each worker widens and transposes a few output rows at a time into panels that stay in its cache, whatever T is:
/// one kernel serves any number of them. For a few tokens the same sums are taken without panels (<see cref="FewTokens"/>).
/// </para>
/// </remarks>
public static unsafe class MatMul
{
    /// <summary>Channels of a block sum. Part of the order of summation: to change it is to change results.</summary>
    internal const int BlockDepth = 256;

    /// <summary>Most output rows that an item packs; bounds a worker's scratch memory to 256 KB.</summary>
    private const int ItemColumns = 256;

    /// <summary>Most tokens of an item: with x's block beside the panels, what a second-level cache of 1 MB or more holds.</summary>
    private const int ItemRows = 768;

    /// <summary>Computes <c>y[t, o] = bias[o] + Σ_c x[t, c] · w[o, c]</c>.</summary>
    /// <param name="x">Activations, shape (T, C).</param>
    /// <param name="w">Weights, shape (O, C), as stored: never transposed, no alignment assumed.</param>
    /// <param name="y">Output, shape (T, O). Must not overlap the inputs.</param>
    /// <param name="team">Who does it.</param>
    /// <param name="bias">O floats, or null.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Apply(Matrix x, WeightMatrix w, Matrix y, WorkerTeam team, float* bias = null)
    {
        ArgumentNullException.ThrowIfNull(team);
        if (x.Columns != w.Columns || y.Columns != w.Rows || y.Rows != x.Rows)
            throw new ArgumentException($"({x.Rows}, {x.Columns}) by ({w.Rows}, {w.Columns}) does not give ({y.Rows}, {y.Columns}).");
        if (Vector512.IsHardwareAccelerated) Apply<Lanes512, Four>(x, w, y, team, bias);
        else if (Vector256.IsHardwareAccelerated) Apply<Lanes256, Two>(x, w, y, team, bias);
        else Apply<Lanes128, Two>(x, w, y, team, bias);
    }

    // Items are as large as the caches like, then smaller until every worker has about four of them.
    internal static void Apply<TLanes, TVectors>(Matrix x, WeightMatrix w, Matrix y, WorkerTeam team, float* bias)
        where TLanes : struct, ILanes<TLanes>
        where TVectors : struct, ICount
    {
        int panel = TLanes.Count * TVectors.Value;
        int columns = ItemColumns, rows = ItemRows, wanted = team.Threads == 1 ? 1 : 4 * team.Threads;
        while (columns > panel && Count(w.Rows, columns) * Count(x.Rows, rows) < wanted) columns /= 2;
        while (rows > ItemRows / 4 && Count(w.Rows, columns) * Count(x.Rows, rows) < wanted) rows /= 2;
        int rowItems = Count(x.Rows, rows);
        team.Run(new Work<TLanes, TVectors>(x, w, y, bias, columns, rows, rowItems), checked((int)(Count(w.Rows, columns) * rowItems)));
    }

    private static int Count(int length, int size) => (int)(((long)length + size - 1) / size);

    private readonly struct Work<TLanes, TVectors>(Matrix x, WeightMatrix w, Matrix y, float* bias, int itemColumns, int itemRows, int rowItems) : IWork
        where TLanes : struct, ILanes<TLanes>
        where TVectors : struct, ICount
    {
        public void Process(int item, Worker worker)
        {
            int width = TLanes.Count * TVectors.Value;
            (int columnItem, int rowItem) = Math.DivRem(item, rowItems);
            int column = columnItem * itemColumns, columns = Math.Min(itemColumns, w.Rows - column);
            int row = rowItem * itemRows, rows = Math.Min(itemRows, x.Rows - row);
            float* panels = worker.Scratch(ItemColumns * BlockDepth);
            float* to = y.Row(row) + column;
            float* initial = bias is null ? null : bias + column;
            nint initialStride = 0;
            int size = w.Type.Size();
            nint rowBytes = (nint)w.Columns * size;
            if (w.Columns == 0) Empty(to, rows, columns, initial);
            if (TLanes.Count == 16 && FewTokens.IsSupported && x.Rows <= FewTokens.Most && x.Rows > 0 && w.Columns > 0)
            {
                for (; columns >= FewTokens.Outputs; columns -= FewTokens.Outputs, column += FewTokens.Outputs) FewTokens.Apply(x, w, column, bias, y);
                to = y.Row(row) + column;
                initial = bias is null ? null : bias + column;
            }

            for (int c = 0; c < w.Columns; c += BlockDepth)
            {
                int depth = Math.Min(BlockDepth, w.Columns - c);
                nint ahead = c + BlockDepth < w.Columns ? (nint)BlockDepth * size : (columns * rowBytes) - ((nint)c * size);
                for (int j = 0; j < columns; j += width)
                    Pack.Panel(w.Row(column + j) + ((nint)c * size), rowBytes, w.Type, Math.Min(width, columns - j), depth, panels + ((nint)j * depth), width, ahead);
                Panels.Multiply<TLanes, TVectors>(x.Row(row) + c, x.Stride, rows, panels, depth, columns, initial, initialStride, to, y.Stride);
                initial = to;
                initialStride = y.Stride;
            }
        }

        private void Empty(float* to, int rows, int columns, float* initial)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int j = 0; j < columns; j++) to[((nint)r * y.Stride) + j] = initial is null ? 0 : initial[j];
            }
        }
    }
}
