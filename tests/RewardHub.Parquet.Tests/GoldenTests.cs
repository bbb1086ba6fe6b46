using System.Text.Json;
using RewardHub.Tests;

namespace RewardHub.Parquet.Tests;

[Trait("Category", "Golden")]
public class GoldenTests
{
    public static TheoryData<string> Files => [.. Index().Select(static entry => entry.GetProperty("file").GetString()!)];

    public static TheoryData<string> BadFiles =>
        [.. Golden.Lines("parquet", "bad.jsonl").Select(static entry => entry.GetProperty("file").GetString()!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Rows_equal_the_reference_when_a_file_is_read(string name)
    {
        JsonElement entry = Entry(name);
        using ParquetFile file = Open(name);
        Assert.Equal(entry.GetProperty("rows").GetInt64(), file.RowCount);
        Assert.Equal(Numbers(entry.GetProperty("row_groups")), file.RowGroups.Select(static group => group.RowCount));
        List<ParquetRow> rows = Covered(name, () => file.Rows().ToList());
        Assert.Equal(file.RowCount, rows.Count);
        int at = 0;
        foreach (JsonElement line in Golden.Lines("parquet", entry.GetProperty("expected").GetString()!))
        {
            bool sample = entry.TryGetProperty("column_sha256", out _);
            int row = sample ? line.GetProperty("row").GetInt32() : at++;
            JsonElement expected = sample ? line.GetProperty("values") : line;
            Assert.Null(GoldenCompare.Struct(file.Schema.Fields, rows[row], expected, $"row {row}"));
        }

        if (!entry.TryGetProperty("column_sha256", out _)) Assert.Equal(rows.Count, at);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Hashes_and_null_counts_equal_the_reference_when_columns_are_read(string name)
    {
        JsonElement entry = Entry(name);
        using ParquetFile file = Open(name);
        if (!entry.TryGetProperty("column_sha256", out JsonElement hashes)) return;
        foreach (JsonProperty expected in hashes.EnumerateObject())
        {
            List<ParquetColumn> columns = Covered(
                name, () => file.RowGroups.Select(group => file.Read(group.Index, expected.Name)).ToList());
            Assert.Equal(expected.Value.GetString(), GoldenCompare.Hash(columns));
            Assert.Equal(
                entry.GetProperty("null_count").GetProperty(expected.Name).GetInt64(),
                columns.Sum(static column => (long)column.NullCount));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Schema_equals_the_reference_when_a_file_is_opened(string name)
    {
        JsonElement entry = Entry(name);
        using ParquetFile file = Open(name);
        Assert.Equal(entry.GetProperty("created_by").GetString(), file.CreatedBy);
        JsonElement columns = entry.GetProperty("columns");
        Assert.Equal(columns.GetArrayLength(), file.Schema.Leaves.Count);
        for (int i = 0; i < columns.GetArrayLength(); i++)
        {
            ParquetField leaf = file.Schema.Leaves[i];
            Assert.Equal(columns[i].GetProperty("path").GetString(), leaf.Path);
            Assert.Equal(columns[i].GetProperty("physical_type").GetString(), FormatName(leaf.PhysicalType));
            Assert.Equal(columns[i].GetProperty("max_definition_level").GetInt32(), leaf.MaxDefinitionLevel);
            Assert.Equal(columns[i].GetProperty("max_repetition_level").GetInt32(), leaf.MaxRepetitionLevel);
            string logical = columns[i].GetProperty("logical_type").GetString()!;
            // A 64-bit signed integer is the same with and without its annotation.
            Assert.Equal(logical.Split(", is_from")[0].TrimEnd(')'), LogicalName(leaf.LogicalType).TrimEnd(')'));
            if (!columns[i].TryGetProperty("compression", out JsonElement compression) || file.RowGroups.Count == 0) continue;
            ParquetColumnChunk chunk = file.RowGroups[0].Columns[i];
            string codec = chunk.Compression == ParquetCompression.Lz4Raw ? "LZ4" : FormatName(chunk.Compression);
            Assert.Equal(compression.GetString(), codec);
            Assert.Equal(
                columns[i].GetProperty("encodings").EnumerateArray().Select(static e => e.GetString()!).Order(),
                chunk.Encodings.Order());
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Statistics_bound_the_values_when_a_file_has_them(string name)
    {
        using ParquetFile file = Open(name);
        foreach (ParquetRowGroup group in file.RowGroups)
        {
            foreach (ParquetColumnChunk chunk in group.Columns)
            {
                if (chunk.Statistics is not { } statistics || chunk.Field.MaxRepetitionLevel > 0) continue;
                ParquetColumn column = Covered(name, () => file.Read(group.Index, chunk.Field));
                while (column is ParquetStruct only) column = only.Fields[0];
                if (statistics.NullCount is { } nulls && chunk.Field.MaxDefinitionLevel <= 1) Assert.Equal(nulls, column.NullCount);
                for (int i = 0; i < column.Count; i++)
                {
                    object? value = column.GetValue(i);
                    Assert.True(Ordered(statistics.Min, value), $"{chunk.Field.Path}: {value} < {statistics.Min}");
                    Assert.True(Ordered(value, statistics.Max), $"{chunk.Field.Path}: {value} > {statistics.Max}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_damaged_file_is_a_typed_error_when_the_reference_says_so(string name)
    {
        JsonElement entry = Golden.Lines("parquet", "bad.jsonl").First(line => line.GetProperty("file").GetString() == name);
        string expected = entry.GetProperty("expected").GetString()!;
        ParquetFormatException? fault = ReadAll(name, verify: true);
        if (fault is not null)
        {
            Assert.Contains(name, fault.Message.Replace('\\', '/'), StringComparison.Ordinal);
            TestContext.Current.TestOutputHelper?.WriteLine(fault.Message);
        }

        if (expected.StartsWith("error", StringComparison.Ordinal)) Assert.NotNull(fault);
        else Assert.Equal("no crash", expected);
        ParquetFormatException? unchecked_ = ReadAll(name, verify: false);
        if (expected.StartsWith("error when", StringComparison.Ordinal)) Assert.Null(unchecked_);
    }

    internal static List<JsonElement> Index() => [.. Golden.Json("parquet", "index.json").EnumerateArray()];

    private static JsonElement Entry(string name) => Index().First(entry => entry.GetProperty("file").GetString() == name);

    private static ParquetFile Open(string name) => Covered(name, () => ParquetFile.Open(Golden.File("parquet", name)));

    private static T Covered<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ParquetFormatException fault) when (fault.Fault is ParquetFault.Unsupported or ParquetFault.LibraryMissing)
        {
            Golden.NotCovered($"{name}: {fault.Problem}");
            throw;
        }
    }

    private static ParquetFormatException? ReadAll(string name, bool verify)
    {
        try
        {
            using ParquetFile file = ParquetFile.Open(
                Golden.File("parquet", name), new ParquetReadOptions { VerifyChecksums = verify });
            Assert.Equal(file.RowCount, file.Rows().LongCount());
            return null;
        }
        catch (ParquetFormatException fault)
        {
            return fault;
        }
    }

    private static bool Ordered(object? low, object? high) => (low, high) switch
    {
        (null, _) or (_, null) => true,
        (double a, double b) => double.IsNaN(a) || double.IsNaN(b) || a <= b,
        (ulong a, ulong b) => a <= b,
        (long a, long b) => a <= b,
        (bool a, bool b) => !a || b,
        (ParquetDecimal a, ParquetDecimal b) => a.Unscaled <= b.Unscaled,
        (string a, string b) => System.Text.Encoding.UTF8.GetBytes(a).AsSpan()
            .SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)) <= 0,
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b) <= 0,
        _ => throw new InvalidOperationException($"{low.GetType()} and {high.GetType()}"),
    };

    private static IEnumerable<int> Numbers(JsonElement array) => array.EnumerateArray().Select(static n => n.GetInt32());

    private static string FormatName(ParquetCompression codec) => codec.ToString().ToUpperInvariant();

    private static string FormatName(ParquetPhysicalType type) => type switch
    {
        ParquetPhysicalType.ByteArray => "BYTE_ARRAY",
        ParquetPhysicalType.FixedLenByteArray => "FIXED_LEN_BYTE_ARRAY",
        _ => type.ToString().ToUpperInvariant(),
    };

    private static string LogicalName(ParquetLogicalType type) => type switch
    {
        ParquetLogicalType.Text => "String",
        ParquetLogicalType.Decimal d => $"Decimal(precision={d.Precision}, scale={d.Scale})",
        ParquetLogicalType.Integer i => $"Int(bitWidth={i.Bits}, isSigned={(i.Signed ? "true" : "false")})",
        ParquetLogicalType.Time t => $"Time(isAdjustedToUTC={(t.Utc ? "true" : "false")}, timeUnit={t.Unit.ToString().ToLowerInvariant()})",
        ParquetLogicalType.Timestamp t => $"Timestamp(isAdjustedToUTC={(t.Utc ? "true" : "false")}, timeUnit={t.Unit.ToString().ToLowerInvariant()})",
        ParquetLogicalType.Uuid => "UUID",
        ParquetLogicalType.Json => "JSON",
        ParquetLogicalType.Bson => "BSON",
        _ => type.GetType().Name,
    };
}
