using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RewardHub.Parquet.Encodings;

namespace RewardHub.Parquet.Reading;

/// <summary>Booleans and the numbers of 32 and 64 bits.</summary>
/// <typeparam name="T">bool, int, long, float or double.</typeparam>
internal sealed class NumberSink<T>(ParquetField field, int capacity) : ValueSink
    where T : unmanaged
{
    private const int Chunk = 2048;

    private T[] _values = new T[capacity];
    private T[]? _dictionary;

    public override void Dictionary(ReadOnlySpan<byte> page, int count)
    {
        if (typeof(T) == typeof(bool)) throw Unfit(ValueEncoding.PlainDictionary, field);
        if (Size * (long)count > page.Length) throw Short();
        _dictionary = MemoryMarshal.Cast<byte, T>(page[..(count * Size)]).ToArray();
    }

    public override void Append(ValueEncoding encoding, ReadOnlySpan<byte> page, int count)
    {
        if (count == 0) return;
        Span<T> target = Reserve(encoding, page, count);
        switch (encoding)
        {
            case ValueEncoding.Plain when typeof(T) == typeof(bool):
                PlainBooleans(page, MemoryMarshal.Cast<T, bool>(target));
                break;
            case ValueEncoding.Plain:
                MemoryMarshal.Cast<byte, T>(page[..(count * Size)]).CopyTo(target);
                break;
            case ValueEncoding.PlainDictionary or ValueEncoding.RleDictionary when _dictionary is not null:
                Indices(page, target, _dictionary);
                break;
            case ValueEncoding.PlainDictionary or ValueEncoding.RleDictionary:
                throw NoDictionary();
            case ValueEncoding.Rle when typeof(T) == typeof(bool):
                RleBooleans(page, MemoryMarshal.Cast<T, bool>(target));
                break;
            case ValueEncoding.DeltaBinaryPacked when typeof(T) == typeof(long):
                DeltaDecoder.Numbers(page, MemoryMarshal.Cast<T, long>(target));
                break;
            case ValueEncoding.DeltaBinaryPacked when typeof(T) == typeof(int):
                DeltaInts(page, MemoryMarshal.Cast<T, int>(target));
                break;
            case ValueEncoding.ByteStreamSplit when typeof(T) != typeof(bool):
                Split(page, MemoryMarshal.AsBytes(target), count);
                break;
            default:
                throw Unfit(encoding, field);
        }

        Count += count;
    }

    public override ParquetColumn Build(ParquetField leaf, int slots, bool[]? valid)
    {
        int nulls = slots - Count;
        if (_values.Length < slots) Array.Resize(ref _values, slots);
        if (valid is not null && nulls > 0)
        {
            // From the end, so that no value is overwritten before it has moved.
            int from = Count;
            for (int to = slots - 1; to >= 0; to--) _values[to] = valid[to] ? _values[--from] : default;
        }

        return new ParquetValues<T>(leaf, _values, slots, valid, nulls);
    }

    private static unsafe int Size => sizeof(T);

    /// <summary>Makes room for the page's values, once the page is known to be long enough to hold them.</summary>
    private Span<T> Reserve(ValueEncoding encoding, ReadOnlySpan<byte> page, int count)
    {
        long least = encoding switch
        {
            ValueEncoding.Plain when typeof(T) == typeof(bool) => BitPacking.Bytes(count, 1),
            ValueEncoding.Plain or ValueEncoding.ByteStreamSplit => count * (long)Size,
            _ => 1,
        };
        if (least > page.Length) throw Short();
        if (_values.Length - Count < count) Array.Resize(ref _values, Room(_values.Length, checked(Count + count)));
        return _values.AsSpan(Count, count);
    }

    private static void Indices(ReadOnlySpan<byte> page, Span<T> target, ReadOnlySpan<T> dictionary)
    {
        int width = page[0];
        if (width > 32) throw NoDictionary();
        var decoder = new HybridDecoder(page[1..], width);
        Span<int> indices = stackalloc int[Chunk];
        while (!target.IsEmpty)
        {
            Span<int> part = indices[..Math.Min(Chunk, target.Length)];
            decoder.Read(part);
            for (int i = 0; i < part.Length; i++)
            {
                int index = part[i];
                if ((uint)index >= (uint)dictionary.Length) throw NoDictionary();
                target[i] = dictionary[index];
            }

            target = target[part.Length..];
        }
    }

    private static void PlainBooleans(ReadOnlySpan<byte> page, Span<bool> target)
    {
        for (int i = 0; i < target.Length; i++) target[i] = ((page[i >> 3] >> (i & 7)) & 1) != 0;
    }

    private static void RleBooleans(ReadOnlySpan<byte> page, Span<bool> target)
    {
        if (page.Length < 4) throw Short();
        int length = BinaryPrimitives.ReadInt32LittleEndian(page);
        if (length < 0 || length > page.Length - 4) throw Short();
        new HybridDecoder(page.Slice(4, length), 1).ReadLevels(MemoryMarshal.AsBytes(target));
    }

    private static void DeltaInts(ReadOnlySpan<byte> page, Span<int> target)
    {
        long[] wide = ArrayPool<long>.Shared.Rent(target.Length);
        try
        {
            DeltaDecoder.Numbers(page, wide.AsSpan(0, target.Length));
            for (int i = 0; i < target.Length; i++) target[i] = unchecked((int)wide[i]);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(wide);
        }
    }

    private static void Split(ReadOnlySpan<byte> page, Span<byte> target, int count)
    {
        for (int k = 0; k < Size; k++)
        {
            ReadOnlySpan<byte> stream = page.Slice(k * count, count);
            for (int i = 0; i < stream.Length; i++) target[(i * Size) + k] = stream[i];
        }
    }
}
