using System.Buffers;
using System.Buffers.Binary;

namespace RewardHub.Parquet.Writing;

/// <summary>The format's hybrid of run lengths and bit packing, for levels and dictionary indices.</summary>
internal static class HybridEncoder
{
    private const int Group = 8;

    /// <summary>Appends the encoded values to <paramref name="target"/>.</summary>
    /// <param name="values">Values, from 0.</param>
    /// <param name="width">Bits a value, 1 to 32.</param>
    /// <param name="target">Where the bytes go.</param>
    public static void Write(ReadOnlySpan<int> values, int width, ArrayBufferWriter<byte> target)
    {
        int at = 0;
        while (at < values.Length)
        {
            int run = Run(values, at);
            if (run >= Group)
            {
                Repeated(values[at], run, width, target);
                at += run;
                continue;
            }

            // Whole groups of eight until one starts a run; only the last group of all may be padded.
            int end = at;
            do end += Group;
            while (end < values.Length && Run(values, end) < Group);
            Packed(values[at..Math.Min(end, values.Length)], width, target);
            at = end;
        }
    }

    private static int Run(ReadOnlySpan<int> values, int at)
    {
        int other = values[at..].IndexOfAnyExcept(values[at]);
        return other < 0 ? values.Length - at : other;
    }

    private static void Repeated(int value, int count, int width, ArrayBufferWriter<byte> target)
    {
        Varint((uint)count << 1, target);
        int bytes = (width + 7) >> 3;
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        target.Write(four[..bytes]);
    }

    private static void Packed(ReadOnlySpan<int> values, int width, ArrayBufferWriter<byte> target)
    {
        int groups = (values.Length + Group - 1) / Group;
        Varint(((uint)groups << 1) | 1, target);
        Span<byte> bytes = target.GetSpan(groups * width)[..(groups * width)];
        ulong pending = 0;
        int bits = 0;
        int written = 0;
        for (int i = 0; i < groups * Group; i++)
        {
            pending |= (ulong)(uint)(i < values.Length ? values[i] : 0) << bits;
            for (bits += width; bits >= 8; bits -= 8, pending >>= 8) bytes[written++] = (byte)pending;
        }

        target.Advance(groups * width);
    }

    private static void Varint(uint value, ArrayBufferWriter<byte> target)
    {
        Span<byte> bytes = target.GetSpan(5);
        int written = 0;
        for (; value >= 0x80; value >>= 7) bytes[written++] = (byte)(value | 0x80);
        bytes[written++] = (byte)value;
        target.Advance(written);
    }
}
