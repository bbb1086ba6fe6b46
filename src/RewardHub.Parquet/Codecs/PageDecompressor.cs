using System.Buffers;
using System.IO.Compression;

namespace RewardHub.Parquet.Codecs;

/// <summary>Decompresses pages into a buffer that it keeps from page to page.</summary>
/// <remarks>
/// The size that a page header claims is not trusted: what a codec cannot reach from the compressed bytes is refused
/// before a
/// buffer is taken, and for codecs without such a bound the buffer grows with what really comes out.
/// </remarks>
internal sealed class PageDecompressor : IDisposable
{
    private const int FirstGuessFactor = 32;
    private const int Slack = 1 << 16;

    private byte[] _buffer = [];

    /// <summary>The page's bytes, valid until the next call.</summary>
    /// <param name="codec">Codec of the column.</param>
    /// <param name="source">Array that holds the compressed bytes.</param>
    /// <param name="offset">First compressed byte.</param>
    /// <param name="length">Compressed bytes.</param>
    /// <param name="size">Bytes that must come out.</param>
    public ReadOnlySpan<byte> Run(ParquetCompression codec, byte[] source, int offset, int length, int size)
    {
        ReadOnlySpan<byte> input = source.AsSpan(offset, length);
        if (codec == ParquetCompression.Uncompressed)
        {
            return length == size ? input : throw ParquetFormatException.Corrupt("an uncompressed page has two sizes.");
        }

        if (size == 0) return [];
        if (length == 0) throw ParquetFormatException.Corrupt("a page is empty but claims content.");
        switch (codec)
        {
            case ParquetCompression.Snappy:
                // A copy of 64 bytes takes three bytes at least.
                if (Snappy.DecompressedLength(input) != size || size > (24L * length) + Slack) throw Sizes();
                Snappy.Decompress(input, Take(size));
                break;
            case ParquetCompression.Lz4Raw:
                if (size > (256L * length) + Slack) throw Sizes();
                Lz4.DecompressRaw(input, Take(size));
                break;
            case ParquetCompression.Lz4:
                if (size > (256L * length) + Slack) throw Sizes();
                Lz4.DecompressLegacy(input, Take(size));
                break;
            case ParquetCompression.Zstd:
                Zstandard(input, size);
                break;
            case ParquetCompression.Gzip:
                Gzip(source, offset, length, size);
                break;
            case ParquetCompression.Brotli:
                Brotli(input, size);
                break;
            default:
                throw ParquetFormatException.Unsupported($"compression {codec} is not read.");
        }

        return _buffer.AsSpan(0, size);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Gzip(byte[] source, int offset, int length, int size)
    {
        try
        {
            using var memory = new MemoryStream(source, offset, length, false);
            using var stream = new GZipStream(memory, CompressionMode.Decompress);
            Take(FirstGuess(length, size));
            int written = 0;
            while (written < size)
            {
                if (written == _buffer.Length) Grow(written, size);
                int read = stream.Read(_buffer, written, Math.Min(_buffer.Length, size) - written);
                if (read == 0) throw Sizes();
                written += read;
            }

            if (stream.ReadByte() >= 0) throw Sizes();
        }
        catch (InvalidDataException broken)
        {
            throw new ParquetFormatException(ParquetFault.Corrupt, "a gzip member is broken.", null, broken);
        }
    }

    private void Zstandard(ReadOnlySpan<byte> input, int size)
    {
        long known = Zstd.ContentSize(input);
        // A block of 128 KiB takes four bytes at least.
        if ((known >= 0 && known != size) || size > (32_768L * input.Length) + Slack) throw Sizes();
        int room = known >= 0 ? size : FirstGuess(input.Length, size);
        while (true)
        {
            int length = Zstd.Decompress(input, Take(room));
            if (length == size) return;
            if (length >= 0 || room == size) throw Sizes();
            room = (int)Math.Min(size, 4L * room);
        }
    }

    private void Brotli(ReadOnlySpan<byte> input, int size)
    {
        using var decoder = new BrotliDecoder();
        Take(FirstGuess(input.Length, size));
        int written = 0;
        while (true)
        {
            Span<byte> room = _buffer.AsSpan(written, Math.Min(_buffer.Length, size) - written);
            OperationStatus status = decoder.Decompress(input, room, out int consumed, out int produced);
            input = input[consumed..];
            written += produced;
            if (status == OperationStatus.Done) break;
            if (status != OperationStatus.DestinationTooSmall || written == size)
            {
                throw ParquetFormatException.Corrupt("a Brotli stream is broken.");
            }

            if (written == _buffer.Length) Grow(written, size);
        }

        if (written != size) throw Sizes();
    }

    private static int FirstGuess(int length, int size) => (int)Math.Min(size, ((long)FirstGuessFactor * length) + Slack);

    private Span<byte> Take(int size)
    {
        if (_buffer.Length < size)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(size);
        }

        return _buffer.AsSpan(0, size);
    }

    private void Grow(int written, int size)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, 4L * written));
        _buffer.AsSpan(0, written).CopyTo(larger);
        Dispose();
        _buffer = larger;
    }

    private static ParquetFormatException Sizes() =>
        ParquetFormatException.Corrupt("a page does not decompress to the size that its header gives.");
}
