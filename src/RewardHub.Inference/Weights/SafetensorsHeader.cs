using System.Buffers.Binary;
using System.Text.Json;

namespace RewardHub.Inference.Weights;

/// <summary>One tensor as its header describes it; the description has been checked against the file.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Dtype">Type of an element.</param>
/// <param name="Shape">Sizes, outermost first; row-major. Empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Length">Bytes; the product of the shape times the size of an element.</param>
public sealed record TensorEntry(string Name, TensorDtype Dtype, IReadOnlyList<long> Shape, long Offset, long Length);

/// <summary>
/// Reads the header of a safetensors file: 8 bytes little-endian length, then that many bytes of JSON, then the
/// tensors' bytes.
/// </summary>
/// <remarks>
/// Nothing in the header is trusted before it is checked: lengths against the file, shapes against lengths without
/// overflow,
/// byte ranges against each other. As in the format's reference implementation, tensors fill the rest of the file
/// without
/// holes, which leaves no room for hidden content. Memory is bounded by a small multiple of the header, the header by
/// <see cref="MaxBytes"/> and by the file.
/// </remarks>
public static class SafetensorsHeader
{
    /// <summary>Longest header that is read, the limit of the format's reference implementation.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>Most axes of a tensor.</summary>
    public const int MaxRank = 8;

    private const int PrefixBytes = 8;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="start">The first bytes of the file; at least the header.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    /// <returns>The tensors in the order of their bytes.</returns>
    /// <exception cref="ModelFormatException">The header is not valid; names the tensor and what to do.</exception>
    public static IReadOnlyList<TensorEntry> Read(string path, ReadOnlySpan<byte> start, long fileLength)
    {
        long headerLength = Length(path, start, fileLength);
        if (start.Length < PrefixBytes + headerLength)
        {
            throw new ArgumentException("The header is not all there.", nameof(start));
        }

        var entries = new List<TensorEntry>();
        try
        {
            Parse(path, start.Slice(PrefixBytes, (int)headerLength), fileLength - PrefixBytes - headerLength, entries);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-16 after unescaping.
            throw new ModelFormatException(
                path, $"the header is not valid JSON ({e.Message}); download the file again", e);
        }

        entries.Sort(static (a, b) =>
            a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.Length.CompareTo(b.Length));
        long end = 0;
        long data = fileLength - PrefixBytes - headerLength;
        for (int i = 0; i < entries.Count; i++)
        {
            TensorEntry entry = entries[i];
            if (entry.Offset != end)
            {
                string what = entry.Offset < end ? "overlaps another tensor" : $"leaves a hole after byte {end} of the data";
                throw new ModelFormatException(
                    path, $"tensor '{entry.Name}' {what}; write the file again with a safetensors library");
            }

            end = entry.Offset + entry.Length;
            entries[i] = entry with { Offset = PrefixBytes + headerLength + entry.Offset };
        }

        if (end != data)
        {
            throw new ModelFormatException(
                path, $"{data - end} bytes after the last tensor belong to none; the header and the data are of different files");
        }

        return entries;
    }

    /// <summary>Reads and checks the length prefix.</summary>
    /// <returns>Bytes of the JSON that follows the prefix.</returns>
    /// <exception cref="ModelFormatException">The file is too short, or the length is not plausible.</exception>
    public static int Length(string path, ReadOnlySpan<byte> start, long fileLength)
    {
        if (fileLength < PrefixBytes || start.Length < PrefixBytes)
        {
            throw new ModelFormatException(
                path, $"{fileLength} bytes are too short for a safetensors file; download it again");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaxBytes)
        {
            throw new ModelFormatException(
                path, $"a header of {length} bytes is over the limit of {MaxBytes}; this is not a safetensors file");
        }

        if ((long)length > fileLength - PrefixBytes)
        {
            throw new ModelFormatException(
                path, $"the header claims {length} bytes, the file has {fileLength}; it is truncated, download it again");
        }

        return (int)length;
    }

    private static void Parse(string path, ReadOnlySpan<byte> json, long dataLength, List<TensorEntry> entries)
    {
        // Defaults are strict: no comments, no trailing commas, nothing but white space after the object.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException(path, "the header is not a JSON object; this is not a safetensors file");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new ModelFormatException(path, $"tensor '{name}' is described twice; write the file again");
            }

            reader.Read();
            if (name == "__metadata__") Metadata(path, ref reader);
            else entries.Add(Entry(path, name, ref reader, dataLength));
        }

        while (reader.Read())
        {
        }
    }

    private static void Metadata(string path, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException(path, "__metadata__ is not an object of strings; write the file again");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new ModelFormatException(path, "__metadata__ is not an object of strings; write the file again");
            }
        }
    }

    private static TensorEntry Entry(string path, string name, ref Utf8JsonReader reader, long dataLength)
    {
        TensorDtype? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        if (reader.TokenType != JsonTokenType.StartObject) throw Broken(path, name, "is not described by an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when dtype is null && reader.TokenType == JsonTokenType.String:
                    string spelled = reader.GetString()!;
                    if (!TensorDtypes.TryParse(spelled, out TensorDtype known))
                    {
                        throw Broken(path, name, $"has the unknown dtype '{spelled}'");
                    }

                    dtype = known;
                    break;
                case "shape" when shape is null:
                    shape = Numbers(path, name, ref reader, MaxRank);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = Numbers(path, name, ref reader, 2);
                    break;
                default:
                    throw Broken(
                        path, name, $"has '{key}' twice, of the wrong type, or without meaning in this format");
            }
        }

        if (dtype is null || shape is null || offsets is not { Length: 2 })
        {
            throw Broken(path, name, "lacks dtype, shape or two data_offsets");
        }

        long length = offsets[1] - offsets[0];
        if (length < 0 || offsets[1] > dataLength)
        {
            throw Broken(
                path, name, $"has data_offsets [{offsets[0]}, {offsets[1]}) outside the {dataLength} bytes of data");
        }

        if (Bytes(shape, dtype.Value.Size()) != length)
        {
            throw Broken(
                path, name, $"has {length} bytes, but shape [{string.Join(", ", shape)}] of {dtype} needs another number");
        }

        return new TensorEntry(name, dtype.Value, shape, offsets[0], length);
    }

    /// <summary>Product of the shape times the element size, or -1 when it does not fit.</summary>
    private static long Bytes(long[] shape, int size)
    {
        long bytes = size;
        foreach (long axis in shape)
        {
            if (axis == 0) return 0;
        }

        foreach (long axis in shape)
        {
            if (bytes > long.MaxValue / axis) return -1;
            bytes *= axis;
        }

        return bytes;
    }

    private static long[] Numbers(string path, string name, ref Utf8JsonReader reader, int most)
    {
        var numbers = new List<long>(2);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Broken(path, name, "has a shape or data_offsets that is not a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw Broken(path, name, "has a shape or data_offsets with something else than a non-negative integer");
            }

            if (numbers.Count == most)
            {
                throw Broken(path, name, $"has a shape or data_offsets of more than {most} numbers");
            }

            numbers.Add(value);
        }

        return [.. numbers];
    }

    private static ModelFormatException Broken(string path, string name, string problem) =>
        new(path, $"tensor '{name}' {problem}; write the file again with a safetensors library");
}
