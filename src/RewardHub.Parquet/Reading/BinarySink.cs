using System.Buffers;
using System.Buffers.Binary;
using RewardHub.Parquet.Encodings;

namespace RewardHub.Parquet.Reading;

/// <summary>Byte arrays of any or of one length; INT96 as 12 bytes. Dictionary entries are kept once.</summary>
internal sealed class BinarySink(ParquetField field, int fixedLength, int capacity) : ValueSink
{
    private const int Chunk = 2048;
    private const int MaxExpansion = 1024;
    private const int MaxExpansionFloor = 64 << 20;

    private byte[] _bytes = [];
    private int _used;
    private int[] _ends = [];
    private int _entries;
    private int _dictionary = -1;
    private int[] _entryOf = new int[capacity];

    public override void Dictionary(ReadOnlySpan<byte> page, int count)
    {
        Plain(page, count);
        _dictionary = count;
    }

    public override void Append(ValueEncoding encoding, ReadOnlySpan<byte> page, int count)
    {
        if (count == 0) return;
        if (encoding is ValueEncoding.PlainDictionary or ValueEncoding.RleDictionary)
        {
            Indices(page, count);
            return;
        }

        if (encoding == ValueEncoding.DeltaByteArray)
        {
            DeltaPrefixes(page, count);
            return;
        }

        int first = _entries;
        switch (encoding)
        {
            case ValueEncoding.Plain: Plain(page, count); break;
            case ValueEncoding.DeltaLengthByteArray when fixedLength < 0: DeltaLengths(page, count); break;
            case ValueEncoding.ByteStreamSplit when fixedLength > 0: Split(page, count); break;
            default: throw Unfit(encoding, field);
        }

        Span<int> target = Reserve(count);
        for (int i = 0; i < count; i++) target[i] = first + i;
        Count += count;
    }

    public override ParquetColumn Build(ParquetField leaf, int slots, bool[]? valid)
    {
        int nulls = slots - Count;
        if (_entryOf.Length < slots) Array.Resize(ref _entryOf, slots);
        if (valid is not null && nulls > 0)
        {
            int from = Count;
            for (int to = slots - 1; to >= 0; to--) _entryOf[to] = valid[to] ? _entryOf[--from] : 0;
        }

        if (_ends.Length != _entries) Array.Resize(ref _ends, _entries);
        var column = new ParquetBinary(leaf, _bytes, _ends, _entryOf, slots, valid, nulls);
        if (leaf.PhysicalType == ParquetPhysicalType.Int96) return NumbersFromBytes.FromInt96(leaf, column, valid);
        return leaf.LogicalType is ParquetLogicalType.Float16 ? NumbersFromBytes.FromHalves(leaf, column, valid) : column;
    }

    private Span<int> Reserve(int count)
    {
        if (_entryOf.Length - Count < count) Array.Resize(ref _entryOf, Room(_entryOf.Length, checked(Count + count)));
        return _entryOf.AsSpan(Count, count);
    }

    private void Indices(ReadOnlySpan<byte> page, int count)
    {
        if (_dictionary < 0 || page.IsEmpty || page[0] > 32) throw NoDictionary();
        var decoder = new HybridDecoder(page[1..], page[0]);
        Span<int> target = Reserve(count);
        for (int done = 0; done < count; done += Chunk)
        {
            Span<int> part = target[done..Math.Min(count, done + Chunk)];
            decoder.Read(part);
            foreach (int index in part)
            {
                if ((uint)index >= (uint)_dictionary) throw NoDictionary();
            }
        }

        Count += count;
    }

    private void Plain(ReadOnlySpan<byte> page, int count)
    {
        if (fixedLength >= 0)
        {
            if ((long)fixedLength * count > page.Length) throw Short();
            if (fixedLength == 0 && count > 1 << 20) throw Short();
            page[..(fixedLength * count)].CopyTo(Entries(count, fixedLength * count));
            for (int i = 1; i <= count; i++) _ends[_entries++] = _used + (i * fixedLength);
            _used += fixedLength * count;
            return;
        }

        if (4L * count > page.Length) throw Short();
        Span<byte> target = Entries(count, page.Length - (4 * count));
        int position = 0;
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            if (page.Length - position < 4) throw Short();
            int length = BinaryPrimitives.ReadInt32LittleEndian(page[position..]);
            position += 4;
            if (length < 0 || length > page.Length - position || length > target.Length - written) throw Short();
            page.Slice(position, length).CopyTo(target[written..]);
            position += length;
            written += length;
            _ends[_entries++] = _used + written;
        }

        _used += written;
    }

    private void DeltaLengths(ReadOnlySpan<byte> page, int count)
    {
        long[] lengths = ArrayPool<long>.Shared.Rent(count);
        try
        {
            int consumed = DeltaDecoder.Numbers(page, lengths.AsSpan(0, count));
            ReadOnlySpan<byte> bytes = page[consumed..];
            long total = 0;
            for (int i = 0; i < count; i++)
            {
                if (lengths[i] < 0 || lengths[i] > bytes.Length - total) throw Short();
                total += lengths[i];
            }

            bytes[..(int)total].CopyTo(Entries(count, (int)total));
            for (int i = 0; i < count; i++) _ends[_entries++] = _used += (int)lengths[i];
        }
        finally
        {
            ArrayPool<long>.Shared.Return(lengths);
        }
    }

    private void DeltaPrefixes(ReadOnlySpan<byte> page, int count)
    {
        long[] prefixes = ArrayPool<long>.Shared.Rent(count);
        long[] lengths = ArrayPool<long>.Shared.Rent(count);
        try
        {
            page = page[DeltaDecoder.Numbers(page, prefixes.AsSpan(0, count))..];
            page = page[DeltaDecoder.Numbers(page, lengths.AsSpan(0, count))..];
            long total = ExpandedBytes(page.Length, prefixes, lengths, count);
            Span<byte> target = Entries(count, total);
            Span<int> entries = Reserve(count);
            int last = 0;
            int lastLength = 0;
            int written = 0;
            for (int i = 0; i < count; i++)
            {
                int prefix = (int)prefixes[i];
                int length = (int)lengths[i];
                if (i == 0 || length > 0 || prefix < lastLength)
                {
                    target.Slice(last, prefix).CopyTo(target[written..]);
                    page[..length].CopyTo(target[(written + prefix)..]);
                    page = page[length..];
                    (last, lastLength) = (written, prefix + length);
                    written += lastLength;
                    _ends[_entries++] = _used + written;
                }

                entries[i] = _entries - 1;
            }

            _used += written;
            Count += count;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(prefixes);
            ArrayPool<long>.Shared.Return(lengths);
        }
    }

    /// <summary>Bytes of the values that differ from the one before; values that repeat it share its entry.</summary>
    private long ExpandedBytes(int stored, long[] prefixes, long[] lengths, int count)
    {
        long total = 0;
        long before = 0;
        long suffixes = 0;
        for (int i = 0; i < count; i++)
        {
            if (prefixes[i] < 0 || prefixes[i] > before || lengths[i] < 0 || lengths[i] > stored - suffixes) throw Short();
            long length = prefixes[i] + lengths[i];
            if (fixedLength >= 0 && length != fixedLength) throw Short();
            if (i == 0 || lengths[i] > 0 || prefixes[i] < before) total += length;
            suffixes += lengths[i];
            before = length;
        }

        // Prefixes repeat bytes without end; more than this is no text that anybody wrote.
        return total <= Math.Max(MaxExpansionFloor, (long)MaxExpansion * stored)
            ? total
            : throw new ParquetFormatException(ParquetFault.TooLarge, $"a page expands from {stored} to {total} bytes.");
    }

    private void Split(ReadOnlySpan<byte> page, int count)
    {
        if ((long)fixedLength * count > page.Length) throw Short();
        Span<byte> target = Entries(count, fixedLength * count);
        for (int k = 0; k < fixedLength; k++)
        {
            ReadOnlySpan<byte> stream = page.Slice(k * count, count);
            for (int i = 0; i < count; i++) target[(i * fixedLength) + k] = stream[i];
        }

        for (int i = 1; i <= count; i++) _ends[_entries++] = _used + (i * fixedLength);
        _used += fixedLength * count;
    }

    /// <summary>Makes room for entries and their bytes; returns the room for the bytes.</summary>
    private Span<byte> Entries(int count, long bytes)
    {
        if (_used + bytes > Array.MaxLength || (long)_entries + count > Array.MaxLength)
        {
            throw new ParquetFormatException(
                ParquetFault.TooLarge, "the byte arrays of one column of one row group are over 2 GB.");
        }

        if (_bytes.Length - _used < bytes) Array.Resize(ref _bytes, Room(_bytes.Length, _used + (int)bytes));
        if (_ends.Length - _entries < count) Array.Resize(ref _ends, Room(_ends.Length, _entries + count));
        return _bytes.AsSpan(_used, (int)bytes);
    }
}
