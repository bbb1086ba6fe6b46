using RewardHub.Parquet.Encodings;
using RewardHub.Parquet.Thrift;

namespace RewardHub.Parquet.Reading;

/// <summary>Checks the row groups of a footer and gives them their public form.</summary>
internal static class RowGroupReader
{
    /// <summary>The row groups; counts that contradict each other are a fault.</summary>
    public static IReadOnlyList<ParquetRowGroup> Read(FileMetadata metadata, ParquetSchema schema)
    {
        var groups = new ParquetRowGroup[metadata.RowGroups.Count];
        long first = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            RowGroupMetadata group = metadata.RowGroups[i];
            if (group.Columns.Count != schema.Leaves.Count)
            {
                throw ParquetFormatException.Corrupt($"row group {i} has {group.Columns.Count} columns, the schema {schema.Leaves.Count}.");
            }

            if (group.RowCount > int.MaxValue)
            {
                throw new ParquetFormatException(ParquetFault.TooLarge, $"row group {i} has {group.RowCount} rows.");
            }

            var columns = new ParquetColumnChunk[group.Columns.Count];
            for (int c = 0; c < columns.Length; c++) columns[c] = Chunk(group.Columns[c], schema.Leaves[c]);
            groups[i] = new ParquetRowGroup(i, (int)group.RowCount, first, group.TotalBytes, columns);
            first += group.RowCount;
        }

        return first == metadata.RowCount
            ? groups
            : throw ParquetFormatException.Corrupt($"the row groups hold {first} rows, the footer gives {metadata.RowCount}.");
    }

    /// <summary>Where the pages of a chunk begin; a chunk that cannot be read is a fault.</summary>
    public static long Start(ColumnChunkMetadata chunk, ParquetField leaf, long dataEnd)
    {
        if (chunk.Encrypted) throw new ParquetFormatException(ParquetFault.Encrypted, "the column is encrypted.");
        if (chunk.OtherFile is { Length: > 0 })
        {
            throw ParquetFormatException.Unsupported($"the column is in another file ('{chunk.OtherFile}').");
        }

        if (!chunk.HasMetadata || chunk.Type != (int)leaf.PhysicalType)
        {
            throw ParquetFormatException.Corrupt("the column's type is missing or differs from the schema's.");
        }

        // Some writers leave the dictionary's offset at 0, where the file's magic is.
        long start = chunk.DictionaryPageOffset is { } offset and > 0 && offset < chunk.DataPageOffset
            ? offset
            : chunk.DataPageOffset;
        bool empty = chunk.ValueCount == 0;
        if (!empty && (start < 4 || chunk.CompressedBytes < 0 || start > dataEnd || chunk.CompressedBytes > dataEnd - start))
        {
            throw ParquetFormatException.Corrupt("the column's bytes are not inside the file.");
        }

        return Math.Clamp(start, 0, dataEnd);
    }

    private static ParquetColumnChunk Chunk(ColumnChunkMetadata chunk, ParquetField leaf) => new(
        leaf,
        (ParquetCompression)chunk.Codec,
        chunk.Encodings.Select(Name).ToArray(),
        chunk.ValueCount,
        chunk.CompressedBytes,
        chunk.Statistics is null ? null : StatisticsReader.Read(chunk.Statistics, leaf));

    private static string Name(int encoding) => (ValueEncoding)encoding switch
    {
        ValueEncoding.Plain => "PLAIN",
        ValueEncoding.PlainDictionary => "PLAIN_DICTIONARY",
        ValueEncoding.Rle => "RLE",
        ValueEncoding.BitPacked => "BIT_PACKED",
        ValueEncoding.DeltaBinaryPacked => "DELTA_BINARY_PACKED",
        ValueEncoding.DeltaLengthByteArray => "DELTA_LENGTH_BYTE_ARRAY",
        ValueEncoding.DeltaByteArray => "DELTA_BYTE_ARRAY",
        ValueEncoding.RleDictionary => "RLE_DICTIONARY",
        ValueEncoding.ByteStreamSplit => "BYTE_STREAM_SPLIT",
        _ => $"ENCODING_{encoding}",
    };
}
