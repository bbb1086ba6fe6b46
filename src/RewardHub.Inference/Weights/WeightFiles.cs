using System.Text.Json;

namespace RewardHub.Inference.Weights;

/// <summary>All weight files of a checkpoint folder: one file, or shards that an index lists.</summary>
public sealed class WeightFiles : IDisposable
{
    /// <summary>Name of a checkpoint's only weight file.</summary>
    public const string SingleName = "model.safetensors";

    /// <summary>Name of the index of a checkpoint in shards.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private const long MaxIndexBytes = 100_000_000;

    private readonly Dictionary<string, SafetensorsFile> _owner;

    private WeightFiles(string path, IReadOnlyList<SafetensorsFile> files, Dictionary<string, SafetensorsFile> owner)
    {
        Path = path;
        Files = files;
        _owner = owner;
    }

    /// <summary>The file that lists the tensors: the only file, or the index. For messages.</summary>
    public string Path { get; }

    /// <summary>The mapped files, by name.</summary>
    public IReadOnlyList<SafetensorsFile> Files { get; }

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _owner.Keys;

    /// <summary>Bytes that are mapped.</summary>
    public long Bytes => Files.Sum(static f => f.Length);

    /// <summary>Maps the weights of a folder; <see cref="SingleName"/> wins over <see cref="IndexName"/>.</summary>
    /// <exception cref="ModelFormatException">
    /// A file is missing or not valid, or the index and its shards disagree.
    /// </exception>
    public static WeightFiles Open(string folder)
    {
        string single = System.IO.Path.Combine(folder, SingleName);
        if (File.Exists(single)) return OpenFile(single);
        string index = System.IO.Path.Combine(folder, IndexName);
        if (File.Exists(index)) return OpenShards(folder, index);
        throw new ModelFormatException(
            folder, $"has neither {SingleName} nor {IndexName}; convert the checkpoint to safetensors");
    }

    /// <summary>Maps one file.</summary>
    /// <exception cref="ModelFormatException">The file is missing or not valid.</exception>
    public static WeightFiles OpenFile(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        return new WeightFiles(path, [file], file.Entries.ToDictionary(static e => e.Name, _ => file, StringComparer.Ordinal));
    }

    /// <summary>Finds a tensor.</summary>
    /// <returns>False when no file has it.</returns>
    public bool TryGet(string name, out MappedTensor tensor)
    {
        if (_owner.TryGetValue(name, out SafetensorsFile? file)) return file.TryGet(name, out tensor);
        tensor = default;
        return false;
    }

    /// <summary>Unmaps every file.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in Files) file.Dispose();
    }

    private static WeightFiles OpenShards(string folder, string index)
    {
        Dictionary<string, string> map = ReadIndex(index);
        var files = new SortedDictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        var owner = new Dictionary<string, SafetensorsFile>(map.Count, StringComparer.Ordinal);
        try
        {
            foreach ((string tensor, string shard) in map)
            {
                if (!files.TryGetValue(shard, out SafetensorsFile? file))
                {
                    string path = System.IO.Path.Combine(folder, shard);
                    if (!File.Exists(path))
                    {
                        throw new ModelFormatException(
                            index, $"names the shard '{shard}', which is missing; download it");
                    }

                    files[shard] = file = SafetensorsFile.Open(path);
                }

                if (!file.TryGet(tensor, out _))
                {
                    throw new ModelFormatException(
                        index,
                        $"says that tensor '{tensor}' is in '{shard}', but it is not; they are of different checkpoints");
                }

                owner.Add(tensor, file);
            }
        }
        catch
        {
            foreach (SafetensorsFile file in files.Values) file.Dispose();
            throw;
        }

        return new WeightFiles(index, [.. files.Values], owner);
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        if (new FileInfo(path).Length > MaxIndexBytes)
        {
            throw new ModelFormatException(path, $"is over {MaxIndexBytes} bytes; this is not a safetensors index");
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out JsonElement map)
                || map.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException(path, "has no object 'weight_map'; download the index again");
            }

            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (JsonProperty item in map.EnumerateObject())
            {
                string? shard = item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString() : null;
                if (shard is null || !IsPlainName(shard))
                {
                    throw new ModelFormatException(
                        path, $"tensor '{item.Name}' is not mapped to a file name of this folder; download the index again");
                }

                if (!found.TryAdd(item.Name, shard))
                {
                    throw new ModelFormatException(
                        path, $"tensor '{item.Name}' is listed twice; download the index again");
                }
            }

            return found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(path, $"cannot be read ({e.Message}); download the index again", e);
        }
    }

    // A shard lies beside its index: a name with a folder in it could read any file of the machine.
    private static bool IsPlainName(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\\', ':', '\0']) < 0;
}
