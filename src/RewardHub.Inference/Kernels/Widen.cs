using System.Runtime.CompilerServices;

namespace RewardHub.Inference.Kernels;

/// <summary>Stored elements to float32. Exact, so that where and when an element is widened never shows in a result.</summary>
public static unsafe class Widen
{
    /// <summary>Widens <paramref name="count"/> elements; no alignment is assumed.</summary>
    /// <param name="source">Elements of <paramref name="type"/>.</param>
    /// <param name="type">How they are stored.</param>
    /// <param name="destination">Room for <paramref name="count"/> floats; must not overlap the source.</param>
    /// <param name="count">Number of elements.</param>
    public static void Row(void* source, DType type, float* destination, int count)
    {
        for (int i = 0; i < count; i++) destination[i] = Element(source, type, i);
    }

    /// <summary>One element; no alignment is assumed.</summary>
    public static float Element(void* source, DType type, long index) => type switch
    {
        DType.Float32 => Unsafe.ReadUnaligned<float>((byte*)source + (4 * index)),
        DType.Float16 => (float)Unsafe.ReadUnaligned<Half>((byte*)source + (2 * index)),
        _ => BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>((byte*)source + (2 * index)) << 16),
    };
}
