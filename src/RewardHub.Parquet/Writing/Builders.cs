using System.Text;

namespace RewardHub.Parquet.Writing;

/// <summary>Booleans and numbers.</summary>
internal sealed class ValueBuilder<T>(ParquetField field) : ParquetColumnBuilder(field)
    where T : unmanaged
{
    private T[] _values = new T[16];

    internal override unsafe long Bytes => (long)Count * sizeof(T);

    public override void Append(bool value)
    {
        if (typeof(T) == typeof(bool)) Add((T)(object)value);
        else base.Append(value);
    }

    public override void Append(long value)
    {
        if (typeof(T) == typeof(long)) Add((T)(object)value);
        else if (typeof(T) == typeof(int)) Add((T)(object)checked((int)value));
        else Append((double)value);
    }

    public override void Append(double value)
    {
        if (typeof(T) == typeof(double)) Add((T)(object)value);
        else if (typeof(T) == typeof(float)) Add((T)(object)(float)value);
        else base.Append(value);
    }

    internal override void AppendGap()
    {
        Room();
        _values[Count] = default;
        Slot(false);
    }

    private protected override ParquetColumn Finish(int count, bool[]? valid, int nulls)
    {
        T[] values = _values;
        _values = new T[16];
        return new ParquetValues<T>(Field, values, count, valid, nulls);
    }

    private void Add(T value)
    {
        Room();
        _values[Count] = value;
        Slot(true);
    }

    private void Room()
    {
        if (Count == _values.Length) Array.Resize(ref _values, Count * 2);
    }
}

/// <summary>Text and bytes.</summary>
internal sealed class BinaryBuilder(ParquetField field) : ParquetColumnBuilder(field)
{
    private byte[] _bytes = new byte[256];
    private int _used;
    private int[] _ends = new int[16];

    internal override long Bytes => _used + (4L * Count);

    public override void Append(ReadOnlySpan<byte> value)
    {
        if (Field.TypeLength > 0 && value.Length != Field.TypeLength) throw Unfit($"takes {Field.TypeLength} bytes a value");
        value.CopyTo(Room(value.Length));
        Add(value.Length);
    }

    internal override void AppendGap()
    {
        Room(0);
        _ends[Count] = _used;
        Slot(false);
    }

    private protected override void AppendText(string value)
    {
        if (Field.TypeLength > 0) throw Unfit("takes no text");
        Add(Encoding.UTF8.GetBytes(value, Room(Encoding.UTF8.GetByteCount(value))));
    }

    private protected override ParquetColumn Finish(int count, bool[]? valid, int nulls)
    {
        int[] entryOf = new int[count];
        for (int i = 0; i < count; i++) entryOf[i] = i;
        var column = new ParquetBinary(Field, _bytes, _ends, entryOf, count, valid, nulls);
        (_bytes, _used, _ends) = (new byte[256], 0, new int[16]);
        return column;
    }

    private void Add(int length)
    {
        _used += length;
        _ends[Count] = _used;
        Slot(true);
    }

    private Span<byte> Room(int length)
    {
        if (Count == _ends.Length) Array.Resize(ref _ends, Count * 2);
        if (_bytes.Length - _used < length)
        {
            long need = (long)_used + length;
            if (need > Array.MaxLength) throw new InvalidOperationException("A batch holds over 2 GB of text in one column.");
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(need, _bytes.Length * 2L)));
        }

        return _bytes.AsSpan(_used);
    }
}

/// <summary>Lists and maps.</summary>
internal sealed class ListBuilder(ParquetField field) : ParquetColumnBuilder(field)
{
    private int[] _offsets = new int[16];

    public override ParquetColumnBuilder Element { get; } = For(field.Children[0]);

    internal override long Bytes => (4L * Count) + Element.Bytes;

    public override void EndList() => End(true);

    internal override void AppendGap()
    {
        if (Element.Count != _offsets[Count]) throw Unfit("has elements before a null");
        End(false);
    }

    private protected override ParquetColumn Finish(int count, bool[]? valid, int nulls)
    {
        if (Element.Count != _offsets[count]) throw Unfit("has elements that no list holds");
        int[] offsets = _offsets;
        _offsets = new int[16];
        return new ParquetList(Field, offsets, count, Element.Build(), valid, nulls);
    }

    private void End(bool valid)
    {
        if (Count + 2 > _offsets.Length) Array.Resize(ref _offsets, _offsets.Length * 2);
        _offsets[Count + 1] = Element.Count;
        Slot(valid);
    }
}

/// <summary>Structs.</summary>
internal sealed class StructBuilder : ParquetColumnBuilder
{
    private readonly ParquetColumnBuilder[] _members;

    public StructBuilder(ParquetField field)
        : base(field) => _members = [.. field.Children.Select(For)];

    internal override long Bytes => _members.Sum(static member => member.Bytes);

    public override ParquetColumnBuilder Member(string name)
    {
        foreach (ParquetColumnBuilder member in _members)
        {
            if (member.Field.Name == name) return member;
        }

        throw Unfit($"has no member '{name}'");
    }

    public override void EndStruct()
    {
        foreach (ParquetColumnBuilder member in _members)
        {
            if (member.Count != Count + 1) throw Unfit($"has no value, or two, for member '{member.Field.Name}'");
        }

        Slot(true);
    }

    internal override void AppendGap()
    {
        foreach (ParquetColumnBuilder member in _members)
        {
            if (member.Count != Count) throw Unfit("has members before a null");
            member.AppendGap();
        }

        Slot(false);
    }

    private protected override ParquetColumn Finish(int count, bool[]? valid, int nulls)
    {
        foreach (ParquetColumnBuilder member in _members)
        {
            if (member.Count != count) throw Unfit("has members that no struct holds");
        }

        return new ParquetStruct(Field, [.. _members.Select(static member => member.Build())], count, valid, nulls);
    }
}
