namespace RewardHub.Inference.Tokenizers;

/// <summary>A token of one piece.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Bytes">UTF-8 bytes of the piece that it stands for, at least 1.</param>
internal readonly record struct TokenRun(int Id, int Bytes);

/// <summary>One part of a word that is being merged.</summary>
internal struct Symbol
{
    public int Id;

    /// <summary>UTF-8 bytes; 0 once the symbol has been merged into its left neighbor.</summary>
    public int Bytes;

    public int Previous;
    public int Next;

    /// <summary>Rank of the merge with the next symbol.</summary>
    public int Rank;
}
