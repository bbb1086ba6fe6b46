using RewardHub.Rewards;

namespace RewardHub.Core.Tests.Rewards;

public class StarGraphTests
{
    [Fact]
    public void A_graph_is_a_tree_of_2_plus_kd_nodes_with_distinct_labels()
    {
        for (int index = 0; index < 50; index++)
        {
            StarGraph graph = StarGraph.Create(5, 4, 1, index);
            string[] edges = graph.Prompt.Split(';')[0]["edges: ".Length..].Split(' ');
            Assert.Equal((22, 21, 22), (graph.Nodes, edges.Length, graph.Labels.Distinct().Count()));
            var reached = new HashSet<string> { graph.Labels[0].ToString(System.Globalization.CultureInfo.InvariantCulture) };
            for (int round = 0; round < graph.Nodes; round++)
            {
                foreach (string[] ends in edges.Select(edge => edge.Split('-')))
                {
                    if (reached.Contains(ends[0]) || reached.Contains(ends[1])) reached.UnionWith(ends);
                }
            }

            Assert.Equal(graph.Nodes, reached.Count);
        }
    }

    [Fact]
    public void Judge_accepts_the_shortest_walk_and_names_each_fault()
    {
        StarGraph graph = StarGraph.Create(3, 2, 1, 0);
        string best = graph.ShortestAnswer();
        StarWalk walk = graph.Judge(best);
        Assert.Equal((1.0, 1.0, 3, null), (walk.Reward, walk.Efficiency, walk.Steps, walk.Fault));
        IReadOnlyList<int> l = graph.Labels;
        int other = (graph.GoalArm + 1) % 3;
        Assert.Equal("goal_not_reached", graph.Judge($"{l[0]} {l[1]}").Fault);
        Assert.Equal("no_edge", graph.Judge($"{l[0]} {graph.Goal}").Fault);
        Assert.Equal("goal_not_reached", graph.Judge($"{l[0]} {l[1]} {l[2 + (other * 2)]} {l[3 + (other * 2)]}").Fault);
        Assert.Equal("after_goal", graph.Judge($"{best} {l[0]}").Fault);
        Assert.Equal("wrong_start", graph.Judge($"{l[1]} {l[0]}").Fault);
        Assert.Equal("not_a_node", graph.Judge($"{l[0]} x").Fault);
        Assert.Equal("empty", graph.Judge(" ").Fault);
        StarWalk detour = graph.Judge($"{l[0]} {l[1]} {l[0]} {l[1]} {best[(best.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(' ', 2)[1]}");
        Assert.Equal((1.0, 1, 5), (detour.Reward, detour.Resets, detour.Steps));
    }

    [Fact]
    public void Oracles_have_the_expected_number_of_moves()
    {
        // Full excursions, each arm with equal chance: 1 + 2d(k-1) + d moves on average; 46 for k = d = 5.
        const int Runs = 20_000;
        double total = 0;
        for (int run = 0; run < Runs; run++)
        {
            StarGraph graph = StarGraph.Create(5, 5, 11, run % 200);
            var draws = new KeyedDraws(13, "walk", 1, run);
            var walk = new List<int> { graph.Labels[0], graph.Labels[1] };
            while (true)
            {
                int arm = draws.Below(5);
                for (int j = 0; j < 5; j++) walk.Add(graph.Labels[2 + (arm * 5) + j]);
                if (arm == graph.GoalArm) break;
                for (int j = 3; j >= 0; j--) walk.Add(graph.Labels[2 + (arm * 5) + j]);
                walk.Add(graph.Labels[1]);
            }

            StarWalk judged = graph.Judge(string.Join(' ', walk));
            Assert.Equal(1, judged.Reward);
            total += judged.Steps;
        }

        // The number of wrong excursions is geometric with deviation sqrt(20); a move count has 10 times that.
        double deviation = 10 * Math.Sqrt(20) / Math.Sqrt(Runs);
        Assert.InRange(total / Runs, 46 - (4 * deviation), 46 + (4 * deviation));
    }

    [Fact]
    public void A_chooser_that_sticks_to_one_arm_has_repeat_rate_1()
    {
        StarGraph graph = StarGraph.Create(5, 1, 1, 1);
        int arm = (graph.GoalArm + 1) % 5, leaf = graph.Labels[2 + arm], root = graph.Labels[1];
        StarWalk walk = graph.Judge($"{graph.Labels[0]} {root} {leaf} {root} {leaf} {root} {leaf} {root}");
        Assert.Equal((1.0, 1), (walk.RepeatRate, walk.ArmsTried));
    }
}
