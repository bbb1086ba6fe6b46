namespace RewardHub.Parquet;

// The names of leaf types are those of the format.
#pragma warning disable CA1720

/// <content>Fields of tables to be written. All are nullable unless <see cref="Required"/> is asked for.</content>
public sealed partial class ParquetField
{
    /// <summary>A boolean.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Boolean(string name) => Leaf(name, ParquetPhysicalType.Boolean);

    /// <summary>A signed 32-bit integer.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Int32(string name) => Leaf(name, ParquetPhysicalType.Int32);

    /// <summary>A signed 64-bit integer.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Int64(string name) => Leaf(name, ParquetPhysicalType.Int64);

    /// <summary>A single-precision number.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Float(string name) => Leaf(name, ParquetPhysicalType.Float);

    /// <summary>A double-precision number.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Double(string name) => Leaf(name, ParquetPhysicalType.Double);

    /// <summary>UTF-8 text.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Text(string name) =>
        Leaf(name, ParquetPhysicalType.ByteArray, new ParquetLogicalType.Text());

    /// <summary>Text that is a JSON document.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Json(string name) =>
        Leaf(name, ParquetPhysicalType.ByteArray, new ParquetLogicalType.Json());

    /// <summary>Bytes of any length.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Bytes(string name) => Leaf(name, ParquetPhysicalType.ByteArray);

    /// <summary>Bytes of one length.</summary>
    /// <param name="name">Name.</param>
    /// <param name="length">Bytes a value, from 1.</param>
    public static ParquetField FixedBytes(string name, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return Leaf(name, ParquetPhysicalType.FixedLenByteArray, null, length);
    }

    /// <summary>A date, written as days since 1970-01-01.</summary>
    /// <param name="name">Name.</param>
    public static ParquetField Date(string name) => Leaf(name, ParquetPhysicalType.Int32, new ParquetLogicalType.Date());

    /// <summary>A UTC timestamp, written as a number of units since 1970.</summary>
    /// <param name="name">Name.</param>
    /// <param name="unit">Unit of the numbers.</param>
    public static ParquetField Timestamp(string name, ParquetTimeUnit unit) =>
        Leaf(name, ParquetPhysicalType.Int64, new ParquetLogicalType.Timestamp(unit, true));

    /// <summary>A list.</summary>
    /// <param name="name">Name.</param>
    /// <param name="element">The element; its name becomes <c>element</c>.</param>
    public static ParquetField List(string name, ParquetField element) =>
        new(name, ParquetFieldKind.List, true, [element.Copy("element", element.Nullable)]);

    /// <summary>A record.</summary>
    /// <param name="name">Name.</param>
    /// <param name="members">Members; names must differ.</param>
    /// <exception cref="ArgumentException">There is no member, or two share a name.</exception>
    public static ParquetField Struct(string name, params IReadOnlyList<ParquetField> members)
    {
        if (members.Count == 0) throw new ArgumentException("A struct needs a member.", nameof(members));
        if (members.Select(static member => member.Name).Distinct(StringComparer.Ordinal).Count() != members.Count)
        {
            throw new ArgumentException("Two members share a name.", nameof(members));
        }

        return new ParquetField(name, ParquetFieldKind.Struct, true, members);
    }

    /// <summary>A map.</summary>
    /// <param name="name">Name.</param>
    /// <param name="key">Type of the keys, which are required; its name becomes <c>key</c>.</param>
    /// <param name="value">Type of the values; its name becomes <c>value</c>.</param>
    public static ParquetField Map(string name, ParquetField key, ParquetField value)
    {
        var entry = new ParquetField(
            "key_value", ParquetFieldKind.Struct, false, [key.Copy("key", false), value.Copy("value", value.Nullable)]);
        return new ParquetField(name, ParquetFieldKind.Map, true, [entry]);
    }

    /// <summary>The same field without nulls.</summary>
    public ParquetField Required() => Copy(Name, false);

    /// <summary>A copy that can become part of another schema, under another name if wanted.</summary>
    /// <param name="name">Name of the copy; null keeps the name.</param>
    public ParquetField CopyForWriting(string? name = null) => Copy(name ?? Name, Nullable);

    private ParquetField Copy(string name, bool nullable)
    {
        ParquetField[] children = Kind switch
        {
            ParquetFieldKind.List => [Children[0].Copy("element", Children[0].Nullable)],
            ParquetFieldKind.Map => [Children[0].Copy("key_value", false)],
            _ => [.. Children.Select(static child => child.Copy(child.Name, child.Nullable))],
        };
        return new ParquetField(name, Kind, nullable, children)
        {
            PhysicalType = PhysicalType,
            LogicalType = LogicalType,
            TypeLength = TypeLength,
        };
    }

    private static ParquetField Leaf(
        string name, ParquetPhysicalType type, ParquetLogicalType? logical = null, int length = 0) =>
        new(name, ParquetFieldKind.Leaf, true, [])
        {
            PhysicalType = type,
            LogicalType = logical ?? new ParquetLogicalType.None(),
            TypeLength = length,
        };
}
