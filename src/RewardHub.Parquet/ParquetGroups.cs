namespace RewardHub.Parquet;

/// <summary>Lists, or maps: slot i holds the elements from <c>Offsets[i]</c> up to <c>Offsets[i + 1]</c>.</summary>
public sealed class ParquetList : ParquetColumn
{
    private readonly int[] _offsets;

    internal ParquetList(ParquetField field, int[] offsets, int count, ParquetColumn elements, bool[]? valid, int nullCount)
        : base(field, count, valid, nullCount) =>
        (_offsets, Elements) = (offsets, elements);

    /// <summary>Element positions: one more than there are slots. A null slot has no elements.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    /// <summary>All elements of all slots; for a map a <see cref="ParquetStruct"/> of key and value.</summary>
    public ParquetColumn Elements { get; }

    /// <summary>First element of a slot.</summary>
    /// <param name="index">Slot.</param>
    public int Start(int index) => _offsets[index];

    /// <summary>Number of elements of a slot.</summary>
    /// <param name="index">Slot.</param>
    public int Length(int index) => _offsets[index + 1] - _offsets[index];

    /// <inheritdoc/>
    public override object? GetValue(int index)
    {
        if (IsNull(index)) return null;
        int start = Start(index);
        if (Field.Kind == ParquetFieldKind.Map && Elements is ParquetStruct { Fields.Count: 2 } pairs)
        {
            var entries = new ParquetMapEntry[Length(index)];
            for (int i = 0; i < entries.Length; i++)
            {
                entries[i] = new ParquetMapEntry(pairs.Fields[0].GetValue(start + i), pairs.Fields[1].GetValue(start + i));
            }

            return entries;
        }

        object?[] values = new object?[Length(index)];
        for (int i = 0; i < values.Length; i++) values[i] = Elements.GetValue(start + i);
        return values;
    }
}

/// <summary>Structs: slot i of the struct is slot i of every member.</summary>
public sealed class ParquetStruct : ParquetColumn
{
    internal ParquetStruct(ParquetField field, IReadOnlyList<ParquetColumn> fields, int count, bool[]? valid, int nullCount)
        : base(field, count, valid, nullCount) =>
        Fields = fields;

    /// <summary>The members that were read, in file order. A member of a null struct is null.</summary>
    public IReadOnlyList<ParquetColumn> Fields { get; }

    /// <summary>The member of this name; null when it does not exist or was not read.</summary>
    /// <param name="name">Exact name.</param>
    public ParquetColumn? Member(string name) => Fields.FirstOrDefault(field => field.Field.Name == name);

    /// <inheritdoc/>
    public override object? GetValue(int index) => IsNull(index) ? null : new ParquetRow(Fields, index);
}
