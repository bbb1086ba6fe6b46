namespace RewardHub.Parquet.Writing;

/// <summary>Takes columns apart into the levels and values of one leaf (Dremel, Melnik et al. 2010).</summary>
internal sealed class LeafShredder
{
    private readonly ParquetField[] _fields;
    private readonly ParquetColumn[] _columns;
    private readonly ValueCollector _values;
    private int[] _definitions = new int[1024];
    private int[] _repetitions = new int[1024];

    /// <param name="path">Fields from the top-level one to the leaf.</param>
    /// <param name="values">Where values go.</param>
    public LeafShredder(ParquetField[] path, ValueCollector values) =>
        (_fields, _columns, _values) = (path, new ParquetColumn[path.Length], values);

    /// <summary>Number of levels.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<int> Definitions => _definitions.AsSpan(0, Count);

    public ReadOnlySpan<int> Repetitions => _repetitions.AsSpan(0, Count);

    /// <summary>Appends rows of a column.</summary>
    public void Append(ParquetColumn column, int start, int count)
    {
        Descend(column);
        _values.Source(_columns[^1]);
        for (int row = start; row < start + count; row++) Visit(0, row, 0);
    }

    private void Visit(int depth, int slot, int repetition)
    {
        ParquetField field = _fields[depth];
        ParquetColumn column = _columns[depth];
        if (column.IsNull(slot))
        {
            if (!field.Nullable) throw new ArgumentException($"Column '{field.Path}' is required but holds a null.");
            Emit(repetition, field.MaxDefinitionLevel - 1);
            return;
        }

        switch (column)
        {
            case ParquetList list:
                int start = list.Start(slot);
                int end = start + list.Length(slot);
                if (start == end) Emit(repetition, field.MaxDefinitionLevel);
                for (int i = start; i < end; i++)
                {
                    Visit(depth + 1, i, i == start ? repetition : field.MaxRepetitionLevel + 1);
                }

                break;
            case ParquetStruct:
                Visit(depth + 1, slot, repetition);
                break;
            default:
                Emit(repetition, field.MaxDefinitionLevel);
                _values.Append(slot);
                break;
        }
    }

    private void Emit(int repetition, int definition)
    {
        if (Count == _definitions.Length)
        {
            Array.Resize(ref _definitions, Count * 2);
            Array.Resize(ref _repetitions, Count * 2);
        }

        _definitions[Count] = definition;
        _repetitions[Count++] = repetition;
    }

    /// <summary>Finds the columns along the path: members by name, elements by position.</summary>
    private void Descend(ParquetColumn column)
    {
        for (int depth = 0; ; depth++)
        {
            ParquetField field = _fields[depth];
            bool fits = field.Kind switch
            {
                ParquetFieldKind.Leaf => column.Field.Kind == ParquetFieldKind.Leaf
                    && column.Field.PhysicalType == field.PhysicalType && column.Field.TypeLength == field.TypeLength,
                ParquetFieldKind.Struct => column is ParquetStruct,
                _ => column is ParquetList,
            };
            if (!fits) throw new ArgumentException($"Column '{column.Field}' does not fit the field '{field}'.");
            _columns[depth] = column;
            if (depth == _fields.Length - 1) return;
            ParquetField next = _fields[depth + 1];
            column = column switch
            {
                ParquetList list => list.Elements,
                ParquetStruct { Fields.Count: 2 } entry when depth > 0 && _fields[depth - 1].Kind == ParquetFieldKind.Map
                    => entry.Fields[next.Name == "key" ? 0 : 1],
                ParquetStruct members => members.Member(next.Name)
                    ?? throw new ArgumentException($"Column '{field.Path}' lacks its member '{next.Name}'."),
                _ => throw new ArgumentException($"Column '{column.Field}' does not fit the field '{field}'."),
            };
        }
    }
}
