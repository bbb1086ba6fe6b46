namespace RewardHub.Verifiers;

/// <summary>Every verifier that needs no model and no sandbox.</summary>
public static class VerifierRegistry
{
    /// <summary>All verifiers by name.</summary>
    public static IReadOnlyDictionary<string, Verifier> All { get; } = new Verifier[]
    {
        ExactVerifier.Definition,
        ChoiceVerifier.Definition,
        NumberVerifier.Definition,
        RegexVerifier.Definition,
        MathVerifier.Definition,
        ListVerifier.Definition,
        JsonSchemaVerifier.Definition,
    }.Concat(AlgorithmVerifiers.Definitions).ToDictionary(verifier => verifier.Name, StringComparer.Ordinal);
}
