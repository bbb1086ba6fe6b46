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

    /// <summary>Half floats as the two bytes that are stored.</summary>
    public static ParquetBinary ToBytes(ParquetValues<Half> column)
    {
        byte[] bytes = new byte[2 * column.Count];
        int[] ends = new int[column.Count];
        int[] entryOf = new int[column.Count];
        for (int i = 0; i < column.Count; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(2 * i), column.Values[i]);
            (ends[i], entryOf[i]) = (2 * (i + 1), i);
        }

        bool[]? valid = column.NullCount > 0 ? column.Validity.ToArray() : null;
        return new ParquetBinary(column.Field, bytes, ends, entryOf, column.Count, valid, column.NullCount);
    }
}
