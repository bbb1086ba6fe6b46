using System.Text.Json;
using RewardHub.Verifiers.Symbolic;

namespace RewardHub.Verifiers.Schema;

/// <summary>JSON numbers as exact fractions, so that 0.3 is a multiple of 0.1.</summary>
internal static class SchemaNumber
{
    /// <summary>Reads a number; false for another value, and for one of too many digits or too large an exponent.</summary>
    public static bool TryRead(JsonElement value, out Rational number)
    {
        number = default;
        return value.ValueKind == JsonValueKind.Number && TryRead(value.GetRawText(), out number);
    }

    private static bool TryRead(string text, out Rational number)
    {
        number = default;
        if (text.Length > 400) return false;
        int at = text.AsSpan().IndexOfAny('e', 'E');
        int exponent = 0;
        if (at >= 0 && (!int.TryParse(text.AsSpan(at + 1), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out exponent)
            || Math.Abs(exponent) > 400))
        {
            return false;
        }

        string digits = at >= 0 ? text[..at] : text;
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        number = (Rational)System.Numerics.BigInteger.Parse(digits, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture)
            * Rational.PowerOfTen(exponent);
        return true;
    }
}
