using Microsoft.Win32.SafeHandles;

namespace RewardHub.Parquet.Reading;

/// <summary>Random access to the bytes of a file; safe for several threads.</summary>
internal abstract class ByteSource : IDisposable
{
    /// <summary>Bytes in all.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Fills <paramref name="target"/> from an offset; too few bytes are a <see cref="ParquetFormatException"/>.
    /// </summary>
    public abstract void Read(long offset, Span<byte> target);

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected static ParquetFormatException Short() =>
        ParquetFormatException.Corrupt("the file ends before the bytes that it refers to.");
}

/// <summary>
/// A file on disk. It is read, not mapped: a file that shrinks while it is read is an error, not a crash.
/// </summary>
internal sealed class FileByteSource : ByteSource
{
    private readonly SafeFileHandle _handle;

    public FileByteSource(string path)
    {
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Length = RandomAccess.GetLength(_handle);
    }

    public override long Length { get; }

    public override void Read(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, target, offset);
            if (read <= 0) throw Short();
            offset += read;
            target = target[read..];
        }
    }

    public override void Dispose() => _handle.Dispose();
}

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryByteSource(ReadOnlyMemory<byte> bytes) : ByteSource
{
    public override long Length => bytes.Length;

    public override void Read(long offset, Span<byte> target)
    {
        if (offset < 0 || offset > bytes.Length || target.Length > bytes.Length - offset) throw Short();
        bytes.Span.Slice((int)offset, target.Length).CopyTo(target);
    }

    public override void Dispose()
    {
    }
}
