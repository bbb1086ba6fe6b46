using RewardHub.Contracts;

namespace RewardHub.Environments;

/// <summary>Running sums over a set of tokens, from which every cross-entropy figure follows.</summary>
/// <param name="Tokens">Tokens with a probability.</param>
/// <param name="Unscored">Tokens of the set without one.</param>
/// <param name="NllSum">Sum of -log p in nats, added in token order.</param>
/// <param name="Bytes">Bytes of text of the tokens with a probability.</param>
/// <param name="BytesMissing">Tokens with a probability whose bytes were not given.</param>
public readonly record struct TokenSum(int Tokens, int Unscored, double NllSum, long Bytes, int BytesMissing)
{
    /// <summary>Both sets together; the left sums come first.</summary>
    public static TokenSum operator +(TokenSum left, TokenSum right) => new(
        left.Tokens + right.Tokens,
        left.Unscored + right.Unscored,
        left.NllSum + right.NllSum,
        left.Bytes + right.Bytes,
        left.BytesMissing + right.BytesMissing);

    /// <summary>The set with one more token.</summary>
    /// <param name="nll">-log p in nats; null when the token has no probability.</param>
    /// <param name="bytes">Bytes of text that the token stands for; null when not given.</param>
    public TokenSum With(double? nll, int? bytes) => nll is not { } value
        ? this with { Unscored = Unscored + 1 }
        : new(Tokens + 1, Unscored, NllSum + value, Bytes + (bytes ?? 0), BytesMissing + (bytes is null ? 1 : 0));

    /// <summary>
    /// The figures. Means are null without tokens; bytes are null when any scored token's are unknown, and bits per byte
    /// also when the tokens stand for no text.
    /// </summary>
    public CrossEntropy ToCrossEntropy()
    {
        double? mean = Tokens == 0 ? null : NllSum / Tokens;
        long? bytes = BytesMissing == 0 && Tokens > 0 ? Bytes : null;
        return new CrossEntropy(
            Tokens, Unscored, NllSum, mean, mean / Ln2, bytes, bytes > 0 ? NllSum / Ln2 / bytes : null);
    }

    private const double Ln2 = 0.69314718055994530942;
}
