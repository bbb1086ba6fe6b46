using System.Numerics;
using System.Text;

namespace RewardHub.Parquet;

/// <summary>
/// Byte arrays: text, binary, UUIDs, decimals stored as bytes. Slots point to entries, so that repeated values are kept
/// once.
/// </summary>
public sealed class ParquetBinary : ParquetColumn
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;
    private readonly int[] _entryOf;
    private string?[]? _texts;

    /// <param name="field">The leaf.</param>
    /// <param name="bytes">Entries, one after the other.</param>
    /// <param name="ends">End of each entry in <paramref name="bytes"/>; an entry begins where the one before
    /// ends.</param>
    /// <param name="entryOf">Entry of each slot; any where the slot is null.</param>
    /// <param name="count">Number of slots.</param>
    /// <param name="valid">Which slots have a value; null when all have.</param>
    /// <param name="nullCount">Number of null slots.</param>
    internal ParquetBinary(
        ParquetField field, byte[] bytes, int[] ends, int[] entryOf, int count, bool[]? valid, int nullCount)
        : base(field, count, valid, nullCount) =>
        (_bytes, _ends, _entryOf) = (bytes, ends, entryOf);

    /// <summary>
    /// Number of the entry that a slot points to: equal numbers mean equal values (the reverse does not hold). -1 for
    /// null.
    /// </summary>
    /// <param name="index">Slot.</param>
    public int EntryOf(int index) => IsNull(index) ? -1 : _entryOf[index];

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> GetBytes(int index) => Entry(_entryOf[index]);

    /// <inheritdoc/>
    public override string GetText(int index)
    {
        int entry = _entryOf[index];
        // Two threads may both make a string; either is right.
        string?[] texts = _texts ??= new string?[_ends.Length];
        return texts[entry] ??= Encoding.UTF8.GetString(Entry(entry));
    }

    /// <inheritdoc/>
    public override long GetInt64(int index)
    {
        if (Field.LogicalType is not ParquetLogicalType.Decimal) return base.GetInt64(index);
        BigInteger wide = GetUnscaled(index);
        return wide >= long.MinValue && wide <= long.MaxValue ? (long)wide : throw TooWide();
    }

    /// <inheritdoc/>
    public override double GetDouble(int index) =>
        Field.LogicalType is ParquetLogicalType.Decimal ? GetDecimal(index).ToDouble() : base.GetDouble(index);

    /// <inheritdoc/>
    public override object? GetValue(int index) => IsNull(index) ? null : Field.LogicalType switch
    {
        ParquetLogicalType.Text or ParquetLogicalType.Enumeration or ParquetLogicalType.Json => GetText(index),
        ParquetLogicalType.Decimal => GetDecimal(index),
        _ => GetBytes(index).ToArray(),
    };

    private protected override BigInteger GetUnscaled(int index) =>
        new(GetBytes(index), isUnsigned: false, isBigEndian: true);

    private ReadOnlySpan<byte> Entry(int entry)
    {
        int start = entry == 0 ? 0 : _ends[entry - 1];
        return _bytes.AsSpan(start, _ends[entry] - start);
    }
}
