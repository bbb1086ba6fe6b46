namespace RewardHub.Inference.Tokenizers;

/// <summary>What is done with the tokens of a text: tokens put around them, offsets trimmed.</summary>
internal abstract record PostProcessor
{
    private PostProcessor()
    {
    }

    /// <summary>Puts special tokens before and after, when they are asked for.</summary>
    public sealed record Template(IReadOnlyList<int> Before, IReadOnlyList<int> After) : PostProcessor;

    /// <summary>Takes white space off the offsets of byte-level tokens.</summary>
    public sealed record TrimOffsets(bool AddPrefixSpace) : PostProcessor;
}
