using System.Runtime.CompilerServices;

namespace RewardHub.Inference.Kernels;

/// <summary>The gated activation of the feed-forward layer (Shazeer, 2020).</summary>
public static unsafe class SwiGlu
{
    private const float Log2E = 1.4426950408889634f;

    /// <summary>Computes <c>y = gate / (1 + e^-gate) · up</c>.</summary>
    /// <param name="gate">Shape (T, F).</param>
    /// <param name="up">Shape (T, F).</param>
    /// <param name="y">Shape (T, F); may be <paramref name="gate"/> or <paramref name="up"/>.</param>
    /// <param name="team">Who does it.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Apply(Matrix gate, Matrix up, Matrix y, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        if (gate.Rows != y.Rows || up.Rows != y.Rows || gate.Columns != y.Columns || up.Columns != y.Columns)
            throw new ArgumentException($"({gate.Rows}, {gate.Columns}) and ({up.Rows}, {up.Columns}) to ({y.Rows}, {y.Columns}).");
        team.Run(new Work(gate, up, y), y.Rows);
    }

    private readonly struct Work(Matrix gate, Matrix up, Matrix y) : IWork
    {
        public void Process(int item, Worker worker)
        {
            switch (Isa.VectorBits)
            {
                case 512:
                    Row<Lanes512>(gate.Row(item), up.Row(item), y.Row(item), y.Columns);
                    break;
                case 256:
                    Row<Lanes256>(gate.Row(item), up.Row(item), y.Row(item), y.Columns);
                    break;
                default:
                    Row<Lanes128>(gate.Row(item), up.Row(item), y.Row(item), y.Columns);
                    break;
            }
        }

        private static void Row<TLanes>(float* gate, float* up, float* y, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            int f = 0;
            for (; f + TLanes.Count <= count; f += TLanes.Count) Lanes<TLanes>(gate + f, up + f, y + f);
            if (f == count) return;

            // The rest goes through a full vector too, so that an element's bits do not depend on where a row ends.
            float* rest = stackalloc float[32];
            new Span<float>(rest, 32).Clear();
            new ReadOnlySpan<float>(gate + f, count - f).CopyTo(new Span<float>(rest, 16));
            new ReadOnlySpan<float>(up + f, count - f).CopyTo(new Span<float>(rest + 16, 16));
            Lanes<TLanes>(rest, rest + 16, rest);
            new ReadOnlySpan<float>(rest, count - f).CopyTo(new Span<float>(y + f, count - f));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Lanes<TLanes>(float* gate, float* up, float* y)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes g = TLanes.Load(gate), one = TLanes.Broadcast(1f);
            TLanes sigmoid = TLanes.Divide(one, TLanes.Add(one, TLanes.Exp2(TLanes.Multiply(g, TLanes.Broadcast(-Log2E)))));
            TLanes.Store(y, TLanes.Multiply(TLanes.Multiply(g, sigmoid), TLanes.Load(up)));
        }
    }
}
