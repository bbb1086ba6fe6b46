namespace RewardHub.Inference;

/// <summary>A checkpoint, tokenizer or adapter that cannot be used as it is: the files are at fault, not the caller.</summary>
/// <remarks>The message names the file and, where one is meant, the tensor, key or token, and what to do.</remarks>
public class ModelFormatException : Exception
{
    /// <summary>Says what is wrong with which file.</summary>
    public ModelFormatException(string path, string problem)
        : base($"{path}: {problem}") => Path = path;

    /// <summary>Says what is wrong with which file, and what was thrown underneath.</summary>
    public ModelFormatException(string path, string problem, Exception inner)
        : base($"{path}: {problem}", inner) => Path = path;

    /// <summary>The file at fault.</summary>
    public string Path { get; }
}
