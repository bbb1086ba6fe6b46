using System.Buffers.Binary;
using System.Text;
using RewardHub.Inference.Tests.Model;
using RewardHub.Inference.Weights;
using RewardHub.Tests;

namespace RewardHub.Inference.Tests.Weights;

public class SafetensorsTests(ITestOutputHelper output)
{
    private const string Good = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[3],"data_offsets":[8,14]}}""";

    [Fact]
    public void Open_finds_tensors_by_name_and_widens_them_exactly()
    {
        using var folder = new TemporaryFolder();
        byte[] data = [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), 0x80, 0x3f, 0, 0xc0, 0x49, 0x40];
        using SafetensorsFile file = SafetensorsFile.Open(Write(folder, Good, data));
        Assert.True(file.TryGet("a", out MappedTensor a));
        Assert.Equal([2L, 1L], a.Entry.Shape);
        float[] values = new float[2];
        a.WidenTo(values);
        Assert.Equal([1.5f, -2f], values);
        Assert.True(file.TryGet("b", out MappedTensor b));
        float[] wide = new float[3];
        b.WidenTo(wide);
        Assert.Equal([1f, -2f, 3.140625f], wide);
        Assert.False(file.TryGet("__metadata__", out _));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.TryGet("a", out _));
    }

    public static TheoryData<string, string, string> Broken() => new()
    {
        { "not valid JSON", Good[..^1], "" },
        { "not valid JSON", Good + "{}", "" },
        { "not valid JSON", Good.Replace("[2,1]", "[2,1,]", StringComparison.Ordinal), "" },
        { "not a JSON object", "[]", "" },
        { "unknown dtype 'F12'", Good.Replace("F32", "F12", StringComparison.Ordinal), "'a'" },
        { "has 8 bytes, but shape [2, 2]", Good.Replace("[2,1]", "[2,2]", StringComparison.Ordinal), "'a'" },
        { "non-negative integer", Good.Replace("[2,1]", "[-2,-1]", StringComparison.Ordinal), "'a'" },
        { "non-negative integer", Good.Replace("[2,1]", "[2.0]", StringComparison.Ordinal), "'a'" },
        { "needs another number", Good.Replace("[2,1]", "[4294967296,4294967296]", StringComparison.Ordinal), "'a'" },
        { "needs another number", Good.Replace("[2,1]", "[9223372036854775807,9223372036854775807]", StringComparison.Ordinal), "'a'" },
        { "more than 8 numbers", Good.Replace("[2,1]", "[2,1,1,1,1,1,1,1,1]", StringComparison.Ordinal), "'a'" },
        { "outside the 14 bytes", Good.Replace("[0,8]", "[8,16]", StringComparison.Ordinal), "'a'" },
        { "outside the 14 bytes", Good.Replace("[8,14]", "[14,8]", StringComparison.Ordinal), "'b'" },
        { "overlaps", Good.Replace("[0,8]", "[2,10]", StringComparison.Ordinal).Replace("[8,14]", "[0,6]", StringComparison.Ordinal), "'a'" },
        { "hole", Good.Replace("[3]", "[2]", StringComparison.Ordinal).Replace("[8,14]", "[10,14]", StringComparison.Ordinal), "'b'" },
        { "belong to none", Good.Replace("[3]", "[2]", StringComparison.Ordinal).Replace("[8,14]", "[8,12]", StringComparison.Ordinal), "" },
        { "described twice", Good.Replace("\"b\"", "\"a\"", StringComparison.Ordinal), "'a'" },
        { "'shape' twice", Good.Replace("\"dtype\":\"F32\"", "\"shape\":[2],\"dtype\":\"F32\"", StringComparison.Ordinal), "'a'" },
        { "without meaning", Good.Replace("\"dtype\":\"F32\"", "\"x\":1,\"dtype\":\"F32\"", StringComparison.Ordinal), "'a'" },
        { "lacks dtype", Good.Replace("\"dtype\":\"F32\",", "", StringComparison.Ordinal), "'a'" },
        { "__metadata__", Good.Replace("\"pt\"", "1", StringComparison.Ordinal), "" },
        { "not valid JSON", Good.Replace("\"b\"", "\"\\ud800\"", StringComparison.Ordinal), "" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Open_refuses_a_broken_header_and_names_the_tensor(string problem, string header, string tensor)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, header, new byte[14]);
        ModelFormatException thrown = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path));
        Assert.Equal(path, thrown.Path);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(tensor, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(-1)]
    public void Open_refuses_a_truncated_file(int length)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, Good, new byte[14]);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(length < 0 ? bytes.Length - 1 : length)]);
        Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x8000_0000_0000_0000)]
    [InlineData(100_000_001)]
    [InlineData(1_000_000)]
    public void Open_trusts_no_header_length(ulong length)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, Good, new byte[14]);
        byte[] bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(path, bytes);
        Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path));
    }

    [Fact]
    public void Open_says_that_a_file_is_missing()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(folder.File("none.safetensors")));
        Assert.Contains("neither", Assert.Throws<ModelFormatException>(() => WeightFiles.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_neither_crashes_nor_allocates_much_on_mutated_headers()
    {
        var random = new Random(4);
        byte[] good = Encoding.UTF8.GetBytes(Good);
        string[] pieces = ["{", "}", "[", "]", "\"", ",", ":", "null", "1e999", "-1", "9223372036854775807", "\\u0000", "\"F64\"", "[0,8]", "[[[[[[", "\u00ff", "\"a\":"];
        int refused = 0, accepted = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int Trials = 20_000;
        for (int trial = 0; trial < Trials; trial++)
        {
            List<byte> header = [.. good];
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                int at = random.Next(header.Count);
                switch (random.Next(4))
                {
                    case 0:
                        header[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        header.RemoveRange(at, random.Next(Math.Min(20, header.Count - at)));
                        break;
                    case 2:
                        header.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                        break;
                    default:
                        header.InsertRange(at, header.GetRange(at, random.Next(Math.Min(60, header.Count - at))));
                        break;
                }
            }

            byte[] file = [.. BitConverter.GetBytes((long)header.Count), .. header, .. new byte[14]];
            if (random.Next(10) == 0) file[random.Next(8)] = (byte)random.Next(256);
            int length = random.Next(10) == 0 ? random.Next(file.Length) : file.Length;
            try
            {
                ReadOnlySpan<byte> start = file.AsSpan(0, length);
                SafetensorsHeader.Length("fuzz", start, length);
                foreach (TensorEntry entry in SafetensorsHeader.Read("fuzz", start, length))
                {
                    Assert.InRange(entry.Offset, 8, length);
                    Assert.InRange(entry.Length, 0, length - entry.Offset);
                }

                accepted++;
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Trials;
        output.WriteLine($"{refused} refused, {accepted} accepted, {each} bytes a trial");
        Assert.True(refused > Trials / 2);
        Assert.True(accepted > 0);
        Assert.InRange(each, 0, 50_000);
    }

    [Fact]
    public void Open_maps_a_large_file_without_copying_it()
    {
        using var folder = new TemporaryFolder();
        const int Rows = 65_536, Columns = 1024;
        string path = folder.File("model.safetensors");
        TinyModel.WriteWeights(path, new Dictionary<string, int[]> { ["a"] = [Rows, Columns] });
        long size = new FileInfo(path).Length;
        long before = PrivateBytes(), managed = GC.GetTotalMemory(forceFullCollection: true);
        using WeightFiles files = WeightFiles.Open(folder.Path);
        Assert.True(files.TryGet("a", out MappedTensor tensor));
        long grown = PrivateBytes() - before, grownManaged = GC.GetTotalMemory(forceFullCollection: true) - managed;
        output.WriteLine($"file {size >> 20} MB, private memory +{grown >> 10} KB, managed +{grownManaged >> 10} KB");
        Assert.InRange(grown, long.MinValue, size / 10);
        Assert.InRange(grownManaged, long.MinValue, size / 10);
        Assert.Equal(size, files.Bytes);
        Assert.Equal(4L * Rows * Columns, tensor.Entry.Length);
    }

    [Fact]
    public void Open_reads_shards_by_their_index_and_names_what_is_missing()
    {
        using var folder = new TemporaryFolder();
        TinyModel.WriteWeights(folder.File("one.safetensors"), new() { ["a"] = [2], ["b"] = [3] });
        TinyModel.WriteWeights(folder.File("two.safetensors"), new() { ["c"] = [4] });
        Index("""{"weight_map":{"a":"one.safetensors","b":"one.safetensors","c":"two.safetensors"}}""");
        using (WeightFiles files = WeightFiles.Open(folder.Path))
        {
            Assert.Equal(["a", "b", "c"], files.Names.Order());
            Assert.True(files.TryGet("c", out MappedTensor c));
            Assert.Equal([4L], c.Entry.Shape);
            Assert.Equal(2, files.Files.Count);
        }

        Refused("""{"weight_map":{"a":"three.safetensors"}}""", "'three.safetensors'");
        Refused("""{"weight_map":{"d":"one.safetensors"}}""", "'d'");
        Refused("""{"weight_map":{"a":"../one.safetensors"}}""", "'a'");
        Refused("""{"weight_map":{"a":"/etc/passwd"}}""", "'a'");
        Refused("""{"weight_map":{"a":7}}""", "'a'");
        Refused("""{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}""", "'a'");
        Refused("""{"weight_map":[]}""", "weight_map");
        Refused("""{"weight_map":""", "index");

        void Index(string json) => File.WriteAllText(folder.File(WeightFiles.IndexName), json);

        void Refused(string json, string what)
        {
            Index(json);
            Assert.Contains(what, Assert.Throws<ModelFormatException>(() => WeightFiles.Open(folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_changes_with_every_file_and_is_what_sha256sum_prints()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("b"), "hello");
        File.WriteAllText(folder.File("a"), "");
        // printf 'e3b0…b855  a\n2cf2…9824  b\n' | sha256sum
        const string Text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  b\n";
        string hash = ContentHash.Of([folder.File("b"), folder.File("a")]);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(Text))), hash);
        File.WriteAllText(folder.File("b"), "hellp");
        Assert.NotEqual(hash, ContentHash.Of([folder.File("a"), folder.File("b")]));
    }

    [Fact]
    [Trait("Category", "Golden")]
    public void Open_reads_every_reference_file()
    {
        string[] paths = Directory.GetFiles(Golden.File("models"), "*.safetensors", SearchOption.AllDirectories);
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.NotEmpty(file.Entries);
        }
    }

    private static string Write(TemporaryFolder folder, string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        string path = folder.File("model.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
        return path;
    }

    /// <summary>Memory that belongs to this process alone; pages of mapped files are not in it.</summary>
    private static long PrivateBytes()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("RssAnon is read from /proc");
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture);
    }
}
