using System.Text.Json;
using RewardHub.Contracts;

namespace RewardHub.Verifiers;

/// <summary>A pure function from response and label to a verdict. Options have been checked before it runs.</summary>
/// <remarks>It throws nothing but <see cref="OperationCanceledException"/>, keeps no state and is safe on any thread.</remarks>
public delegate Verdict VerifyFunction(VerifierInput input, CancellationToken cancellationToken);

/// <summary>A verifier: its name, its version, the options it declares, and the function.</summary>
public sealed record Verifier
{
    /// <summary>Stable name, such as <c>verify:number</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Changes whenever any verdict may change.</summary>
    public required string Version { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>Every option, with type, range and default.</summary>
    public required IReadOnlyList<VerifierOption> Options { get; init; }

    /// <summary>The function, without the check of options; call <see cref="Verify"/>.</summary>
    internal VerifyFunction Function { get; init; } = null!;

    /// <summary>Every option that cannot be used, each with the path <c>options.NAME</c>; empty when all is well.</summary>
    public IReadOnlyList<ItemError> CheckOptions(IReadOnlyDictionary<string, JsonElement>? given)
    {
        if (given is null || given.Count == 0) return [];
        var problems = new List<ItemError>();
        foreach ((string name, JsonElement value) in given)
        {
            VerifierOption? option = Options.FirstOrDefault(declared => declared.Name == name);
            string? problem = option is null ? "is not an option of " + Name + Declared() : option.Problem(value);
            if (problem is null) continue;
            string shown = Evidence.Clip(name);
            problems.Add(new ItemError(ErrorCodes.BadField, $"Option '{shown}' {problem}.", "options." + shown, Scorer: Name));
        }

        return problems;
    }

    /// <summary>Checks the options and judges the response.</summary>
    /// <returns>Never null; a caller's fault is a <see cref="VerdictStatus.Rejected"/> verdict with the first problem.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public Verdict Verify(VerifierInput input, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<ItemError> problems = CheckOptions(input.Options);
        return problems.Count > 0 ? Verdict.Rejected(problems[0]) : Function(input, cancellationToken);
    }

    private string Declared() =>
        Options.Count == 0 ? " (it has none)" : " (it has " + string.Join(", ", Options.Select(option => option.Name)) + ")";
}
