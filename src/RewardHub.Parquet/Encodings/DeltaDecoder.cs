namespace RewardHub.Parquet.Encodings;

/// <summary>DELTA_BINARY_PACKED: blocks of bit-packed differences.</summary>
internal static class DeltaDecoder
{
    /// <summary>Decodes numbers; sums wrap around, as the format wants. Returns the bytes consumed.</summary>
    /// <param name="source">Encoded bytes.</param>
    /// <param name="target">Must be as long as the number of values that the header gives.</param>
    public static int Numbers(ReadOnlySpan<byte> source, Span<long> target)
    {
        int position = 0;
        ulong blockSize = Varint(source, ref position);
        ulong miniBlocks = Varint(source, ref position);
        ulong total = Varint(source, ref position);
        long value = ZigZag(source, ref position);
        if (blockSize is 0 or > 1 << 24 || miniBlocks is 0 || miniBlocks > blockSize || blockSize % miniBlocks != 0
            || (blockSize / miniBlocks) % 8 != 0 || total != (ulong)target.Length)
        {
            throw Broken();
        }

        if (target.IsEmpty) return position;
        int miniSize = (int)(blockSize / miniBlocks);
        target[0] = value;
        int done = 1;
        while (done < target.Length)
        {
            long minDelta = ZigZag(source, ref position);
            if ((ulong)(source.Length - position) < miniBlocks) throw Broken();
            ReadOnlySpan<byte> widths = source.Slice(position, (int)miniBlocks);
            position += (int)miniBlocks;
            for (int m = 0; m < widths.Length && done < target.Length; m++)
            {
                int width = widths[m];
                int count = Math.Min(miniSize, target.Length - done);
                // Only the bytes of values that count must be there; a full block has its padding.
                int full = (int)Math.Min(BitPacking.Bytes(miniSize, width), source.Length - position);
                if (width > 64 || BitPacking.Bytes(count, width) > full) throw Broken();
                ReadOnlySpan<byte> packed = source.Slice(position, full);
                for (int i = 0; i < count; i++)
                {
                    value = unchecked(value + minDelta + (long)BitPacking.One(packed, (long)i * width, width));
                    target[done + i] = value;
                }

                position += full;
                done += count;
            }
        }

        return position;
    }

    /// <summary>The number of values that the header gives; nothing is allocated for it here.</summary>
    public static long Count(ReadOnlySpan<byte> source)
    {
        int position = 0;
        Varint(source, ref position);
        Varint(source, ref position);
        ulong total = Varint(source, ref position);
        return total <= int.MaxValue ? (long)total : throw Broken();
    }

    private static long ZigZag(ReadOnlySpan<byte> source, ref int position)
    {
        ulong raw = Varint(source, ref position);
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    private static ulong Varint(ReadOnlySpan<byte> source, ref int position)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (position >= source.Length) throw Broken();
            byte next = source[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw Broken();
    }

    private static ParquetFormatException Broken() =>
        ParquetFormatException.Corrupt("delta-encoded values are broken or end too early.");
}
