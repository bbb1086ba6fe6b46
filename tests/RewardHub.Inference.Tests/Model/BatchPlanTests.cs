using RewardHub.Inference.Model;

namespace RewardHub.Inference.Tests.Model;

public class BatchPlanTests
{
    [Fact]
    public void Build_finds_every_token_at_its_place_and_computes_shared_ones_once()
    {
        var random = new Random(8);
        var plan = new BatchPlan();
        for (int trial = 0; trial < 400; trial++)
        {
            // Few token values and copied beginnings: trees of every form.
            var batch = new List<SequenceRequest>();
            for (int n = random.Next(1, 12); n > 0; n--)
            {
                int[] own = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(2))];
                int[] tokens = batch.Count > 0 && random.Next(3) > 0 ? [.. batch[random.Next(batch.Count)].Tokens[..1], .. own] : own;
                if (batch.Count > 0 && random.Next(3) == 0) tokens = [.. batch[random.Next(batch.Count)].Tokens, .. own];
                batch.Add(new SequenceRequest(tokens, new ReadOut.Hidden([.. Enumerable.Range(0, tokens.Length).Where(_ => random.Next(3) == 0)])));
            }

            int minShared = random.Next(0, 5);
            int[] members = [.. Enumerable.Range(0, batch.Count).Where(_ => random.Next(5) > 0)];
            plan.Build(batch, members, minShared);
            CheckPlaces(plan, batch, members);
            if (minShared == 1) Assert.Equal(DistinctBeginnings(batch, members), plan.Rows);
            if (minShared == 0) Assert.Equal(plan.SequenceTokens, plan.Rows);
            Assert.Equal(members.Sum(m => BatchPlan.NeededTokens(batch[m])), plan.SequenceTokens);
        }
    }

    [Fact]
    public void Build_shares_no_beginning_that_is_shorter_than_asked()
    {
        SequenceRequest[] batch = [Of(1, 2, 3, 4), Of(1, 2, 3, 5), Of(1, 2, 9)];
        var plan = new BatchPlan();
        plan.Build(batch, [0, 1, 2], 3);
        Assert.Equal(3 + 1 + 1 + 3, plan.Rows);
        plan.Build(batch, [0, 1, 2], 4);
        Assert.Equal(4 + 4 + 3, plan.Rows);
        plan.Build(batch, [0, 1, 2], 2);
        Assert.Equal(2 + 1 + 2 + 2, plan.Rows);
    }

    private static SequenceRequest Of(params int[] tokens) => new(tokens, new ReadOut.Hidden([tokens.Length - 1]));

    private static void CheckPlaces(BatchPlan plan, List<SequenceRequest> batch, int[] members)
    {
        var read = new SortedSet<int>();
        foreach (int m in members)
        {
            int needed = BatchPlan.NeededTokens(batch[m]);
            for (int p = 0; p < needed; p++)
            {
                int row = plan.RowOf(m, p);
                Assert.Equal(batch[m].Tokens[p], plan.RowTokens[row]);
                Assert.Equal(p, plan.RowPositions[row]);
                // What attention sees of the row: its segment and the segments before it hold all earlier tokens.
                Segment segment = plan.Segments[plan.RowSegments[row]];
                Assert.InRange(p, segment.FirstPosition, segment.FirstPosition + segment.Rows - 1);
                if (segment.Parent < 0)
                {
                    Assert.Equal(0, segment.FirstPosition);
                    continue;
                }

                Segment parent = plan.Segments[segment.Parent];
                Assert.Equal(segment.FirstPosition, parent.FirstPosition + parent.Rows);
                Assert.True(parent.FirstRow + parent.Rows <= segment.FirstRow);
                Assert.Equal(plan.RowOf(m, segment.FirstPosition - 1), parent.FirstRow + parent.Rows - 1);
            }

            foreach (int p in batch[m].ReadOut.Positions)
            {
                read.Add(plan.RowOf(m, p));
                Assert.Equal(plan.RowOf(m, p), plan.ReadRows[plan.ReadOf(m, p)]);
                Assert.Equal(p, plan.ReadPositions[plan.ReadOf(m, p)]);
            }
        }

        Assert.Equal(read, plan.ReadRows.ToArray());
    }

    private static int DistinctBeginnings(List<SequenceRequest> batch, int[] members) =>
        members.SelectMany(m => Enumerable.Range(1, BatchPlan.NeededTokens(batch[m])).Select(n => string.Join(',', batch[m].Tokens[..n]))).Distinct().Count();
}
