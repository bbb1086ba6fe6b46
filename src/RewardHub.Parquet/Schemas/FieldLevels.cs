namespace RewardHub.Parquet.Schemas;

/// <summary>Gives the fields of a schema to be written their paths, levels and leaf numbers.</summary>
internal static class FieldLevels
{
    /// <summary>Levels are kept in bytes and walked by recursion, so nesting is bounded.</summary>
    public const int MaxLevel = 100;

    public static void Assign(IReadOnlyList<ParquetField> fields)
    {
        int leaf = 0;
        foreach (ParquetField field in fields) Assign(field, [field.Name], 0, 0, 0, ref leaf);
    }

    private static void Assign(ParquetField field, string[] path, int definition, int repetition, int slot, ref int leaf)
    {
        if (definition > MaxLevel) throw new ArgumentException("The schema is nested too deeply.", nameof(field));
        if (field.PathParts.Length > 0 || field.LeafIndex >= 0 || field.Path.Length > 0)
        {
            throw new ArgumentException($"Field '{field.Name}' is part of a schema already; take a copy.", nameof(field));
        }

        field.PathParts = path;
        field.Path = string.Join('.', path);
        field.MaxRepetitionLevel = repetition;
        field.SlotDefinitionLevel = slot;
        field.MaxDefinitionLevel = definition += field.Nullable ? 1 : 0;
        if (field.Kind == ParquetFieldKind.Leaf)
        {
            field.LeafIndex = leaf++;
            return;
        }

        if (field.Kind == ParquetFieldKind.Struct)
        {
            foreach (ParquetField child in field.Children)
            {
                Assign(child, [.. path, child.Name], definition, repetition, slot, ref leaf);
            }

            return;
        }

        ParquetField element = field.Children[0];
        element.IsMapEntry = field.Kind == ParquetFieldKind.Map;
        field.ElementDefinitionLevel = definition + 1;
        string[] inside = element.IsMapEntry ? [.. path, element.Name] : [.. path, "list", element.Name];
        Assign(element, inside, definition + 1, repetition + 1, definition + 1, ref leaf);
    }
}
