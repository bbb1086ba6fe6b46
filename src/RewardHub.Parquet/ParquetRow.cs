namespace RewardHub.Parquet;

/// <summary>One row, or one struct, as objects. For small tools and messages; bulk work reads columns.</summary>
public sealed class ParquetRow
{
    private readonly object?[] _values;
    private readonly IReadOnlyList<ParquetColumn> _columns;

    internal ParquetRow(IReadOnlyList<ParquetColumn> columns, int index)
    {
        _columns = columns;
        _values = new object?[columns.Count];
        for (int i = 0; i < _values.Length; i++) _values[i] = columns[i].GetValue(index);
    }

    /// <summary>Number of fields.</summary>
    public int Count => _values.Length;

    /// <summary>Values in field order, as <see cref="ParquetColumn.GetValue"/> gives them.</summary>
    public IReadOnlyList<object?> Values => _values;

    /// <summary>The value of a field; null when the field is null or does not exist.</summary>
    /// <param name="name">Exact name.</param>
    public object? this[string name]
    {
        get
        {
            for (int i = 0; i < _values.Length; i++)
            {
                if (_columns[i].Field.Name == name) return _values[i];
            }

            return null;
        }
    }

    /// <summary>The field at a position.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ParquetField Field(int index) => _columns[index].Field;
}
