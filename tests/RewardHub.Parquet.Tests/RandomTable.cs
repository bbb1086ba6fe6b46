namespace RewardHub.Parquet.Tests;

/// <summary>A random schema and rows, as the objects that <see cref="ParquetColumn.GetValue"/> gives.</summary>
internal sealed class RandomTable
{
    private readonly Random _random;
    private readonly int _distinct;

    public RandomTable(int seed, int rows, int depth)
    {
        _random = new Random(seed);
        _distinct = _random.Next(3) switch { 0 => 1, 1 => 20, _ => int.MaxValue };
        Fields = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(i => Field($"c{i}", depth))];
        Rows = [.. Enumerable.Range(0, rows).Select(_ => Fields.Select(Value).ToArray())];
    }

    public List<ParquetField> Fields { get; }

    public List<object?[]> Rows { get; }

    public ParquetSchema Schema() => new(Fields.Select(static field => field.CopyForWriting()));

    /// <summary>Writes the rows one by one.</summary>
    public byte[] Write(ParquetWriteOptions options)
    {
        using var stream = new MemoryStream();
        using (ParquetWriter writer = ParquetWriter.Create(stream, Schema(), options))
        {
            foreach (object?[] row in Rows)
            {
                for (int i = 0; i < row.Length; i++) Append(writer.Row[i], row[i]);
                writer.EndRow();
            }
        }

        return stream.ToArray();
    }

    public static void Append(ParquetColumnBuilder builder, object? value)
    {
        switch (value)
        {
            case null: builder.AppendNull(); break;
            case bool flag: builder.Append(flag); break;
            case long number: builder.Append(number); break;
            case double number: builder.Append(number); break;
            case string text: builder.Append(text); break;
            case byte[] bytes: builder.Append(bytes.AsSpan()); break;
            case Dictionary<string, object?> members:
                foreach ((string name, object? member) in members) Append(builder.Member(name), member);
                builder.EndStruct();
                break;
            case List<KeyValuePair<object, object?>> entries:
                foreach ((object key, object? item) in entries)
                {
                    Append(builder.Element.Member("key"), key);
                    Append(builder.Element.Member("value"), item);
                    builder.Element.EndStruct();
                }

                builder.EndList();
                break;
            case List<object?> items:
                foreach (object? item in items) Append(builder.Element, item);
                builder.EndList();
                break;
            default: throw new InvalidOperationException(value.GetType().ToString());
        }
    }

    /// <summary>Whether a value that was read is the value that was written; floats bit by bit.</summary>
    public static bool Same(object? written, object? read) => (written, read) switch
    {
        (null, null) => true,
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (Dictionary<string, object?> a, ParquetRow b) =>
            a.Count == b.Count && a.All(member => Same(member.Value, b[member.Key])),
        (List<KeyValuePair<object, object?>> a, IReadOnlyList<ParquetMapEntry> b) =>
            a.Count == b.Count && a.Zip(b).All(static p => Same(p.First.Key, p.Second.Key) && Same(p.First.Value, p.Second.Value)),
        (List<object?> a, IReadOnlyList<object?> b) => a.Count == b.Count && a.Zip(b).All(static p => Same(p.First, p.Second)),
        _ => Equals(written, read),
    };

    private ParquetField Field(string name, int depth)
    {
        ParquetField field = _random.Next(depth > 0 ? 15 : 11) switch
        {
            0 => ParquetField.Boolean(name),
            1 => ParquetField.Int32(name),
            2 => ParquetField.Int64(name),
            3 => ParquetField.Float(name),
            4 => ParquetField.Double(name),
            5 => ParquetField.Text(name),
            6 => ParquetField.Bytes(name),
            7 => ParquetField.FixedBytes(name, _random.Next(1, 20)),
            8 => ParquetField.Json(name),
            9 => ParquetField.Date(name),
            10 => ParquetField.Timestamp(name, (ParquetTimeUnit)_random.Next(3)),
            11 => ParquetField.Map(name, ParquetField.Text("k"), Field("v", depth - 1)),
            12 => ParquetField.Struct(name, [.. Enumerable.Range(0, _random.Next(1, 4)).Select(i => Field($"m{i}", depth - 1))]),
            _ => ParquetField.List(name, Field("x", depth - 1)),
        };
        return _random.Next(3) == 0 ? field.Required() : field;
    }

    private object? Value(ParquetField field)
    {
        if (field.Nullable && _random.Next(4) == 0) return null;
        return field.Kind switch
        {
            ParquetFieldKind.List => Enumerable.Range(0, Length()).Select(_ => Value(field.Children[0])).ToList(),
            ParquetFieldKind.Map => Enumerable.Range(0, Length())
                .Select(_ => new KeyValuePair<object, object?>(
                    Value(field.Children[0].Children[0])!, Value(field.Children[0].Children[1])))
                .ToList(),
            ParquetFieldKind.Struct => field.Children.ToDictionary(static child => child.Name, Value),
            _ => Leaf(field),
        };
    }

    private int Length() => _random.Next(4) == 0 ? 0 : _random.Next(6);

    private object Leaf(ParquetField field)
    {
        // Few distinct values make dictionaries, many make plain pages.
        var random = _distinct == int.MaxValue ? _random : new Random(_random.Next(_distinct));
        return field.PhysicalType switch
        {
            ParquetPhysicalType.Boolean => random.Next(2) == 0,
            ParquetPhysicalType.Int32 => (long)unchecked((int)random.NextInt64()),
            ParquetPhysicalType.Int64 => random.NextInt64(long.MinValue, long.MaxValue),
            ParquetPhysicalType.Float => random.Next(8) switch
            {
                0 => double.NaN,
                1 => -0.0,
                2 => double.NegativeInfinity,
                _ => (double)random.NextSingle(),
            },
            ParquetPhysicalType.Double => random.Next(8) switch
            {
                0 => double.NaN,
                1 => -0.0,
                2 => double.PositiveInfinity,
                3 => double.Epsilon,
                _ => random.NextDouble(),
            },
            ParquetPhysicalType.FixedLenByteArray => Bytes(random, field.TypeLength),
            _ when field.LogicalType is ParquetLogicalType.Text or ParquetLogicalType.Json =>
                string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "aé猫😀 \"\n0"[..(1 + random.Next(4))])).Replace("\uD83D", "", StringComparison.Ordinal),
            _ => Bytes(random, random.Next(random.Next(20) == 0 ? 300 : 12)),
        };
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
