namespace RewardHub.Prm;

/// <summary>What was checked when a model was loaded; a model that failed does not serve.</summary>
/// <param name="Passed">Whether every check passed.</param>
/// <param name="Checks">The checks in the order in which they ran; those that need an earlier one to pass are left out.</param>
public sealed record SelfTest(bool Passed, IReadOnlyList<SelfTestCheck> Checks);

/// <summary>One check of a <see cref="SelfTest"/>.</summary>
/// <param name="Name">Stable name, snake_case.</param>
/// <param name="Passed">Whether it passed.</param>
/// <param name="Detail">What was found, in one sentence.</param>
public sealed record SelfTestCheck(string Name, bool Passed, string Detail);
