namespace RewardHub.Rewards;

/// <summary>Maze tasks by name, and all algorithmic tasks together.</summary>
public static class AlgorithmicTasks
{
    /// <summary>Every task: those of <see cref="ArithmeticTasks"/> and the mazes.</summary>
    public static IReadOnlyDictionary<string, AlgorithmicTask> All { get; } = ArithmeticTasks.All.Values.Concat(
    [
        Maze("algo/maze_path", "The path through a maze of as many nodes as the length says.", 64, onGrid: true, maze => maze.ShortestPath()),
        Maze("algo/maze_hops", "The path of as many moves as the length says, in a maze of at least 30 nodes.", 64, onGrid: false, maze => maze.ShortestPath()),
        Maze("algo/maze_dfs", "The depth-first trace through a maze, with its steps back.", 64, onGrid: true, maze => maze.DepthFirstTrace()),
    ]).ToDictionary(task => task.Name, StringComparer.Ordinal);

    private static AlgorithmicTask Maze(string name, string summary, int most, bool onGrid, Func<Maze, string> answer) =>
        new(name, summary, most, (length, draws) =>
        {
            // A maze of one node has no other node to go to.
            string prompt = onGrid ? Rewards.Maze.OnGrid(Math.Max(2, length), draws) : Rewards.Maze.OfHops(length, draws);
            return new AlgorithmicProblem(prompt, answer(Rewards.Maze.Parse(prompt)!), length);
        })
        {
            Solve = prompt => Rewards.Maze.Parse(prompt) is { } maze ? answer(maze) : null,
        };
}
