using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RewardHub.Datasets;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>
/// Writes a report into a folder: <c>report.json</c>, which holds everything, and <c>report.md</c>, which a person reads.
/// </summary>
public static partial class ReportFiles
{
    /// <summary>Name of the report for programs.</summary>
    public const string JsonName = "report.json";

    /// <summary>Name of the report for people.</summary>
    public const string MarkdownName = "report.md";

    /// <summary>Checks the folder before any work is done: it must be new or empty, or <paramref name="force"/> given.</summary>
    /// <exception cref="DatasetException">The folder holds files, is a file, or may not be made.</exception>
    public static void Prepare(string folder, bool force)
    {
        if (File.Exists(folder))
            throw new DatasetException(folder, "the output is a file, not a folder", "Name a folder with --out");
        if (!force && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new DatasetException(folder, "the output folder is not empty", "Name a new folder with --out, or add --force");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DatasetException(
                folder, "the folder cannot be made: " + fault.Message.TrimEnd('.'), "Name another folder with --out", inner: fault);
        }
    }

    /// <summary>Writes a vote report; each file is whole or absent.</summary>
    /// <inheritdoc cref="Prepare"/>
    public static void Write(VoteReport report, string folder, bool force) =>
        Write(folder, force, report, ReportJson.Default.VoteReport, VoteMarkdown.Of(report));

    /// <summary>Writes a step report; each file is whole or absent.</summary>
    /// <inheritdoc cref="Prepare"/>
    public static void Write(StepReport report, string folder, bool force) =>
        Write(folder, force, report, ReportJson.Default.StepReport, StepMarkdown.Of(report));

    /// <summary>Writes an environment report; each file is whole or absent.</summary>
    /// <inheritdoc cref="Prepare"/>
    public static void Write(EnvironmentReport report, string folder, bool force) =>
        Write(folder, force, report, ReportJson.Default.EnvironmentReport, EnvironmentMarkdown.Of(report));

    private static void Write<T>(string folder, bool force, T report, JsonTypeInfo<T> type, string markdown)
    {
        Prepare(folder, force);
        Put(Path.Combine(folder, JsonName), [.. JsonSerializer.SerializeToUtf8Bytes(report, type), (byte)'\n']);
        Put(Path.Combine(folder, MarkdownName), Encoding.UTF8.GetBytes(markdown));
    }

    private static void Put(string path, byte[] bytes)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(bytes);
        file.Commit();
    }
}
