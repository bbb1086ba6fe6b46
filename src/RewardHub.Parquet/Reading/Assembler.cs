namespace RewardHub.Parquet.Reading;

/// <summary>Puts leaves back into lists, maps and structs from their levels (Dremel, Melnik et al. 2010).</summary>
/// <remarks>
/// A level entry starts a new slot of a field when its repetition level is at most the number of lists around the field
/// and
/// its definition level reaches the element of the innermost of them. All leaves below a field agree on those entries.
/// </remarks>
internal static class Assembler
{
    /// <summary>Builds a field from its leaves; members without a leaf are left out.</summary>
    /// <param name="field">The field.</param>
    /// <param name="leaves">Leaves by number; null where not read.</param>
    public static ParquetColumn Build(ParquetField field, LeafData?[] leaves) => field.Kind switch
    {
        ParquetFieldKind.Leaf => Leaf(leaves[field.LeafIndex]!),
        ParquetFieldKind.Struct => Struct(field, leaves),
        _ => List(field, leaves),
    };

    /// <summary>Whether a leaf below the field was read.</summary>
    public static bool IsRead(ParquetField field, LeafData?[] leaves) => First(field, leaves) is not null;

    private static LeafData? First(ParquetField field, LeafData?[] leaves)
    {
        if (field.Kind == ParquetFieldKind.Leaf) return leaves[field.LeafIndex];
        foreach (ParquetField child in field.Children)
        {
            if (First(child, leaves) is { } found) return found;
        }

        return null;
    }

    private static ParquetColumn Leaf(LeafData data)
    {
        ParquetField field = data.Field;
        if (data.Definitions is null || data.Values.Count == data.Count) return data.Values.Build(field, data.Count, null);
        ReadOnlySpan<byte> definitions = data.Definitions.AsSpan(0, data.Count);
        int slot = field.SlotDefinitionLevel;
        int max = field.MaxDefinitionLevel;
        int slots = slot == 0 ? data.Count : CountFrom(definitions, slot);
        if (slots == data.Values.Count) return data.Values.Build(field, slots, null);
        bool[] valid = new bool[slots];
        if (slots == data.Count)
        {
            for (int i = 0; i < definitions.Length; i++) valid[i] = definitions[i] == max;
        }
        else
        {
            int at = 0;
            foreach (byte definition in definitions)
            {
                if (definition >= slot) valid[at++] = definition == max;
            }
        }

        return data.Values.Build(field, slots, valid);
    }

    private static ParquetStruct Struct(ParquetField field, LeafData?[] leaves)
    {
        var members = new List<ParquetColumn>(field.Children.Count);
        foreach (ParquetField child in field.Children)
        {
            if (IsRead(child, leaves)) members.Add(Build(child, leaves));
        }

        int count = members[0].Count;
        if (members.Exists(member => member.Count != count))
        {
            throw ParquetFormatException.Corrupt($"the members of '{field.Path}' differ in length.");
        }

        LeafData data = First(field, leaves)!;
        if (field.MaxDefinitionLevel == field.SlotDefinitionLevel || data.Definitions is null)
        {
            return new ParquetStruct(field, members, count, null, 0);
        }

        bool[] valid = new bool[count];
        int at = 0;
        int nulls = 0;
        for (int i = 0; i < data.Count; i++)
        {
            if (!StartsSlot(field, data, i)) continue;
            if (at == count) throw ParquetFormatException.Corrupt($"the levels of '{field.Path}' contradict each other.");
            valid[at] = data.Definitions[i] >= field.MaxDefinitionLevel;
            nulls += valid[at++] ? 0 : 1;
        }

        return at == count
            ? new ParquetStruct(field, members, count, valid, nulls)
            : throw ParquetFormatException.Corrupt($"the levels of '{field.Path}' contradict each other.");
    }

    private static ParquetList List(ParquetField field, LeafData?[] leaves)
    {
        ParquetColumn elements = Build(field.Children[0], leaves);
        LeafData data = First(field, leaves)!;
        ReadOnlySpan<byte> definitions = data.Definitions.AsSpan(0, data.Count);
        ReadOnlySpan<byte> repetitions = data.Repetitions.AsSpan(0, data.Count);
        int outer = field.MaxRepetitionLevel;
        int slot = field.SlotDefinitionLevel;
        int defined = field.MaxDefinitionLevel;
        int element = field.ElementDefinitionLevel;
        int count = 0;
        for (int i = 0; i < repetitions.Length; i++) count += repetitions[i] <= outer && definitions[i] >= slot ? 1 : 0;
        int[] offsets = new int[count + 1];
        bool[]? valid = field.Nullable ? new bool[count] : null;
        int at = 0;
        int elementCount = 0;
        int nulls = 0;
        for (int i = 0; i < repetitions.Length; i++)
        {
            int definition = definitions[i];
            int repetition = repetitions[i];
            if (repetition <= outer && definition >= slot)
            {
                offsets[at] = elementCount;
                if (valid is not null)
                {
                    valid[at] = definition >= defined;
                    nulls += definition >= defined ? 0 : 1;
                }

                at++;
            }

            if (definition >= element && repetition <= outer + 1)
            {
                if (at == 0) throw ParquetFormatException.Corrupt($"an element of '{field.Path}' comes before its list.");
                elementCount++;
            }
        }

        offsets[count] = elementCount;
        return elementCount == elements.Count
            ? new ParquetList(field, offsets, count, elements, valid, nulls)
            : throw ParquetFormatException.Corrupt($"the levels of '{field.Path}' contradict each other.");
    }

    private static bool StartsSlot(ParquetField field, LeafData data, int entry) =>
        (data.Repetitions is null || data.Repetitions[entry] <= field.MaxRepetitionLevel)
        && data.Definitions![entry] >= field.SlotDefinitionLevel;

    private static int CountFrom(ReadOnlySpan<byte> definitions, int least)
    {
        int count = 0;
        foreach (byte definition in definitions) count += definition >= least ? 1 : 0;
        return count;
    }
}
