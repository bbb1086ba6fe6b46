using System.Diagnostics.CodeAnalysis;

namespace RewardHub.Inference.Kernels;

/// <summary>How an element of a weight is stored. Every format widens to float32 exactly.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The formats have no other names.")]
public enum DType
{
    /// <summary>IEEE 754 binary32, <c>F32</c>.</summary>
    Float32,

    /// <summary>IEEE 754 binary16, <c>F16</c>.</summary>
    Float16,

    /// <summary>The upper half of a binary32, <c>BF16</c>.</summary>
    BFloat16,
}

/// <summary>Sizes of the stored formats.</summary>
public static class DTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType type) => type == DType.Float32 ? 4 : 2;
}

/// <summary>
/// A weight of shape (O, C), row-major and without gaps, as it lies in a safetensors file. The memory belongs to the
/// caller, may be mapped read-only, and need not be aligned, not even to its element size.
/// </summary>
public readonly unsafe struct WeightMatrix
{
    /// <summary>Describes a weight.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public WeightMatrix(void* data, DType type, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Data = data;
        Type = type;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The first element.</summary>
    public void* Data { get; }

    /// <summary>How elements are stored.</summary>
    public DType Type { get; }

    /// <summary>O.</summary>
    public int Rows { get; }

    /// <summary>C.</summary>
    public int Columns { get; }

    /// <summary>The first byte of row <paramref name="row"/>; the row is not checked.</summary>
    public byte* Row(int row) => (byte*)Data + ((long)row * Columns * Type.Size());

    /// <summary>The rows from <paramref name="first"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not within this weight.</exception>
    public WeightMatrix Slice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows - first);
        return new WeightMatrix(Row(first), Type, count, Columns);
    }
}
