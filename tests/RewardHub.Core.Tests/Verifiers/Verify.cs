using System.Text.Json;
using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Verifiers;

/// <summary>Calls a registered verifier as the scorer does.</summary>
internal static class Verify
{
    public static Verdict With(string name, string response, object? label, params (string Name, object Value)[] options) =>
        VerifierRegistry.All["verify:" + name].Verify(
            new VerifierInput
            {
                Response = response,
                Label = label is null ? null : JsonSerializer.SerializeToElement(label),
                Options = options.ToDictionary(o => o.Name, o => JsonSerializer.SerializeToElement(o.Value)),
            },
            TestContext.Current.CancellationToken);

    public static VerdictStatus Status(string expected) => Enum.Parse<VerdictStatus>(expected, ignoreCase: true);
}
