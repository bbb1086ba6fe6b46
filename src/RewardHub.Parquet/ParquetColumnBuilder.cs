namespace RewardHub.Parquet;

/// <summary>
/// Collects one column slot by slot. A list takes elements through <see cref="Element"/>, then <see cref="EndList"/>; a
/// struct takes
/// members through <see cref="Member"/>, then <see cref="EndStruct"/>; a map is a list whose element is a struct of key
/// and value.
/// </summary>
/// <remarks>
/// A call that does not fit the field throws <see cref="InvalidOperationException"/>: the caller has a bug.
/// </remarks>
public abstract class ParquetColumnBuilder
{
    private bool[] _valid = new bool[16];

    private protected ParquetColumnBuilder(ParquetField field) => Field = field;

    /// <summary>The field.</summary>
    public ParquetField Field { get; }

    /// <summary>Slots so far.</summary>
    public int Count { get; private set; }

    /// <summary>The builder of a list's elements.</summary>
    public virtual ParquetColumnBuilder Element => throw Unfit("has no elements");

    /// <summary>Appends a null.</summary>
    public void AppendNull()
    {
        if (!Field.Nullable) throw Unfit("takes no nulls");
        AppendGap();
    }

    /// <summary>Appends a boolean.</summary>
    /// <param name="value">Value.</param>
    public virtual void Append(bool value) => throw Unfit("takes no booleans");

    /// <summary>Appends an integer; it must fit the column.</summary>
    /// <param name="value">Value.</param>
    public virtual void Append(long value) => throw Unfit("takes no integers");

    /// <summary>Appends a number; single-precision columns round it.</summary>
    /// <param name="value">Value.</param>
    public virtual void Append(double value) => throw Unfit("takes no fractions");

    /// <summary>Appends text, or a null.</summary>
    /// <param name="value">Text; null appends a null.</param>
    public void Append(string? value)
    {
        if (value is null) AppendNull();
        else AppendText(value);
    }

    /// <summary>Appends bytes.</summary>
    /// <param name="value">Bytes.</param>
    public virtual void Append(ReadOnlySpan<byte> value) => throw Unfit("takes no bytes");

    /// <summary>Ends a list: it holds the elements appended since the last one ended.</summary>
    public virtual void EndList() => throw Unfit("is no list");

    /// <summary>Ends a struct: each member has got one value.</summary>
    public virtual void EndStruct() => throw Unfit("is no struct");

    /// <summary>The builder of a struct's member.</summary>
    /// <param name="name">Exact name.</param>
    public virtual ParquetColumnBuilder Member(string name) => throw Unfit("is no struct");

    /// <summary>A builder for a field of a schema.</summary>
    /// <param name="field">The field.</param>
    public static ParquetColumnBuilder For(ParquetField field) => field.Kind switch
    {
        ParquetFieldKind.Struct => new Writing.StructBuilder(field),
        ParquetFieldKind.List or ParquetFieldKind.Map => new Writing.ListBuilder(field),
        _ => field.PhysicalType switch
        {
            ParquetPhysicalType.Boolean => new Writing.ValueBuilder<bool>(field),
            ParquetPhysicalType.Int32 => new Writing.ValueBuilder<int>(field),
            ParquetPhysicalType.Int64 => new Writing.ValueBuilder<long>(field),
            ParquetPhysicalType.Float => new Writing.ValueBuilder<float>(field),
            ParquetPhysicalType.Double => new Writing.ValueBuilder<double>(field),
            ParquetPhysicalType.ByteArray or ParquetPhysicalType.FixedLenByteArray => new Writing.BinaryBuilder(field),
            _ => throw new ParquetFormatException(ParquetFault.Unsupported, $"{field.PhysicalType} columns are not written."),
        },
    };

    /// <summary>The column so far; the builder starts again.</summary>
    public ParquetColumn Build()
    {
        bool[]? valid = null;
        int nulls = 0;
        for (int i = 0; i < Count; i++) nulls += _valid[i] ? 0 : 1;
        if (nulls > 0) valid = _valid.AsSpan(0, Count).ToArray();
        ParquetColumn column = Finish(Count, valid, nulls);
        Count = 0;
        return column;
    }

    /// <summary>Bytes of values so far, roughly.</summary>
    internal abstract long Bytes { get; }

    /// <summary>
    /// Appends a slot without a value, also where the field is required: below a null struct there are such.
    /// </summary>
    internal abstract void AppendGap();

    private protected abstract ParquetColumn Finish(int count, bool[]? valid, int nulls);

    private protected virtual void AppendText(string value) => throw Unfit("takes no text");

    private protected void Slot(bool valid)
    {
        if (Count == _valid.Length) Array.Resize(ref _valid, Count * 2);
        _valid[Count++] = valid;
    }

    private protected InvalidOperationException Unfit(string what) => new($"Column '{Field.Path}' ({Field.Kind}) {what}.");
}
