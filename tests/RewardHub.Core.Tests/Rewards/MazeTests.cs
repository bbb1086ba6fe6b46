using RewardHub.Rewards;

namespace RewardHub.Core.Tests.Rewards;

public class MazeTests
{
    private static Maze Of(string task, int length, int index) =>
        Maze.Parse(AlgorithmicTasks.All[task].Problems(length, 4, index + 1).Last().Prompt)!;

    [Fact]
    public void A_maze_is_a_tree_of_as_many_nodes_as_asked()
    {
        foreach (int nodes in (int[])[2, 16, 32, 64])
        {
            for (int index = 0; index < 20; index++)
            {
                Maze maze = Of("algo/maze_path", nodes, index);
                Assert.Equal(nodes, maze.Neighbors.Count);
                Assert.Equal(2 * (nodes - 1), maze.Neighbors.Values.Sum(list => list.Length));
                Assert.All(maze.Neighbors, pair => Assert.InRange(pair.Value.Length, 1, 4));
                Assert.All(maze.Neighbors.Keys, label => Assert.InRange(label, 1, 99));
                Assert.NotEqual(maze.Start, maze.End);
            }
        }
    }

    [Fact]
    public void The_path_is_the_one_that_breadth_first_search_finds()
    {
        foreach (string task in (string[])["algo/maze_path", "algo/maze_hops"])
        {
            for (int index = 0; index < 40; index++)
            {
                Maze maze = Of(task, 2 + index, index);
                var from = new Dictionary<int, int> { [maze.Start] = maze.Start };
                var waiting = new Queue<int>([maze.Start]);
                while (waiting.TryDequeue(out int node))
                {
                    foreach (int next in maze.Neighbors[node])
                    {
                        if (from.TryAdd(next, node)) waiting.Enqueue(next);
                    }
                }

                var path = new List<int> { maze.End };
                while (path[^1] != maze.Start) path.Add(from[path[^1]]);
                path.Reverse();
                Assert.Equal(string.Join('>', path), maze.ShortestPath());
                if (task == "algo/maze_hops") Assert.Equal((2 + index, Math.Max(30, 3 + index)), (path.Count - 1, maze.Neighbors.Count));
            }
        }
    }

    [Fact]
    public void Judges_accept_the_canonical_answer_and_reject_each_single_change()
    {
        for (int index = 0; index < 30; index++)
        {
            Maze maze = Of("algo/maze_dfs", 16, index);
            Assert.True(maze.JudgePath(maze.ShortestPath()).Correct);
            Assert.True(maze.JudgeTrace(maze.DepthFirstTrace(), listOrder: true).Correct);
            Assert.True(maze.JudgeTrace(maze.DepthFirstTrace(), listOrder: false).Correct);
            int[] labels = [.. maze.Neighbors.Keys];
            foreach ((string canonical, Func<string, MazeWalk> judge) in ((string, Func<string, MazeWalk>)[])
                [(maze.ShortestPath(), maze.JudgePath), (maze.DepthFirstTrace(), text => maze.JudgeTrace(text, listOrder: true))])
            {
                string[] nodes = canonical.Split('>');
                for (int i = 0; i < nodes.Length; i++)
                {
                    Assert.False(judge(string.Join('>', nodes.Where((_, at) => at != i))).Correct);
                    Assert.False(judge(string.Join('>', nodes.Select((node, at) => at == i ? node + ">" + node : node))).Correct);
                    foreach (int label in labels)
                    {
                        string other = label.ToString(System.Globalization.CultureInfo.InvariantCulture);
                        if (other != nodes[i]) Assert.False(judge(string.Join('>', nodes.Select((node, at) => at == i ? other : node))).Correct);
                    }
                }

                Assert.False(judge(canonical + ">" + nodes[^2]).Correct);
                Assert.False(judge(canonical + ">").Correct);
                Assert.False(judge("").Correct);
            }
        }
    }

    [Fact]
    public void A_trace_follows_the_rules_of_depth_first_search()
    {
        Maze maze = Maze.Parse("1>4#1:2,3-2:1,5-3:1,4-4:3-5:2=")!;
        Assert.Equal("1>2>5>2>1>3>4", maze.DepthFirstTrace());
        Assert.Equal("1>3>4", maze.ShortestPath());
        Assert.True(maze.JudgeTrace("1>3>4", listOrder: false).Correct);
        Assert.Equal(("order", 1), Fault(maze.JudgeTrace("1>3>4", listOrder: true)));
        Assert.Equal(("early_return", 2), Fault(maze.JudgeTrace("1>2>1>3>4", listOrder: false)));
        Assert.Equal(("no_passage", 1), Fault(maze.JudgeTrace("1>4", listOrder: false)));
        Assert.Equal(("wrong_start", 0), Fault(maze.JudgeTrace("3>4", listOrder: false)));
        Assert.Equal(("after_goal", 3), Fault(maze.JudgeTrace("1>3>4>3", listOrder: false)));
        Assert.Equal(("goal_not_reached", null), Fault(maze.JudgeTrace("1>2>5>2", listOrder: false)));
        Assert.Equal(("revisit", 2), Fault(maze.JudgePath("1>2>1>3>4")));
        Assert.Equal(("format", null), Fault(maze.JudgePath("1>7>4")));
        Assert.Equal(("format", null), Fault(maze.JudgePath("1 3 4")));
        MazeWalk ends = maze.JudgePath("1>4");
        Assert.Equal((true, false, true), (ends.FormatValid, ends.MovesValid, ends.EndsValid));
    }

    [Theory]
    [InlineData("1>4#1:2-2:1=")]
    [InlineData("1>2#1:2-2:1")]
    [InlineData("1>2#1:2-2:3-3:2=")]
    [InlineData("1>2#1:2,3-2:1,3-3:1,2=")]
    [InlineData("1>2#1:2-2:1-3:4-4:3=")]
    [InlineData("1>2#1:2-1:2=")]
    [InlineData("1>1#1:1=")]
    [InlineData("1>2#1:x-2:1=")]
    [InlineData("#=")]
    public void A_text_that_is_no_tree_is_not_read(string prompt) => Assert.Null(Maze.Parse(prompt));

    private static (string?, int?) Fault(MazeWalk walk) => (walk.Fault, walk.FaultAt);
}
