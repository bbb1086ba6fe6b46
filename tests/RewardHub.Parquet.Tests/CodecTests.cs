using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using RewardHub.Parquet.Codecs;

namespace RewardHub.Parquet.Tests;

public class CodecTests
{
    private static readonly ParquetCompression[] Written =
    [
        ParquetCompression.Snappy, ParquetCompression.Gzip, ParquetCompression.Brotli, ParquetCompression.Zstd,
    ];

    [Fact]
    public void Bytes_come_back_when_they_are_compressed_by_any_codec()
    {
        var cases = Arb.From(
            from codec in Gen.Elements(Written.Where(ParquetWriteOptions.IsAvailable))
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from length in Gen.Frequency((4, Gen.Choose(1, 300)), (1, Gen.Choose(60_000, 200_000)))
            from letters in Gen.Choose(1, 256)
            select (codec, seed, length, letters));
        using var decompressor = new PageDecompressor();
        Prop.ForAll(cases, given =>
        {
            var random = new Random(given.seed);
            byte[] bytes = new byte[given.length];
            // Runs and repeats of all distances, so that copies of every form are written.
            for (int i = 0; i < bytes.Length; i++)
            {
                int back = random.Next(1, 5000);
                bytes[i] = i > back && random.Next(4) > 0 ? bytes[i - back] : (byte)random.Next(given.letters);
                for (int k = random.Next(3) == 0 ? random.Next(100) : 0; k > 0 && i + 1 < bytes.Length; k--, i++)
                {
                    bytes[i + 1] = i > back ? bytes[i - back] : bytes[i];
                }
            }

            byte[] packed = PageCompressor.Run(given.codec, bytes);
            return decompressor.Run(given.codec, packed, 0, packed.Length, bytes.Length).SequenceEqual(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Theory]
    [InlineData("00000005 00000006 50 68656C6C6F")]
    [InlineData("00000002 00000003 20 6865 00000003 00000004 30 6C6C6F")]
    [InlineData("04224D18 60 40 00 05000080 68656C6C6F 00000000")]
    [InlineData("04224D18 60 40 00 06000000 50 68656C6C6F 00000000")]
    [InlineData("50 68656C6C6F")]
    public void Old_LZ4_is_read_in_each_of_its_framings(string hex)
    {
        byte[] packed = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        using var decompressor = new PageDecompressor();
        Assert.Equal("hello", Encoding.ASCII.GetString(decompressor.Run(ParquetCompression.Lz4, packed, 0, packed.Length, 5)));
        for (int length = 1; length < packed.Length - 4; length++)
        {
            Assert.Throws<ParquetFormatException>(
                () => decompressor.Run(ParquetCompression.Lz4, packed, 0, length, 5).Length);
        }
    }

    [Fact]
    public void A_Zstandard_frame_is_read_when_it_does_not_give_its_size()
    {
        if (!ParquetWriteOptions.IsAvailable(ParquetCompression.Zstd)) Assert.Skip("libzstd is not installed");
        const int Blocks = 10;
        const int BlockSize = 1 << 17;
        // Magic, no content size, a window of 128 KiB, then blocks that repeat one byte.
        List<byte> frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38];
        for (int i = 0; i < Blocks; i++)
        {
            int header = (BlockSize << 3) | 2 | (i == Blocks - 1 ? 1 : 0);
            frame.AddRange([(byte)header, (byte)(header >> 8), (byte)(header >> 16), (byte)i]);
        }

        byte[] packed = [.. frame];
        using var decompressor = new PageDecompressor();
        ReadOnlySpan<byte> bytes = decompressor.Run(ParquetCompression.Zstd, packed, 0, packed.Length, Blocks * BlockSize);
        for (int i = 0; i < Blocks; i++) Assert.Equal(-1, bytes.Slice(i * BlockSize, BlockSize).IndexOfAnyExcept((byte)i));
        Assert.Throws<ParquetFormatException>(
            () => decompressor.Run(ParquetCompression.Zstd, packed, 0, packed.Length, (Blocks * BlockSize) + 1).Length);
        Assert.Throws<ParquetFormatException>(
            () => decompressor.Run(ParquetCompression.Zstd, packed, 0, packed.Length, (Blocks * BlockSize) - 1).Length);
    }

    [Theory]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.Gzip)]
    [InlineData(ParquetCompression.Brotli)]
    [InlineData(ParquetCompression.Zstd)]
    [InlineData(ParquetCompression.Lz4)]
    [InlineData(ParquetCompression.Lz4Raw)]
    public void A_page_is_refused_cheaply_when_it_claims_more_than_it_holds(ParquetCompression codec)
    {
        byte[] packed = codec is ParquetCompression.Lz4 or ParquetCompression.Lz4Raw
            ? Convert.FromHexString("5068656C6C6F")
            : ParquetWriteOptions.IsAvailable(codec) ? PageCompressor.Run(codec, new byte[1000]) : [1, 2, 3];
        using var decompressor = new PageDecompressor();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ParquetFormatException>(() => decompressor.Run(codec, packed, 0, packed.Length, 900_000_000).Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void Checksum_is_that_of_gzip()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        byte[] bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) gzip.Write(bytes);
        Assert.Equal(BitConverter.ToUInt32(memory.ToArray().AsSpan()[^8..]), Crc32.Of(bytes));
    }
}
