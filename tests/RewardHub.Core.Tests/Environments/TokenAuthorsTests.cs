using FsCheck;
using FsCheck.Fluent;
using RewardHub.Contracts;
using RewardHub.Environments;

namespace RewardHub.Core.Tests.Environments;

public class TokenAuthorsTests
{
    public static TheoryData<string, TokenSpan[]> Broken() => new()
    {
        { "spans[0]", [new(-1, 2, SpanRole.Prompt)] },
        { "spans[0]", [new(0, 11, SpanRole.Prompt)] },
        { "spans[0]", [new(3, 3, SpanRole.Prompt)] },
        { "spans[0]", [new(int.MinValue, int.MaxValue, SpanRole.Prompt)] },
        { "spans[1]", [new(4, 6, SpanRole.Action, 0), new(0, 2, SpanRole.Observation, 0)] },
        { "spans[1]", [new(0, 4, SpanRole.Action, 0), new(3, 6, SpanRole.Observation, 0)] },
        { "spans[1]", [new(0, 4, SpanRole.Action, 0), new(0, 4, SpanRole.Observation, 0)] },
        { "spans[0]", [new(0, 4, (SpanRole)9)] },
        { "spans[0]", [new(0, 4, SpanRole.Action, -2)] },
        { "spans[0]", [new(0, 4, SpanRole.Observation, 0, "")] },
        { "spans[0]", [null!] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Create_refuses_spans_that_break_a_rule_and_says_which(string path, TokenSpan[] spans)
    {
        Outcome<TokenAuthors> authors = TokenAuthors.Create(10, spans);
        Assert.Equal(ErrorCodes.BadSpans, authors.Error?.Code);
        Assert.Equal(path, authors.Error!.Path);
    }

    [Fact]
    public void Create_takes_spans_that_touch_and_leave_gaps() =>
        Assert.True(TokenAuthors.Create(10, [new(0, 4, SpanRole.Action), new(4, 6, SpanRole.Observation), new(9, 10, SpanRole.Prompt)]).IsOk);

    [Fact]
    public void Create_accepts_exactly_the_spans_that_give_no_token_two_authors()
    {
        Gen<TokenSpan> span =
            from start in Gen.Choose(-1, 8)
            from length in Gen.Choose(0, 4)
            from role in Gen.Choose(0, 4)
            select new TokenSpan(start, start + length, (SpanRole)role, 0);
        Prop.ForAll(span.ListOf(3).ToArbitrary(), spans =>
        {
            bool inside = spans.All(s => s.Start >= 0 && s.End <= 9 && s.Start < s.End);
            bool sorted = spans.Zip(spans.Skip(1)).All(p => p.First.Start <= p.Second.Start);
            bool single = Enumerable.Range(0, 9).All(t => spans.Count(s => s.Start <= t && t < s.End) <= 1);
            return TokenAuthors.Create(9, [.. spans]).IsOk == (inside && sorted && single);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
