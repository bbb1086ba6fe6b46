using System.Runtime.InteropServices;

namespace RewardHub.Parquet.Codecs;

/// <summary>Zstandard through the system's libzstd.</summary>
internal static partial class Zstd
{
    private const string Library = "libzstd.so.1";
    private const ulong SizeUnknown = ulong.MaxValue;
    // ZSTD_error_dstSize_tooSmall of zstd_errors.h; errors come back negated.
    private const int TargetTooSmall = 70;

    private static readonly Lazy<bool> Present = new(static () => NativeLibrary.TryLoad(Library, out _));

    /// <summary>Whether the library is installed.</summary>
    public static bool IsAvailable => Present.Value;

    /// <summary>The sum of the content sizes that the frames give; -1 when one gives none or is broken.</summary>
    public static long ContentSize(ReadOnlySpan<byte> source)
    {
        Require();
        long total = 0;
        while (!source.IsEmpty)
        {
            ulong size = ContentSizeOf(source);
            if (size >= SizeUnknown - 1 || size > int.MaxValue) return -1;
            nuint frame = FrameSizeOf(source);
            if (IsError(frame) != 0 || frame == 0 || frame > (nuint)source.Length) return -1;
            total += (long)size;
            source = source[(int)frame..];
        }

        return total;
    }

    /// <summary>Decompresses frames; returns the length, or -1 when <paramref name="target"/> is too small.</summary>
    public static unsafe int Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Require();
        fixed (byte* from = source)
        fixed (byte* to = target)
        {
            nuint length = ZSTD_decompress(to, (nuint)target.Length, from, (nuint)source.Length);
            if (IsError(length) == 0) return (int)length;
            return unchecked((int)-(long)length) == TargetTooSmall
                ? -1
                : throw ParquetFormatException.Corrupt("a Zstandard frame is broken.");
        }
    }

    /// <summary>Most bytes that a frame of <paramref name="length"/> input bytes can take.</summary>
    public static int MaxCompressedLength(int length) => checked(length + (length >> 7) + 512);

    /// <summary>Compresses into <paramref name="target"/>; returns the length.</summary>
    public static unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        Require();
        fixed (byte* from = source)
        fixed (byte* to = target)
        {
            nuint length = ZSTD_compress(to, (nuint)target.Length, from, (nuint)source.Length, level);
            if (IsError(length) != 0) throw new InvalidOperationException("libzstd could not compress a page.");
            return (int)length;
        }
    }

    /// <summary>Throws when the library is not installed.</summary>
    public static void Require()
    {
        if (!IsAvailable)
        {
            throw new ParquetFormatException(
                ParquetFault.LibraryMissing,
                $"the Zstandard codec needs {Library}, which is not installed.",
                "Install the package libzstd1 (Debian, Ubuntu), libzstd (Fedora) or zstd-libs (Alpine), or use another codec.");
        }
    }

    private static unsafe ulong ContentSizeOf(ReadOnlySpan<byte> source)
    {
        fixed (byte* from = source) return ZSTD_getFrameContentSize(from, (nuint)source.Length);
    }

    private static unsafe nuint FrameSizeOf(ReadOnlySpan<byte> source)
    {
        fixed (byte* from = source) return ZSTD_findFrameCompressedSize(from, (nuint)source.Length);
    }

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_decompress(byte* target, nuint capacity, byte* source, nuint length);

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_compress(byte* target, nuint capacity, byte* source, nuint length, int level);

    [LibraryImport(Library)]
    private static unsafe partial ulong ZSTD_getFrameContentSize(byte* source, nuint length);

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_findFrameCompressedSize(byte* source, nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);
}
