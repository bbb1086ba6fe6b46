using System.Buffers.Binary;

namespace RewardHub.Parquet.Encodings;

/// <summary>Values of a fixed number of bits, packed without gaps.</summary>
internal static class BitPacking
{
    /// <summary>Unpacks values whose first bit is the lowest of the first byte.</summary>
    /// <param name="source">Packed bytes; must hold all values.</param>
    /// <param name="width">Bits a value, 0 to 32.</param>
    /// <param name="target">One number a value.</param>
    public static void Unpack(ReadOnlySpan<byte> source, int width, Span<int> target)
    {
        if (width == 0)
        {
            target.Clear();
            return;
        }

        ulong mask = (1UL << width) - 1;
        int i = 0;
        int bit = 0;
        // Eight bytes from any byte on hold a value of 32 bits at any of eight shifts.
        for (; i < target.Length && (bit >> 3) + 8 <= source.Length; i++, bit += width)
        {
            target[i] = (int)((BinaryPrimitives.ReadUInt64LittleEndian(source[(bit >> 3)..]) >> (bit & 7)) & mask);
        }

        for (; i < target.Length; i++, bit += width) target[i] = (int)(Tail(source, bit) & mask);
    }

    /// <summary>Unpacks one value of up to 64 bits that starts at a bit.</summary>
    public static ulong One(ReadOnlySpan<byte> source, long bit, int width)
    {
        if (width == 0) return 0;
        int first = (int)(bit >> 3);
        int shift = (int)(bit & 7);
        ulong mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        if (first + 8 <= source.Length)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(source[first..]) >> shift;
            if (shift + width > 64) value |= (ulong)source[first + 8] << (64 - shift);
            return value & mask;
        }

        return Tail(source, bit) & mask;
    }

    /// <summary>Unpacks the legacy packing of levels: the first bit is the highest of the first byte.</summary>
    public static void UnpackMostSignificantFirst(ReadOnlySpan<byte> source, int width, Span<byte> target)
    {
        long bit = 0;
        for (int i = 0; i < target.Length; i++)
        {
            int value = 0;
            for (int k = 0; k < width; k++, bit++)
            {
                value = (value << 1) | ((source[(int)(bit >> 3)] >> (7 - (int)(bit & 7))) & 1);
            }

            target[i] = (byte)value;
        }
    }

    /// <summary>Bytes that <paramref name="count"/> values take.</summary>
    public static long Bytes(long count, int width) => ((count * width) + 7) >> 3;

    /// <summary>Bits that numbers up to <paramref name="max"/> take.</summary>
    public static int Width(int max) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)max);

    private static ulong Tail(ReadOnlySpan<byte> source, long bit)
    {
        ulong value = 0;
        int first = (int)(bit >> 3);
        for (int k = 0; k < 8 && first + k < source.Length; k++) value |= (ulong)source[first + k] << (8 * k);
        return value >> (int)(bit & 7);
    }
}
