using RewardHub.Parquet.Thrift;

namespace RewardHub.Parquet.Schemas;

/// <summary>Reads what a leaf means from its logical type, or from the older converted type.</summary>
internal static class LogicalTypes
{
    /// <summary>
    /// The logical type; one that does not fit the physical type is ignored, so that values come out as stored.
    /// </summary>
    public static ParquetLogicalType Of(SchemaElement element, ParquetPhysicalType type, int length)
    {
        ParquetLogicalType logical = element.Logical ?? FromConverted(element);
        return Fits(logical, type, length) ? logical : new ParquetLogicalType.None();
    }

    private static ParquetLogicalType FromConverted(SchemaElement element) => element.ConvertedType switch
    {
        0 => new ParquetLogicalType.Text(),
        4 => new ParquetLogicalType.Enumeration(),
        5 => new ParquetLogicalType.Decimal(element.Precision, element.Scale),
        6 => new ParquetLogicalType.Date(),
        7 => new ParquetLogicalType.Time(ParquetTimeUnit.Milliseconds, true),
        8 => new ParquetLogicalType.Time(ParquetTimeUnit.Microseconds, true),
        9 => new ParquetLogicalType.Timestamp(ParquetTimeUnit.Milliseconds, true),
        10 => new ParquetLogicalType.Timestamp(ParquetTimeUnit.Microseconds, true),
        >= 11 and <= 14 => new ParquetLogicalType.Integer(8 << (element.ConvertedType.Value - 11), false),
        >= 15 and <= 18 => new ParquetLogicalType.Integer(8 << (element.ConvertedType.Value - 15), true),
        19 => new ParquetLogicalType.Json(),
        20 => new ParquetLogicalType.Bson(),
        21 => new ParquetLogicalType.Interval(),
        _ => new ParquetLogicalType.None(),
    };

    private static bool Fits(ParquetLogicalType logical, ParquetPhysicalType type, int length) => logical switch
    {
        ParquetLogicalType.Text or ParquetLogicalType.Enumeration or ParquetLogicalType.Json or ParquetLogicalType.Bson =>
            type is ParquetPhysicalType.ByteArray or ParquetPhysicalType.FixedLenByteArray,
        ParquetLogicalType.Integer { Bits: 8 or 16 or 32 } => type == ParquetPhysicalType.Int32,
        ParquetLogicalType.Integer { Bits: 64 } => type == ParquetPhysicalType.Int64,
        ParquetLogicalType.Integer => false,
        // A scale beyond this is no decimal that anybody wrote; it would make text of any length.
        ParquetLogicalType.Decimal { Scale: < 0 or > 1000 } => false,
        ParquetLogicalType.Decimal => type is ParquetPhysicalType.Int32 or ParquetPhysicalType.Int64
            or ParquetPhysicalType.ByteArray or ParquetPhysicalType.FixedLenByteArray,
        ParquetLogicalType.Date => type == ParquetPhysicalType.Int32,
        ParquetLogicalType.Time { Unit: ParquetTimeUnit.Milliseconds } => type == ParquetPhysicalType.Int32,
        ParquetLogicalType.Time or ParquetLogicalType.Timestamp => type == ParquetPhysicalType.Int64,
        ParquetLogicalType.Float16 => type == ParquetPhysicalType.FixedLenByteArray && length == 2,
        ParquetLogicalType.Uuid => type == ParquetPhysicalType.FixedLenByteArray && length == 16,
        ParquetLogicalType.Interval => type == ParquetPhysicalType.FixedLenByteArray && length == 12,
        _ => true,
    };
}
