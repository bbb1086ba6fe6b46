using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Scoring;

namespace RewardHub.Core.Tests.Scoring;

public sealed class ComposerTests
{
    private static readonly GateRule Zero = new() { Below = 0.5, Effect = "zero" };
    private static readonly GateRule Mask = new() { Below = 0.5, Effect = "mask" };

    [Fact]
    public void Values_are_clipped_before_they_are_weighted()
    {
        ItemResult item = Compose([One("a", 2) with { Clip = [-1, 0.5] }, One("b")], [Says(3), Says(-1)]);
        Assert.Equal(0, item.Reward);
        Assert.Equal(new ComponentEffect(2, 0.5, 1, "counted"), item.Scores["a"].Component);
        Assert.Equal(3, item.Scores["a"].Value);
    }

    [Theory]
    [InlineData(0.49, 0, "zeroed", "closed")]
    [InlineData(0.5, 2, "counted", "open")]
    public void A_gate_zeroes_the_rest_while_its_value_is_below_the_threshold(double value, double reward, string effect, string gate)
    {
        ItemResult item = Compose([One("gate", 0) with { Gate = Zero }, One("b", 2)], [Says(value), Says(1)]);
        Assert.Equal(reward, item.Reward);
        Assert.Equal(effect, item.Scores["b"].Component!.Effect);
        Assert.Equal(gate, item.Scores["gate"].Component!.Gate);
        Assert.Equal(gate == "closed" ? "gate" : null, item.Scores["b"].Component!.ClosedBy);
    }

    [Fact]
    public void The_gate_itself_still_counts_with_its_weight() =>
        Assert.Equal(0.75, Compose([One("gate", 3) with { Gate = Zero }, One("b", 2)], [Says(0.25), Says(1)]).Reward);

    [Fact]
    public void A_gate_that_masks_everything_with_a_weight_leaves_the_item_masked_and_without_a_reward()
    {
        ItemResult item = Compose([One("gate", 0) with { Gate = Mask }, One("b", 2)], [Says(0), Says(1)]);
        Assert.Equal((ItemStatus.Masked, (double?)null), (item.Status, item.Reward));
        Assert.Equal((ErrorCodes.Masked, "gate"), (item.Error!.Code, item.Error.Scorer));
        Assert.Equal("masked", item.Scores["b"].Component!.Effect);
    }

    [Fact]
    public void A_failure_behind_a_closed_gate_does_not_matter_and_one_behind_an_open_gate_does()
    {
        ScorerChoice[] components = [One("gate", 0) with { Gate = Zero }, One("b", 2)];
        Assert.Equal(0, Compose(components, [Says(0), Fails(ErrorCodes.DeadlineExceeded)]).Reward);
        Assert.Equal(ItemStatus.Timeout, Compose(components, [Says(1), Fails(ErrorCodes.DeadlineExceeded)]).Status);
    }

    [Fact]
    public void A_gate_without_a_value_fails_the_item_even_at_weight_0() =>
        Assert.Equal(ItemStatus.Undecided, Compose([One("gate", 0) with { Gate = Zero }, One("b")], [Fails(ErrorCodes.Undecided), Says(1)]).Status);

    [Fact]
    public void A_report_only_component_that_fails_does_not_take_the_reward_away()
    {
        ItemResult item = Compose([One("a"), One("b", 0)], [Says(0.25), Fails(ErrorCodes.Unparseable)]);
        Assert.Equal((ItemStatus.Ok, 0.25), (item.Status, item.Reward));
        Assert.Equal("report_only", item.Scores["b"].Component!.Effect);
        Assert.Equal(ItemStatus.Unparseable, item.Scores["b"].Status);
    }

    [Fact]
    public void A_failure_is_no_reward_where_every_component_only_reports() =>
        Assert.Equal(ItemStatus.Unparseable, Compose([One("a", 0)], [Fails(ErrorCodes.Unparseable)]).Status);

    [Theory]
    [InlineData("\"fail\"", null)]
    [InlineData("\"mask\"", 1.0)]
    [InlineData("-0.5", 0.0)]
    public void The_rule_of_a_status_fails_masks_or_names_a_value(string rule, double? reward)
    {
        ItemResult item = Compose([One("a"), One("b", 2) with { OnStatus = On("unparseable", rule) }], [Says(1), Fails(ErrorCodes.Unparseable)]);
        Assert.Equal(reward, item.Reward);
        Assert.Equal(reward is null ? ItemStatus.Unparseable : ItemStatus.Ok, item.Status);
        Assert.Equal(ItemStatus.Undecided, Compose([One("b") with { OnStatus = On("unparseable", rule) }], [Fails(ErrorCodes.Undecided)]).Status);
    }

    [Fact]
    public void Masked_components_leave_the_mean_and_zeroed_ones_do_not()
    {
        ScorerChoice masked = One("b", 3) with { OnStatus = On("undecided", "\"mask\"") };
        Assert.Equal(0.8, Compose([One("a"), masked], [Says(0.8), Fails(ErrorCodes.Undecided)], "mean").Reward);
        Assert.Equal(0.25, Compose([One("a") with { Gate = new GateRule { Below = 2, Effect = "zero" } }, One("b", 3)], [Says(1), Says(1)], "mean").Reward);
    }

    [Fact]
    public void An_item_whose_only_component_is_masked_by_status_keeps_that_status()
    {
        ItemResult item = Compose([One("a") with { OnStatus = On("undecided", "\"mask\"") }], [Fails(ErrorCodes.Undecided)]);
        Assert.Equal((ItemStatus.Undecided, (double?)null), (item.Status, item.Reward));
    }

    [Fact]
    public void Two_gates_act_the_same_in_either_order()
    {
        ScorerChoice[] components = [One("x") with { Gate = Zero }, One("y") with { Gate = Mask }, One("z")];
        ScorerResult[] results = [Says(0.25), Says(0.125), Says(1)];
        ItemResult forward = Compose(components, results), back = Compose([.. components.Reverse()], [.. results.Reverse()]);
        Assert.Equal(forward.Reward, back.Reward);
        foreach (string name in new[] { "x", "y", "z" }) Assert.Equal(forward.Scores[name].Component, back.Scores[name].Component);
        Assert.Equal("y", forward.Scores["z"].Component!.ClosedBy);
    }

    [Fact]
    public void A_sum_that_is_not_finite_is_no_reward() =>
        Assert.Equal(ItemStatus.Error, Compose([One("a", 1e308), One("b", 1e308)], [Says(1e10), Says(1)]).Status);

    [Fact]
    public void Every_broken_rule_of_a_component_is_named_by_its_path()
    {
        ScorerChoice broken = One("a", double.NaN) with
        {
            Clip = [1, 0],
            Gate = new GateRule { Below = double.NaN, Effect = "stop" },
            Aggregate = "median",
            OnStatus = new Dictionary<string, JsonElement> { ["ok"] = Json("1"), ["sick"] = Json("1"), ["timeout"] = Json("\"zero\"") },
        };
        Assert.Equal(
            ["weight", "aggregate", "clip", "gate.below", "gate.effect", "on_status.ok", "on_status.sick", "on_status.timeout"],
            ComponentRules.Check(broken).Select(p => p.Path!));
        Assert.Equal(["baseline", "deviation", "epsilon", "size"], ComponentRules.Check(new GroupRule { Baseline = "x", Deviation = "x", Epsilon = -1, Size = 1 }).Select(p => p.Path!));
    }

    private static ScorerChoice One(string name, double weight = 1) => new() { Name = name, Weight = weight };

    private static ScorerResult Says(double value) => new() { Status = ItemStatus.Ok, Value = value, Version = "1" };

    private static ScorerResult Fails(string code) => ItemFailures.Failed(new ItemError(code, "why"), "s", "1");

    private static Dictionary<string, JsonElement> On(string status, string rule) => new() { [status] = Json(rule) };

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static ItemResult Compose(ScorerChoice[] components, ScorerResult[] results, string combine = "sum") =>
        Composer.Compose(new RewardItem { Id = "i" }, 0, components, combine, results, null, new StageTimes(0, 0, 0, 0));
}
