using System.Buffers.Binary;
using System.Numerics;

namespace RewardHub.Parquet.Codecs;

/// <summary>The Snappy block format, after the format description of the Snappy project.</summary>
internal static class Snappy
{
    private const int BlockSize = 1 << 16;
    private const int HashBits = 14;

    /// <summary>Most bytes that a block of <paramref name="length"/> input bytes can take.</summary>
    public static int MaxCompressedLength(int length) => checked(32 + length + (length / 6));

    /// <summary>The length that the block's preamble gives, or -1 when it gives none.</summary>
    public static long DecompressedLength(ReadOnlySpan<byte> source) =>
        TryPreamble(source, out uint length, out _) ? length : -1;

    /// <summary>Decompresses a block that must fill <paramref name="target"/> exactly.</summary>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (!TryPreamble(source, out uint length, out int position) || length != (uint)target.Length) throw Broken();
        int written = 0;
        while (position < source.Length)
        {
            byte tag = source[position++];
            if ((tag & 3) == 0)
            {
                int literal = (tag >> 2) + 1;
                if (literal > 60)
                {
                    int extra = literal - 60;
                    if (extra > source.Length - position) throw Broken();
                    uint longer = 0;
                    for (int i = 0; i < extra; i++) longer |= (uint)source[position + i] << (8 * i);
                    position += extra;
                    if (longer >= int.MaxValue) throw Broken();
                    literal = (int)longer + 1;
                }

                if (literal > source.Length - position || literal > target.Length - written) throw Broken();
                source.Slice(position, literal).CopyTo(target[written..]);
                position += literal;
                written += literal;
                continue;
            }

            int count;
            int offset;
            switch (tag & 3)
            {
                case 1:
                    if (position >= source.Length) throw Broken();
                    count = ((tag >> 2) & 7) + 4;
                    offset = ((tag >> 5) << 8) | source[position++];
                    break;
                case 2:
                    if (source.Length - position < 2) throw Broken();
                    count = (tag >> 2) + 1;
                    offset = BinaryPrimitives.ReadUInt16LittleEndian(source[position..]);
                    position += 2;
                    break;
                default:
                    if (source.Length - position < 4) throw Broken();
                    count = (tag >> 2) + 1;
                    offset = BinaryPrimitives.ReadInt32LittleEndian(source[position..]);
                    position += 4;
                    break;
            }

            if (offset <= 0 || offset > written || count > target.Length - written) throw Broken();
            BackCopy.Run(target, written, offset, count);
            written += count;
        }

        if (written != target.Length) throw Broken();
    }

    /// <summary>
    /// Compresses into <paramref name="target"/>, which holds <see cref="MaxCompressedLength"/> bytes; returns the
    /// length.
    /// </summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int written = 0;
        uint length = (uint)source.Length;
        for (; length >= 0x80; length >>= 7) target[written++] = (byte)(length | 0x80);
        target[written++] = (byte)length;
        Span<ushort> table = new ushort[1 << HashBits];
        for (int start = 0; start < source.Length; start += BlockSize)
        {
            ReadOnlySpan<byte> block = source.Slice(start, Math.Min(BlockSize, source.Length - start));
            table.Clear();
            written = CompressBlock(block, target, written, table);
        }

        return written;
    }

    private static int CompressBlock(ReadOnlySpan<byte> block, Span<byte> target, int written, Span<ushort> table)
    {
        int literalStart = 0;
        int position = 1;
        int misses = 32;
        while (position + 4 <= block.Length)
        {
            uint here = Load(block, position);
            ref ushort slot = ref table[(int)((here * 0x1E35A7BDu) >> (32 - HashBits))];
            int candidate = slot;
            slot = (ushort)position;
            if (candidate >= position || Load(block, candidate) != here)
            {
                // Input that does not repeat is passed over faster and faster.
                position += misses++ >> 5;
                continue;
            }

            misses = 32;
            written = Literal(block[literalStart..position], target, written);
            int match = 4 + block[(position + 4)..].CommonPrefixLength(block[(candidate + 4)..]);
            written = Copy(position - candidate, match, target, written);
            position += match;
            literalStart = position;
        }

        return Literal(block[literalStart..], target, written);
    }

    private static int Literal(ReadOnlySpan<byte> bytes, Span<byte> target, int written)
    {
        if (bytes.IsEmpty) return written;
        int last = bytes.Length - 1;
        if (last < 60)
        {
            target[written++] = (byte)(last << 2);
        }
        else
        {
            int extra = (BitOperations.Log2((uint)last) >> 3) + 1;
            target[written++] = (byte)((59 + extra) << 2);
            for (int i = 0; i < extra; i++) target[written++] = (byte)(last >> (8 * i));
        }

        bytes.CopyTo(target[written..]);
        return written + bytes.Length;
    }

    private static int Copy(int offset, int count, Span<byte> target, int written)
    {
        while (count > 0)
        {
            // A rest below four bytes has no short form, so the copy before it leaves enough.
            int part = count > 64 ? Math.Min(64, count - 4) : count;
            if (part is >= 4 and <= 11 && offset < 2048)
            {
                target[written++] = (byte)(1 | ((part - 4) << 2) | ((offset >> 8) << 5));
                target[written++] = (byte)offset;
            }
            else
            {
                target[written++] = (byte)(2 | ((part - 1) << 2));
                target[written++] = (byte)offset;
                target[written++] = (byte)(offset >> 8);
            }

            count -= part;
        }

        return written;
    }

    private static uint Load(ReadOnlySpan<byte> block, int position) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[position..]);

    private static bool TryPreamble(ReadOnlySpan<byte> source, out uint length, out int position)
    {
        length = 0;
        for (position = 0; position < source.Length && position < 5;)
        {
            byte next = source[position];
            length |= (uint)(next & 0x7F) << (7 * position);
            position++;
            if (next < 0x80) return true;
        }

        return false;
    }

    private static ParquetFormatException Broken() => ParquetFormatException.Corrupt("a Snappy block is broken.");
}
