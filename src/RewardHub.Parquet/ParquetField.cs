namespace RewardHub.Parquet;

/// <summary>Shape of a field.</summary>
public enum ParquetFieldKind
{
    /// <summary>A single value.</summary>
    Leaf = 0,

    /// <summary>A list; the one child is the element.</summary>
    List = 1,

    /// <summary>A record of named children.</summary>
    Struct = 2,

    /// <summary>Entries of a key and a value; the one child is the entry, a struct of two fields.</summary>
    Map = 3,
}

/// <summary>
/// A field of a schema: a leaf, list, struct or map. The groups that the format puts inside lists are folded away.
/// </summary>
public sealed partial class ParquetField
{
    internal ParquetField(string name, ParquetFieldKind kind, bool nullable, IReadOnlyList<ParquetField> children) =>
        (Name, Kind, Nullable, Children) = (name, kind, nullable, children);

    /// <summary>Name, as in the file; may be empty and may hold dots.</summary>
    public string Name { get; }

    /// <summary>Leaf, list, struct or map.</summary>
    public ParquetFieldKind Kind { get; }

    /// <summary>Whether the field may be null.</summary>
    public bool Nullable { get; }

    /// <summary>The element of a list, the entry of a map, the members of a struct; empty for a leaf.</summary>
    public IReadOnlyList<ParquetField> Children { get; }

    /// <summary>How values are stored; meaningful for leaves.</summary>
    public ParquetPhysicalType PhysicalType { get; internal init; }

    /// <summary>What values mean; <see cref="ParquetLogicalType.None"/> for lists, structs and maps.</summary>
    public ParquetLogicalType LogicalType { get; internal init; } = new ParquetLogicalType.None();

    /// <summary>Bytes a value of <see cref="ParquetPhysicalType.FixedLenByteArray"/>; else 0.</summary>
    public int TypeLength { get; internal init; }

    /// <summary>
    /// Path in the file's schema, names joined by dots, with the groups inside lists: <c>step_scores.list.element</c>.
    /// </summary>
    public string Path { get; internal set; } = "";

    /// <summary>Definition level of a value that is there, from 0.</summary>
    public int MaxDefinitionLevel { get; internal set; }

    /// <summary>Number of lists and maps around the field; its own list is not counted.</summary>
    public int MaxRepetitionLevel { get; internal set; }

    /// <summary>Leaves below the field in schema order; the field itself when it is a leaf.</summary>
    public IEnumerable<ParquetField> Leaves =>
        Kind == ParquetFieldKind.Leaf ? [this] : Children.SelectMany(static child => child.Leaves);

    /// <summary>The child of this name; null when there is none. Lists and maps are looked through.</summary>
    /// <param name="name">Exact name.</param>
    public ParquetField? Child(string name) => Kind switch
    {
        ParquetFieldKind.Struct => Children.FirstOrDefault(child => child.Name == name),
        ParquetFieldKind.List or ParquetFieldKind.Map =>
            Children[0].Name == name ? Children[0] : Children[0].Child(name),
        _ => null,
    };

    /// <summary>
    /// The smallest definition level at which this field has a slot: that of the list element around it.
    /// </summary>
    internal int SlotDefinitionLevel { get; set; }

    /// <summary>Definition level at which a list has an element.</summary>
    internal int ElementDefinitionLevel { get; set; }

    /// <summary>Position of a leaf among the leaves of the file; -1 for groups.</summary>
    internal int LeafIndex { get; set; } = -1;

    /// <summary>Whether this struct is the entry of a map that is to be written.</summary>
    internal bool IsMapEntry { get; set; }

    /// <summary>The names of <see cref="Path"/>; set for fields that are to be written.</summary>
    internal string[] PathParts { get; set; } = [];

    /// <summary>Name and kind, for messages.</summary>
    public override string ToString() => $"{Name}: {Kind}{(Kind == ParquetFieldKind.Leaf ? $" {PhysicalType}" : "")}";
}
