using System.Runtime.InteropServices;
using RewardHub.Inference.Kernels;

namespace RewardHub.Inference.Tests.Kernels;

/// <summary>Native memory for one test, filled with seeded numbers, with a guard of NaN behind each matrix.</summary>
internal sealed unsafe class Memory(int seed) : IDisposable
{
    private const int Guard = 64;
    private readonly List<nint> _blocks = [];
    private readonly Random _random = new(seed);

    public byte* Bytes(long count)
    {
        void* block = NativeMemory.AlignedAlloc((nuint)count + 256, 64);
        _blocks.Add((nint)block);
        return (byte*)block;
    }

    /// <summary>Activations in (-1, 1); the floats between and behind the rows are NaN, so that reading them shows.</summary>
    public Matrix Matrix(int rows, int columns, int gap = 0)
    {
        int stride = columns + gap;
        long count = ((long)rows * stride) + Guard;
        float* data = (float*)Bytes(count * 4);
        new Span<float>(data, (int)count).Fill(float.NaN);
        var matrix = new Matrix(data, rows, columns, stride);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) matrix.Row(r)[c] = Number();
        }

        return matrix;
    }

    /// <summary>A weight whose first byte is <paramref name="offset"/> bytes off alignment.</summary>
    public WeightMatrix Weight(DType type, int rows, int columns, int offset = 0)
    {
        byte* data = Bytes(((long)rows * columns * 4) + offset) + offset;
        for (long i = 0; i < (long)rows * columns; i++)
        {
            float value = Number();
            if (type == DType.Float32) MemoryMarshal.Write(new Span<byte>(data + (4 * i), 4), value);
            else if (type == DType.Float16) MemoryMarshal.Write(new Span<byte>(data + (2 * i), 2), (Half)value);
            else MemoryMarshal.Write(new Span<byte>(data + (2 * i), 2), (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
        }

        return new WeightMatrix(data, type, rows, columns);
    }

    public float* Floats(int count)
    {
        float* data = (float*)Bytes((long)count * 4);
        for (int i = 0; i < count; i++) data[i] = Number();
        return data;
    }

    public Matrix Copy(Matrix source)
    {
        Matrix copy = Matrix(source.Rows, source.Columns);
        for (int r = 0; r < source.Rows; r++) source.RowSpan(r).CopyTo(copy.RowSpan(r));
        return copy;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks) NativeMemory.AlignedFree((void*)block);
    }

    private float Number() => (float)((_random.NextDouble() * 2) - 1);
}

internal static class Same
{
    /// <summary>Bit for bit, and no NaN.</summary>
    public static void Bits(Matrix expected, Matrix actual)
    {
        for (int r = 0; r < expected.Rows; r++)
        {
            for (int c = 0; c < expected.Columns; c++)
            {
                float left = expected.RowSpan(r)[c], right = actual.RowSpan(r)[c];
                if (BitConverter.SingleToInt32Bits(left) != BitConverter.SingleToInt32Bits(right) || float.IsNaN(left))
                    Assert.Fail($"[{r}, {c}] is {right:R} and not {left:R}.");
            }
        }
    }
}
