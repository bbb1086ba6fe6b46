using RewardHub.Datasets;
using RewardHub.Evaluation;
using RewardHub.Tests;

namespace RewardHub.Core.Tests.Evaluation;

public class ExampleVotesTests
{
    private static string Folder => Path.Combine(Golden.RepositoryRoot(), "datasets", "example-votes");

    [Fact]
    public async Task The_example_data_set_is_what_its_generator_makes()
    {
        string made = Path.Combine(Path.GetTempPath(), "rewardhub-example-votes.jsonl");
        using (IRowSink<RewardHub.Contracts.ScoredRow> sink = DatasetFiles.CreateScored(made))
        {
            foreach (RewardHub.Contracts.ScoredRow row in SyntheticVotes.Rows(60, 16, 1)) sink.Write(row);
            sink.Complete();
        }

        string hash = await DatasetFiles.HashAsync(made);
        Assert.True(
            File.Exists(Path.Combine(Folder, "votes.jsonl"))
            && hash == await DatasetFiles.HashAsync(Path.Combine(Folder, "votes.jsonl")),
            $"the generator's file, with hash {hash}, is at {made}");
        Assert.Contains(hash, await File.ReadAllTextAsync(Path.Combine(Folder, "card.md")), StringComparison.Ordinal);
        string suite = Path.Combine(Golden.RepositoryRoot(), "eval-suites", "example-vote.yaml");
        Assert.Contains(hash, await File.ReadAllTextAsync(suite), StringComparison.Ordinal);
    }
}
