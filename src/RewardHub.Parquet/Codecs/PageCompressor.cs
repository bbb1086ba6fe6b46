using System.Buffers;
using System.IO.Compression;

namespace RewardHub.Parquet.Codecs;

/// <summary>Compresses pages; the same bytes give the same bytes.</summary>
internal static class PageCompressor
{
    // The usual default of zstd and of the writers that use it.
    private const int ZstdLevel = 3;
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    /// <summary>The compressed bytes.</summary>
    public static byte[] Run(ParquetCompression codec, ReadOnlySpan<byte> source) => codec switch
    {
        ParquetCompression.Uncompressed => source.ToArray(),
        ParquetCompression.Gzip => Gzip(source),
        ParquetCompression.Snappy => Block(codec, source, Snappy.MaxCompressedLength(source.Length)),
        ParquetCompression.Zstd => Block(codec, source, Zstd.MaxCompressedLength(source.Length)),
        ParquetCompression.Brotli => Block(codec, source, BrotliEncoder.GetMaxCompressedLength(source.Length)),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "The codec is not written."),
    };

    private static byte[] Block(ParquetCompression codec, ReadOnlySpan<byte> source, int room)
    {
        byte[] target = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            int length = codec switch
            {
                ParquetCompression.Snappy => Snappy.Compress(source, target),
                ParquetCompression.Zstd => Zstd.Compress(source, target, ZstdLevel),
                _ => Brotli(source, target),
            };
            return target.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(target);
        }
    }

    private static int Brotli(ReadOnlySpan<byte> source, byte[] target) =>
        BrotliEncoder.TryCompress(source, target, out int length, BrotliQuality, BrotliWindow)
            ? length
            : throw new InvalidOperationException("A page could not be compressed with Brotli.");

    private static byte[] Gzip(ReadOnlySpan<byte> source)
    {
        using var memory = new MemoryStream();
        using (var stream = new GZipStream(memory, CompressionLevel.Optimal)) stream.Write(source);
        return memory.ToArray();
    }
}
