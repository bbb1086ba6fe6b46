using System.Globalization;
using RewardHub.Rewards;

namespace RewardHub.Core.Tests.Rewards;

public class ArithmeticTasksTests
{
    [Fact]
    public void Answers_follow_the_published_formats()
    {
        Assert.Equal("2486111", ArithmeticTasks.ReverseAdd("122343", "994499"));
        Assert.Equal("2376100", ArithmeticTasks.NoCarry("122343", "994499"));
        Assert.Equal("0110011", ArithmeticTasks.CarryOnly("122343", "994499"));
        Assert.Equal("343221+994499", $"{ArithmeticTasks.Reverse("122343")}+{ArithmeticTasks.Reverse("994499")}");
        Assert.Equal("211", ArithmeticTasks.ReverseAdd("95", "17"));
        Assert.Equal("910", ArithmeticTasks.ReverseAdd("12", "7"));
        Assert.Equal("8471+06943(80763)+004780=801421", ArithmeticTasks.MultiplyCot("437", "284"));
        Assert.Equal("630=630", ArithmeticTasks.MultiplyCot("12", "3"));
        Assert.Equal("198+0198=1089", ArithmeticTasks.MultiplyCot("99", "99"));
    }

    [Fact]
    public void A_sum_is_its_digits_without_carry_plus_its_carries()
    {
        var draws = new KeyedDraws(5, "identity", 1, 0);
        for (int n = 0; n < 2_000; n++)
        {
            string a = draws.Digits(1 + draws.Below(40)), b = draws.Digits(1 + draws.Below(40));
            string sum = ArithmeticTasks.ReverseAdd(a, b), plain = ArithmeticTasks.NoCarry(a, b), carry = ArithmeticTasks.CarryOnly(a, b);
            Assert.Equal(sum, string.Concat(plain.Zip(carry, (x, y) => (char)('0' + ((x + y - (2 * '0')) % 10)))));
        }
    }

    [Fact]
    public void Every_task_accepts_its_answer_and_rejects_each_single_change()
    {
        foreach (AlgorithmicTask task in ArithmeticTasks.All.Values)
        {
            foreach (AlgorithmicProblem problem in task.Problems(5, seed: 3, count: 20))
            {
                Assert.Equal(1, AlgorithmicTask.Verify(problem, $" {problem.Answer}\n"));
                Assert.EndsWith("=", problem.Prompt, StringComparison.Ordinal);
                for (int i = 0; i < problem.Answer.Length; i++)
                {
                    char[] changed = problem.Answer.ToCharArray();
                    changed[i] = changed[i] == '9' ? '0' : '9';
                    Assert.Equal(0, AlgorithmicTask.Verify(problem, new string(changed)));
                    Assert.Equal(0, AlgorithmicTask.Verify(problem, problem.Answer.Remove(i, 1) + "x"));
                }
            }
        }
    }

    [Fact]
    public void A_set_depends_on_its_key_only()
    {
        AlgorithmicTask task = ArithmeticTasks.All["algo/reverse_add"];
        AlgorithmicProblem[] all = [.. task.Problems(16, 7, 1_024)], again = [.. task.Problems(16, 7, 1_024)];
        Assert.Equal(all, again);
        Assert.Equal(all[3], task.Problems(16, 7, 4).Last());
        Assert.NotEqual(all[0], task.Problems(16, 8, 1).First());
        Assert.True(all.Distinct().Count() > 1_000);
        Assert.All(all, problem => Assert.Equal((16 * 2) + 2, problem.Prompt.Length));
        // The draws themselves are fixed, so that a set is the same on every machine and in every release.
        Assert.Equal("2 89 15 92 1", string.Join(' ', Draws()));
    }

    [Fact]
    public void Subtraction_never_goes_below_zero_and_lengths_are_checked()
    {
        AlgorithmicTask task = ArithmeticTasks.All["algo/reverse_subtract"];
        Assert.All(task.Problems(6, 1, 200), problem => Assert.DoesNotContain("-", problem.Answer, StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => task.Problems(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => task.Problems(task.MaxLength + 1, 1, 1));
    }

    private static IEnumerable<string> Draws()
    {
        var draws = new KeyedDraws(1, "algo/test", 2, 3);
        for (int i = 0; i < 5; i++) yield return draws.Below(100).ToString(CultureInfo.InvariantCulture);
    }
}
