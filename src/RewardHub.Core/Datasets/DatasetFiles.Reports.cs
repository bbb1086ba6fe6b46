namespace RewardHub.Datasets;

/// <content>Rows of the length, runs, loops and curriculum reports.</content>
public static partial class DatasetFiles
{
    /// <summary>Rows of a length experiment, in file order.</summary>
    /// <inheritdoc cref="ReadRolloutsAsync"/>
    public static IAsyncEnumerable<LengthRow> ReadLengthsAsync(
        string path, ColumnMap? map = null, CancellationToken cancellationToken = default) =>
        ReadAsync(path, map, static (binder, cells, row) => binder.Length(cells, row), cancellationToken);

    /// <summary>Rows of a multi-run table, in file order.</summary>
    /// <inheritdoc cref="ReadRolloutsAsync"/>
    public static IAsyncEnumerable<RunRow> ReadRunsAsync(
        string path, ColumnMap? map = null, CancellationToken cancellationToken = default) =>
        ReadAsync(path, map, static (binder, cells, row) => binder.Run(cells, row), cancellationToken);

    /// <summary>Rows of a loop report, in file order.</summary>
    /// <inheritdoc cref="ReadRolloutsAsync"/>
    public static IAsyncEnumerable<LoopRow> ReadLoopsAsync(
        string path, ColumnMap? map = null, CancellationToken cancellationToken = default) =>
        ReadAsync(path, map, static (binder, cells, row) => binder.Loop(cells, row), cancellationToken);

    /// <summary>Rounds of a curriculum, in file order.</summary>
    /// <inheritdoc cref="ReadRolloutsAsync"/>
    public static IAsyncEnumerable<CurriculumRow> ReadCurriculumAsync(
        string path, ColumnMap? map = null, CancellationToken cancellationToken = default) =>
        ReadAsync(path, map, static (binder, cells, row) => binder.Curriculum(cells, row), cancellationToken);
}
