namespace RewardHub.Parquet.Reading;

/// <summary>A decoded column chunk: levels and the values that are not null.</summary>
/// <param name="Field">The leaf.</param>
/// <param name="Count">Number of levels: values, nulls and empty lists.</param>
/// <param name="Definitions">Definition levels; null when the leaf and all around it are required.</param>
/// <param name="Repetitions">Repetition levels; null outside lists.</param>
/// <param name="Values">The values.</param>
internal sealed record LeafData(ParquetField Field, int Count, byte[]? Definitions, byte[]? Repetitions, ValueSink Values);

/// <summary>Collects the values of a leaf page by page.</summary>
internal abstract class ValueSink
{
    /// <summary>Values so far.</summary>
    public int Count { get; protected set; }

    /// <summary>Takes the dictionary page.</summary>
    public abstract void Dictionary(ReadOnlySpan<byte> page, int count);

    /// <summary>Takes <paramref name="count"/> values in an encoding.</summary>
    public abstract void Append(Encodings.ValueEncoding encoding, ReadOnlySpan<byte> page, int count);

    /// <summary>The values with a gap at each null slot.</summary>
    /// <param name="field">The leaf.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="valid">Which slots have a value; null when all have.</param>
    public abstract ParquetColumn Build(ParquetField field, int slots, bool[]? valid);

    private protected static int Room(int have, int need) =>
        checked((int)Math.Min(Array.MaxLength, Math.Max(need, Math.Max(16L, have * 2L))));

    private protected static ParquetFormatException Short() =>
        ParquetFormatException.Corrupt("a page has fewer values than its header gives.");

    private protected static ParquetFormatException NoDictionary() =>
        ParquetFormatException.Corrupt("a page refers to dictionary entries that are not there.");

    private protected static ParquetFormatException Unfit(Encodings.ValueEncoding encoding, ParquetField field) =>
        ParquetFormatException.Unsupported($"encoding {encoding} of {field.PhysicalType} values is not read.");
}
