using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace RewardHub.Inference.Weights;

/// <summary>A tensor in a mapped file: a pointer, not a copy.</summary>
/// <param name="Path">The file it lies in, for messages.</param>
/// <param name="Entry">What the header says.</param>
/// <param name="Address">
/// Address of the first byte; valid until the file is disposed. Not aligned: safetensors gives no alignment.
/// </param>
public readonly record struct MappedTensor(string Path, TensorEntry Entry, nint Address)
{
    /// <summary>
    /// The tensor's bytes, at most 2 GiB of them; larger ones are read through <see cref="Address"/>.
    /// </summary>
    public unsafe ReadOnlySpan<byte> Bytes => new((void*)Address, checked((int)Entry.Length));

    /// <summary>Widens the elements to single precision; exact for F32, F16 and BF16.</summary>
    /// <param name="destination">Room for every element.</param>
    /// <exception cref="ModelFormatException">The dtype is none of the three.</exception>
    public void WidenTo(Span<float> destination)
    {
        ReadOnlySpan<byte> bytes = Bytes;
        int count = bytes.Length / Entry.Dtype.Size();
        if (destination.Length != count)
        {
            throw new ArgumentException($"Room for {destination.Length} of {count} elements.", nameof(destination));
        }

        switch (Entry.Dtype)
        {
            case TensorDtype.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case TensorDtype.F16:
                for (int i = 0; i < count; i++) destination[i] = (float)MemoryMarshal.Read<Half>(bytes[(2 * i)..]);
                break;
            case TensorDtype.BF16:
                for (int i = 0; i < count; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(bytes[(2 * i)..]) << 16);
                }

                break;
            default:
                throw new ModelFormatException(
                    Path, $"tensor '{Entry.Name}' is {Entry.Dtype}; weights must be F32, F16 or BF16: convert the checkpoint");
        }
    }
}

/// <summary>A safetensors file, mapped read-only. Loading reads the header and nothing else.</summary>
/// <remarks>
/// The file must not be shortened while it is mapped: the operating system then ends the process on the next read.
/// </remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly Dictionary<string, TensorEntry> _byName;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _base;
    private bool _disposed;

    private SafetensorsFile(string path, long length, MemoryMappedFile map, MemoryMappedViewAccessor view, byte* start)
    {
        Path = path;
        Length = length;
        _map = map;
        _view = view;
        _base = start;
        int header = SafetensorsHeader.Length(path, new ReadOnlySpan<byte>(start, sizeof(long)), length);
        Entries = SafetensorsHeader.Read(path, new ReadOnlySpan<byte>(start, sizeof(long) + header), length);
        _byName = Entries.ToDictionary(static e => e.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="ModelFormatException">
    /// The file is missing, cannot be read, or its header is not valid.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        MemoryMappedFile? map = null;
        MemoryMappedViewAccessor? view = null;
        byte* start = null;
        try
        {
            long length = new FileInfo(path).Length;
            if (length < sizeof(long)) SafetensorsHeader.Length(path, [], length);
            map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new SafetensorsFile(path, length, map, view, start + view.PointerOffset);
        }
        catch (Exception e)
        {
            if (start is not null) view!.SafeMemoryMappedViewHandle.ReleasePointer();
            view?.Dispose();
            map?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelFormatException(
                    path, $"cannot be read ({e.Message}); check the path and its permissions", e);
            }

            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    /// <returns>False when the file has no tensor of that name.</returns>
    public bool TryGet(string name, out MappedTensor tensor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_byName.TryGetValue(name, out TensorEntry? entry))
        {
            tensor = default;
            return false;
        }

        tensor = new MappedTensor(Path, entry, (nint)(_base + entry.Offset));
        return true;
    }

    /// <summary>Unmaps the file; every <see cref="MappedTensor"/> of it is invalid afterwards.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
