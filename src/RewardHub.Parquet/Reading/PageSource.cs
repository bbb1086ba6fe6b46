using System.Buffers;
using RewardHub.Parquet.Codecs;
using RewardHub.Parquet.Thrift;

namespace RewardHub.Parquet.Reading;

/// <summary>Walks the pages of one column chunk through a sliding window on the file.</summary>
internal sealed class PageSource(ByteSource source, long start, long end, ParquetReadOptions options) : IDisposable
{
    private const int HeaderGuess = 1 << 10;
    private const int MaxHeader = 16 << 20;
    private const int Window = 1 << 18;

    private byte[] _window = [];
    private long _windowStart = start;
    private int _windowLength;
    private long _position = start;

    /// <summary>Offset of the header of the page at hand.</summary>
    public long PageOffset { get; private set; } = start;

    /// <summary>Array that holds the body of the page at hand, until the next call.</summary>
    public byte[] Buffer => _window;

    /// <summary>First byte of the body in <see cref="Buffer"/>.</summary>
    public int BodyStart { get; private set; }

    /// <summary>Reads the next header and its body; checks the checksum.</summary>
    public PageHeader Next()
    {
        PageOffset = _position;
        PageHeader header = Header(out int length);
        _position += length;
        if (header.CompressedSize > options.MaxPageBytes || header.UncompressedSize > options.MaxPageBytes)
        {
            throw new ParquetFormatException(
                ParquetFault.TooLarge,
                $"a page of {Math.Max(header.CompressedSize, header.UncompressedSize)} bytes is over the limit of {options.MaxPageBytes}.");
        }

        if (header.CompressedSize > end - _position)
        {
            throw ParquetFormatException.Corrupt("a page ends behind the data of the file.");
        }

        BodyStart = Ensure(header.CompressedSize);
        _position += header.CompressedSize;
        if (options.VerifyChecksums && header.Crc is { } crc
            && (uint)crc != Crc32.Of(_window.AsSpan(BodyStart, header.CompressedSize)))
        {
            throw ParquetFormatException.Corrupt("the page's checksum does not match its bytes.");
        }

        return header;
    }

    public void Dispose()
    {
        if (_window.Length > 0) ArrayPool<byte>.Shared.Return(_window);
        _window = [];
    }

    private PageHeader Header(out int length)
    {
        // A header with statistics of long texts can outgrow any guess; it is read again with more bytes.
        for (int guess = HeaderGuess; ; guess *= 16)
        {
            int size = (int)Math.Min(guess, end - _position);
            if (size <= 0) throw ParquetFormatException.Corrupt("the column's pages end before all of its values are read.");
            int at = Ensure(size);
            try
            {
                return MetadataReader.Page(_window.AsSpan(at, size), out length);
            }
            catch (ParquetFormatException) when (size == guess && guess < MaxHeader)
            {
            }
        }
    }

    /// <summary>
    /// Makes <paramref name="count"/> bytes from the position on readable; returns where they are in the window.
    /// </summary>
    private int Ensure(int count)
    {
        long at = _position - _windowStart;
        if (at + count <= _windowLength) return (int)at;
        int fill = (int)Math.Min(Math.Max(count, Window), end - _position);
        if (_window.Length < fill)
        {
            if (_window.Length > 0) ArrayPool<byte>.Shared.Return(_window);
            _window = [];
            _window = ArrayPool<byte>.Shared.Rent(fill);
        }

        _windowLength = 0;
        _windowStart = _position;
        source.Read(_position, _window.AsSpan(0, fill));
        _windowLength = fill;
        return 0;
    }
}
