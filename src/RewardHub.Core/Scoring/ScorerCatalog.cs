using System.Diagnostics.CodeAnalysis;
using RewardHub.Contracts;
using RewardHub.Verifiers;

namespace RewardHub.Scoring;

/// <summary>Everything that a request may name. Models join while the server starts; the rest is fixed.</summary>
public sealed class ScorerCatalog
{
    /// <summary>Takes the fixed part.</summary>
    /// <param name="verifiers">Verifiers by name.</param>
    /// <param name="profiles">Profiles by name.</param>
    public ScorerCatalog(IReadOnlyDictionary<string, Verifier> verifiers, IReadOnlyDictionary<string, Profile> profiles)
    {
        Verifiers = verifiers;
        Profiles = profiles;
    }

    /// <summary>Verifiers by name.</summary>
    public IReadOnlyDictionary<string, Verifier> Verifiers { get; }

    /// <summary>Profiles by name.</summary>
    public IReadOnlyDictionary<string, Profile> Profiles { get; }

    /// <summary>The refusal of a profile that is not there.</summary>
    public Refusal UnknownProfile(string name) =>
        new(RefusalKind.UnknownProfile, $"there is no profile '{name}'; there are {Join(Profiles.Keys)}");

    /// <summary>Finds the scorers of a request and checks their options.</summary>
    internal bool TryPlan(RewardsRequest request, [NotNullWhen(true)] out ScoringPlan? plan, [NotNullWhen(false)] out Refusal? refusal)
    {
        plan = null;
        refusal = null;
        IReadOnlyList<ScorerChoice>? choices = request.Scorers;
        if (request.Profile is { } name)
        {
            if (!Profiles.TryGetValue(name, out Profile? profile))
            {
                refusal = UnknownProfile(name);
                return false;
            }

            choices = profile.Scorers;
        }

        var rules = new RuleBook();
        var planned = new List<PlannedScorer>(choices!.Count);
        for (int i = 0; i < choices.Count; i++)
        {
            if (Find(choices[i], $"scorers[{i}]", rules, out refusal) is { } found) planned.Add(found);
            if (refusal is not null) return false;
        }

        if (!rules.IsEmpty)
        {
            refusal = rules.ToRefusal();
            return false;
        }

        plan = new ScoringPlan(planned);
        return true;
    }

    private PlannedScorer? Find(ScorerChoice choice, string path, RuleBook rules, out Refusal? refusal)
    {
        refusal = null;
        if (Verifiers.TryGetValue(choice.Name, out Verifier? verifier))
        {
            foreach (ItemError problem in verifier.CheckOptions(choice.Options)) rules.Add($"{path}.{problem.Path}", problem.Message);
            if (choice.Aggregate is not null) rules.Add($"{path}.aggregate", "a verifier has no steps to aggregate");
            return new PlannedScorer.OfVerifier(choice, verifier);
        }

        refusal = new Refusal(RefusalKind.UnknownScorer, $"there is no scorer '{choice.Name}'; there are {Join(Verifiers.Keys)}");
        return null;
    }

    /// <summary>What <c>GET /v1/scorers</c> answers.</summary>
    public ScorerList ScorerFacts() => new()
    {
        Scorers = [.. Verifiers.Values.OrderBy(v => v.Name, StringComparer.Ordinal).Select(VerifierFacts)],
        Profiles = [.. Profiles.Values.OrderBy(p => p.Name, StringComparer.Ordinal).Select(ProfileFacts)],
    };

    /// <summary>What <c>GET /v1/models</c> answers.</summary>
    public ModelList ModelFacts() => new() { Data = [], NotHosted = [] };

    /// <summary>Why a profile cannot be used now; null when it can.</summary>
    public string? Unavailable(Profile profile)
    {
        bool fine = TryPlan(new RewardsRequest { Scorers = profile.Scorers, Items = [] }, out _, out Refusal? refusal);
        return fine ? null : refusal!.Detail;
    }

    private static ScorerFacts VerifierFacts(Verifier verifier) => new()
    {
        Name = verifier.Name,
        Kind = "verify",
        Version = verifier.Version,
        Description = verifier.Summary,
        Options = verifier.Options.ToDictionary(
            o => o.Name, o => $"{o.Summary} ({o.Type}: {o.Range}; default {o.DefaultText})", StringComparer.Ordinal),
    };

    private ProfileFacts ProfileFacts(Profile profile) => new()
    {
        Name = profile.Name,
        Version = profile.Version,
        Scorers = profile.Scorers,
        Fallback = profile.Fallback.ToDictionary(f => ItemFailures.NameOf(f.Key), f => f.Value, StringComparer.Ordinal),
        Unavailable = Unavailable(profile),
    };

    private static string Join(IEnumerable<string> names)
    {
        string joined = string.Join(", ", names.Order(StringComparer.Ordinal));
        return joined.Length == 0 ? "none" : joined;
    }
}
