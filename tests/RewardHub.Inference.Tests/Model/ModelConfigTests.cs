using System.Text.Json.Nodes;
using RewardHub.Inference.Model;

namespace RewardHub.Inference.Tests.Model;

public class ModelConfigTests
{
    [Fact]
    public void Load_reads_old_and_new_keys_alike()
    {
        JsonObject old = TinyModel.Config();
        old["rope_theta"] = 500000.0;
        old["torch_dtype"] = "bfloat16";
        old["rope_scaling"] = JsonNode.Parse("""{"type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":32}""");
        JsonObject young = TinyModel.Config();
        young.Remove("rope_theta");
        young["dtype"] = "bfloat16";
        young["rope_parameters"] = JsonNode.Parse("""{"rope_type":"llama3","rope_theta":500000.0,"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":32}""");
        young["layer_types"] = new JsonArray("full_attention", "full_attention");
        RopeConfig a = Load(old).Rope, b = Load(young).Rope;
        Assert.Equal(RopeFrequencies.Of(a, false), RopeFrequencies.Of(b, false));
        Assert.Equal((RopeType.Llama3, 500000.0, 32), (b.Type, b.Theta, b.OriginalContext));
    }

    public static TheoryData<string, string> Unknown() => new()
    {
        { """{"model_type":"mamba"}""", "'mamba'" },
        { """{"architectures":["LlamaForQuestionAnswering"]}""", "'LlamaForQuestionAnswering'" },
        { """{"architectures":["Qwen2ForCausalLM"]}""", "'Qwen2ForCausalLM'" },
        { """{"architectures":[]}""", "'architectures'" },
        { """{"architectures":null}""", "'architectures'" },
        { """{"hidden_act":"gelu"}""", "'gelu'" },
        { """{"rope_scaling":{"type":"dynamic","factor":2.0}}""", "'dynamic'" },
        { """{"rope_scaling":{"rope_type":"mrope"}}""", "'mrope'" },
        { """{"rope_scaling":{"rope_type":"linear"}}""", "'factor'" },
        { """{"rope_parameters":{"full_attention":{"rope_type":"default"}}}""", "layer type" },
        { """{"rope_scaling":{"rope_type":"longrope","short_factor":[1],"long_factor":[1,2]}}""", "'short_factor'" },
        { """{"layer_types":["full_attention"]}""", "'layer_types'" },
        { """{"layer_types":["full_attention","linear_attention"]}""", "'linear_attention'" },
        { """{"layer_types":["full_attention","sliding_attention"]}""", "'sliding_window'" },
        { """{"quantization_config":{"bits":4}}""", "'quantization_config'" },
        { """{"hidden_size":0}""", "'hidden_size'" },
        { """{"hidden_size":8.5}""", "'hidden_size'" },
        { """{"hidden_size":1e30}""", "'hidden_size'" },
        { """{"hidden_size":null}""", "'hidden_size'" },
        { """{"hidden_size":"8"}""", "'hidden_size'" },
        { """{"num_attention_heads":3}""", "num_attention_heads" },
        { """{"num_key_value_heads":4}""", "num_key_value_heads" },
        { """{"num_hidden_layers":100000000}""", "'num_hidden_layers'" },
        { """{"rms_norm_eps":0}""", "'rms_norm_eps'" },
        { """{"tie_word_embeddings":"no"}""", "'tie_word_embeddings'" },
        { """{"rope_theta":1}""", "rope_theta" },
        { """{"partial_rotary_factor":0.01}""", "partial_rotary_factor" },
    };

    [Theory, MemberData(nameof(Unknown))]
    public void Load_refuses_what_it_does_not_know_by_its_name(string change, string what)
    {
        JsonObject config = TinyModel.Config();
        foreach ((string key, JsonNode? value) in JsonNode.Parse(change)!.AsObject()) config[key] = value?.DeepClone();
        ModelFormatException thrown = Assert.Throws<ModelFormatException>(() => Load(config));
        Assert.Contains(what, thrown.Message, StringComparison.Ordinal);
        Assert.EndsWith(ModelConfig.FileName, thrown.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"architectures\":")]
    public void Load_refuses_a_file_that_is_no_object(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(ModelConfig.FileName), text);
        Assert.Throws<ModelFormatException>(() => ModelConfig.Load(folder.Path));
    }

    [Theory]
    [InlineData("mistral", """{"sliding_window":7}""", new[] { 7, 7 })]
    [InlineData("mistral", """{"sliding_window":null}""", new[] { 0, 0 })]
    [InlineData("mistral", "{}", new[] { 4096, 4096 })]
    [InlineData("llama", """{"sliding_window":7}""", new[] { 0, 0 })]
    [InlineData("qwen2", """{"sliding_window":7,"use_sliding_window":false,"max_window_layers":0}""", new[] { 0, 0 })]
    [InlineData("qwen2", """{"sliding_window":7,"use_sliding_window":true,"max_window_layers":1}""", new[] { 0, 7 })]
    [InlineData("qwen3", """{"sliding_window":7,"use_sliding_window":true,"max_window_layers":0}""", new[] { 7, 7 })]
    [InlineData("olmo3", """{"sliding_window":7,"num_hidden_layers":4}""", new[] { 7, 7, 7, 0 })]
    [InlineData("olmo3", """{"sliding_window":7,"layer_types":["full_attention","sliding_attention"]}""", new[] { 0, 7 })]
    public void Load_gives_each_layer_its_window(string type, string change, int[] windows)
    {
        JsonObject config = TinyModel.Config();
        config["model_type"] = type;
        config["architectures"] = new JsonArray(Families.Find(type)!.Prefix + "ForCausalLM");
        foreach ((string key, JsonNode? value) in JsonNode.Parse(change)!.AsObject()) config[key] = value?.DeepClone();
        Assert.Equal(windows, Load(config).Windows);
    }

    [Fact]
    public void Load_names_a_tensor_that_is_missing_misshapen_or_without_a_place()
    {
        Refused(s => s.Remove("model.layers.1.mlp.up_proj.weight"), "'model.layers.1.mlp.up_proj.weight' is missing");
        Refused(s => s["model.norm.weight"] = [9], "'model.norm.weight' has shape [9], config.json asks for [8]");
        Refused(s => s["model.layers.0.self_attn.q_proj.bias"] = [8], "'model.layers.0.self_attn.q_proj.bias' has no place");
        Refused(s => s["model.layers.2.mlp.up_proj.weight"] = [16, 8], "'model.layers.2.mlp.up_proj.weight' has no place");
        JsonObject untied = TinyModel.Config();
        untied["tie_word_embeddings"] = false;
        using TemporaryFolder folder = TinyModel.Write(untied);
        Assert.Contains("'lm_head.weight' is missing", Assert.Throws<ModelFormatException>(() => Transformer.Load(folder.Path)).Message, StringComparison.Ordinal);

        static void Refused(Action<Dictionary<string, int[]>> change, string what)
        {
            using TemporaryFolder folder = TinyModel.Write(change: change);
            ModelFormatException thrown = Assert.Throws<ModelFormatException>(() => Transformer.Load(folder.Path));
            Assert.Contains(what, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_lists_tensors_that_nothing_reads_and_hashes_every_file()
    {
        using TemporaryFolder folder = TinyModel.Write(change: s =>
        {
            s["value_head.weight"] = [1, 8];
            s["model.layers.0.self_attn.rotary_emb.inv_freq"] = [2];
        });
        using var checkpoint = Checkpoint.Load(folder.Path);
        Assert.Equal(["value_head.weight"], checkpoint.Engine.UnusedTensors);
        Assert.Equal(64, checkpoint.Facts.Hash.Length);
        Assert.Equal((50, 8, 2, 64, 0, true), (
            checkpoint.Facts.VocabularySize, checkpoint.Facts.HiddenSize, checkpoint.Facts.Layers, checkpoint.Facts.ContextLength,
            checkpoint.Facts.HeadWidth, checkpoint.Facts.HasVocabularyHead));
        using TemporaryFolder other = TinyModel.Write(change: s => s["value_head.weight"] = [1, 8]);
        using var second = Checkpoint.Load(other.Path);
        Assert.NotEqual(checkpoint.Facts.Hash, second.Facts.Hash);
    }

    private static ModelConfig Load(JsonObject config)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(ModelConfig.FileName), config.ToJsonString());
        return ModelConfig.Load(folder.Path);
    }
}
