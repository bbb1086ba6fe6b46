namespace RewardHub.Parquet;

/// <summary>The fields of a file or of a table to be written.</summary>
public sealed class ParquetSchema
{
    /// <summary>A schema for writing. A field belongs to one schema.</summary>
    /// <param name="fields">Top-level fields; names must differ.</param>
    /// <exception cref="ArgumentException">There is no field, two share a name, or nesting is too deep.</exception>
    public ParquetSchema(IEnumerable<ParquetField> fields)
    {
        Fields = [.. fields];
        if (Fields.Count == 0) throw new ArgumentException("A schema needs a field.", nameof(fields));
        if (Fields.Select(static field => field.Name).Distinct(StringComparer.Ordinal).Count() != Fields.Count)
        {
            throw new ArgumentException("Two fields share a name.", nameof(fields));
        }

        Schemas.FieldLevels.Assign(Fields);
        Leaves = Fields.SelectMany(static field => field.Leaves).ToArray();
    }

    internal ParquetSchema(IReadOnlyList<ParquetField> fields, IReadOnlyList<ParquetField> leaves) =>
        (Fields, Leaves) = (fields, leaves);

    /// <summary>Top-level fields in file order.</summary>
    public IReadOnlyList<ParquetField> Fields { get; }

    /// <summary>All leaves in file order.</summary>
    public IReadOnlyList<ParquetField> Leaves { get; }

    /// <summary>
    /// The field that a path names; null when there is none. A top-level name comes first, even when it holds dots;
    /// then names
    /// joined by dots, with or without the groups that the format puts inside lists (<c>spans.start</c> and
    /// <c>spans.list.element.start</c> are the same).
    /// </summary>
    /// <param name="path">The path.</param>
    public ParquetField? Find(string path)
    {
        foreach (ParquetField field in Fields)
        {
            if (field.Name == path) return field;
        }

        foreach (ParquetField leaf in Leaves)
        {
            if (leaf.Path == path) return leaf;
        }

        foreach (ParquetField field in Fields)
        {
            if (Below(field, path) is { } found) return found;
        }

        return null;
    }

    /// <summary>The top-level field that holds a field; the field itself when it is top-level.</summary>
    /// <param name="field">A field of this schema.</param>
    /// <exception cref="ParquetFormatException">The field is not of this schema.</exception>
    public ParquetField RootOf(ParquetField field)
    {
        foreach (ParquetField root in Fields)
        {
            if (ReferenceEquals(root, field) || Holds(root, field)) return root;
        }

        throw new ParquetFormatException(ParquetFault.Schema, $"'{field.Name}' is a field of another file.");
    }

    private static bool Holds(ParquetField root, ParquetField field) =>
        root.Children.Any(child => ReferenceEquals(child, field) || Holds(child, field));

    private static ParquetField? Below(ParquetField field, string path)
    {
        if (path == field.Name) return field;
        if (!path.StartsWith(field.Name + ".", StringComparison.Ordinal)) return null;
        return Members(field, path[(field.Name.Length + 1)..]);
    }

    private static ParquetField? Members(ParquetField field, string rest)
    {
        foreach (ParquetField child in field.Children)
        {
            if (Below(child, rest) is { } found) return found;
            bool folded = field.Kind is ParquetFieldKind.List or ParquetFieldKind.Map;
            if (folded && Members(child, rest) is { } inside) return inside;
        }

        return null;
    }
}
