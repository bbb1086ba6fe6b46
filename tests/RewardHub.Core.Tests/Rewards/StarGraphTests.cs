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
    public void A_prompt_reads_back_as_its_graph_and_nothing_else_does()
    {
        for (int index = 0; index < 40; index++)
        {
            StarGraph graph = StarGraph.Create(1 + (index % 6), 1 + (index / 6), 2, index, easy: index % 2 == 0);
            StarGraph read = StarGraph.Parse(graph.Prompt)!;
            Assert.Equal((graph.Arms, graph.Depth, graph.Goal), (read.Arms, read.Depth, read.Goal));
            Assert.Equal(graph.ShortestAnswer(), read.ShortestAnswer());
        }

        foreach (string other in (string[])
            ["", "edges: 1-2; start: 1; goal: 1; walk:", "edges: 1-2 2-3 3-1; start: 1; goal: 3; walk:", "edges: 1-2 2-3 2-4 4-5; start: 1; goal: 3; walk:",
             "edges: 1-2 2-3; start: 1; goal: 9; walk:", "edges: 1-2 2-3; start: 3; goal: 1; walk: 3 2", "edges: 1-2 2-3 3-4 4-3; start: 1; goal: 4; walk:"])
        {
            Assert.Null(StarGraph.Parse(other));
        }
    }

    [Fact]
    public void The_shipped_oracles_walk_as_described()
    {
        double uniform = 0, eager = 0;
        for (int run = 0; run < 4_000; run++)
        {
            StarGraph graph = StarGraph.Create(5, 5, 3, run);
            Assert.Equal(1, graph.Judge(StarGraphOracles.Optimal(graph)).Stretch);
            StarWalk walk = graph.Judge(StarGraphOracles.Uniform(graph, new KeyedDraws(1, "uniform", 5, run)));
            Assert.Equal(1, walk.Reward);
            uniform += walk.Steps;
            eager += graph.Judge(StarGraphOracles.Uniform(graph, new KeyedDraws(1, "uniform", 5, run), margin: 0.1)).Steps;
            StarWalk stuck = graph.Judge(StarGraphOracles.Sticky(graph, new KeyedDraws(1, "sticky", 5, run)));
            Assert.Equal(stuck.Reward == 0, stuck.NodeLoop);
            Assert.Equal(stuck.Reward == 1 ? null : 1.0, stuck.RepeatRate);
        }

        double deviation = 10 * Math.Sqrt(20) / Math.Sqrt(4_000);
        Assert.InRange(uniform / 4_000, 46 - (4 * deviation), 46 + (4 * deviation));
        // With a margin of 0.1 the goal's arm has 0.28: (1 - 0.28) / 0.28 wrong excursions of 10 moves.
        double expected = 6 + (10 * 0.72 / 0.28);
        Assert.InRange(eager / 4_000, expected - 2, expected + 2);
    }

    [Fact]
    public void The_risk_of_going_back_predicts_a_greedy_loop()
    {
        // p = 0.6 over 5 children that look alike is 0.12 each: the reset with 0.4 wins.
        Assert.True(StarGraphRisk.PredictsLoop(0.6, 0.4, 4));
        Assert.True(StarGraphRisk.PredictsLoop(0.6, 0.121, 4));
        Assert.False(StarGraphRisk.PredictsLoop(0.6, 0.12, 4));
        Assert.False(StarGraphRisk.PredictsLoop(0.6, 0.4, 0));
        StarGraphRisk risk = StarGraphRisk.Of(Math.Log(0.4), [Math.Log(0.2), Math.Log(0.1), Math.Log(0.3)], goalArm: 0);
        Assert.Equal(Math.Log(0.4 / 0.3), risk.RiskGap, 12);
        Assert.Equal(0.0, risk.GoalMargin!.Value, 12);
        Assert.Null(StarGraphRisk.Of(-1, [-1], 0).GoalMargin);
        Assert.Throws<ArgumentException>(() => StarGraphRisk.Of(0.1, [-1], 0));
        Assert.Throws<ArgumentException>(() => StarGraphRisk.Of(-1, [double.NaN], 0));
        Assert.Throws<ArgumentException>(() => StarGraphRisk.Of(-1, [-1], 1));
    }

    [Fact]
    public void The_same_excursion_five_times_in_a_row_is_a_loop_of_nodes()
    {
        StarGraph graph = StarGraph.Create(5, 2, 1, 0);
        (int start, int root) = (graph.Labels[0], graph.Labels[1]);
        string Resets(int times) => $"{start} {root}" + string.Concat(Enumerable.Repeat($" {start} {root}", times));
        Assert.False(graph.Judge(Resets(4)).NodeLoop);
        Assert.True(graph.Judge(Resets(5)).NodeLoop);
        Assert.True(graph.Judge(Resets(1), budgetSpent: true).NodeLoop);
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
