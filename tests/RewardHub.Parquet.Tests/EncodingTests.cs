using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using RewardHub.Parquet.Encodings;
using RewardHub.Parquet.Writing;

namespace RewardHub.Parquet.Tests;

public class EncodingTests
{
    [Fact]
    public void Unpack_gives_the_numbers_of_the_format_description_when_packed_from_the_lowest_bit()
    {
        int[] numbers = new int[8];
        BitPacking.Unpack([0x88, 0xC6, 0xFA], 3, numbers);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], numbers);
    }

    [Fact]
    public void Unpack_gives_the_numbers_of_the_format_description_when_packed_from_the_highest_bit()
    {
        byte[] numbers = new byte[8];
        BitPacking.UnpackMostSignificantFirst([0x05, 0x39, 0x77], 3, numbers);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], numbers);
    }

    [Fact]
    public void Hybrid_numbers_come_back_when_they_are_encoded_and_read_in_parts()
    {
        var cases = Arb.From(
            from width in Gen.Choose(1, 31)
            from runs in Gen.ListOf(
                from count in Gen.Choose(1, 40) from value in Gen.Choose(0, int.MaxValue >> (31 - width)) select (count, value))
            from part in Gen.Choose(1, 700)
            select (width, runs, part));
        Prop.ForAll(cases, static given =>
        {
            int[] values = [.. given.runs.SelectMany(static run => Enumerable.Repeat(run.value, run.count))];
            var bytes = new ArrayBufferWriter<byte>();
            HybridEncoder.Write(values, given.width, bytes);
            var decoder = new HybridDecoder(bytes.WrittenSpan, given.width);
            int[] read = new int[values.Length];
            for (int at = 0; at < read.Length; at += given.part)
            {
                decoder.Read(read.AsSpan(at, Math.Min(given.part, read.Length - at)));
            }

            return read.AsSpan().SequenceEqual(values);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 0, 0, 0, 0 }, new long[] { 1, 2, 3, 4, 5 })]
    [InlineData(
        new byte[] { 0x80, 0x01, 0x04, 0x08, 0x0E, 0x03, 2, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0 },
        new long[] { 7, 5, 3, 1, 2, 3, 4, 5 })]
    public void Delta_numbers_are_those_of_the_format_description_when_decoded(byte[] bytes, long[] expected)
    {
        long[] numbers = new long[expected.Length];
        Assert.Equal(bytes.Length, DeltaDecoder.Numbers(bytes, numbers));
        Assert.Equal(expected, numbers);
        for (int length = 0; length < bytes.Length - 6; length++)
        {
            Assert.Throws<ParquetFormatException>(() => DeltaDecoder.Numbers(bytes.AsSpan(0, length), new long[expected.Length]));
        }
    }

    [Fact]
    public void Hybrid_decoding_fails_when_runs_end_too_early()
    {
        Assert.Throws<ParquetFormatException>(static () => new HybridDecoder([0x08, 1], 1).Read(new int[5]));
        Assert.Throws<ParquetFormatException>(static () => new HybridDecoder([], 1).Read(new int[1]));
        Assert.Throws<ParquetFormatException>(static () => new HybridDecoder([0x00, 1], 1).Read(new int[1]));
        Assert.Throws<ParquetFormatException>(static () => new HybridDecoder([0x08, 2], 1).Read(new int[1]));
    }
}
