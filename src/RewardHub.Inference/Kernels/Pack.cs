using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RewardHub.Inference.Kernels;

/// <summary>
/// Turns rows of a stored weight into a panel: floats of shape (depth, width), where output row j of the weight is column j.
/// </summary>
/// <remarks>
/// Sixteen-bit formats are transposed in pairs, as 32-bit units, and widened on the way out: half the shuffles.
/// </remarks>
internal static unsafe class Pack
{
    /// <summary>Writes <c>panel[k, j] = widen(rows[j, k])</c> for k below depth and j below count.</summary>
    /// <param name="rows">Row 0 at its first element of this block; no alignment assumed; nothing past a row's block is read.</param>
    /// <param name="rowBytes">Bytes from one row to the next.</param>
    /// <param name="type">How the elements are stored.</param>
    /// <param name="count">Rows; at most <paramref name="width"/>.</param>
    /// <param name="depth">Elements taken of each row.</param>
    /// <param name="panel">depth · width floats. Columns from count up to the next whole vector are written with anything.</param>
    /// <param name="width">Floats between rows of the panel; a multiple of the vector size.</param>
    /// <param name="ahead">
    /// Bytes from here to what is packed next, which is fetched into the cache meanwhile; it need not be mapped. A
    /// block is too short a run for the hardware to see it coming.
    /// </param>
    internal static void Panel(byte* rows, nint rowBytes, DType type, int count, int depth, float* panel, int width, nint ahead)
    {
        switch (type)
        {
            case DType.Float32:
                Panel<Singles>(rows, rowBytes, count, depth, panel, width, ahead);
                break;
            case DType.Float16:
                Panel<Halves>(rows, rowBytes, count, depth, panel, width, ahead);
                break;
            default:
                Panel<BrainFloats>(rows, rowBytes, count, depth, panel, width, ahead);
                break;
        }
    }

    private static void Panel<TFormat>(byte* rows, nint rowBytes, int count, int depth, float* panel, int width, nint ahead)
        where TFormat : struct, IFormat
    {
        int side = Vector512.IsHardwareAccelerated && Avx512F.IsSupported && width % 16 == 0 ? 16
            : Vector256.IsHardwareAccelerated && Avx2.IsSupported && width % 8 == 0 ? 8
            : 0;
        if (side == 0)
        {
            PanelByElement<TFormat>(rows, rowBytes, count, depth, panel, width);
            return;
        }

        // A square is side rows of side 32-bit units. At the edges it is filled up in a buffer.
        int unit = side * TFormat.PerUnit;
        byte* edge = stackalloc byte[16 * 64];
        for (int j = 0; j < count; j += side)
        {
            int height = Math.Min(side, count - j);
            byte* row = rows + (j * rowBytes);
            int k = 0;
            if (height == side)
            {
                for (; k + unit <= depth; k += unit)
                    Square<TFormat>(row + (k * TFormat.Size), rowBytes, panel + ((nint)k * width) + j, width, unit, side, ahead);
            }

            for (; k < depth; k += unit)
            {
                int left = Math.Min(unit, depth - k);
                for (int i = 0; i < side; i++)
                {
                    NativeMemory.Copy(row + (Math.Min(i, height - 1) * rowBytes) + (k * TFormat.Size), edge + (i * 64), (nuint)(left * TFormat.Size));
                }

                Square<TFormat>(edge, 64, panel + ((nint)k * width) + j, width, left, side, 0);
            }
        }
    }

    private static void PanelByElement<TFormat>(byte* rows, nint rowBytes, int count, int depth, float* panel, int width)
        where TFormat : struct, IFormat
    {
        for (int j = 0; j < count; j++)
        {
            byte* row = rows + (j * rowBytes);
            for (int k = 0; k < depth; k++) panel[((nint)k * width) + j] = Widen.Element(row, TFormat.Type, k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square<TFormat>(byte* source, nint stride, float* destination, nint width, int depth, int side, nint ahead)
        where TFormat : struct, IFormat
    {
        if (side == 16) Square16<TFormat>(source, stride, destination, width, depth, ahead);
        else Square8<TFormat>(source, stride, destination, width, depth, ahead);
    }

    // Two rounds of unpacking transpose 4 by 4 units within each 128-bit lane; two rounds of lane shuffles transpose the lanes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square16<TFormat>(byte* source, nint stride, float* destination, nint width, int depth, nint ahead)
        where TFormat : struct, IFormat
    {
        byte* next = source + ahead;
        Sse.Prefetch0(next + (0 * stride));
        Sse.Prefetch0(next + (1 * stride));
        Sse.Prefetch0(next + (2 * stride));
        Sse.Prefetch0(next + (3 * stride));
        Sse.Prefetch0(next + (4 * stride));
        Sse.Prefetch0(next + (5 * stride));
        Sse.Prefetch0(next + (6 * stride));
        Sse.Prefetch0(next + (7 * stride));
        Sse.Prefetch0(next + (8 * stride));
        Sse.Prefetch0(next + (9 * stride));
        Sse.Prefetch0(next + (10 * stride));
        Sse.Prefetch0(next + (11 * stride));
        Sse.Prefetch0(next + (12 * stride));
        Sse.Prefetch0(next + (13 * stride));
        Sse.Prefetch0(next + (14 * stride));
        Sse.Prefetch0(next + (15 * stride));
        Vector512<uint> a0 = Vector512.Load((uint*)(source + (0 * stride)));
        Vector512<uint> a1 = Vector512.Load((uint*)(source + (1 * stride)));
        Vector512<uint> a2 = Vector512.Load((uint*)(source + (2 * stride)));
        Vector512<uint> a3 = Vector512.Load((uint*)(source + (3 * stride)));
        Vector512<uint> a4 = Vector512.Load((uint*)(source + (4 * stride)));
        Vector512<uint> a5 = Vector512.Load((uint*)(source + (5 * stride)));
        Vector512<uint> a6 = Vector512.Load((uint*)(source + (6 * stride)));
        Vector512<uint> a7 = Vector512.Load((uint*)(source + (7 * stride)));
        Vector512<uint> a8 = Vector512.Load((uint*)(source + (8 * stride)));
        Vector512<uint> a9 = Vector512.Load((uint*)(source + (9 * stride)));
        Vector512<uint> a10 = Vector512.Load((uint*)(source + (10 * stride)));
        Vector512<uint> a11 = Vector512.Load((uint*)(source + (11 * stride)));
        Vector512<uint> a12 = Vector512.Load((uint*)(source + (12 * stride)));
        Vector512<uint> a13 = Vector512.Load((uint*)(source + (13 * stride)));
        Vector512<uint> a14 = Vector512.Load((uint*)(source + (14 * stride)));
        Vector512<uint> a15 = Vector512.Load((uint*)(source + (15 * stride)));
        Vector512<uint> g0t0 = Avx512F.UnpackLow(a0, a1), g0t1 = Avx512F.UnpackHigh(a0, a1);
        Vector512<uint> g0t2 = Avx512F.UnpackLow(a2, a3), g0t3 = Avx512F.UnpackHigh(a2, a3);
        a0 = Avx512F.UnpackLow(g0t0.AsUInt64(), g0t2.AsUInt64()).AsUInt32();
        a1 = Avx512F.UnpackHigh(g0t0.AsUInt64(), g0t2.AsUInt64()).AsUInt32();
        a2 = Avx512F.UnpackLow(g0t1.AsUInt64(), g0t3.AsUInt64()).AsUInt32();
        a3 = Avx512F.UnpackHigh(g0t1.AsUInt64(), g0t3.AsUInt64()).AsUInt32();
        Vector512<uint> g1t0 = Avx512F.UnpackLow(a4, a5), g1t1 = Avx512F.UnpackHigh(a4, a5);
        Vector512<uint> g1t2 = Avx512F.UnpackLow(a6, a7), g1t3 = Avx512F.UnpackHigh(a6, a7);
        a4 = Avx512F.UnpackLow(g1t0.AsUInt64(), g1t2.AsUInt64()).AsUInt32();
        a5 = Avx512F.UnpackHigh(g1t0.AsUInt64(), g1t2.AsUInt64()).AsUInt32();
        a6 = Avx512F.UnpackLow(g1t1.AsUInt64(), g1t3.AsUInt64()).AsUInt32();
        a7 = Avx512F.UnpackHigh(g1t1.AsUInt64(), g1t3.AsUInt64()).AsUInt32();
        Vector512<uint> g2t0 = Avx512F.UnpackLow(a8, a9), g2t1 = Avx512F.UnpackHigh(a8, a9);
        Vector512<uint> g2t2 = Avx512F.UnpackLow(a10, a11), g2t3 = Avx512F.UnpackHigh(a10, a11);
        a8 = Avx512F.UnpackLow(g2t0.AsUInt64(), g2t2.AsUInt64()).AsUInt32();
        a9 = Avx512F.UnpackHigh(g2t0.AsUInt64(), g2t2.AsUInt64()).AsUInt32();
        a10 = Avx512F.UnpackLow(g2t1.AsUInt64(), g2t3.AsUInt64()).AsUInt32();
        a11 = Avx512F.UnpackHigh(g2t1.AsUInt64(), g2t3.AsUInt64()).AsUInt32();
        Vector512<uint> g3t0 = Avx512F.UnpackLow(a12, a13), g3t1 = Avx512F.UnpackHigh(a12, a13);
        Vector512<uint> g3t2 = Avx512F.UnpackLow(a14, a15), g3t3 = Avx512F.UnpackHigh(a14, a15);
        a12 = Avx512F.UnpackLow(g3t0.AsUInt64(), g3t2.AsUInt64()).AsUInt32();
        a13 = Avx512F.UnpackHigh(g3t0.AsUInt64(), g3t2.AsUInt64()).AsUInt32();
        a14 = Avx512F.UnpackLow(g3t1.AsUInt64(), g3t3.AsUInt64()).AsUInt32();
        a15 = Avx512F.UnpackHigh(g3t1.AsUInt64(), g3t3.AsUInt64()).AsUInt32();
        Vector512<uint> even0ab = Avx512F.Shuffle4x128(a0, a4, 0x88), odd0ab = Avx512F.Shuffle4x128(a0, a4, 0xDD);
        Vector512<uint> even0cd = Avx512F.Shuffle4x128(a8, a12, 0x88), odd0cd = Avx512F.Shuffle4x128(a8, a12, 0xDD);
        Emit<TFormat>(Avx512F.Shuffle4x128(even0ab, even0cd, 0x88), 0, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd0ab, odd0cd, 0x88), 4, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(even0ab, even0cd, 0xDD), 8, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd0ab, odd0cd, 0xDD), 12, destination, width, depth);
        Vector512<uint> even1ab = Avx512F.Shuffle4x128(a1, a5, 0x88), odd1ab = Avx512F.Shuffle4x128(a1, a5, 0xDD);
        Vector512<uint> even1cd = Avx512F.Shuffle4x128(a9, a13, 0x88), odd1cd = Avx512F.Shuffle4x128(a9, a13, 0xDD);
        Emit<TFormat>(Avx512F.Shuffle4x128(even1ab, even1cd, 0x88), 1, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd1ab, odd1cd, 0x88), 5, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(even1ab, even1cd, 0xDD), 9, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd1ab, odd1cd, 0xDD), 13, destination, width, depth);
        Vector512<uint> even2ab = Avx512F.Shuffle4x128(a2, a6, 0x88), odd2ab = Avx512F.Shuffle4x128(a2, a6, 0xDD);
        Vector512<uint> even2cd = Avx512F.Shuffle4x128(a10, a14, 0x88), odd2cd = Avx512F.Shuffle4x128(a10, a14, 0xDD);
        Emit<TFormat>(Avx512F.Shuffle4x128(even2ab, even2cd, 0x88), 2, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd2ab, odd2cd, 0x88), 6, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(even2ab, even2cd, 0xDD), 10, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd2ab, odd2cd, 0xDD), 14, destination, width, depth);
        Vector512<uint> even3ab = Avx512F.Shuffle4x128(a3, a7, 0x88), odd3ab = Avx512F.Shuffle4x128(a3, a7, 0xDD);
        Vector512<uint> even3cd = Avx512F.Shuffle4x128(a11, a15, 0x88), odd3cd = Avx512F.Shuffle4x128(a11, a15, 0xDD);
        Emit<TFormat>(Avx512F.Shuffle4x128(even3ab, even3cd, 0x88), 3, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd3ab, odd3cd, 0x88), 7, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(even3ab, even3cd, 0xDD), 11, destination, width, depth);
        Emit<TFormat>(Avx512F.Shuffle4x128(odd3ab, odd3cd, 0xDD), 15, destination, width, depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square8<TFormat>(byte* source, nint stride, float* destination, nint width, int depth, nint ahead)
        where TFormat : struct, IFormat
    {
        byte* next = source + ahead;
        Sse.Prefetch0(next + (0 * stride));
        Sse.Prefetch0(next + (1 * stride));
        Sse.Prefetch0(next + (2 * stride));
        Sse.Prefetch0(next + (3 * stride));
        Sse.Prefetch0(next + (4 * stride));
        Sse.Prefetch0(next + (5 * stride));
        Sse.Prefetch0(next + (6 * stride));
        Sse.Prefetch0(next + (7 * stride));
        Vector256<uint> a0 = Vector256.Load((uint*)(source + (0 * stride)));
        Vector256<uint> a1 = Vector256.Load((uint*)(source + (1 * stride)));
        Vector256<uint> a2 = Vector256.Load((uint*)(source + (2 * stride)));
        Vector256<uint> a3 = Vector256.Load((uint*)(source + (3 * stride)));
        Vector256<uint> a4 = Vector256.Load((uint*)(source + (4 * stride)));
        Vector256<uint> a5 = Vector256.Load((uint*)(source + (5 * stride)));
        Vector256<uint> a6 = Vector256.Load((uint*)(source + (6 * stride)));
        Vector256<uint> a7 = Vector256.Load((uint*)(source + (7 * stride)));
        Vector256<uint> g0t0 = Avx2.UnpackLow(a0, a1), g0t1 = Avx2.UnpackHigh(a0, a1);
        Vector256<uint> g0t2 = Avx2.UnpackLow(a2, a3), g0t3 = Avx2.UnpackHigh(a2, a3);
        a0 = Avx2.UnpackLow(g0t0.AsUInt64(), g0t2.AsUInt64()).AsUInt32();
        a1 = Avx2.UnpackHigh(g0t0.AsUInt64(), g0t2.AsUInt64()).AsUInt32();
        a2 = Avx2.UnpackLow(g0t1.AsUInt64(), g0t3.AsUInt64()).AsUInt32();
        a3 = Avx2.UnpackHigh(g0t1.AsUInt64(), g0t3.AsUInt64()).AsUInt32();
        Vector256<uint> g1t0 = Avx2.UnpackLow(a4, a5), g1t1 = Avx2.UnpackHigh(a4, a5);
        Vector256<uint> g1t2 = Avx2.UnpackLow(a6, a7), g1t3 = Avx2.UnpackHigh(a6, a7);
        a4 = Avx2.UnpackLow(g1t0.AsUInt64(), g1t2.AsUInt64()).AsUInt32();
        a5 = Avx2.UnpackHigh(g1t0.AsUInt64(), g1t2.AsUInt64()).AsUInt32();
        a6 = Avx2.UnpackLow(g1t1.AsUInt64(), g1t3.AsUInt64()).AsUInt32();
        a7 = Avx2.UnpackHigh(g1t1.AsUInt64(), g1t3.AsUInt64()).AsUInt32();
        Emit<TFormat>(Avx2.Permute2x128(a0, a4, 0x20), 0, destination, width, depth);
        Emit<TFormat>(Avx2.Permute2x128(a0, a4, 0x31), 4, destination, width, depth);
        Emit<TFormat>(Avx2.Permute2x128(a1, a5, 0x20), 1, destination, width, depth);
        Emit<TFormat>(Avx2.Permute2x128(a1, a5, 0x31), 5, destination, width, depth);
        Emit<TFormat>(Avx2.Permute2x128(a2, a6, 0x20), 2, destination, width, depth);
        Emit<TFormat>(Avx2.Permute2x128(a2, a6, 0x31), 6, destination, width, depth);
        Emit<TFormat>(Avx2.Permute2x128(a3, a7, 0x20), 3, destination, width, depth);
        Emit<TFormat>(Avx2.Permute2x128(a3, a7, 0x31), 7, destination, width, depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Emit<TFormat>(Vector512<uint> units, int index, float* destination, nint width, int depth)
        where TFormat : struct, IFormat
    {
        int k = index * TFormat.PerUnit;
        if (k < depth) TFormat.First(units).Store(destination + (k * width));
        if (TFormat.PerUnit == 2 && k + 1 < depth) TFormat.Second(units).Store(destination + ((k + 1) * width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Emit<TFormat>(Vector256<uint> units, int index, float* destination, nint width, int depth)
        where TFormat : struct, IFormat
    {
        int k = index * TFormat.PerUnit;
        if (k < depth) TFormat.First(units).Store(destination + (k * width));
        if (TFormat.PerUnit == 2 && k + 1 < depth) TFormat.Second(units).Store(destination + ((k + 1) * width));
    }

    internal interface IFormat
    {
        static abstract DType Type { get; }

        static abstract int Size { get; }

        static abstract int PerUnit { get; }

        static abstract Vector512<float> First(Vector512<uint> units);

        static abstract Vector512<float> Second(Vector512<uint> units);

        static abstract Vector256<float> First(Vector256<uint> units);

        static abstract Vector256<float> Second(Vector256<uint> units);
    }

    internal readonly struct Singles : IFormat
    {
        public static DType Type => DType.Float32;

        public static int Size => 4;

        public static int PerUnit => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> First(Vector512<uint> units) => units.AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Second(Vector512<uint> units) => units.AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> First(Vector256<uint> units) => units.AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Second(Vector256<uint> units) => units.AsSingle();
    }

    internal readonly struct BrainFloats : IFormat
    {
        public static DType Type => DType.BFloat16;

        public static int Size => 2;

        public static int PerUnit => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> First(Vector512<uint> units) => (units << 16).AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Second(Vector512<uint> units) => (units & Vector512.Create(0xFFFF0000u)).AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> First(Vector256<uint> units) => (units << 16).AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Second(Vector256<uint> units) => (units & Vector256.Create(0xFFFF0000u)).AsSingle();
    }

    internal readonly struct Halves : IFormat
    {
        public static DType Type => DType.Float16;

        public static int Size => 2;

        public static int PerUnit => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> First(Vector512<uint> units) => Widen.Half(units & Vector512.Create(0xFFFFu));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Second(Vector512<uint> units) => Widen.Half(units >>> 16);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> First(Vector256<uint> units) => Widen.Half(units & Vector256.Create(0xFFFFu));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Second(Vector256<uint> units) => Widen.Half(units >>> 16);
    }
}
