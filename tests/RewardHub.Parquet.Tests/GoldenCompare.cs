using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RewardHub.Parquet.Tests;

/// <summary>The golden JSON form of values, and the hash over a column's values.</summary>
internal static class GoldenCompare
{
    /// <summary>Null when the value is the expected one, else what differs.</summary>
    public static string? Difference(ParquetField field, object? value, JsonElement expected, string where)
    {
        if (expected.ValueKind == JsonValueKind.Null || value is null)
        {
            return expected.ValueKind == JsonValueKind.Null && value is null ? null : Differs(where, value, expected);
        }

        switch (field.Kind)
        {
            case ParquetFieldKind.List:
                return Lists(field.Children[0], (IReadOnlyList<object?>)value, expected, where);
            case ParquetFieldKind.Map:
                var entries = (IReadOnlyList<ParquetMapEntry>)value;
                if (entries.Count != expected.GetArrayLength()) return Differs(where, value, expected);
                for (int i = 0; i < entries.Count; i++)
                {
                    IReadOnlyList<ParquetField> pair = field.Children[0].Children;
                    string? fault = Difference(pair[0], entries[i].Key, expected[i][0], $"{where}[{i}].key")
                        ?? Difference(pair[1], entries[i].Value, expected[i][1], $"{where}[{i}].value");
                    if (fault is not null) return fault;
                }

                return null;
            case ParquetFieldKind.Struct:
                return Struct(field.Children, (ParquetRow)value, expected, where);
            default:
                return Same(field, value, expected) ? null : Differs(where, value, expected);
        }
    }

    public static string? Struct(IReadOnlyList<ParquetField> fields, ParquetRow row, JsonElement expected, string where)
    {
        if (fields.Count != expected.EnumerateObject().Count()) return $"{where}: other members";
        for (int i = 0; i < fields.Count; i++)
        {
            if (!expected.TryGetProperty(fields[i].Name, out JsonElement member)) return $"{where}: no {fields[i].Name}";
            if (Difference(fields[i], row.Values[i], member, $"{where}.{fields[i].Name}") is { } fault) return fault;
        }

        return null;
    }

    /// <summary>SHA-256 over the values of a column, by the golden README.</summary>
    public static string Hash(IEnumerable<ParquetColumn> columns)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ParquetColumn column in columns)
        {
            var bytes = new MemoryStream();
            for (int i = 0; i < column.Count; i++) Append(bytes, column, i);
            hash.AppendData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(MemoryStream target, ParquetColumn column, int index)
    {
        if (column.IsNull(index))
        {
            target.WriteByte(0);
            return;
        }

        target.WriteByte(1);
        switch (column)
        {
            case ParquetList list:
                Number(target, (uint)list.Length(index));
                for (int i = list.Start(index); i < list.Start(index) + list.Length(index); i++)
                {
                    if (list.Field.Kind == ParquetFieldKind.Map)
                    {
                        foreach (ParquetColumn part in ((ParquetStruct)list.Elements).Fields) Append(target, part, i);
                    }
                    else
                    {
                        Append(target, list.Elements, i);
                    }
                }

                break;
            case ParquetStruct fields:
                foreach (ParquetColumn field in fields.Fields) Append(target, field, index);
                break;
            case ParquetBinary binary:
                ReadOnlySpan<byte> bytes = binary.GetBytes(index);
                Number(target, (uint)bytes.Length);
                target.Write(bytes);
                break;
            case ParquetValues<bool>:
                target.WriteByte(column.GetBoolean(index) ? (byte)1 : (byte)0);
                break;
            default:
                Span<byte> eight = stackalloc byte[8];
                if (column.Field.PhysicalType is ParquetPhysicalType.Float or ParquetPhysicalType.Double
                    || column is ParquetValues<Half>)
                {
                    double value = column.GetDouble(index);
                    BinaryPrimitives.WriteInt64LittleEndian(
                        eight, double.IsNaN(value) ? 0x7ff8000000000000 : BitConverter.DoubleToInt64Bits(value));
                }
                else
                {
                    BinaryPrimitives.WriteInt64LittleEndian(eight, column switch
                    {
                        ParquetValues<long> raw => raw.Values[index],
                        ParquetValues<Int128> wide => unchecked((long)wide.Values[index]),
                        _ => column.GetInt64(index),
                    });
                }

                target.Write(eight);
                break;
        }
    }

    private static void Number(MemoryStream target, uint number)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, number);
        target.Write(four);
    }

    private static string? Lists(ParquetField element, IReadOnlyList<object?> values, JsonElement expected, string where)
    {
        if (expected.ValueKind != JsonValueKind.Array || values.Count != expected.GetArrayLength())
        {
            return Differs(where, values, expected);
        }

        for (int i = 0; i < values.Count; i++)
        {
            if (Difference(element, values[i], expected[i], $"{where}[{i}]") is { } fault) return fault;
        }

        return null;
    }

    private static bool Same(ParquetField field, object value, JsonElement expected) => value switch
    {
        bool flag => expected.ValueKind == (flag ? JsonValueKind.True : JsonValueKind.False),
        long days when field.LogicalType is ParquetLogicalType.Date =>
            expected.GetString() == new DateOnly(1970, 1, 1).AddDays((int)days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        long number => expected.ValueKind == JsonValueKind.Number && expected.GetRawText() == number.ToString(CultureInfo.InvariantCulture),
        // The reference keeps nanoseconds in 64 bits, where years before 1678 and after 2262 wrap around.
        BigInteger wide when field.PhysicalType == ParquetPhysicalType.Int96 =>
            expected.GetRawText() == ((long)(ulong)(wide & ulong.MaxValue)).ToString(CultureInfo.InvariantCulture),
        ulong number => expected.ValueKind == JsonValueKind.Number && expected.GetRawText() == number.ToString(CultureInfo.InvariantCulture),
        double number when expected.ValueKind == JsonValueKind.String => expected.GetString() == number.ToString(CultureInfo.InvariantCulture),
        double number => expected.ValueKind == JsonValueKind.Number
            && BitConverter.DoubleToInt64Bits(expected.GetDouble()) == BitConverter.DoubleToInt64Bits(number),
        ParquetDecimal number => expected.GetString() == number.ToString(),
        string text => expected.ValueKind == JsonValueKind.String && expected.GetString() == text,
        byte[] bytes => expected.GetString() == Convert.ToHexStringLower(bytes),
        _ => false,
    };

    private static string Differs(string where, object? value, JsonElement expected) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"{where}: got {value ?? "null"}, expected {expected.GetRawText()}").ToString();
}
