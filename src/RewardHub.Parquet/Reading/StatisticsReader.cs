using RewardHub.Parquet.Encodings;
using RewardHub.Parquet.Thrift;

namespace RewardHub.Parquet.Reading;

/// <summary>Types the smallest and largest value of a column chunk.</summary>
internal static class StatisticsReader
{
    /// <summary>The statistics; a bound that cannot be trusted or typed is null.</summary>
    public static ParquetStatistics Read(StatisticsMetadata statistics, ParquetField leaf)
    {
        // The old fields were written with signed, bytewise order: only signed numbers come out right.
        bool ordered = !statistics.Deprecated || (leaf.PhysicalType is ParquetPhysicalType.Int32 or ParquetPhysicalType.Int64
            or ParquetPhysicalType.Float or ParquetPhysicalType.Double
            && leaf.LogicalType is not ParquetLogicalType.Integer { Signed: false });
        bool known = ordered && leaf.PhysicalType != ParquetPhysicalType.Int96;
        return new ParquetStatistics(
            statistics.NullCount is >= 0 ? statistics.NullCount : null,
            known ? Value(statistics.Min, leaf) : null,
            known ? Value(statistics.Max, leaf) : null);
    }

    private static object? Value(byte[]? bytes, ParquetField leaf)
    {
        if (bytes is null) return null;
        int length = leaf.PhysicalType switch
        {
            ParquetPhysicalType.Boolean => 1,
            ParquetPhysicalType.Int32 or ParquetPhysicalType.Float => 4,
            ParquetPhysicalType.Int64 or ParquetPhysicalType.Double => 8,
            ParquetPhysicalType.FixedLenByteArray => leaf.TypeLength,
            _ => bytes.Length,
        };
        if (bytes.Length != length) return null;
        object? value = Column(bytes, leaf).GetValue(0);
        return value is double.NaN ? null : value;
    }

    private static ParquetColumn Column(byte[] bytes, ParquetField leaf)
    {
        ValueSink sink = leaf.PhysicalType switch
        {
            ParquetPhysicalType.Boolean => new NumberSink<bool>(leaf, 1),
            ParquetPhysicalType.Int32 => new NumberSink<int>(leaf, 1),
            ParquetPhysicalType.Int64 => new NumberSink<long>(leaf, 1),
            ParquetPhysicalType.Float => new NumberSink<float>(leaf, 1),
            ParquetPhysicalType.Double => new NumberSink<double>(leaf, 1),
            _ => new BinarySink(leaf, bytes.Length, 1),
        };
        sink.Append(ValueEncoding.Plain, bytes, 1);
        return sink.Build(leaf, 1, null);
    }
}
