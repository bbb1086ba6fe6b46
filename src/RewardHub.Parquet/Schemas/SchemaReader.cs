using RewardHub.Parquet.Thrift;

namespace RewardHub.Parquet.Schemas;

/// <summary>
/// Turns the flat list of schema elements into fields, by the format's rules for lists and maps, old ones included.
/// </summary>
internal sealed class SchemaReader
{
    private const int Required = 0;
    private const int Optional = 1;
    private const int Repeated = 2;
    private const int ConvertedMap = 1;
    private const int ConvertedMapKeyValue = 2;
    private const int ConvertedList = 3;
    private const int LogicalMap = 2;
    private const int LogicalList = 3;

    private readonly IReadOnlyList<SchemaElement> _elements;
    private readonly List<ParquetField> _leaves = [];
    private int _next;

    private SchemaReader(IReadOnlyList<SchemaElement> elements) => _elements = elements;

    /// <summary>Reads the schema; a fault is a <see cref="ParquetFormatException"/>.</summary>
    public static ParquetSchema Read(IReadOnlyList<SchemaElement> elements)
    {
        if (elements.Count == 0) throw ParquetFormatException.Corrupt("the schema is empty.");
        var reader = new SchemaReader(elements);
        Node root = reader.Tree(0);
        if (reader._next != elements.Count) throw ParquetFormatException.Corrupt("the schema has nodes outside its tree.");
        var fields = new List<ParquetField>(root.Children.Count);
        foreach (Node child in root.Children) fields.Add(reader.Field(child, new Place("", 0, 0, 0)));
        return new ParquetSchema(fields, reader._leaves);
    }

    private sealed record Node(SchemaElement Element, IReadOnlyList<Node> Children)
    {
        public bool IsGroup => Element.Type is null;

        public bool IsList => IsGroup && (Element.LogicalId == LogicalList || Element.ConvertedType == ConvertedList);

        public bool IsMap => IsGroup
            && (Element.LogicalId == LogicalMap || Element.ConvertedType is ConvertedMap or ConvertedMapKeyValue);

        public bool IsRepeated => Element.Repetition == Repeated;
    }

    /// <summary>Where a field stands: path above it and the levels of what is around it.</summary>
    private readonly record struct Place(string Path, int Definition, int Repetition, int Slot)
    {
        public string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
    }

    private Node Tree(int depth)
    {
        if (_next >= _elements.Count) throw ParquetFormatException.Corrupt("the schema ends inside a group.");
        if (depth > FieldLevels.MaxLevel / 2) throw ParquetFormatException.Unsupported("the schema is nested too deeply.");
        SchemaElement element = _elements[_next++];
        if (depth == 0) element.Repetition = Required;
        if (element.Repetition is < Required or > Repeated)
        {
            throw ParquetFormatException.Corrupt($"field '{element.Name}' has an unknown repetition.");
        }

        if (element.Type is not null && depth > 0) return new Node(element, []);
        if (element.ChildCount < 0 || element.ChildCount > _elements.Count - _next)
        {
            throw ParquetFormatException.Corrupt($"group '{element.Name}' names more children than the schema has.");
        }

        var children = new List<Node>(element.ChildCount);
        for (int i = 0; i < element.ChildCount; i++) children.Add(Tree(depth + 1));
        return new Node(element with { Type = null }, children);
    }

    /// <summary>
    /// A node as a field; a repeated node that no list or map claims is a required list of required elements.
    /// </summary>
    private ParquetField Field(Node node, Place place)
    {
        if (!node.IsRepeated) return Plain(node, place, place.Definition + (node.Element.Repetition == Optional ? 1 : 0));
        int inside = place.Definition + 1;
        ParquetField element = Plain(node, place with { Repetition = place.Repetition + 1, Slot = inside }, inside);
        return new ParquetField(node.Element.Name, ParquetFieldKind.List, false, [element])
        {
            Path = place.Join(node.Element.Name),
            MaxDefinitionLevel = place.Definition,
            MaxRepetitionLevel = place.Repetition,
            SlotDefinitionLevel = place.Slot,
            ElementDefinitionLevel = inside,
        };
    }

    /// <summary>
    /// A node without regard to its own repetition, which <paramref name="definition"/> already counts.
    /// </summary>
    private ParquetField Plain(Node node, Place place, int definition)
    {
        string path = place.Join(node.Element.Name);
        bool nullable = node.Element.Repetition == Optional;
        if (!node.IsGroup) return Leaf(node.Element, place, path, nullable, definition);
        bool folds = node.Children.Count == 1 && node.Children[0].IsRepeated;
        if (folds && node.IsList) return List(node, place, path, nullable, definition);
        if (folds && node.IsMap && node.Children[0] is { IsGroup: true, Children.Count: 2 })
        {
            return Folded(ParquetFieldKind.Map, node, Entry(node.Children[0], path, place, definition), place, path, nullable, definition);
        }

        var inner = new Place(path, definition, place.Repetition, place.Slot);
        var children = new List<ParquetField>(node.Children.Count);
        foreach (Node child in node.Children) children.Add(Field(child, inner));
        if (children.Count == 0) throw ParquetFormatException.Unsupported($"group '{path}' has no members.");
        return new ParquetField(node.Element.Name, ParquetFieldKind.Struct, nullable, children)
        {
            Path = path,
            MaxDefinitionLevel = definition,
            MaxRepetitionLevel = place.Repetition,
            SlotDefinitionLevel = place.Slot,
        };
    }

    private ParquetField Entry(Node repeated, string path, Place place, int definition) => Plain(
        repeated with { Element = repeated.Element with { LogicalId = 0, ConvertedType = null } },
        new Place(path, definition + 1, place.Repetition + 1, definition + 1),
        definition + 1);

    private ParquetField List(Node node, Place place, string path, bool nullable, int definition)
    {
        Node repeated = node.Children[0];
        string name = repeated.Element.Name;
        // The repeated node is the element itself when it is a leaf, has several members, is annotated, or has the name
        // that
        // old writers gave it; otherwise it is a wrapper around the one element.
        bool isElement = !repeated.IsGroup || repeated.Children.Count != 1 || repeated.Children[0].IsRepeated
            || repeated.IsList || repeated.IsMap || name == "array"
            || name == node.Element.Name + "_tuple";
        var inside = new Place(path, definition + 1, place.Repetition + 1, definition + 1);
        ParquetField element = isElement
            ? Plain(repeated, inside, definition + 1)
            : Field(repeated.Children[0], inside with { Path = inside.Join(name) });
        return Folded(ParquetFieldKind.List, node, element, place, path, nullable, definition);
    }

    private static ParquetField Folded(
        ParquetFieldKind kind, Node node, ParquetField child, Place place, string path, bool nullable, int definition) =>
        new(node.Element.Name, kind, nullable, [child])
        {
            Path = path,
            MaxDefinitionLevel = definition,
            MaxRepetitionLevel = place.Repetition,
            SlotDefinitionLevel = place.Slot,
            ElementDefinitionLevel = definition + 1,
        };

    private ParquetField Leaf(SchemaElement element, Place place, string path, bool nullable, int definition)
    {
        if (element.Type is not (>= 0 and <= 7)) throw ParquetFormatException.Unsupported($"field '{path}' has an unknown type.");
        var type = (ParquetPhysicalType)element.Type.Value;
        int length = type == ParquetPhysicalType.FixedLenByteArray ? element.TypeLength : 0;
        if (length < 0) throw ParquetFormatException.Corrupt($"field '{path}' has a negative length.");
        var leaf = new ParquetField(element.Name, ParquetFieldKind.Leaf, nullable, [])
        {
            PhysicalType = type,
            TypeLength = length,
            LogicalType = LogicalTypes.Of(element, type, length),
            Path = path,
            MaxDefinitionLevel = definition,
            MaxRepetitionLevel = place.Repetition,
            SlotDefinitionLevel = place.Slot,
            LeafIndex = _leaves.Count,
        };
        _leaves.Add(leaf);
        return leaf;
    }
}
