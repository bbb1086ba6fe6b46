using System.Text;
using RewardHub.Contracts;
using RewardHub.Datasets;

namespace RewardHub.Core.Tests.Evaluation;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("rewardhub-test-").FullName;

    public string File(string name) => Path.Combine(Root, name);

    public string Text(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text, new UTF8Encoding(false));
        return File(name);
    }

    public string Scored(string name, IEnumerable<ScoredRow> rows)
    {
        using IRowSink<ScoredRow> sink = DatasetFiles.CreateScored(File(name));
        foreach (ScoredRow row in rows) sink.Write(row);
        sink.Complete();
        return File(name);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
