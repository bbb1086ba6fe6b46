namespace RewardHub.Parquet;

/// <summary>
/// Limits and checks of reading. The defaults read every common file and refuse what only a hostile one asks for.
/// </summary>
public sealed record ParquetReadOptions
{
    /// <summary>Whether page checksums are compared where a file has them.</summary>
    public bool VerifyChecksums { get; init; } = true;

    /// <summary>Most bytes of the footer.</summary>
    public int MaxFooterBytes { get; init; } = 256 << 20;

    /// <summary>Most bytes of one page, before or after decompression.</summary>
    public int MaxPageBytes { get; init; } = 1 << 30;

    /// <summary>
    /// Most values of one column of one row group, nulls and empty lists included, that a file may claim without regard
    /// to its size;
    /// 64 values a byte stored are always allowed.
    /// </summary>
    public int MaxColumnValues { get; init; } = 1 << 26;
}
