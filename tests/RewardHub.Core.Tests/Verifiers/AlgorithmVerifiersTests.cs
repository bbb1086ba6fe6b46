using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Rewards;
using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

public class AlgorithmVerifiersTests
{
    private static Verdict Judge(string name, string? prompt, string response, object? label = null, params (string Name, object Value)[] options) =>
        VerifierRegistry.All["algo:" + name].Verify(
            new VerifierInput
            {
                Prompt = prompt is null ? null : Prompt.FromText(prompt),
                Response = response,
                Label = label is null ? null : JsonSerializer.SerializeToElement(label),
                Options = options.ToDictionary(o => o.Name, o => JsonSerializer.SerializeToElement(o.Value)),
            },
            TestContext.Current.CancellationToken);

    [Fact]
    public void Every_task_has_a_verifier_that_accepts_the_answer_by_prompt_and_by_label()
    {
        foreach (AlgorithmicTask task in AlgorithmicTasks.All.Values)
        {
            string name = task.Name["algo/".Length..];
            AlgorithmicProblem problem = task.Problems(6, 1, 1).Single();
            Assert.Equal(VerdictStatus.Correct, Judge(name, problem.Prompt, $" {problem.Answer}\n").Status);
            Assert.Equal(VerdictStatus.Correct, Judge(name, null, $"<think>hm</think>{problem.Answer}", problem.Answer).Status);
            Assert.Equal(VerdictStatus.Correct, Judge(name, problem.Prompt, problem.Answer, problem.Answer).Status);
            Assert.Equal(VerdictStatus.Incorrect, Judge(name, problem.Prompt, problem.Answer + "0").Status);
            Assert.Equal(VerdictStatus.Incorrect, Judge(name, null, problem.Answer + "0", problem.Answer).Status);
            Assert.Equal(VerdictStatus.Unparseable, Judge(name, problem.Prompt, "  ").Status);
            Assert.Equal("bad_label", Judge(name, "not a problem", "1").Error!.Code);
            Assert.Equal("bad_label", Judge(name, null, "1").Error!.Code);
            Assert.Equal("bad_label", Judge(name, problem.Prompt, "1", problem.Answer + "0").Error!.Code);
            Assert.Equal("bad_label", Judge(name, null, "1", "").Error!.Code);
            Assert.Equal("bad_label", Judge(name, null, "1", new[] { "1", "2" }).Error!.Code);
        }
    }

    [Fact]
    public void The_order_of_a_trace_is_an_option()
    {
        const string Prompt = "1>4#1:2,3-2:1,5-3:1,4-4:3-5:2=";
        Assert.Equal("order", Judge("maze_dfs", Prompt, "1>3>4").Evidence["fault"]);
        Assert.Equal(VerdictStatus.Correct, Judge("maze_dfs", Prompt, "1>3>4", null, ("order", "any")).Status);
        Assert.Equal(VerdictStatus.Rejected, Judge("maze_dfs", Prompt, "1>3>4", null, ("order", "some")).Status);
        Assert.Equal("false", Judge("maze_path", Prompt, "1>4").Evidence["moves_valid"]);
    }

    [Fact]
    public void A_star_graph_is_judged_from_its_prompt_with_report_fields()
    {
        StarGraph graph = StarGraph.Create(4, 3, 1, 1);
        Verdict best = Judge("star_graph", graph.Prompt, graph.ShortestAnswer());
        Assert.Equal((VerdictStatus.Correct, "4", "1"), (best.Status, best.Evidence["steps"], best.Evidence["stretch"]));
        Verdict early = Judge("star_graph", graph.Prompt, $"{graph.Labels[0]} {graph.Labels[1]}", null, ("budget_spent", true));
        Assert.Equal((VerdictStatus.Incorrect, "goal_not_reached", "true"), (early.Status, early.Evidence["fault"], early.Evidence["node_loop"]));
        Assert.Equal("bad_field", Judge("star_graph", "edges", "1").Error!.Code);
        Assert.Equal(VerdictStatus.Unparseable, Judge("star_graph", graph.Prompt, "").Status);
    }
}
