namespace RewardHub.Parquet.Schemas;

/// <summary>Gives the fields of a schema to be written their paths, levels and leaf numbers.</summary>
internal static class FieldLevels
{
    /// <summary>Levels are kept in bytes and walked by recursion, so nesting is bounded.</summary>
    public const int MaxLevel = 100;

    public static void Assign(IReadOnlyList<ParquetField> fields)
    {
        int leaf = 0;
        foreach (ParquetField field in fields) Assign(field, "", 0, 0, 0, ref leaf);
    }

    private static void Assign(ParquetField field, string above, int definition, int repetition, int slot, ref int leaf)
    {
        if (definition > MaxLevel) throw new ArgumentException("The schema is nested too deeply.", nameof(field));
        if (field.LeafIndex >= 0 || field.Path.Length > 0)
        {
            throw new ArgumentException($"Field '{field.Name}' is in a schema already.", nameof(field));
        }

        field.Path = above.Length == 0 ? field.Name : $"{above}.{field.Name}";
        field.MaxRepetitionLevel = repetition;
        field.SlotDefinitionLevel = slot;
        field.MaxDefinitionLevel = definition += field.Nullable ? 1 : 0;
        switch (field.Kind)
        {
            case ParquetFieldKind.Leaf:
                field.LeafIndex = leaf++;
                break;
            case ParquetFieldKind.Struct:
                foreach (ParquetField child in field.Children)
                {
                    Assign(child, field.Path, definition, repetition, slot, ref leaf);
                }

                break;
            default:
                field.ElementDefinitionLevel = definition + 1;
                if (field.Kind == ParquetFieldKind.List)
                {
                    Assign(field.Children[0], field.Path + ".list", definition + 1, repetition + 1, definition + 1, ref leaf);
                }
                else
                {
                    Assign(field.Children[0], field.Path, definition + 1, repetition + 1, definition + 1, ref leaf);
                }

                break;
        }
    }
}
