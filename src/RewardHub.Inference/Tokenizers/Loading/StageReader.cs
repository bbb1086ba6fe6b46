using RewardHub.Inference.Tokenizers.Decoding;
using RewardHub.Inference.Tokenizers.Normalization;
using RewardHub.Inference.Tokenizers.Splitting;

namespace RewardHub.Inference.Tokenizers.Loading;

/// <summary>Reads the normalizer, pre-tokenizer, decoder and post-processor of a <c>tokenizer.json</c>.</summary>
internal static class StageReader
{
    public static Normalizer? Normalizer(JsonSection section)
    {
        switch (section.Type)
        {
            case "Sequence":
                section.Only("type", "normalizers");
                return new SequenceNormalizer([.. section.Items("normalizers").Select(item => Normalizer(item)!)]);
            case "NFC":
                section.Only("type");
                return new FormNormalizer(NormalizationKind.Nfc);
            case "NFD":
                section.Only("type");
                return new FormNormalizer(NormalizationKind.Nfd);
            case "NFKC":
                section.Only("type");
                return new FormNormalizer(NormalizationKind.Nfkc);
            case "NFKD":
                section.Only("type");
                return new FormNormalizer(NormalizationKind.Nfkd);
            case "Prepend":
                section.Only("type", "prepend");
                return new PrependNormalizer(section.Text("prepend"));
            case "Replace":
                section.Only("type", "pattern", "content");
                return new ReplaceNormalizer(Pattern(section.Child("pattern")), section.Text("content"));
            case "Strip":
                section.Only("type", "strip_left", "strip_right");
                return new StripNormalizer(section.Flag("strip_left", true), section.Flag("strip_right", true));
            case "Lowercase":
                section.Only("type");
                return new LowercaseNormalizer();
            default:
                throw Unknown(section, "normalizer");
        }
    }

    /// <param name="section">The pre-tokenizer.</param>
    /// <param name="last">Whether nothing follows it.</param>
    /// <param name="byteLevel">Set when pieces reach the model in the byte alphabet.</param>
    public static PreTokenizer PreTokenizer(JsonSection section, bool last, ref bool byteLevel)
    {
        switch (section.Type)
        {
            case "Sequence":
                section.Only("type", "pretokenizers");
                JsonSection[] items = [.. section.Items("pretokenizers")];
                var stages = new List<PreTokenizer>();
                for (int i = 0; i < items.Length; i++) stages.Add(PreTokenizer(items[i], last && i == items.Length - 1, ref byteLevel));
                return stages.Count > 0 ? new SequencePreTokenizer(stages) : throw section.Refuse("holds no pre-tokenizer");
            case "ByteLevel":
                section.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                if (!last) throw section.Refuse("ByteLevel is supported only as the last pre-tokenizer");
                byteLevel = true;
                return new ByteLevelPreTokenizer(section.Flag("add_prefix_space", true), section.Flag("use_regex", true));
            case "Split":
                section.Only("type", "pattern", "behavior", "invert");
                return new SplitPreTokenizer(Pattern(section.Child("pattern")), Behavior(section), section.Flag("invert", false));
            case "Metaspace":
                section.Only("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
                return new MetaspacePreTokenizer(section.Character("replacement"), Scheme(section), section.Flag("split", true));
            case "Digits":
                section.Only("type", "individual_digits");
                return new SplitPreTokenizer(
                    new ClassMatcher(CharacterClasses.IsNumber),
                    section.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous,
                    invert: false);
            case "Punctuation":
                section.Only("type", "behavior");
                return new SplitPreTokenizer(
                    new ClassMatcher(character => character < 0x80 && !char.IsAsciiLetterOrDigit((char)character)
                        && character is > ' ' and < 0x7F || CharacterClasses.IsPunctuation(character)),
                    section.Has("behavior") ? Behavior(section) : SplitBehavior.Isolated,
                    invert: false);
            case "WhitespaceSplit":
                section.Only("type");
                return new SplitPreTokenizer(new ClassMatcher(CharacterClasses.IsSpace), SplitBehavior.Removed, invert: false);
            default:
                throw Unknown(section, "pre-tokenizer");
        }
    }

    public static TokenDecoder Decoder(JsonSection section)
    {
        switch (section.Type)
        {
            case "Sequence":
                section.Only("type", "decoders");
                return new SequenceDecoder([.. section.Items("decoders").Select(Decoder)]);
            case "ByteLevel":
                section.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "ByteFallback":
                section.Only("type");
                return new ByteFallbackDecoder();
            case "Fuse":
                section.Only("type");
                return new FuseDecoder();
            case "Strip":
                section.Only("type", "content", "start", "stop");
                return new StripDecoder(section.Character("content"), section.Number("start"), section.Number("stop"));
            case "Replace":
                section.Only("type", "pattern", "content");
                return new ReplaceDecoder(Pattern(section.Child("pattern")), section.Text("content"));
            case "Metaspace":
                section.Only("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
                return new MetaspaceDecoder(section.Character("replacement"), Scheme(section));
            default:
                throw Unknown(section, "decoder");
        }
    }

    public static IEnumerable<PostProcessor> PostProcessors(JsonSection section)
    {
        switch (section.Type)
        {
            case "Sequence":
                section.Only("type", "processors");
                return [.. section.Items("processors").SelectMany(PostProcessors)];
            case "ByteLevel":
                section.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return section.Flag("trim_offsets", true) ? [new PostProcessor.TrimOffsets(section.Flag("add_prefix_space", true))] : [];
            case "TemplateProcessing":
                section.Only("type", "single", "pair", "special_tokens");
                return [Template(section)];
            default:
                throw Unknown(section, "post-processor");
        }
    }

    private static PostProcessor.Template Template(JsonSection section)
    {
        var before = new List<int>();
        var after = new List<int>();
        bool seen = false;
        foreach (JsonSection part in section.Items("single"))
        {
            part.Only("SpecialToken", "Sequence");
            if (part.Has("Sequence"))
            {
                if (seen || part.Child("Sequence").Text("id") != "A") throw part.Refuse("must name sequence A, once");
                seen = true;
                continue;
            }

            string name = part.Child("SpecialToken").Text("id");
            JsonSection token = section.Child("special_tokens").Child(name);
            token.Only("id", "ids", "tokens");
            foreach (JsonSection id in token.Items("ids"))
            {
                if (!id.Value.TryGetInt32(out int value) || value < 0) throw id.Refuse("must be a token id");
                (seen ? after : before).Add(value);
            }
        }

        return seen ? new PostProcessor.Template(before, after) : throw section.Refuse("'single' lacks sequence A");
    }

    private static SplitMatcher Pattern(JsonSection section)
    {
        section.Only("String", "Regex");
        if (section.Has("String"))
        {
            string text = section.Text("String");
            return text.Length > 0 ? new LiteralMatcher(text) : throw section.Refuse("is empty");
        }

        string pattern = section.Text("Regex");
        return WordMatcher.Of(pattern) ?? throw section.Refuse($"the pattern is not supported: {JsonSection.Show(pattern)}");
    }

    private static SplitBehavior Behavior(JsonSection section) => section.Text("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        string other => throw section.Refuse($"has the unknown behavior '{JsonSection.Show(other)}'"),
    };

    private static PrependScheme Scheme(JsonSection section)
    {
        if (!section.Has("prepend_scheme")) return section.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;
        return section.Text("prepend_scheme") switch
        {
            "first" => PrependScheme.First,
            "always" => PrependScheme.Always,
            "never" => PrependScheme.Never,
            string other => throw section.Refuse($"has the unknown prepend_scheme '{JsonSection.Show(other)}'"),
        };
    }

    private static ModelFormatException Unknown(JsonSection section, string what) =>
        section.Refuse($"the {what} type '{JsonSection.Show(section.Type)}' is not supported");
}
