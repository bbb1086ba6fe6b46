using System.Runtime.Intrinsics;

namespace RewardHub.Inference.Kernels;

/// <summary>Cosines and sines by position, shape (positions, R / 2) each, with any attention factor multiplied in.</summary>
/// <param name="cos">Cosines.</param>
/// <param name="sin">Sines.</param>
/// <param name="positions">Number of positions in the tables.</param>
/// <param name="rotarySize">R, even: the first R of the D channels of a head are rotated.</param>
public readonly unsafe struct RopeTables(float* cos, float* sin, int positions, int rotarySize)
{
    /// <summary>Cosines.</summary>
    public float* Cos { get; } = cos;

    /// <summary>Sines.</summary>
    public float* Sin { get; } = sin;

    /// <summary>Number of positions in the tables.</summary>
    public int Positions { get; } = positions;

    /// <summary>R.</summary>
    public int RotarySize { get; } = rotarySize;
}

/// <summary>Rotary position embedding in the half-rotated layout: channel i turns with channel i + R/2.</summary>
public static unsafe class Rope
{
    /// <summary>
    /// Rotates in place: <c>x[i]·cos - x[i + R/2]·sin</c> and <c>x[i + R/2]·cos + x[i]·sin</c> for i below R/2.
    /// Channels from R on stay as they are.
    /// </summary>
    /// <param name="x">Shape (T, heads·D), head h at columns h·D.</param>
    /// <param name="heads">Number of heads in a row.</param>
    /// <param name="tables">Cosines and sines.</param>
    /// <param name="positions">T positions, each within the tables.</param>
    /// <param name="team">Who does it.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a position is outside the tables.</exception>
    public static void Apply(Matrix x, int heads, RopeTables tables, ReadOnlySpan<int> positions, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (x.Columns % heads != 0 || tables.RotarySize > x.Columns / heads || tables.RotarySize % 2 != 0 || tables.RotarySize < 0)
            throw new ArgumentException($"{heads} heads in {x.Columns} columns cannot be rotated by {tables.RotarySize}.");
        if (positions.Length != x.Rows) throw new ArgumentException($"{positions.Length} positions for {x.Rows} rows.");
        foreach (int position in positions)
        {
            if ((uint)position >= (uint)tables.Positions)
                throw new ArgumentException($"Position {position} is outside the {tables.Positions} of the tables.");
        }

        fixed (int* p = positions) team.Run(new Work(x, heads, tables, p), x.Rows);
    }

    private readonly struct Work(Matrix x, int heads, RopeTables tables, int* positions) : IWork
    {
        public void Process(int item, Worker worker)
        {
            int half = tables.RotarySize / 2, size = x.Columns / heads;
            float* cos = tables.Cos + ((long)positions[item] * half);
            float* sin = tables.Sin + ((long)positions[item] * half);
            for (int h = 0; h < heads; h++)
            {
                float* a = x.Row(item) + (h * size);
                float* b = a + half;
                int i = 0;
                for (; i + 8 <= half; i += 8)
                {
                    // Products are rounded on their own, as in the loop below: an element's bits do not depend on its place.
                    Vector256<float> left = Vector256.Load(a + i), right = Vector256.Load(b + i);
                    Vector256<float> c = Vector256.Load(cos + i), s = Vector256.Load(sin + i);
                    ((left * c) - (right * s)).Store(a + i);
                    ((right * c) + (left * s)).Store(b + i);
                }

                for (; i < half; i++)
                {
                    float left = a[i], right = b[i];
                    a[i] = (left * cos[i]) - (right * sin[i]);
                    b[i] = (right * cos[i]) + (left * sin[i]);
                }
            }
        }
    }
}
