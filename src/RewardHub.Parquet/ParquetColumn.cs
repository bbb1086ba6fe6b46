using System.Numerics;

namespace RewardHub.Parquet;

/// <summary>
/// Values of one field for a run of rows: typed values, or a list, map or struct of further columns. A column has one
/// slot a
/// row; a column inside a list has one slot an element.
/// </summary>
/// <remarks>Immutable; may be read by several threads at once.</remarks>
public abstract class ParquetColumn
{
    private readonly bool[]? _valid;

    private protected ParquetColumn(ParquetField field, int count, bool[]? valid, int nullCount) =>
        (Field, Count, _valid, NullCount) = (field, count, nullCount == 0 ? null : valid, nullCount);

    /// <summary>The field that the column belongs to.</summary>
    public ParquetField Field { get; }

    /// <summary>Number of slots.</summary>
    public int Count { get; }

    /// <summary>Number of slots that are null.</summary>
    public int NullCount { get; }

    /// <summary>Whether a slot is null.</summary>
    /// <param name="index">Slot, 0 to <see cref="Count"/> - 1.</param>
    public bool IsNull(int index) => _valid is not null && !_valid[index];

    /// <summary>Which slots have a value; empty when all have.</summary>
    public ReadOnlySpan<bool> Validity => _valid;

    /// <summary>A boolean. The slot must not be null.</summary>
    /// <param name="index">Slot.</param>
    /// <exception cref="ParquetFormatException">The column holds something else.</exception>
    public virtual bool GetBoolean(int index) => throw Mistyped("booleans");

    /// <summary>
    /// An integer: integers of any width, dates in days, times and timestamps in the column's unit (INT96 in
    /// nanoseconds since
    /// 1970), unscaled decimals of up to 64 bits. The slot must not be null.
    /// </summary>
    /// <param name="index">Slot.</param>
    /// <exception cref="ParquetFormatException">The column holds something else, or the value does not fit.</exception>
    public virtual long GetInt64(int index) => throw Mistyped("integers");

    /// <summary>
    /// A number as a double: integers, floats and decimals, rounded to nearest. The slot must not be null.
    /// </summary>
    /// <param name="index">Slot.</param>
    /// <exception cref="ParquetFormatException">The column holds something else.</exception>
    public virtual double GetDouble(int index) => throw Mistyped("numbers");

    /// <summary>
    /// Bytes of a byte-array column as UTF-8 text, wrong bytes as U+FFFD; equal values of a dictionary share one
    /// string. The
    /// slot must not be null.
    /// </summary>
    /// <param name="index">Slot.</param>
    /// <exception cref="ParquetFormatException">The column holds something else.</exception>
    public virtual string GetText(int index) => throw Mistyped("text");

    /// <summary>The bytes of a byte-array column as stored. The slot must not be null.</summary>
    /// <param name="index">Slot.</param>
    /// <exception cref="ParquetFormatException">The column holds something else.</exception>
    public virtual ReadOnlySpan<byte> GetBytes(int index) => throw Mistyped("bytes");

    /// <summary>A decimal. The slot must not be null.</summary>
    /// <param name="index">Slot.</param>
    /// <exception cref="ParquetFormatException">The column holds something else.</exception>
    public ParquetDecimal GetDecimal(int index) => Field.LogicalType is ParquetLogicalType.Decimal type
        ? new ParquetDecimal(GetUnscaled(index), type.Scale)
        : throw Mistyped("decimals");

    /// <summary>
    /// The value of a slot as an object: null; bool; long for integers, dates in days, times and timestamps; ulong for
    /// unsigned
    /// 64-bit integers; BigInteger for INT96 beyond 64 bits; double; <see cref="ParquetDecimal"/>; string for text,
    /// enumerations
    /// and JSON; byte[] for other bytes; <see cref="IReadOnlyList{T}"/> of values for lists; of
    /// <see cref="ParquetMapEntry"/> for maps; <see cref="ParquetRow"/> for structs.
    /// </summary>
    /// <param name="index">Slot.</param>
    public abstract object? GetValue(int index);

    private protected virtual BigInteger GetUnscaled(int index) => GetInt64(index);

    private protected ParquetFormatException TooWide() => new(
        ParquetFault.Schema,
        $"column '{Field.Path}' holds an integer that does not fit 64 bits with a sign.",
        "Read it as a double or as an object.");

    private protected ParquetFormatException Mistyped(string wanted) => new(
        ParquetFault.Schema,
        $"column '{Field.Path}' holds {(Field.Kind == ParquetFieldKind.Leaf ? Field.PhysicalType.ToString() : Field.Kind.ToString())}, not {wanted}.");
}

/// <summary>A decimal number: <c>Unscaled · 10^-Scale</c>.</summary>
/// <param name="Unscaled">The digits as an integer.</param>
/// <param name="Scale">Digits after the point, from 0.</param>
public readonly record struct ParquetDecimal(BigInteger Unscaled, int Scale)
{
    /// <summary>The nearest double, up to the rounding of one division.</summary>
    public double ToDouble() => (double)Unscaled / Math.Pow(10, Scale);

    /// <summary>Plain digits with all of the scale's, as <c>-0.50</c>.</summary>
    public override string ToString()
    {
        string digits = BigInteger.Abs(Unscaled).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Scale > 0)
        {
            digits = digits.PadLeft(Scale + 1, '0');
            digits = $"{digits[..^Scale]}.{digits[^Scale..]}";
        }

        return Unscaled.Sign < 0 ? "-" + digits : digits;
    }
}

/// <summary>An entry of a map.</summary>
/// <param name="Key">Key, as <see cref="ParquetColumn.GetValue"/> gives it.</param>
/// <param name="Value">Value, as <see cref="ParquetColumn.GetValue"/> gives it.</param>
public sealed record ParquetMapEntry(object? Key, object? Value);
