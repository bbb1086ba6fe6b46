using System.Globalization;
using System.Text;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Dates as Python's <c>strftime</c> writes them in the C locale.</summary>
internal static class JinjaClock
{
    public static string Format(DateTimeOffset now, string format)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            string pattern = format[++i] switch
            {
                'd' => "dd",
                'b' => "MMM",
                'B' => "MMMM",
                'm' => "MM",
                'Y' => "yyyy",
                'y' => "yy",
                'H' => "HH",
                'I' => "hh",
                'M' => "mm",
                'S' => "ss",
                'p' => "tt",
                'A' => "dddd",
                'a' => "ddd",
                '%' => "'%'",
                _ => throw new JinjaRuntimeException($"the date format '%{format[i]}' is not supported"),
            };
            text.Append(now.ToString(pattern, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
