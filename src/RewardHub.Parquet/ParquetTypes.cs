// The names are those of the format.
#pragma warning disable CA1716, CA1720

namespace RewardHub.Parquet;

/// <summary>How a leaf is stored. The numbers are those of the format.</summary>
public enum ParquetPhysicalType
{
    /// <summary>One bit.</summary>
    Boolean = 0,

    /// <summary>32-bit integer.</summary>
    Int32 = 1,

    /// <summary>64-bit integer.</summary>
    Int64 = 2,

    /// <summary>12 bytes: nanoseconds of the day and a Julian day. Old timestamps.</summary>
    Int96 = 3,

    /// <summary>IEEE 754 single.</summary>
    Float = 4,

    /// <summary>IEEE 754 double.</summary>
    Double = 5,

    /// <summary>Bytes of any length.</summary>
    ByteArray = 6,

    /// <summary>Bytes of one length, <see cref="ParquetField.TypeLength"/>.</summary>
    FixedLenByteArray = 7,
}

/// <summary>How pages are compressed. The numbers are those of the format.</summary>
public enum ParquetCompression
{
    /// <summary>Not at all.</summary>
    Uncompressed = 0,

    /// <summary>Snappy blocks.</summary>
    Snappy = 1,

    /// <summary>Gzip members (RFC 1952).</summary>
    Gzip = 2,

    /// <summary>LZO; not read.</summary>
    Lzo = 3,

    /// <summary>Brotli (RFC 7932).</summary>
    Brotli = 4,

    /// <summary>LZ4 in one of three framings, as old writers left it.</summary>
    Lz4 = 5,

    /// <summary>Zstandard (RFC 8878); needs libzstd.</summary>
    Zstd = 6,

    /// <summary>LZ4 blocks without a frame.</summary>
    Lz4Raw = 7,
}

/// <summary>Unit of a time or timestamp.</summary>
public enum ParquetTimeUnit
{
    /// <summary>10⁻³ s.</summary>
    Milliseconds = 0,

    /// <summary>10⁻⁶ s.</summary>
    Microseconds = 1,

    /// <summary>10⁻⁹ s.</summary>
    Nanoseconds = 2,
}

/// <summary>What the stored values of a leaf mean.</summary>
public abstract record ParquetLogicalType
{
    private ParquetLogicalType()
    {
    }

    /// <summary>The physical type says it all.</summary>
    public sealed record None : ParquetLogicalType;

    /// <summary>UTF-8 text.</summary>
    public sealed record Text : ParquetLogicalType;

    /// <summary>A member of an enumeration, as UTF-8 text.</summary>
    public sealed record Enumeration : ParquetLogicalType;

    /// <summary>A JSON document as UTF-8 text.</summary>
    public sealed record Json : ParquetLogicalType;

    /// <summary>A BSON document: bytes.</summary>
    public sealed record Bson : ParquetLogicalType;

    /// <summary>A signed or unsigned integer of 8, 16, 32 or 64 bits.</summary>
    /// <param name="Bits">Width in bits.</param>
    /// <param name="Signed">Whether values are two's complement.</param>
    public sealed record Integer(int Bits, bool Signed) : ParquetLogicalType;

    /// <summary>A decimal: an unscaled integer times 10^-scale.</summary>
    /// <param name="Precision">Decimal digits of the unscaled integer.</param>
    /// <param name="Scale">Digits after the point.</param>
    public sealed record Decimal(int Precision, int Scale) : ParquetLogicalType;

    /// <summary>Days since 1970-01-01.</summary>
    public sealed record Date : ParquetLogicalType;

    /// <summary>Time of day.</summary>
    /// <param name="Unit">Unit of the stored integer.</param>
    /// <param name="Utc">Whether it is adjusted to UTC.</param>
    public sealed record Time(ParquetTimeUnit Unit, bool Utc) : ParquetLogicalType;

    /// <summary>Time since 1970-01-01T00:00.</summary>
    /// <param name="Unit">Unit of the stored integer.</param>
    /// <param name="Utc">Whether it is adjusted to UTC.</param>
    public sealed record Timestamp(ParquetTimeUnit Unit, bool Utc) : ParquetLogicalType;

    /// <summary>IEEE 754 half, stored in two bytes.</summary>
    public sealed record Float16 : ParquetLogicalType;

    /// <summary>A UUID: 16 bytes, most significant first.</summary>
    public sealed record Uuid : ParquetLogicalType;

    /// <summary>12 bytes: months, days and milliseconds.</summary>
    public sealed record Interval : ParquetLogicalType;

    /// <summary>A column that holds nothing but nulls.</summary>
    public sealed record Null : ParquetLogicalType;

    /// <summary>A type that this library does not know; values are given as stored.</summary>
    /// <param name="Id">Field id in the format's union of logical types.</param>
    public sealed record Other(int Id) : ParquetLogicalType;
}
