namespace RewardHub.Parquet.Writing;

/// <summary>A run of rows of a set of columns, one a top-level field.</summary>
internal sealed record Batch(IReadOnlyList<ParquetColumn> Columns, int Start, int Count);
