using System.Globalization;
using System.Text;

namespace RewardHub.Parquet;

/// <summary>What kind of fault a <see cref="ParquetFormatException"/> reports.</summary>
public enum ParquetFault
{
    /// <summary>The bytes break the format: cut short, overwritten, or not Parquet at all.</summary>
    Corrupt = 0,

    /// <summary>The file is valid but uses a feature that this library does not read.</summary>
    Unsupported = 1,

    /// <summary>The file, or the column, is encrypted.</summary>
    Encrypted = 2,

    /// <summary>A native library that the codec needs is not installed.</summary>
    LibraryMissing = 3,

    /// <summary>
    /// The file asks for more than a limit of <see cref="ParquetReadOptions"/> or more than an array can hold.
    /// </summary>
    TooLarge = 4,

    /// <summary>The file has no such column, or the column is of another type than was asked for.</summary>
    Schema = 5,
}

/// <summary>A Parquet file could not be read or written; names the place in the file and the remedy.</summary>
public sealed class ParquetFormatException : Exception
{
    /// <summary>Creates the exception; the message is put together from the parts.</summary>
    /// <param name="fault">Kind of fault.</param>
    /// <param name="problem">One sentence: what is wrong.</param>
    /// <param name="remedy">What the reader of the message can do; null takes the usual one of the fault.</param>
    /// <param name="inner">The exception below, if any.</param>
    public ParquetFormatException(ParquetFault fault, string problem, string? remedy = null, Exception? inner = null)
        : base(problem, inner) =>
        (Fault, Problem, Remedy) = (fault, problem, remedy ?? UsualRemedy(fault));

    /// <summary>Kind of fault.</summary>
    public ParquetFault Fault { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    /// <summary>Path or name of the file; null when no file is involved.</summary>
    public string? File { get; private init; }

    /// <summary>Row group, counted from 0; null when the fault is not in one.</summary>
    public int? RowGroup { get; private init; }

    /// <summary>Path of the column; null when the fault is not in one.</summary>
    public string? Column { get; private init; }

    /// <summary>Offset of the page header in the file, in bytes; null when the fault is not in a page.</summary>
    public long? PageOffset { get; private init; }

    /// <summary>The place, the problem and the remedy.</summary>
    public override string Message
    {
        get
        {
            var text = new StringBuilder();
            if (File is not null) text.Append(File).Append(": ");
            if (RowGroup is not null) text.Append(CultureInfo.InvariantCulture, $"row group {RowGroup}, ");
            if (Column is not null) text.Append(CultureInfo.InvariantCulture, $"column '{Column}', ");
            if (PageOffset is not null) text.Append(CultureInfo.InvariantCulture, $"page at byte {PageOffset}, ");
            return text.Append(Problem).Append(' ').Append(Remedy).ToString();
        }
    }

    /// <summary>The same fault with the parts of the place that were not known further down.</summary>
    internal ParquetFormatException At(
        string? file, int? rowGroup = null, string? column = null, long? pageOffset = null) =>
        new(Fault, Problem, Remedy, this)
        {
            File = File ?? file,
            RowGroup = RowGroup ?? rowGroup,
            Column = Column ?? column,
            PageOffset = PageOffset ?? pageOffset,
        };

    internal static ParquetFormatException Corrupt(string problem) => new(ParquetFault.Corrupt, problem);

    internal static ParquetFormatException Unsupported(string problem) => new(ParquetFault.Unsupported, problem);

    private static string UsualRemedy(ParquetFault fault) => fault switch
    {
        ParquetFault.Corrupt => "The file is damaged: fetch or write it again.",
        ParquetFault.Unsupported => "Rewrite the file with a common writer, for example pyarrow with its defaults.",
        ParquetFault.Encrypted => "Decrypt it with the program that holds the keys and write it again in the clear.",
        ParquetFault.LibraryMissing => "Install the library, or use another codec.",
        ParquetFault.TooLarge => "Write the file again with smaller row groups, or raise the limit.",
        _ => "Check the column names and types of the file.",
    };
}
