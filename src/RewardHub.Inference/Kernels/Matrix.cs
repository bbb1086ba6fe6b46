namespace RewardHub.Inference.Kernels;

/// <summary>A row-major matrix of activations in memory that the caller owns and keeps alive.</summary>
/// <remarks>Rows may lie further apart than they are wide, so that a view of some columns is a matrix too.</remarks>
public readonly unsafe struct Matrix
{
    /// <summary>Describes <paramref name="rows"/> rows of <paramref name="columns"/> floats, one after the other.</summary>
    public Matrix(float* data, int rows, int columns)
        : this(data, rows, columns, columns)
    {
    }

    /// <summary>Describes rows whose starts lie <paramref name="stride"/> floats apart.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or the stride is smaller than a row.</exception>
    public Matrix(float* data, int rows, int columns, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        Data = data;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>The first element.</summary>
    public float* Data { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Floats from the start of one row to the start of the next; at least <see cref="Columns"/>.</summary>
    public int Stride { get; }

    /// <summary>The first element of row <paramref name="row"/>; the row is not checked.</summary>
    public float* Row(int row) => Data + ((long)row * Stride);

    /// <summary>One row as a span; the row is not checked.</summary>
    public Span<float> RowSpan(int row) => new(Row(row), Columns);

    /// <summary>The rows from <paramref name="first"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not within this matrix.</exception>
    public Matrix Slice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows - first);
        return new Matrix(Row(first), count, Columns, Stride);
    }

    /// <summary>A view of the columns from <paramref name="first"/> on, with the same stride.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The columns are not within this matrix.</exception>
    public Matrix ColumnSlice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Columns - first);
        return new Matrix(Data + first, Rows, count, Stride);
    }
}
