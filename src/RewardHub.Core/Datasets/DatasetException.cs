using System.Globalization;
using System.Text;

namespace RewardHub.Datasets;

/// <summary>A data set cannot be read or written: the file's fault. Names the file, the row, the column and the remedy.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates the exception; the message is put together from the parts.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="problem">What is wrong, without the place.</param>
    /// <param name="remedy">What the reader can do.</param>
    /// <param name="row">Row, counted from 1; for JSON Lines the line. Null when the whole file is meant.</param>
    /// <param name="column">Column of the file; null when the whole row is meant.</param>
    /// <param name="inner">The exception below, if any.</param>
    public DatasetException(
        string file, string problem, string remedy, long? row = null, string? column = null, Exception? inner = null)
        : base(Compose(file, problem, remedy, row, column), inner) =>
        (File, Problem, Remedy, Row, Column) = (file, problem, remedy, row, column);

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>What the reader can do.</summary>
    public string Remedy { get; }

    /// <summary>Row, counted from 1; for JSON Lines the line. Null when the whole file is meant.</summary>
    public long? Row { get; }

    /// <summary>Column of the file; null when the whole row is meant.</summary>
    public string? Column { get; }

    private static string Compose(string file, string problem, string remedy, long? row, string? column)
    {
        var text = new StringBuilder(file);
        if (row is not null) text.Append(CultureInfo.InvariantCulture, $", row {row}");
        if (column is not null) text.Append(", column '").Append(column).Append('\'');
        return text.Append(": ").Append(problem).Append(". ").Append(remedy).Append('.').ToString();
    }
}
