using FsCheck;
using FsCheck.Fluent;

namespace RewardHub.Parquet.Tests;

public class RoundTripTests
{
    private static readonly ParquetCompression[] Codecs =
    [
        ParquetCompression.Uncompressed, ParquetCompression.Snappy, ParquetCompression.Gzip, ParquetCompression.Brotli,
        ParquetCompression.Zstd,
    ];

    private sealed record Case(int Seed, int Rows, int Depth, ParquetWriteOptions Options);

    [Fact]
    public void Rows_come_back_when_any_table_is_written_in_any_way()
    {
        Arbitrary<Case> cases = Arb.From(
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from rows in Gen.Frequency((1, Gen.Constant(0)), (6, Gen.Choose(1, 60)), (2, Gen.Choose(500, 1500)))
            from depth in Gen.Choose(0, 3)
            from codec in Gen.Elements(Codecs.Where(ParquetWriteOptions.IsAvailable))
            from version in Gen.Choose(1, 2)
            from groupRows in Gen.Elements(7, 100, 100_000)
            from pageRows in Gen.Elements(1, 13, 20_000)
            from pageBytes in Gen.Elements(1, 300, 1 << 20)
            from dictionary in Gen.Elements(0, 64, 1 << 20)
            select new Case(seed, rows, depth, new ParquetWriteOptions
            {
                Compression = codec,
                DataPageVersion = version,
                RowGroupRows = groupRows,
                PageRows = pageRows,
                PageBytes = pageBytes,
                DictionaryBytes = dictionary,
            }));
        Prop.ForAll(cases, Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Fact]
    public void Columns_come_back_when_they_are_written_whole()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var table = new RandomTable(seed, 200, 2);
            byte[] first = table.Write(new ParquetWriteOptions { RowGroupRows = 60 });
            using ParquetFile file = ParquetFile.Open(first, "first");
            using var stream = new MemoryStream();
            var schema = new ParquetSchema(file.Schema.Fields.Select(static field => field.CopyForWriting()));
            using (ParquetWriter writer = ParquetWriter.Create(stream, schema, new ParquetWriteOptions { RowGroupRows = 77 }))
            {
                foreach (ParquetRowGroup group in file.RowGroups) writer.Write(file.ReadRowGroup(group.Index));
            }

            using ParquetFile second = ParquetFile.Open(stream.ToArray(), "second");
            Assert.Equal([77, 77, 46], second.RowGroups.Select(static group => group.RowCount));
            AssertRows(table, second);
        }
    }

    [Fact]
    public void The_same_bytes_come_out_when_the_same_rows_are_written_twice()
    {
        var table = new RandomTable(7, 300, 2);
        Assert.Equal(table.Write(new ParquetWriteOptions()), table.Write(new ParquetWriteOptions()));
    }

    [Fact]
    public void Metadata_and_bounds_come_back_when_a_file_is_written()
    {
        using var stream = new MemoryStream();
        var schema = new ParquetSchema([ParquetField.Int64("n"), ParquetField.Text("t"), ParquetField.Double("x")]);
        var options = new ParquetWriteOptions { KeyValueMetadata = [new("note", "küy"), new("empty", "")] };
        using (ParquetWriter writer = ParquetWriter.Create(stream, schema, options))
        {
            foreach (long n in new long[] { 5, -3, 8 })
            {
                writer["n"].Append(n);
                writer["t"].Append(n < 0 ? null : $"t{n}");
                writer["x"].Append(n / 2.0);
                writer.EndRow();
            }
        }

        using ParquetFile file = ParquetFile.Open(stream.ToArray(), "memory");
        Assert.Equal(options.KeyValueMetadata, file.KeyValueMetadata);
        Assert.Equal(new ParquetStatistics(0, -3L, 8L), file.RowGroups[0].Columns[0].Statistics);
        Assert.Equal(new ParquetStatistics(1, "t5", "t8"), file.RowGroups[0].Columns[1].Statistics);
        Assert.Equal(new ParquetStatistics(0, -1.5, 4.0), file.RowGroups[0].Columns[2].Statistics);
    }

    [Fact]
    public void WriteFile_leaves_nothing_when_the_rows_fail()
    {
        string folder = Directory.CreateTempSubdirectory("parquet").FullName;
        try
        {
            string path = Path.Combine(folder, "a.parquet");
            var schema = new ParquetSchema([ParquetField.Int64("n").Required()]);
            Assert.Throws<InvalidOperationException>(() => ParquetWriter.WriteFile(path, schema, null, static writer =>
            {
                writer["n"].Append(1);
                writer.EndRow();
                writer["n"].AppendNull();
            }));
            Assert.Empty(Directory.GetFiles(folder));
            ParquetWriter.WriteFile(path, new ParquetSchema([ParquetField.Int64("n")]), null, static writer =>
            {
                writer["n"].Append(1);
                writer.EndRow();
            });
            Assert.Equal([path], Directory.GetFiles(folder));
            using ParquetFile file = ParquetFile.Open(path);
            Assert.Equal(1, file.RowCount);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void Dispose_writes_no_footer_when_a_row_was_broken()
    {
        using var stream = new MemoryStream();
        using (ParquetWriter writer = ParquetWriter.Create(
            stream, new ParquetSchema([ParquetField.Int64("a"), ParquetField.Int64("b")])))
        {
            writer["a"].Append(1);
            Assert.Throws<InvalidOperationException>(writer.EndRow);
        }

        Assert.Throws<ParquetFormatException>(() => ParquetFile.Open(stream.ToArray(), "broken"));
    }

    [Fact]
    public void A_part_of_a_nested_column_is_read_when_its_path_is_given()
    {
        using var stream = new MemoryStream();
        ParquetField span = ParquetField.Struct("s", ParquetField.Int32("start"), ParquetField.Text("source"));
        using (ParquetWriter writer = ParquetWriter.Create(stream, new ParquetSchema([ParquetField.List("spans", span)])))
        {
            ParquetColumnBuilder spans = writer["spans"];
            for (int i = 0; i < 3; i++)
            {
                for (int k = 0; k < i; k++)
                {
                    spans.Element.Member("start").Append((10 * i) + k);
                    spans.Element.Member("source").Append(k == 0 ? null : "stdout");
                    spans.Element.EndStruct();
                }

                spans.EndList();
                writer.EndRow();
            }
        }

        using ParquetFile file = ParquetFile.Open(stream.ToArray(), "memory");
        foreach (string path in new[] { "spans.start", "spans.list.element.start" })
        {
            var list = (ParquetList)file.Read(0, path);
            Assert.Equal([0, 0, 1, 3], list.Offsets.ToArray());
            var element = (ParquetStruct)list.Elements;
            Assert.Equal([10, 20, 21], ((ParquetValues<int>)Assert.Single(element.Fields)).Values.ToArray());
        }

        ParquetFormatException fault = Assert.Throws<ParquetFormatException>(() => file.Read(0, "spans.end"));
        Assert.Equal(ParquetFault.Schema, fault.Fault);
    }

    private static bool Holds(Case given)
    {
        var table = new RandomTable(given.Seed, given.Rows, given.Depth);
        byte[] bytes = table.Write(given.Options);
        using ParquetFile file = ParquetFile.Open(bytes, "memory");
        AssertRows(table, file);
        return true;
    }

    private static void AssertRows(RandomTable table, ParquetFile file)
    {
        Assert.Equal(table.Rows.Count, file.RowCount);
        int at = 0;
        foreach (ParquetRow row in file.Rows())
        {
            for (int i = 0; i < row.Count; i++)
            {
                Assert.True(
                    RandomTable.Same(table.Rows[at][i], row.Values[i]),
                    $"row {at}, {row.Field(i)}: wrote {table.Rows[at][i]}, read {row.Values[i]}");
            }

            at++;
        }

        Assert.Equal(table.Rows.Count, at);
    }
}
