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
        foreach (AlgorithmicTask task in ArithmeticTasks.All.Values.Where(task => task.Name is not ("algo/capitalize" or "algo/capitalize_reverse" or "algo/mqar")))
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
    public void Every_prompt_of_every_task_is_solved_from_its_text()
    {
        foreach (AlgorithmicTask task in AlgorithmicTasks.All.Values)
        {
            foreach (int length in (int[])[1, 2, 3, 8, 31, task.MaxLength])
            {
                foreach (AlgorithmicProblem problem in task.Problems(length, seed: 9, count: 4))
                {
                    Assert.Equal(problem.Answer, task.Solve(problem.Prompt));
                    Assert.NotEmpty(problem.Answer);
                }
            }

            foreach (string other in (string[])["", "=", "x", "1+", "+=", "a+b=", "1+2+3=", new string('1', 5_000) + "=", "1>2#1:2-2:1", "?=", "ab?=", "ab?c=", "1:1=", "1>1#="])
                Assert.Null(task.Solve(other));
        }
    }

    [Fact]
    public void Words_and_numbers_follow_their_tasks()
    {
        static string? Solve(string task, string prompt) => AlgorithmicTasks.All["algo/" + task].Solve(prompt);
        Assert.Equal("2486111", Solve("reverse_add", "343221+994499="));
        Assert.Equal("2376100", Solve("no_carry", "343221+994499="));
        Assert.Equal("0110011", Solve("carry_only", "343221+994499="));
        Assert.Equal("211", Solve("reverse_add", "59+71="));
        Assert.Equal("910", Solve("reverse_add", "21+7="));
        Assert.Equal("112", Solve("forward_add", "95+17="));
        // 95 - 17 = 78, and one digit more than the longer operand.
        Assert.Equal("870", Solve("reverse_subtract", "59-71="));
        Assert.Null(Solve("reverse_subtract", "71-59="));
        Assert.Equal("8471+06943(80763)+004780=801421", Solve("multiply_cot", "734*482="));
        Assert.Equal("630=630", Solve("multiply_cot", "21*3="));
        Assert.Equal("198+0198=1089", Solve("multiply_cot", "99*99="));
        Assert.Equal("343221", Solve("copy_first", "343221+994499="));
        Assert.Equal("aBcD", Solve("capitalize", "AbCd="));
        Assert.Equal("DcBa", Solve("capitalize_reverse", "AbCd="));
        Assert.Equal("da", Solve("mqar", "abcda?bc,d="));
        // A query that stands twice has no one answer.
        Assert.Null(Solve("mqar", "abcabd?ab="));
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
