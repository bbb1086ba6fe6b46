using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RewardHub.Inference.Kernels;

/// <summary>Stored elements to float32. Exact, so that where and when an element is widened never shows in a result.</summary>
public static unsafe class Widen
{
    private const uint HalfMagnitude = 0x7FFF;
    private const uint HalfInfinity = 0x7C00 << 13;
    private const uint Rebias = (127 - 15) << 23;
    private const uint InfinityRebias = (128 - 16) << 23;
    private const uint SmallestNormal = (127 - 14) << 23;

    /// <summary>Widens <paramref name="count"/> elements; no alignment is assumed.</summary>
    /// <param name="source">Elements of <paramref name="type"/>.</param>
    /// <param name="type">How they are stored.</param>
    /// <param name="destination">Room for <paramref name="count"/> floats; must not overlap the source.</param>
    /// <param name="count">Number of elements.</param>
    public static void Row(void* source, DType type, float* destination, int count)
    {
        switch (type)
        {
            case DType.Float32:
                NativeMemory.Copy(source, destination, (nuint)count * sizeof(float));
                break;
            case DType.Float16:
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source, count), new Span<float>(destination, count));
                break;
            default:
                BrainFloats((ushort*)source, destination, count);
                break;
        }
    }

    /// <summary>One element; no alignment is assumed.</summary>
    public static float Element(void* source, DType type, long index) => type switch
    {
        DType.Float32 => Unsafe.ReadUnaligned<float>((byte*)source + (4 * index)),
        DType.Float16 => (float)Unsafe.ReadUnaligned<Half>((byte*)source + (2 * index)),
        _ => BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>((byte*)source + (2 * index)) << 16),
    };

    // The exponent is moved to its new bias. Infinity and NaN need the distance twice; subnormals come out right as a
    // difference from the smallest normal number, which no rounding touches.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Half(Vector512<uint> bits)
    {
        Vector512<uint> moved = (bits & Vector512.Create(HalfMagnitude)) << 13;
        Vector512<uint> exponent = moved & Vector512.Create(HalfInfinity);
        Vector512<uint> number = moved + Vector512.Create(Rebias);
        Vector512<uint> special = number + Vector512.Create(InfinityRebias);
        Vector512<float> small = (number + Vector512.Create(1u << 23)).AsSingle() - Vector512.Create(SmallestNormal).AsSingle();
        number = Vector512.ConditionalSelect(Vector512.Equals(exponent, Vector512.Create(HalfInfinity)), special, number);
        number = Vector512.ConditionalSelect(Vector512.Equals(exponent, Vector512<uint>.Zero), small.AsUInt32(), number);
        return (number | ((bits & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    // The exponent is moved to its new bias. Infinity and NaN need the distance twice; subnormals come out right as a
    // difference from the smallest normal number, which no rounding touches.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Half(Vector256<uint> bits)
    {
        Vector256<uint> moved = (bits & Vector256.Create(HalfMagnitude)) << 13;
        Vector256<uint> exponent = moved & Vector256.Create(HalfInfinity);
        Vector256<uint> number = moved + Vector256.Create(Rebias);
        Vector256<uint> special = number + Vector256.Create(InfinityRebias);
        Vector256<float> small = (number + Vector256.Create(1u << 23)).AsSingle() - Vector256.Create(SmallestNormal).AsSingle();
        number = Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256.Create(HalfInfinity)), special, number);
        number = Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256<uint>.Zero), small.AsUInt32(), number);
        return (number | ((bits & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    private static void BrainFloats(ushort* source, float* destination, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            Vector128<ushort> eight = Vector128.Load(source + i);
            (Vector128.WidenLower(eight) << 16).AsSingle().Store(destination + i);
            (Vector128.WidenUpper(eight) << 16).AsSingle().Store(destination + i + 4);
        }

        for (; i < count; i++) destination[i] = Element(source, DType.BFloat16, i);
    }
}
