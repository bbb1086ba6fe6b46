namespace RewardHub.Datasets;

/// <summary>A file that is whole or absent: bytes go to a temporary name beside it, which is renamed at the end.</summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _temporary;
    private bool _committed;

    /// <summary>Opens the temporary file; an existing file of the name stays until <see cref="Commit"/>.</summary>
    /// <param name="path">The final path.</param>
    /// <exception cref="DatasetException">The folder does not exist or may not be written.</exception>
    public AtomicFile(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        _temporary = $"{Path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                path, "the file cannot be written: " + fault.Message.TrimEnd('.'),
                "Choose a folder that exists and may be written", inner: fault);
        }
    }

    /// <summary>The final path, absolute.</summary>
    public string Path { get; }

    /// <summary>Where the bytes go.</summary>
    public FileStream Stream { get; }

    /// <summary>Writes everything to the disk and gives the file its name.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, Path, overwrite: true);
        _committed = true;
    }

    /// <summary>Removes the temporary file unless it was committed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed) File.Delete(_temporary);
    }
}
