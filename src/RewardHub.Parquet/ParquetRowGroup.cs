namespace RewardHub.Parquet;

/// <summary>A row group: a run of rows that is stored together.</summary>
/// <param name="Index">Position in the file, from 0.</param>
/// <param name="RowCount">Number of rows.</param>
/// <param name="FirstRow">Number of rows in the row groups before it.</param>
/// <param name="TotalBytes">Bytes of all columns before compression, as the file gives it.</param>
/// <param name="Columns">One chunk a leaf, in the order of <see cref="ParquetSchema.Leaves"/>.</param>
public sealed record ParquetRowGroup(
    int Index, int RowCount, long FirstRow, long TotalBytes, IReadOnlyList<ParquetColumnChunk> Columns);

/// <summary>What the footer says about one leaf in one row group.</summary>
/// <param name="Field">The leaf.</param>
/// <param name="Compression">Codec of its pages.</param>
/// <param name="Encodings">Encodings used, by the names of the format.</param>
/// <param name="ValueCount">Values, nulls and empty lists included.</param>
/// <param name="CompressedBytes">Stored bytes.</param>
/// <param name="Statistics">Smallest and largest value and number of nulls; null when the file has none.</param>
public sealed record ParquetColumnChunk(
    ParquetField Field,
    ParquetCompression Compression,
    IReadOnlyList<string> Encodings,
    long ValueCount,
    long CompressedBytes,
    ParquetStatistics? Statistics);

/// <summary>Statistics of a leaf in a row group. They may be bounds that no value reaches.</summary>
/// <param name="NullCount">Number of nulls; null when unknown.</param>
/// <param name="Min">No value is smaller; null when unknown. Typed as <see cref="ParquetColumn.GetValue"/> types
/// values.</param>
/// <param name="Max">No value is larger; null when unknown.</param>
public sealed record ParquetStatistics(long? NullCount, object? Min, object? Max);
