using System.Buffers.Binary;

namespace RewardHub.Parquet.Codecs;

/// <summary>LZ4 blocks, after the block and frame format descriptions of the LZ4 project; decoding only.</summary>
internal static class Lz4
{
    private const uint FrameMagic = 0x184D2204;

    /// <summary>Decompresses a bare block that must fill <paramref name="target"/> exactly.</summary>
    public static void DecompressRaw(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (Block(source, target, 0) != target.Length) throw Broken();
    }

    /// <summary>
    /// Decompresses what the old LZ4 codec stands for: Hadoop's framing (big-endian sizes before each block), an LZ4
    /// frame, or
    /// a bare block, told apart by which of them fits.
    /// </summary>
    public static void DecompressLegacy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (TryHadoop(source, target)) return;
        if (source.Length >= 7 && BinaryPrimitives.ReadUInt32LittleEndian(source) == FrameMagic) Frame(source, target);
        else DecompressRaw(source, target);
    }

    private static bool TryHadoop(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int written = 0;
        while (source.Length >= 8)
        {
            uint plain = BinaryPrimitives.ReadUInt32BigEndian(source);
            uint packed = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
            source = source[8..];
            if (plain > (uint)(target.Length - written) || packed > (uint)source.Length) return false;
            int end = TryBlock(source[..(int)packed], target[..(written + (int)plain)], written);
            if (end != written + (int)plain) return false;
            written = end;
            source = source[(int)packed..];
        }

        return source.IsEmpty && written == target.Length;
    }

    private static void Frame(ReadOnlySpan<byte> source, Span<byte> target)
    {
        byte flags = source[4];
        bool blockChecksums = (flags & 0x10) != 0;
        int header = 7 + ((flags & 0x08) != 0 ? 8 : 0) + ((flags & 0x01) != 0 ? 4 : 0);
        if (source.Length < header) throw Broken();
        source = source[header..];
        int written = 0;
        while (source.Length >= 4)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(source);
            source = source[4..];
            if (size == 0) break;
            int length = (int)(size & 0x7FFF_FFFF);
            int taken = length + (blockChecksums ? 4 : 0);
            if (length > source.Length || taken > source.Length) throw Broken();
            if ((size & 0x8000_0000) != 0)
            {
                if (length > target.Length - written) throw Broken();
                source[..length].CopyTo(target[written..]);
                written += length;
            }
            else
            {
                written = Block(source[..length], target, written);
            }

            source = source[taken..];
        }

        if (written != target.Length) throw Broken();
    }

    private static int Block(ReadOnlySpan<byte> source, Span<byte> target, int written)
    {
        int end = TryBlock(source, target, written);
        return end >= 0 ? end : throw Broken();
    }

    /// <summary>
    /// Decodes one block behind <paramref name="written"/> bytes; returns the new length, or -1 when the block is
    /// broken.
    /// </summary>
    private static int TryBlock(ReadOnlySpan<byte> source, Span<byte> target, int written)
    {
        int position = 0;
        while (position < source.Length)
        {
            byte token = source[position++];
            int literal = token >> 4;
            if (literal == 15 && !TryLonger(source, ref position, ref literal)) return -1;
            if (literal > source.Length - position || literal > target.Length - written) return -1;
            source.Slice(position, literal).CopyTo(target[written..]);
            position += literal;
            written += literal;
            if (position == source.Length) return written;
            if (source.Length - position < 2) return -1;
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(source[position..]);
            position += 2;
            int match = token & 15;
            if (match == 15 && !TryLonger(source, ref position, ref match)) return -1;
            match += 4;
            if (offset == 0 || offset > written || match > target.Length - written) return -1;
            BackCopy.Run(target, written, offset, match);
            written += match;
        }

        // An empty block stands for empty data; a block otherwise ends with literals.
        return source.IsEmpty ? written : -1;
    }

    private static bool TryLonger(ReadOnlySpan<byte> source, ref int position, ref int length)
    {
        while (position < source.Length && length < int.MaxValue - 512)
        {
            byte more = source[position++];
            length += more;
            if (more != 255) return true;
        }

        return false;
    }

    private static ParquetFormatException Broken() => ParquetFormatException.Corrupt("an LZ4 block is broken.");
}
