using System.Runtime.CompilerServices;
using System.Text.Json;

namespace RewardHub.Tests;

/// <summary>Where reference data is found, and how a test says what it did not cover.</summary>
/// <remarks>
/// The root is the environment variable <c>REWARDHUB_GOLDEN</c>, or <c>tests/golden</c> of this checkout, so that the same
/// tests run on other data of the same layout.
/// </remarks>
internal static class Golden
{
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("REWARDHUB_GOLDEN") is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : Path.Combine(RepositoryRoot(), "tests", "golden");

    /// <summary>A path below the golden root.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The objects of a JSON Lines file, one a line; blank lines are passed over.</summary>
    public static IEnumerable<JsonElement> Lines(params string[] parts)
    {
        foreach (string line in System.IO.File.ReadLines(File(parts)))
        {
            if (line.Length == 0) continue;
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    /// <summary>One JSON document.</summary>
    public static JsonElement Json(params string[] parts)
    {
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllText(File(parts)));
        return document.RootElement.Clone();
    }

    /// <summary>Ends the test as skipped: the product does not claim this case yet, so it is not counted as passed.</summary>
    public static void NotCovered(string what) => Assert.Skip($"not covered: {what}");

    /// <summary>The folder that holds <c>RewardHub.sln</c>.</summary>
    public static string RepositoryRoot([CallerFilePath] string here = "")
    {
        for (DirectoryInfo? folder = new(Path.GetDirectoryName(here)!); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "RewardHub.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("RewardHub.sln was not found above the tests.");
    }
}
