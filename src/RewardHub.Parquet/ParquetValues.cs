using System.Numerics;

namespace RewardHub.Parquet;

/// <summary>
/// Values of one machine type: bool, int, long, float, double, Half, or Int128 for INT96 in nanoseconds since 1970.
/// </summary>
/// <remarks>
/// Values are as stored: unsigned integers keep their bits in an int or long. <see cref="GetInt64"/> and <see
/// cref="GetDouble"/> read them by
/// their logical type.
/// </remarks>
/// <typeparam name="T">The machine type.</typeparam>
public sealed class ParquetValues<T> : ParquetColumn
    where T : unmanaged
{
    private readonly T[] _values;
    private readonly bool _unsigned;
    private readonly int _scale;

    internal ParquetValues(ParquetField field, T[] values, int count, bool[]? valid, int nullCount)
        : base(field, count, valid, nullCount)
    {
        _values = values;
        _unsigned = field.LogicalType is ParquetLogicalType.Integer { Signed: false };
        _scale = field.LogicalType is ParquetLogicalType.Decimal type ? type.Scale : 0;
    }

    /// <summary>One value a slot; zero where the slot is null.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <inheritdoc/>
    public override bool GetBoolean(int index) =>
        typeof(T) == typeof(bool) ? (bool)(object)_values[index] : throw Mistyped("booleans");

    /// <inheritdoc/>
    public override long GetInt64(int index)
    {
        if (typeof(T) == typeof(int))
        {
            int value = (int)(object)_values[index];
            return _unsigned ? (uint)value : value;
        }

        if (typeof(T) == typeof(long))
        {
            long value = (long)(object)_values[index];
            return _unsigned && value < 0 ? throw TooWide() : value;
        }

        if (typeof(T) != typeof(Int128)) throw Mistyped("integers");
        Int128 wide = (Int128)(object)_values[index];
        return wide >= long.MinValue && wide <= long.MaxValue ? (long)wide : throw TooWide();
    }

    /// <inheritdoc/>
    public override double GetDouble(int index)
    {
        if (typeof(T) == typeof(double)) return (double)(object)_values[index];
        if (typeof(T) == typeof(float)) return (float)(object)_values[index];
        if (typeof(T) == typeof(Half)) return (double)(Half)(object)_values[index];
        if (typeof(T) == typeof(Int128)) return (double)(Int128)(object)_values[index];
        if (typeof(T) == typeof(long) && _unsigned) return (ulong)(long)(object)_values[index];
        if (typeof(T) == typeof(bool)) throw Mistyped("numbers");
        double value = GetInt64(index);
        return _scale == 0 ? value : value / Math.Pow(10, _scale);
    }

    /// <inheritdoc/>
    public override object? GetValue(int index)
    {
        if (IsNull(index)) return null;
        if (typeof(T) == typeof(bool)) return GetBoolean(index);
        if (typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(Half)) return GetDouble(index);
        if (Field.LogicalType is ParquetLogicalType.Decimal) return GetDecimal(index);
        if (typeof(T) == typeof(Int128))
        {
            Int128 wide = (Int128)(object)_values[index];
            return wide >= long.MinValue && wide <= long.MaxValue ? (object)(long)wide : (BigInteger)wide;
        }

        if (typeof(T) == typeof(long) && _unsigned) return (ulong)(long)(object)_values[index];
        return GetInt64(index);
    }
}
