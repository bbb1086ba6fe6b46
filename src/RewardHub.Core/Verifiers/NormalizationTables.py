"""Writes NormalizationTables.cs from the Unicode tables of this Python: python3 NormalizationTables.py"""
import base64, pathlib, sys, textwrap, unicodedata as u, zlib

points = [c for c in range(0x80, sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF and not 0xAC00 <= c <= 0xD7A3]
maps = "".join(chr(c) + u.normalize("NFKD", chr(c)) + "\t" for c in points if u.normalize("NFKD", chr(c)) != chr(c))
marks = "".join(chr(c) + chr(u.combining(chr(c))) for c in points if u.combining(chr(c)))
pairs = ""
for c in points:
    parts = u.decomposition(chr(c)).split()
    if len(parts) == 2 and not parts[0].startswith("<"):
        pair = "".join(chr(int(p, 16)) for p in parts)
        if u.normalize("NFC", pair) == chr(c):
            pairs += pair + chr(c)
data = base64.b64encode(zlib.compress((maps + "\n" + marks + "\n" + pairs).encode(), 9)[2:-4]).decode()
lines = "\n".join('        + "' + part + '"' for part in textwrap.wrap(data, 200)).replace("        + ", "        ", 1)
pathlib.Path(__file__).with_suffix(".cs").write_text(f'''namespace RewardHub.Verifiers;

/// <summary>Unicode {u.unidata_version} normalization data, made by NormalizationTables.py.</summary>
internal static class NormalizationTables
{{
    /// <summary>
    /// Base64 of deflated UTF-8: compatibility decompositions (a code point, its full decomposition, a tab), line feed,
    /// combining classes (a code point, its class as a code point), line feed, compositions (first, second, composed).
    /// </summary>
    public const string Packed =
{lines};
}}
''')
