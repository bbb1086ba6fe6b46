namespace RewardHub.Prm;

/// <summary>The ways in which published families build their token sequence: a closed set.</summary>
/// <remarks>
/// Each way knows where the markers are: from the ids it puts there itself, or because the marker text occurs once a step in the
/// assembled text and its token as often in the ids. Nothing is searched for and taken on trust.
/// </remarks>
public abstract record PromptAssembly
{
    private PromptAssembly()
    {
    }

    /// <summary>
    /// Piece by piece: the ids of question and suffix, then for each step its ids and the marker's id. Marker text glued to a
    /// step would merge with it and vanish; as an id it cannot.
    /// </summary>
    /// <param name="QuestionSuffix">Follows the question.</param>
    public sealed record TokenPieces(string QuestionSuffix) : PromptAssembly;

    /// <summary>One string, tokenized at once.</summary>
    /// <param name="QuestionSuffix">Follows the question.</param>
    /// <param name="StepPrefix">Stands before each step; <c>{i}</c> is its number from 1.</param>
    /// <param name="BeforeMarker">Stands between a step and its marker.</param>
    /// <param name="AfterMarker">Follows each marker.</param>
    /// <param name="Joiner">Stands between steps, after <paramref name="AfterMarker"/>.</param>
    public sealed record OneText(
        string QuestionSuffix, string StepPrefix, string BeforeMarker, string AfterMarker, string Joiner) : PromptAssembly;

    /// <summary>
    /// A chat of system (option <c>system</c>), user and assistant; the assistant's text is every step followed by the
    /// marker.
    /// </summary>
    public sealed record ChatWithMarkers : PromptAssembly;

    /// <summary>
    /// A chat with one user turn a step, the first of which starts with the question, each answered by the assistant with the
    /// good text of the vocabulary pair. The marker is that answer.
    /// </summary>
    public sealed record ChatTurns : PromptAssembly;

    /// <summary>
    /// Option <c>bos_text</c>, question and a line feed as one string; then each line of the response tokenized alone,
    /// followed by the line feed's id.
    /// </summary>
    public sealed record Lines : PromptAssembly;

    /// <summary>
    /// The question's ids, then for each step its ids and those of the separator (option <c>separator</c>). The marker is the
    /// separator's last token.
    /// </summary>
    public sealed record SeparatedTokens : PromptAssembly;

    /// <summary>
    /// One string in which a separator token stands before the first step and after each; the separators are removed after
    /// tokenizing. The marker is the last token of each step.
    /// </summary>
    /// <param name="QuestionPrefix">Stands before the question.</param>
    /// <param name="QuestionSuffix">Follows the question.</param>
    public sealed record RemovedSeparators(string QuestionPrefix, string QuestionSuffix) : PromptAssembly;

    /// <summary>
    /// The tokenizer's chat template over the prompt's messages and the whole response as the assistant's. The marker is the
    /// last token.
    /// </summary>
    /// <param name="Joiner">Stands between steps.</param>
    public sealed record ChatResponse(string Joiner) : PromptAssembly;
}
