using System.Buffers.Binary;

namespace RewardHub.Parquet.Reading;

/// <summary>The two types that are stored as bytes but read as numbers: INT96 timestamps and half floats.</summary>
internal static class NumbersFromBytes
{
    private const long NanosecondsPerDay = 86_400_000_000_000;
    private const long JulianDayOf1970 = 2_440_588;

    /// <summary>Nanoseconds since 1970 from nanoseconds of the day and a Julian day.</summary>
    public static ParquetColumn FromInt96(ParquetField field, ParquetBinary column, bool[]? valid)
    {
        var values = new Int128[column.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (column.IsNull(i)) continue;
            ReadOnlySpan<byte> bytes = column.GetBytes(i);
            long ofDay = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            long day = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            values[i] = ((Int128)(day - JulianDayOf1970) * NanosecondsPerDay) + ofDay;
        }

        return new ParquetValues<Int128>(field, values, values.Length, valid, column.NullCount);
    }

    /// <summary>Half floats.</summary>
    public static ParquetColumn FromHalves(ParquetField field, ParquetBinary column, bool[]? valid)
    {
        var values = new Half[column.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (!column.IsNull(i)) values[i] = BinaryPrimitives.ReadHalfLittleEndian(column.GetBytes(i));
        }

        return new ParquetValues<Half>(field, values, values.Length, valid, column.NullCount);
    }
}
