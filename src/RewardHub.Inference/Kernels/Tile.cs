using System.Runtime.CompilerServices;

namespace RewardHub.Inference.Kernels;

/// <summary>A number that the JIT knows: how many rows or vectors a tile has.</summary>
internal interface ICount
{
    static abstract int Value { get; }
}

internal readonly struct One : ICount
{
    public static int Value => 1;
}

internal readonly struct Two : ICount
{
    public static int Value => 2;
}

internal readonly struct Three : ICount
{
    public static int Value => 3;
}

internal readonly struct Four : ICount
{
    public static int Value => 4;
}

internal readonly struct Five : ICount
{
    public static int Value => 5;
}

internal readonly struct Six : ICount
{
    public static int Value => 6;
}

/// <summary>The innermost product: up to 6 rows by up to 4 vectors, held in registers.</summary>
internal static unsafe class Tile
{
    /// <summary>Most rows of a tile.</summary>
    internal const int Rows = 6;

    /// <summary>
    /// Computes <c>y[r, j] = initial[r, j] + Σ_k x[r, k] · panel[k, j]</c>, where the sum begins at 0 and runs over k in
    /// order: one chain of multiply-adds an element, whatever the shape of the tile.
    /// </summary>
    /// <param name="x">Row 0 of TRows rows.</param>
    /// <param name="xStride">Floats between rows of x.</param>
    /// <param name="panel">depth rows of floats, <paramref name="panelStride"/> apart.</param>
    /// <param name="panelStride">Floats between rows of the panel.</param>
    /// <param name="depth">Number of products in a sum.</param>
    /// <param name="initial">What the sum is added to, or null for nothing; may be y.</param>
    /// <param name="initialStride">Floats between rows of initial; 0 repeats one row.</param>
    /// <param name="y">Output: TRows rows of TVectors vectors.</param>
    /// <param name="yStride">Floats between rows of y.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<TLanes, TRows, TVectors>(
        float* x, nint xStride, float* panel, nint panelStride, nint depth, float* initial, nint initialStride, float* y, nint yStride)
        where TLanes : struct, ILanes<TLanes>
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        TLanes r0v0 = TLanes.Zero, r0v1 = TLanes.Zero, r0v2 = TLanes.Zero, r0v3 = TLanes.Zero;
        TLanes r1v0 = TLanes.Zero, r1v1 = TLanes.Zero, r1v2 = TLanes.Zero, r1v3 = TLanes.Zero;
        TLanes r2v0 = TLanes.Zero, r2v1 = TLanes.Zero, r2v2 = TLanes.Zero, r2v3 = TLanes.Zero;
        TLanes r3v0 = TLanes.Zero, r3v1 = TLanes.Zero, r3v2 = TLanes.Zero, r3v3 = TLanes.Zero;
        TLanes r4v0 = TLanes.Zero, r4v1 = TLanes.Zero, r4v2 = TLanes.Zero, r4v3 = TLanes.Zero;
        TLanes r5v0 = TLanes.Zero, r5v1 = TLanes.Zero, r5v2 = TLanes.Zero, r5v3 = TLanes.Zero;
        float* x1 = TRows.Value > 1 ? x + xStride : x;
        float* x2 = TRows.Value > 2 ? x1 + xStride : x;
        float* x3 = TRows.Value > 3 ? x2 + xStride : x;
        float* x4 = TRows.Value > 4 ? x3 + xStride : x;
        float* x5 = TRows.Value > 5 ? x4 + xStride : x;
        for (nint k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(panel);
            TLanes b1 = TVectors.Value > 1 ? TLanes.Load(panel + TLanes.Count) : b0;
            TLanes b2 = TVectors.Value > 2 ? TLanes.Load(panel + (2 * TLanes.Count)) : b0;
            TLanes b3 = TVectors.Value > 3 ? TLanes.Load(panel + (3 * TLanes.Count)) : b0;
            panel += panelStride;

            TLanes a0 = TLanes.Broadcast(x[k]);
            r0v0 = TLanes.MultiplyAdd(a0, b0, r0v0);
            if (TVectors.Value > 1) r0v1 = TLanes.MultiplyAdd(a0, b1, r0v1);
            if (TVectors.Value > 2) r0v2 = TLanes.MultiplyAdd(a0, b2, r0v2);
            if (TVectors.Value > 3) r0v3 = TLanes.MultiplyAdd(a0, b3, r0v3);

            if (TRows.Value > 1)
            {
                TLanes a1 = TLanes.Broadcast(x1[k]);
                r1v0 = TLanes.MultiplyAdd(a1, b0, r1v0);
                if (TVectors.Value > 1) r1v1 = TLanes.MultiplyAdd(a1, b1, r1v1);
                if (TVectors.Value > 2) r1v2 = TLanes.MultiplyAdd(a1, b2, r1v2);
                if (TVectors.Value > 3) r1v3 = TLanes.MultiplyAdd(a1, b3, r1v3);
            }

            if (TRows.Value > 2)
            {
                TLanes a2 = TLanes.Broadcast(x2[k]);
                r2v0 = TLanes.MultiplyAdd(a2, b0, r2v0);
                if (TVectors.Value > 1) r2v1 = TLanes.MultiplyAdd(a2, b1, r2v1);
                if (TVectors.Value > 2) r2v2 = TLanes.MultiplyAdd(a2, b2, r2v2);
                if (TVectors.Value > 3) r2v3 = TLanes.MultiplyAdd(a2, b3, r2v3);
            }

            if (TRows.Value > 3)
            {
                TLanes a3 = TLanes.Broadcast(x3[k]);
                r3v0 = TLanes.MultiplyAdd(a3, b0, r3v0);
                if (TVectors.Value > 1) r3v1 = TLanes.MultiplyAdd(a3, b1, r3v1);
                if (TVectors.Value > 2) r3v2 = TLanes.MultiplyAdd(a3, b2, r3v2);
                if (TVectors.Value > 3) r3v3 = TLanes.MultiplyAdd(a3, b3, r3v3);
            }

            if (TRows.Value > 4)
            {
                TLanes a4 = TLanes.Broadcast(x4[k]);
                r4v0 = TLanes.MultiplyAdd(a4, b0, r4v0);
                if (TVectors.Value > 1) r4v1 = TLanes.MultiplyAdd(a4, b1, r4v1);
                if (TVectors.Value > 2) r4v2 = TLanes.MultiplyAdd(a4, b2, r4v2);
                if (TVectors.Value > 3) r4v3 = TLanes.MultiplyAdd(a4, b3, r4v3);
            }

            if (TRows.Value > 5)
            {
                TLanes a5 = TLanes.Broadcast(x5[k]);
                r5v0 = TLanes.MultiplyAdd(a5, b0, r5v0);
                if (TVectors.Value > 1) r5v1 = TLanes.MultiplyAdd(a5, b1, r5v1);
                if (TVectors.Value > 2) r5v2 = TLanes.MultiplyAdd(a5, b2, r5v2);
                if (TVectors.Value > 3) r5v3 = TLanes.MultiplyAdd(a5, b3, r5v3);
            }
        }

        Finish<TLanes, TVectors>(initial, y, r0v0, r0v1, r0v2, r0v3);
        if (TRows.Value > 1) Finish<TLanes, TVectors>(initial is null ? null : initial + initialStride, y + yStride, r1v0, r1v1, r1v2, r1v3);
        if (TRows.Value > 2) Finish<TLanes, TVectors>(initial is null ? null : initial + (2 * initialStride), y + (2 * yStride), r2v0, r2v1, r2v2, r2v3);
        if (TRows.Value > 3) Finish<TLanes, TVectors>(initial is null ? null : initial + (3 * initialStride), y + (3 * yStride), r3v0, r3v1, r3v2, r3v3);
        if (TRows.Value > 4) Finish<TLanes, TVectors>(initial is null ? null : initial + (4 * initialStride), y + (4 * yStride), r4v0, r4v1, r4v2, r4v3);
        if (TRows.Value > 5) Finish<TLanes, TVectors>(initial is null ? null : initial + (5 * initialStride), y + (5 * yStride), r5v0, r5v1, r5v2, r5v3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TLanes, TVectors>(float* initial, float* y, TLanes v0, TLanes v1, TLanes v2, TLanes v3)
        where TLanes : struct, ILanes<TLanes>
        where TVectors : struct, ICount
    {
        if (initial is not null)
        {
            v0 = TLanes.Add(TLanes.Load(initial), v0);
            if (TVectors.Value > 1) v1 = TLanes.Add(TLanes.Load(initial + TLanes.Count), v1);
            if (TVectors.Value > 2) v2 = TLanes.Add(TLanes.Load(initial + (2 * TLanes.Count)), v2);
            if (TVectors.Value > 3) v3 = TLanes.Add(TLanes.Load(initial + (3 * TLanes.Count)), v3);
        }

        TLanes.Store(y, v0);
        if (TVectors.Value > 1) TLanes.Store(y + TLanes.Count, v1);
        if (TVectors.Value > 2) TLanes.Store(y + (2 * TLanes.Count), v2);
        if (TVectors.Value > 3) TLanes.Store(y + (3 * TLanes.Count), v3);
    }
}
