using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Scoring;
using RewardHub.Verifiers;

namespace RewardHub.Core.Tests.Scoring;

/// <summary>Rule rewards as a request meets them: through the walk.</summary>
public sealed class RuleRewardTests
{
    private const string Phi = "reward:phi4-reasoning-plus";
    private const string Votes = "reward:self-consistency";
    private const string Right = "<think>t</think>\\boxed{4}";
    private const string Wrong = "<think>t</think>\\boxed{5}";

    private static readonly ScorerChoice[] Published =
    [
        new() { Name = "verify:math", Weight = 0, OnStatus = new Dictionary<string, JsonElement> { ["unparseable"] = Json("0") } },
        new() { Name = Phi },
    ];

    [Theory]
    [InlineData(true, 0, 1)]
    [InlineData(true, 25_600, 1)]
    [InlineData(true, 27_136, .926776695)]
    [InlineData(true, 28_672, .75)]
    [InlineData(true, 30_208, .573223305)]
    [InlineData(true, 31_744, .5)]
    [InlineData(true, 40_000, .5)]
    [InlineData(false, 0, -1)]
    [InlineData(false, 1_234, -.875)]
    [InlineData(false, 1_851, -.75)]
    [InlineData(false, 3_702, -.5)]
    [InlineData(false, 20_000, -.5)]
    public async Task Accuracy_follows_the_published_cosine(bool correct, int length, double expected)
    {
        ItemResult item = await OneAsync(Item(correct ? Right : Wrong, Distinct(length)));
        Assert.Equal(expected, item.Scores[Phi].Parts!["accuracy"], 9);
        Assert.Equal(8.0 / 13 * expected, item.Reward!.Value, 9);
        Assert.Equal(length, item.Scores[Phi].Parts!["length"]);
        Assert.Equal("tokens", item.Scores[Phi].Evidence!["unit"]);
    }

    [Fact]
    public async Task Repetition_follows_the_published_examples()
    {
        foreach ((int[] tokens, double expected) in new (int[], double)[]
        {
            (Distinct(100), 0), (Cycle(10, 5), 0), (Cycle(10, 6), -.5), (Cycle(5, 20), -1), (new int[100], -4.8),
            ([.. Distinct(1_000), .. Cycle(10, 10)], -.0454545),
        })
        {
            ItemResult item = await OneAsync(Item(Right, tokens));
            Assert.Equal(expected, item.Scores[Phi].Parts!["repetition"], 1e-7);
            Assert.Equal((8 + expected) / 13, item.Reward!.Value, 1e-7);
        }
    }

    [Fact]
    public async Task Overrides_hold_whatever_the_answer_is_and_their_order_is_an_option()
    {
        int[] tokens = Distinct(100);
        Assert.Equal(8.0 / 13, (await OneAsync(Item(Right, tokens))).Reward!.Value, 12);
        Assert.Equal(-4.0 / 13, (await OneAsync(Item(Wrong, Distinct(5_000)))).Reward!.Value, 12);
        Assert.Equal(-8.0 / 13, (await OneAsync(Item("\\boxed{4}", tokens))).Reward!.Value, 12);
        Assert.Equal(-4.0 / 13, (await OneAsync(Item("<think>never ends", tokens) with { FinishReason = "length" })).Reward!.Value, 12);
        ItemResult think = await OneAsync(Item("<think>never ends", tokens) with { FinishReason = "length" }, ("precedence", "\"think_first\""));
        Assert.Equal(-8.0 / 13, think.Reward!.Value, 12);
        Assert.Equal(("think", "think_first"), (think.Scores[Phi].Evidence!["override"], think.Scores[Phi].Evidence!["precedence"]));
        Assert.StartsWith("phi4rp-1", think.Scores[Phi].Definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_end_is_refused_unless_the_text_ends_or_the_option_says()
    {
        RewardItem open = Item(Right, Distinct(10)) with { FinishReason = null };
        ItemResult refused = await OneAsync(open);
        Assert.Equal((ItemStatus.Rejected, "finish_reason"), (refused.Status, refused.Error!.Path));
        Assert.Equal(8.0 / 13, (await OneAsync(open with { Response = Right + "<|im_end|>" })).Reward!.Value, 12);
        Assert.Equal(-4.0 / 13, (await OneAsync(open, ("unknown_end", "\"incomplete\""))).Reward!.Value, 12);
    }

    [Fact]
    public async Task A_verdict_that_is_not_there_leaves_no_reward()
    {
        ItemResult item = await OneAsync(Item(Right, Distinct(10)) with { Label = null });
        Assert.Equal((ItemStatus.Rejected, (double?)null), (item.Status, item.Reward));
        Assert.Contains("verify:math", item.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_are_counted_where_there_are_no_tokens_and_said()
    {
        ItemResult item = await OneAsync(Item("<think>a b\n c</think> \\boxed{4}", null));
        Assert.Equal((4.0, "words"), (item.Scores[Phi].Parts!["length"], item.Scores[Phi].Evidence!["unit"]));
        ItemResult tokens = await OneAsync(Item(Right, null), ("unit", "\"tokens\""));
        Assert.Equal("token_ids", tokens.Error!.Path);
    }

    [Fact]
    public async Task A_reward_that_needs_a_verdict_names_the_verifier_that_is_missing_or_meant()
    {
        Refusal none = await RefusedAsync([new() { Name = Phi }]);
        Assert.Contains("verifier must be among", none.Errors["scorers[0].options.correct_from"][0], StringComparison.Ordinal);
        Refusal several = await RefusedAsync([new() { Name = "verify:math" }, new() { Name = "verify:exact" }, new() { Name = Phi }]);
        Assert.Contains("several verifiers", several.Errors["scorers[2].options.correct_from"][0], StringComparison.Ordinal);
        Refusal bad = await RefusedAsync([new() { Name = "verify:math" }, With(Phi, ("max_length", "5"))]);
        Assert.Contains("positive_control", bad.Errors["scorers[1].options"][0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(48, 0, "flag")]
    [InlineData(49, -1, "flag")]
    [InlineData(49, -48 / 49.0, "wasted")]
    [InlineData(39, -9 / 19.0, "graded")]
    public async Task Loops_are_a_penalty_by_the_named_component(int length, double expected, string component)
    {
        RewardsResponse answer = await ScoreAsync([With("reward:loops", ("component", $"\"{component}\""))], [new RewardItem { Id = "a", TokenIds = new int[length] }]);
        Assert.Equal(expected, answer.Items[0].Reward!.Value, 12);
    }

    [Fact]
    public async Task Overlong_grows_in_the_cache_and_stops_at_minus_1()
    {
        ScorerChoice[] overlong = [With("reward:overlong", ("max_length", "100"), ("cache", "40"))];
        RewardsResponse answer = await ScoreAsync(overlong, [.. new[] { 0, 60, 70, 100, 500 }.Select(n => new RewardItem { Id = $"{n}", TokenIds = Distinct(n) })]);
        Assert.Equal([0, 0, -0.25, -1, -1], answer.Items.Select(i => i.Reward!.Value));
    }

    [Fact]
    public async Task A_vote_gives_pseudo_rewards_by_group_and_never_asks_for_a_label()
    {
        string[] said = ["\\boxed{\\frac12}", "The answer is 0.5", "0.5", "1/2", "\\boxed{3}", "no idea"];
        RewardItem[] items = [.. said.Select((text, i) => new RewardItem { Id = $"a{i}", Group = "a", Response = text }),
            .. Enumerable.Range(0, 4).Select(i => new RewardItem { Id = $"b{i}", Group = "b", Response = $"\\boxed{{{i}}}" }),
            new() { Id = "alone", Response = "\\boxed{1}" }];
        RewardsResponse answer = await ScoreAsync([With(Votes, ("threshold", "0.6"))], items);
        Assert.Equal([1, 1, 1, 1, 0, null], answer.Items.Take(6).Select(i => i.Reward));
        Assert.Equal(ItemStatus.Unparseable, answer.Items[5].Status);
        Assert.All(answer.Items.Skip(6).Take(4), i => Assert.Equal((ItemStatus.Undecided, (double?)null), (i.Status, i.Reward)));
        Assert.Equal("group", answer.Items[10].Error!.Path);
        Assert.All(answer.Items, i => Assert.True(i.Scores[Votes].LabelFree));
        Assert.True(answer.Items[0].LabelFree);

        Array.Reverse(items);
        RewardsResponse back = await ScoreAsync([With(Votes, ("threshold", "0.6"))], items);
        Assert.Equal(answer.Items.Select(i => (i.Id, i.Reward, i.Status)), back.Items.Reverse().Select(i => (i.Id, i.Reward, i.Status)));
    }

    [Theory]
    [InlineData("AAABB", 0.5, true)]
    [InlineData("AAABB", 0.7, false)]
    [InlineData("AAAAB", 0.7, true)]
    [InlineData("AAAAB", 0.9, false)]
    [InlineData("AAAAA", 0.9, true)]
    public async Task The_published_votes_are_kept_or_dropped(string votes, double threshold, bool kept)
    {
        RewardItem[] items = [.. votes.Select((letter, i) => new RewardItem { Id = $"{i}", Group = "g", Response = $"The answer is ({letter})" })];
        RewardsResponse answer = await ScoreAsync([With(Votes, ("threshold", JsonSerializer.Serialize(threshold)), ("answer", "\"choice\""))], items);
        Assert.Equal(votes.Select(letter => kept ? letter == 'A' ? 1.0 : 0.0 : (double?)null), answer.Items.Select(i => i.Reward));
    }

    [Theory]
    [InlineData("code", "12,12,11,10,9", 3)]
    [InlineData("slack", "12,12,11,10,9", 4)]
    public async Task The_length_rule_drops_groups_that_are_short_beside_the_longest(string rule, string lengths, int kept)
    {
        RewardItem[] items = [.. lengths.Split(',').Select(int.Parse).SelectMany((length, g) => Enumerable.Range(0, 3).Select(i =>
            new RewardItem { Id = $"{g}-{i}", Group = $"{g}", Response = "\\boxed{1}", TokenIds = Distinct(length) }))];
        RewardsResponse answer = await ScoreAsync([With(Votes, ("length", $"\"{rule}\""), ("theta", "2"))], items);
        Assert.Equal(kept * 3, answer.Items.Count(i => i.Reward == 1));
        Assert.Equal(15 - (kept * 3), answer.Items.Count(i => i.Error?.Message.StartsWith("too_short", StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task A_group_operation_of_the_request_gives_the_published_advantages()
    {
        RewardItem[] items = [Item(Right, Distinct(1)), Item(Right, Distinct(2)), Item(Wrong, Distinct(5_000)), Item("\\boxed{4}", Distinct(5))];
        items = [.. items.Select((item, i) => item with { Id = $"{i}", Group = "g" })];
        RewardsResponse answer = await ScoreAsync(Published, items, new GroupRule { Epsilon = 0 });
        double[] expected = [.848875, .848875, -.606339, -1.091410];
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], answer.Items[i].Group!.Advantage!.Value, 6);
        Assert.Equal("advantage-1 mean/sample epsilon=0", answer.Items[0].Group!.Definition);
    }

    [Fact]
    public async Task A_response_that_was_cut_is_masked_and_leaves_its_group()
    {
        ScorerChoice[] filter = [new() { Name = "verify:math" }, new() { Name = "reward:finished", Weight = 0, Gate = new GateRule { Below = 1, Effect = "mask" } }];
        RewardItem[] items = [Item(Right, null), Item(Wrong, null), Item("<think>cut", null) with { FinishReason = "length" }];
        items = [.. items.Select((item, i) => item with { Id = $"{i}", Group = "g" })];
        RewardsResponse answer = await ScoreAsync(filter, items, new GroupRule { Deviation = "none" });
        Assert.Equal([ItemStatus.Ok, ItemStatus.Ok, ItemStatus.Masked], answer.Items.Select(i => i.Status));
        Assert.Equal([0.5, -0.5, null], answer.Items.Select(i => i.Group!.Advantage));
        Assert.Equal(1, answer.Counts["masked"]);
    }

    [Fact]
    public async Task Broken_items_are_named_by_their_path()
    {
        Refusal refusal = await RefusedAsync([new() { Name = "reward:loops" }], new RewardItem { Id = "a", TokenIds = [1, -1], FinishReason = "tired" });
        Assert.Equal(["items[0].finish_reason", "items[0].token_ids"], refusal.Errors.Keys.Order());
    }

    private static int[] Distinct(int count) => [.. Enumerable.Range(0, count)];

    private static int[] Cycle(int period, int times) => [.. Enumerable.Range(0, period * times).Select(i => 1_000_000 + (i % period))];

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static RewardItem Item(string response, int[]? tokens) =>
        new() { Id = "a", Response = response, TokenIds = tokens, FinishReason = "stop", Label = Json("\"4\"") };

    private static ScorerChoice With(string name, params (string Name, string Json)[] options) =>
        new() { Name = name, Options = options.ToDictionary(o => o.Name, o => Json(o.Json)) };

    private static async Task<ItemResult> OneAsync(RewardItem item, params (string Name, string Json)[] options) =>
        (await ScoreAsync([Published[0], With(Phi, options)], [item])).Items[0];

    private static async Task<RewardsResponse> ScoreAsync(ScorerChoice[] scorers, RewardItem[] items, GroupRule? group = null)
    {
        // Through a profile, as the shipped ones go.
        Profile profile = Profile.Create("p", scorers, new Dictionary<ItemStatus, double>(), "\n\n", "sum", group);
        var catalog = new ScorerCatalog(VerifierRegistry.All, new Dictionary<string, Profile> { ["p"] = profile });
        ScoreOutcome<RewardsResponse> outcome = await Walk(catalog).ScoreAsync(new RewardsRequest { Profile = "p", Items = items }, TestContext.Current.CancellationToken);
        return Assert.IsType<ScoreOutcome<RewardsResponse>.Scored>(outcome).Response;
    }

    private static async Task<Refusal> RefusedAsync(ScorerChoice[] scorers, RewardItem? item = null)
    {
        var catalog = new ScorerCatalog(VerifierRegistry.All, new Dictionary<string, Profile>());
        ScoreOutcome<RewardsResponse> outcome = await Walk(catalog).ScoreAsync(
            new RewardsRequest { Scorers = scorers, Items = [item ?? Item(Right, null)] }, TestContext.Current.CancellationToken);
        return Assert.IsType<ScoreOutcome<RewardsResponse>.Refused>(outcome).Refusal;
    }

    private static Scorer Walk(ScorerCatalog catalog) => new(catalog, new ScoringLimits(), (scorer, fault) => Assert.Fail($"{scorer}: {fault}"));
}
