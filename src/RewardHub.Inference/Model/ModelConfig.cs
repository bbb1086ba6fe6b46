namespace RewardHub.Inference.Model;

/// <summary>What <c>config.json</c> says, in one style and checked; old and new key names are both read.</summary>
public sealed record ModelConfig
{
    /// <summary>Name of the configuration file in a checkpoint folder.</summary>
    public const string FileName = "config.json";

    /// <summary>The file, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>First of <c>architectures</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The family's row.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>The head's row.</summary>
    public required HeadForm Head { get; init; }

    /// <summary>C.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>F.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>L.</summary>
    public required int Layers { get; init; }

    /// <summary>H.</summary>
    public required int Heads { get; init; }

    /// <summary>G; divides H.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>D.</summary>
    public required int HeadSize { get; init; }

    /// <summary>V.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest sequence in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Epsilon of the RMS norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Whether the vocabulary head is the embedding.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Whether q, k and v have a bias.</summary>
    public required bool QkvBias { get; init; }

    /// <summary>Whether the output projection has a bias.</summary>
    public required bool OutputBias { get; init; }

    /// <summary>Whether the feed-forward layers have a bias.</summary>
    public required bool FeedForwardBias { get; init; }

    /// <summary>L windows: position i of a block sees keys i-w+1..i; 0 means all up to i.</summary>
    public required IReadOnlyList<int> Windows { get; init; }

    /// <summary>The rotary embedding.</summary>
    public required RopeConfig Rope { get; init; }

    /// <summary>Reads and checks the configuration of a folder.</summary>
    /// <exception cref="ModelFormatException">
    /// A key is missing, wrong or names something this version does not know.
    /// </exception>
    public static ModelConfig Load(string folder)
    {
        string path = System.IO.Path.Combine(folder, FileName);
        ConfigReader config = ConfigReader.Open(path);
        string architecture = config.Texts("architectures") is [var first, ..]
            ? first
            : throw new ModelFormatException(path, "'architectures' is missing or empty; it must name the model class");
        string modelType = config.Text("model_type") ?? throw new ModelFormatException(path, "'model_type' is missing");
        ModelFamily family = Families.Find(modelType) ?? throw new ModelFormatException(
            path,
            $"model_type '{modelType}' ({architecture}) is not known; use one of "
            + string.Join(", ", Families.All.Select(static f => f.ModelType)));
        HeadForm head = Families.FindHead(family, architecture) ?? throw new ModelFormatException(
            path, $"architecture '{architecture}' of model_type '{modelType}' is not known; use one of "
            + string.Join(", ", Families.Heads.Select(h => h.IsSuffix ? family.Prefix + h.Architecture : h.Architecture)));
        RefuseWhatIsNotBuilt(path, config);

        int hidden = config.NeededSize("hidden_size", 1 << 17);
        int heads = config.NeededSize("num_attention_heads", 1 << 12);
        int groups = config.Size("num_key_value_heads", 1 << 12) ?? heads;
        if (heads % groups != 0)
        {
            throw new ModelFormatException(
                path, $"num_attention_heads {heads} is not a multiple of num_key_value_heads {groups}");
        }

        int? headSize = config.Size("head_dim", 1 << 12);
        if (headSize is null && hidden % heads != 0)
        {
            throw new ModelFormatException(
                path, $"hidden_size {hidden} is not a multiple of num_attention_heads {heads}, and head_dim is missing");
        }

        int size = headSize ?? hidden / heads;
        int layers = config.NeededSize("num_hidden_layers", 1 << 12);
        int context = config.NeededSize("max_position_embeddings");
        bool attentionBias = config.Flag("attention_bias") ?? false;
        return new ModelConfig
        {
            Path = path,
            Architecture = architecture,
            Family = family,
            Head = head,
            HiddenSize = hidden,
            FeedForwardSize = config.NeededSize("intermediate_size", 1 << 20),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = groups,
            HeadSize = size,
            VocabularySize = config.NeededSize("vocab_size"),
            ContextLength = context,
            NormEpsilon = (float)(config.Positive("rms_norm_eps") ?? throw new ModelFormatException(
                path, "'rms_norm_eps' is missing")),
            TiedEmbeddings = config.Flag("tie_word_embeddings") ?? false,
            QkvBias = family.QkvBias || attentionBias,
            OutputBias = !family.QkvBias && attentionBias,
            FeedForwardBias = config.Flag("mlp_bias") ?? false,
            Windows = ReadWindows(path, config, family, layers),
            Rope = RopeConfig.Read(path, config, family, size, context),
        };
    }

    // Keys that change the arithmetic: ignoring one would give plausible wrong numbers.
    private static void RefuseWhatIsNotBuilt(string path, ConfigReader config)
    {
        string activation = config.Text("hidden_act") ?? config.Text("hidden_activation")
            ?? throw new ModelFormatException(path, "'hidden_act' is missing");
        if (activation is not ("silu" or "swish"))
        {
            throw new ModelFormatException(path, $"activation '{activation}' is not known; use a model with silu");
        }

        if (config.Has("quantization_config"))
        {
            throw new ModelFormatException(
                path, "'quantization_config': quantized weights are not read; use an F32, F16 or BF16 checkpoint");
        }
    }

    private static int[] ReadWindows(string path, ConfigReader config, ModelFamily family, int layers)
    {
        int[] windows = new int[layers];
        int? window = config.Names("sliding_window") ? config.Size("sliding_window", int.MaxValue) : family.DefaultWindow;
        if (family.Window == WindowPattern.FromMaxWindowLayers && config.Flag("use_sliding_window") is not true)
        {
            window = null;
        }

        if (config.Texts("layer_types") is { } types)
        {
            if (types.Count != layers)
            {
                throw new ModelFormatException(path, $"'layer_types' has {types.Count} entries for {layers} layers");
            }

            for (int l = 0; l < layers; l++)
            {
                windows[l] = types[l] switch
                {
                    "full_attention" => 0,
                    "sliding_attention" => window ?? throw new ModelFormatException(
                        path, "'layer_types' asks for a sliding window, but 'sliding_window' is not given"),
                    _ => throw new ModelFormatException(
                        path, $"layer type '{types[l]}' is not known; use full_attention or sliding_attention"),
                };
            }

            return windows;
        }

        if (window is not { } size) return windows;
        int from = (int)Math.Clamp(config.Number("max_window_layers") ?? 28, 0, int.MaxValue);
        for (int l = 0; l < layers; l++)
        {
            bool slides = family.Window switch
            {
                WindowPattern.All => true,
                WindowPattern.FromMaxWindowLayers => l >= from,
                WindowPattern.ThreeOfFour => (l + 1) % 4 != 0,
                _ => false,
            };
            if (slides) windows[l] = size;
        }

        return windows;
    }
}
