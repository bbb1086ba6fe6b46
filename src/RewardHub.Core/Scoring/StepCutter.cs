using RewardHub.Contracts;

namespace RewardHub.Scoring;

/// <summary>Finds the steps of an item.</summary>
public static class StepCutter
{
    /// <summary>Text between steps when a rule names none: a blank line.</summary>
    public const string DefaultSeparator = "\n\n";

    /// <summary>
    /// The steps as given, or the response cut at each separator, with the white space around each piece removed and
    /// pieces that hold nothing else left out.
    /// </summary>
    /// <returns>At least one step; or <see cref="ErrorCodes.NoSteps"/>.</returns>
    public static Outcome<IReadOnlyList<string>> Steps(RewardItem item, int maxSteps)
    {
        if (item.Steps is not { } steps)
        {
            return new ItemError(ErrorCodes.NoSteps, "a process reward needs steps: a list of texts, or {\"mode\": \"separator\"}", "steps");
        }

        if (steps.Given is { } given)
        {
            return given.Count > 0
                ? new List<string>(given)
                : new ItemError(ErrorCodes.NoSteps, "the list of steps is empty", "steps");
        }

        var cut = new List<string>();
        foreach (string piece in (item.Response ?? "").Split(steps.Separator ?? DefaultSeparator, StringSplitOptions.TrimEntries))
        {
            if (piece.Length == 0) continue;
            if (cut.Count == maxSteps)
            {
                return new ItemError(ErrorCodes.OverLength, $"the response cuts into more than {maxSteps} steps", "steps");
            }

            cut.Add(piece);
        }

        return cut.Count > 0 ? cut : new ItemError(ErrorCodes.NoSteps, "the response holds no step", "response");
    }
}
