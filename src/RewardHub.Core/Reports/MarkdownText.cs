using System.Globalization;
using System.Text;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>Builds the Markdown of a report.</summary>
internal sealed partial class MarkdownText
{
    private readonly StringBuilder _text = new();

    /// <summary>A heading.</summary>
    public MarkdownText Heading(int level, string text)
    {
        if (_text.Length > 0) _text.Append('\n');
        _text.Append('#', level).Append(' ').Append(Line(text)).Append("\n\n");
        return this;
    }

    /// <summary>A paragraph.</summary>
    public MarkdownText Paragraph(string text)
    {
        _text.Append(Line(text)).Append("\n\n");
        return this;
    }

    /// <summary>One item of a list.</summary>
    public MarkdownText Item(string text)
    {
        _text.Append("- ").Append(Line(text)).Append('\n');
        return this;
    }

    /// <summary>A table; the first column is text, the others are numbers.</summary>
    public MarkdownText Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(head);
        _text.Append("| --- |").Insert(_text.Length, " ---: |", head.Count - 1).Append('\n');
        foreach (IReadOnlyList<string> row in rows) Row(row);
        _text.Append('\n');
        return this;
    }

    /// <summary>What is needed to make the report again.</summary>
    public MarkdownText Run(RunReport run)
    {
        Heading(2, "How to make this report again");
        if (run.Suite is not null) Item($"Suite: {run.Suite}, version {run.SuiteVersion ?? "not stated"}");
        Item($"Data: `{run.Data.File}`, {Count(run.Data.Rows)} rows, SHA-256 `{run.Data.Sha256}`");
        if (run.Scorers.Count > 0) Item("Scorers: " + string.Join(", ", run.Scorers));
        Item("Models: " + (run.Models.Count == 0 ? "not stated in the rows" : string.Join(", ", run.Models.Select(m => $"`{m}`"))));
        if (run.Formats.Count > 0) Item("Formats: " + string.Join(", ", run.Formats));
        Item("Options: " + string.Join(' ', run.Options.Where(o => o.Value.Length > 0).Select(o => $"`--{o.Key} {o.Value}`")));
        Item(string.Create(CultureInfo.InvariantCulture, $"Seed: {run.Seed}"));
        Item(string.Create(CultureInfo.InvariantCulture,
            $"Program: rewardhub {run.CodeVersion}, {run.Runtime}, {run.Isa}, {run.Threads} threads"));
        return this;
    }

    /// <summary>Notes as a list; nothing without notes.</summary>
    public MarkdownText Notes(IReadOnlyList<ReportNote> notes)
    {
        if (notes.Count == 0) return this;
        Heading(2, "Notes");
        foreach (ReportNote note in notes) Item($"{Count(note.Count)} {note.Message} (`{note.Code}`)");
        return this;
    }

    /// <summary>A share as per cent with two decimals; a dash for null.</summary>
    public static string Percent(double? value) =>
        value is { } v ? (100 * v).ToString("0.00", CultureInfo.InvariantCulture) : "–";

    /// <summary>A difference of shares as signed percentage points.</summary>
    public static string Points(double? value) =>
        value is { } v ? (100 * v).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) : "–";

    /// <summary>A number with four decimals; a dash for null.</summary>
    public static string Number(double? value) => value is { } v ? v.ToString("0.0000", CultureInfo.InvariantCulture) : "–";

    /// <summary>A p-value with three significant digits; a dash for null.</summary>
    public static string PValue(double? value) => value is { } v ? v.ToString("G3", CultureInfo.InvariantCulture) : "–";

    /// <summary>A whole number with separators.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString().TrimEnd('\n') + "\n";

    private void Row(IReadOnlyList<string> cells)
    {
        _text.Append('|');
        foreach (string cell in cells) _text.Append(' ').Append(Line(cell).Replace("|", "\\|", StringComparison.Ordinal)).Append(" |");
        _text.Append('\n');
    }

    /// <summary>Names come from files: line ends would break a table, and angle brackets would be HTML.</summary>
    private static string Line(string text) =>
        text.ReplaceLineEndings(" ").Replace("<", "&lt;", StringComparison.Ordinal);
}
