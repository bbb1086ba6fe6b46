using RewardHub.Inference.Kernels;

namespace RewardHub.Inference.Tests.Kernels;

public unsafe class ElementTests(ITestOutputHelper output)
{
    private static readonly int[] Lengths = [1, 3, 8, 15, 16, 17, 31, 32, 64, 65, 100, 896, 1001];

    [Fact]
    public void RmsNorm_agrees_with_double_precision_and_keeps_a_rows_bits()
    {
        using var team = new WorkerTeam(2);
        double worst = 0;
        foreach (int length in Lengths)
        {
            foreach (int parts in new[] { 1, 4 })
            {
                using var memory = new Memory(length);
                Matrix x = memory.Matrix(7, length * parts, gap: 2), y = memory.Matrix(7, length * parts), alone = memory.Matrix(1, length * parts);
                float* weight = memory.Floats(length);
                RmsNorm.Apply(x, weight, 1e-6f, y, team, parts);
                RmsNorm.Apply(x.Slice(5, 1), weight, 1e-6f, alone, team, parts);
                Same.Bits(y.Slice(5, 1), alone);
                for (int t = 0; t < 7; t++)
                {
                    for (int part = 0; part < parts; part++)
                    {
                        float* from = x.Row(t) + (part * length);
                        double sum = 0;
                        for (int c = 0; c < length; c++) sum += (double)from[c] * from[c];
                        for (int c = 0; c < length; c++)
                        {
                            double expected = from[c] / Math.Sqrt((sum / length) + 1e-6) * weight[c];
                            Note(ref worst, expected, y.Row(t)[(part * length) + c]);
                        }
                    }
                }
            }
        }

        output.WriteLine($"largest difference {worst:E2}");
        Assert.InRange(worst, 0, 2e-6);
    }

    [Fact]
    public void SwiGlu_agrees_with_double_precision_and_keeps_an_elements_bits_wherever_it_stands()
    {
        using var team = new WorkerTeam(2);
        double worst = 0;
        foreach (int length in Lengths)
        {
            using var memory = new Memory(length);
            Matrix gate = memory.Matrix(3, length), up = memory.Matrix(3, length), y = memory.Matrix(3, length);
            for (int f = 0; f < length; f++) gate.Row(1)[f] *= 120;
            SwiGlu.Apply(gate, up, y, team);
            for (int t = 0; t < 3; t++)
            {
                for (int f = 0; f < length; f++)
                {
                    double g = gate.Row(t)[f];
                    Note(ref worst, g / (1 + Math.Exp(-g)) * up.Row(t)[f], y.Row(t)[f]);
                    Matrix single = memory.Matrix(1, 1);
                    if (length > 100) continue;
                    SwiGlu.Apply(gate.ColumnSlice(f, 1).Slice(t, 1), up.ColumnSlice(f, 1).Slice(t, 1), single, team);
                    Same.Bits(y.ColumnSlice(f, 1).Slice(t, 1), single);
                }
            }

            SwiGlu.Apply(gate, up, gate, team);
            Same.Bits(y, gate);
        }

        output.WriteLine($"largest difference {worst:E2}");
        Assert.InRange(worst, 0, 1e-6);
    }

    [Theory]
    [InlineData(1, 16, 16)]
    [InlineData(3, 20, 20)]
    [InlineData(2, 64, 32)]
    [InlineData(2, 24, 6)]
    [InlineData(2, 80, 0)]
    public void Rope_turns_the_first_channels_of_each_head_and_leaves_the_rest(int heads, int size, int rotary)
    {
        using var team = new WorkerTeam(2);
        using var memory = new Memory(size);
        const int Positions = 50;
        float* cos = memory.Floats(Positions * Math.Max(1, rotary)), sin = memory.Floats(Positions * Math.Max(1, rotary));
        Matrix x = memory.Matrix(5, heads * size, gap: 3), before = memory.Copy(x);
        int[] positions = [0, 7, 49, 7, 3];
        Rope.Apply(x, heads, new RopeTables(cos, sin, Positions, rotary), positions, team);
        int half = rotary / 2;
        for (int t = 0; t < 5; t++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int c = 0; c < size; c++)
                {
                    float* from = before.Row(t) + (h * size);
                    double expected = from[c];
                    if (c < rotary)
                    {
                        int i = c % half;
                        double other = c < half ? -from[c + half] : from[c - half];
                        expected = (expected * cos[(positions[t] * half) + i]) + (other * sin[(positions[t] * half) + i]);
                    }

                    Assert.Equal(expected, x.Row(t)[(h * size) + c], 3e-7);
                }
            }
        }

        Assert.Throws<ArgumentException>(() => Rope.Apply(x, heads, new RopeTables(cos, sin, Positions, rotary), [0, 0, 0, 0, Positions], team));
        Assert.Throws<ArgumentException>(() => Rope.Apply(x, heads, new RopeTables(cos, sin, Positions, rotary), [0, 0, 0, 0, -1], team));
    }

    [Fact]
    public void LogSumExp_agrees_with_double_precision_in_chunks_and_whole()
    {
        using var memory = new Memory(6);
        double worst = 0;
        foreach (int length in Lengths)
        {
            Matrix x = memory.Matrix(1, length);
            foreach (ref float value in x.RowSpan(0)) value *= 40;
            double max = x.RowSpan(0).ToArray().Max();
            double expected = max + Math.Log(x.RowSpan(0).ToArray().Sum(value => Math.Exp(value - max)));
            Note(ref worst, expected, LogSumExp.Of(x.RowSpan(0)).Value);
            LogSumExp merged = LogSumExp.Empty;
            for (int i = 0; i < length; i += 20) merged = merged.Merge(LogSumExp.Of(x.RowSpan(0).Slice(i, Math.Min(20, length - i))));
            Note(ref worst, expected, merged.Value);
        }

        output.WriteLine($"largest difference {worst:E2}");
        Assert.InRange(worst, 0, 1e-5);
        Assert.Equal(double.NegativeInfinity, LogSumExp.Of([]).Value);
        Assert.Equal(double.NegativeInfinity, LogSumExp.Of([float.NegativeInfinity]).Value);
        Assert.Equal(3.0, LogSumExp.Of([float.NegativeInfinity, 3f]).Value);
    }

    [Fact]
    public void Softmax_sums_to_one_and_keeps_the_order()
    {
        float[] values = [1000f, 999f, -1000f];
        Softmax.InPlace(values);
        Assert.Equal(1f, values.Sum(), 1e-6f);
        Assert.Equal(1 / (1 + Math.Exp(-1)), values[0], 1e-6);
        Assert.Equal(0f, values[2]);
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void Gather_widens_the_rows_asked_for(DType type)
    {
        foreach (int columns in Lengths)
        {
            using var memory = new Memory(columns);
            WeightMatrix table = memory.Weight(type, 9, columns, 1);
            Matrix y = memory.Matrix(4, columns, gap: 1);
            int[] ids = [8, 0, 3, 3];
            Gather.Rows(table, ids, y);
            for (int t = 0; t < 4; t++)
            {
                for (int c = 0; c < columns; c++) Assert.Equal(Widen.Element(table.Row(ids[t]), type, c), y.Row(t)[c]);
                Assert.True(float.IsNaN(y.Row(t)[columns]));
            }

            Assert.Throws<ArgumentException>(() => Gather.Rows(table, [0, 1, 2, 9], y));
            Assert.Throws<ArgumentException>(() => Gather.Rows(table, [0, 1, 2, -1], y));
        }
    }

    [Fact]
    public void Residual_adds_to_the_stream()
    {
        using var team = new WorkerTeam(2);
        using var memory = new Memory(8);
        Matrix stream = memory.Matrix(3, 33, gap: 1), x = memory.Matrix(3, 33), before = memory.Copy(stream);
        Residual.Add(stream, x, team);
        for (int t = 0; t < 3; t++)
        {
            for (int c = 0; c < 33; c++) Assert.Equal(before.Row(t)[c] + x.Row(t)[c], stream.Row(t)[c]);
            Assert.True(float.IsNaN(stream.Row(t)[33]));
        }
    }

    private static void Note(ref double worst, double expected, double actual)
    {
        double difference = Math.Abs(expected - actual) / Math.Max(1, Math.Abs(expected));
        if (!(difference <= worst)) worst = difference;
    }
}
