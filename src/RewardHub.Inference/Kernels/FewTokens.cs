using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RewardHub.Inference.Kernels;

/// <summary>
/// The product of a few tokens: squares of the weight are transposed and used in registers, since a panel that is used only once costs more
/// to write than to make. The sums are those of <see cref="MatMul"/> to the bit.
/// </summary>
/// <remarks>
/// Two groups of 16 outputs take turns, so that the chain of multiply-adds of one runs while the other is transposed. For AVX-512 only:
/// 16 rows, their sums and the products fit no smaller register file.
/// </remarks>
internal static unsafe class FewTokens
{
    /// <summary>Most tokens.</summary>
    internal const int Most = 6;

    /// <summary>Outputs that go together.</summary>
    internal const int Outputs = 32;

    // Far enough for memory to answer. The second-level cache takes it: rows a power of two apart share few places in the first.
    private const int AheadBytes = 512;

    /// <summary>Whether the hardware has what this needs.</summary>
    internal static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    /// <summary>Computes <see cref="Outputs"/> outputs of every token.</summary>
    /// <param name="x">1 to <see cref="Most"/> tokens.</param>
    /// <param name="w">The weight.</param>
    /// <param name="first">First output.</param>
    /// <param name="bias">Bias of the whole weight, or null.</param>
    /// <param name="y">Output of the whole product.</param>
    internal static void Apply(Matrix x, WeightMatrix w, int first, float* bias, Matrix y)
    {
        switch (w.Type)
        {
            case DType.Float32:
                Apply<Pack.Singles>(x, w, first, bias, y);
                break;
            case DType.Float16:
                Apply<Pack.Halves>(x, w, first, bias, y);
                break;
            default:
                Apply<Pack.BrainFloats>(x, w, first, bias, y);
                break;
        }
    }

    private static void Apply<TFormat>(Matrix x, WeightMatrix w, int first, float* bias, Matrix y)
        where TFormat : struct, Pack.IFormat
    {
        switch (x.Rows)
        {
            case 1:
                Apply<TFormat, One>(x, w, first, bias, y);
                break;
            case 2:
                Apply<TFormat, Two>(x, w, first, bias, y);
                break;
            case 3:
                Apply<TFormat, Three>(x, w, first, bias, y);
                break;
            case 4:
                Apply<TFormat, Four>(x, w, first, bias, y);
                break;
            case 5:
                Apply<TFormat, Five>(x, w, first, bias, y);
                break;
            default:
                Apply<TFormat, Six>(x, w, first, bias, y);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TFormat, TRows>(Matrix x, WeightMatrix w, int first, float* bias, Matrix y)
        where TFormat : struct, Pack.IFormat
        where TRows : struct, ICount
    {
        const int Half = Outputs / 2;
        int unit = 16 * TFormat.PerUnit;
        nint rowBytes = (nint)w.Columns * TFormat.Size;
        byte* left = w.Row(first);
        byte* right = left + (Half * rowBytes);
        Vector512<float>* sums = stackalloc Vector512<float>[2 * Most];
        for (int c = 0; c < w.Columns; c += MatMul.BlockDepth)
        {
            int end = Math.Min(c + MatMul.BlockDepth, w.Columns), k = c;
            for (int t = 0; t < 2 * Most; t++) sums[t] = Vector512<float>.Zero;
            for (; k + unit <= end; k += unit)
            {
                nint at = (nint)k * TFormat.Size;

                // Past the end of these rows lie the next ones; those of the next outputs are further on.
                nint ahead = at + AheadBytes < rowBytes ? AheadBytes : AheadBytes + ((Outputs - 1) * rowBytes);
                Square<TFormat, TRows>(left + at, rowBytes, ahead, x.Data + k, x.Stride, sums);
                Square<TFormat, TRows>(right + at, rowBytes, ahead, x.Data + k, x.Stride, sums + Most);
            }

            for (; k < end; k++)
            {
                for (int j = 0; j < Outputs; j++)
                {
                    float weight = Widen.Element(left + (j * rowBytes), TFormat.Type, k);
                    float* sum = (float*)(sums + (j / Half * Most)) + (j % Half);
                    for (int t = 0; t < TRows.Value; t++) sum[t * Half] = MathF.FusedMultiplyAdd(x.Row(t)[k], weight, sum[t * Half]);
                }
            }

            for (int t = 0; t < TRows.Value; t++)
            {
                float* to = y.Row(t) + first;
                float* initial = c > 0 ? to : bias is null ? null : bias + first;
                for (int half = 0; half < 2; half++)
                {
                    Vector512<float> sum = sums[(half * Most) + t];
                    if (initial is not null) sum = Vector512.Load(initial + (half * Half)) + sum;
                    sum.Store(to + (half * Half));
                }
            }
        }
    }

    // The transposition is that of Pack. Columns come out in ascending order, which is the order of the sums.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square<TFormat, TRows>(byte* source, nint stride, nint ahead, float* x, nint xStride, Vector512<float>* sums)
        where TFormat : struct, Pack.IFormat
        where TRows : struct, ICount
    {
        byte* next = source + ahead;
        Sse.Prefetch1(next + (0 * stride));
        Sse.Prefetch1(next + (1 * stride));
        Sse.Prefetch1(next + (2 * stride));
        Sse.Prefetch1(next + (3 * stride));
        Sse.Prefetch1(next + (4 * stride));
        Sse.Prefetch1(next + (5 * stride));
        Sse.Prefetch1(next + (6 * stride));
        Sse.Prefetch1(next + (7 * stride));
        Sse.Prefetch1(next + (8 * stride));
        Sse.Prefetch1(next + (9 * stride));
        Sse.Prefetch1(next + (10 * stride));
        Sse.Prefetch1(next + (11 * stride));
        Sse.Prefetch1(next + (12 * stride));
        Sse.Prefetch1(next + (13 * stride));
        Sse.Prefetch1(next + (14 * stride));
        Sse.Prefetch1(next + (15 * stride));
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
        Vector512<uint> even1ab = Avx512F.Shuffle4x128(a1, a5, 0x88), odd1ab = Avx512F.Shuffle4x128(a1, a5, 0xDD);
        Vector512<uint> even1cd = Avx512F.Shuffle4x128(a9, a13, 0x88), odd1cd = Avx512F.Shuffle4x128(a9, a13, 0xDD);
        Vector512<uint> even2ab = Avx512F.Shuffle4x128(a2, a6, 0x88), odd2ab = Avx512F.Shuffle4x128(a2, a6, 0xDD);
        Vector512<uint> even2cd = Avx512F.Shuffle4x128(a10, a14, 0x88), odd2cd = Avx512F.Shuffle4x128(a10, a14, 0xDD);
        Vector512<uint> even3ab = Avx512F.Shuffle4x128(a3, a7, 0x88), odd3ab = Avx512F.Shuffle4x128(a3, a7, 0xDD);
        Vector512<uint> even3cd = Avx512F.Shuffle4x128(a11, a15, 0x88), odd3cd = Avx512F.Shuffle4x128(a11, a15, 0xDD);
        Vector512<float> s0 = sums[0];
        Vector512<float> s1 = TRows.Value > 1 ? sums[1] : default;
        Vector512<float> s2 = TRows.Value > 2 ? sums[2] : default;
        Vector512<float> s3 = TRows.Value > 3 ? sums[3] : default;
        Vector512<float> s4 = TRows.Value > 4 ? sums[4] : default;
        Vector512<float> s5 = TRows.Value > 5 ? sums[5] : default;
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even0ab, even0cd, 0x88), x + (0 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even1ab, even1cd, 0x88), x + (1 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even2ab, even2cd, 0x88), x + (2 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even3ab, even3cd, 0x88), x + (3 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd0ab, odd0cd, 0x88), x + (4 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd1ab, odd1cd, 0x88), x + (5 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd2ab, odd2cd, 0x88), x + (6 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd3ab, odd3cd, 0x88), x + (7 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even0ab, even0cd, 0xDD), x + (8 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even1ab, even1cd, 0xDD), x + (9 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even2ab, even2cd, 0xDD), x + (10 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(even3ab, even3cd, 0xDD), x + (11 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd0ab, odd0cd, 0xDD), x + (12 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd1ab, odd1cd, 0xDD), x + (13 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd2ab, odd2cd, 0xDD), x + (14 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        Take<TFormat, TRows>(Avx512F.Shuffle4x128(odd3ab, odd3cd, 0xDD), x + (15 * TFormat.PerUnit), xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        sums[0] = s0;
        if (TRows.Value > 1) sums[1] = s1;
        if (TRows.Value > 2) sums[2] = s2;
        if (TRows.Value > 3) sums[3] = s3;
        if (TRows.Value > 4) sums[4] = s4;
        if (TRows.Value > 5) sums[5] = s5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take<TFormat, TRows>(
        Vector512<uint> units, float* x, nint xStride, ref Vector512<float> s0, ref Vector512<float> s1, ref Vector512<float> s2,
        ref Vector512<float> s3, ref Vector512<float> s4, ref Vector512<float> s5)
        where TFormat : struct, Pack.IFormat
        where TRows : struct, ICount
    {
        Column<TRows>(TFormat.First(units), x, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
        if (TFormat.PerUnit == 2) Column<TRows>(TFormat.Second(units), x + 1, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TRows>(
        Vector512<float> w, float* x, nint xStride, ref Vector512<float> s0, ref Vector512<float> s1, ref Vector512<float> s2,
        ref Vector512<float> s3, ref Vector512<float> s4, ref Vector512<float> s5)
        where TRows : struct, ICount
    {
        s0 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[0]), s0);
        if (TRows.Value > 1) s1 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[1 * xStride]), s1);
        if (TRows.Value > 2) s2 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[2 * xStride]), s2);
        if (TRows.Value > 3) s3 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[3 * xStride]), s3);
        if (TRows.Value > 4) s4 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[4 * xStride]), s4);
        if (TRows.Value > 5) s5 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[5 * xStride]), s5);
    }
}
