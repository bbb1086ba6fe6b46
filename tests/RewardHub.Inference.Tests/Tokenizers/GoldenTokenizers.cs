using System.Collections.Concurrent;
using System.IO.Compression;
using RewardHub.Inference.Tokenizers;
using RewardHub.Tests;

namespace RewardHub.Inference.Tests.Tokenizers;

/// <summary>The tokenizer folders of the golden root, loaded once.</summary>
internal static class GoldenTokenizers
{
    private static readonly ConcurrentDictionary<string, Lazy<Tokenizer>> Loaded = new();
    private static readonly ConcurrentDictionary<string, Lazy<string>> FoldersTable = new();

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetDirectories(Golden.File("tokenizers")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>Folders as theory data.</summary>
    public static TheoryData<string> Folders() => [.. Names];

    public static TheoryData<string> FoldersWith(string file) =>
        [.. Names.Where(name => File.Exists(Golden.File("tokenizers", name, file)))];

    public static Tokenizer Load(string name) =>
        Loaded.GetOrAdd(name, key => new Lazy<Tokenizer>(() => Tokenizer.Load(FolderOf(key)))).Value;

    /// <summary>A folder with a plain <c>tokenizer.json</c>: the golden one, or a temporary one when it is compressed.</summary>
    public static string FolderOf(string name) => FoldersTable.GetOrAdd(name, key => new Lazy<string>(() => Unpack(key))).Value;

    private static string Unpack(string name)
    {
        string packed = Golden.File("tokenizers", name, "tokenizer.json.gz");
        if (!File.Exists(packed)) return Golden.File("tokenizers", name);
        string folder = Directory.CreateTempSubdirectory("rewardhub-tokenizer-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        using (var from = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress))
        using (FileStream to = File.Create(Path.Combine(folder, "tokenizer.json")))
        {
            from.CopyTo(to);
        }

        string config = Golden.File("tokenizers", name, "tokenizer_config.json");
        if (File.Exists(config))
        {
            using FileStream from = File.OpenRead(config);
            using FileStream to = File.Create(Path.Combine(folder, "tokenizer_config.json"));
            from.CopyTo(to);
        }

        return folder;
    }
}
