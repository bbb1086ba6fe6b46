using System.Text.Json.Nodes;
using RewardHub.Inference.Model;

namespace RewardHub.Inference.Tests.Model;

public class LoraAdapterTests
{
    private const string At = "base_model.model.model.layers.1.mlp.down_proj.";

    [Fact]
    public void Load_adds_the_side_path_of_each_target_with_its_own_rank_and_scale()
    {
        using TemporaryFolder model = TinyModel.Write();
        using TemporaryFolder adapter = Write(c => c["rank_pattern"] = new JsonObject { ["down_proj"] = 3 }, s =>
        {
            s[At + "lora_A.weight"] = [3, 16];
            s[At + "lora_B.weight"] = [8, 3];
        });
        using Transformer plain = Transformer.Load(model.Path), adapted = Transformer.Load(model.Path, adapterFolder: adapter.Path);
        SequenceRequest[] first = [new([1, 2, 3], new ReadOut.Hidden([0, 1, 2], 1))], second = [new([1, 2, 3], new ReadOut.Hidden([0, 1, 2], 2))];
        Assert.Equal(plain.Run(first), adapted.Run(first));
        Assert.NotEqual(plain.Run(second), adapted.Run(second));
        Assert.NotEqual(plain.Facts.Hash, adapted.Facts.Hash);
    }

    public static TheoryData<string, string, string?> Bad() => new()
    {
        { "'IA3'", """{"peft_type":"IA3"}""", null },
        { "'use_dora'", """{"use_dora":true}""", null },
        { "'all'", """{"bias":"all"}""", null },
        { "'score'", """{"modules_to_save":["score"]}""", null },
        { "'r'", """{"r":0}""", null },
        { "'lora_alpha'", """{"lora_alpha":null}""", null },
        { "'rank_pattern'", """{"rank_pattern":{".*proj":4}}""", null },
        { "[2, 16], adapter_config.json asks for [4, 16]", """{"r":4}""", null },
        { "'base_model.model.lm_head.lora_A.weight' has no place", "{}", "base_model.model.lm_head.lora_A.weight" },
        { "'base_model.model.model.layers.7.mlp.up_proj.lora_A.weight' has no place", "{}", "base_model.model.model.layers.7.mlp.up_proj.lora_A.weight" },
        { "'base_model.model.model.layers.0.mlp.up_proj.lora_B.weight' is missing", "{}", "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void Load_refuses_an_adapter_that_it_cannot_apply_exactly(string what, string change, string? tensor)
    {
        using TemporaryFolder model = TinyModel.Write();
        using TemporaryFolder adapter = Write(
            c =>
            {
                foreach ((string key, JsonNode? value) in JsonNode.Parse(change)!.AsObject()) c[key] = value?.DeepClone();
            },
            s =>
            {
                if (tensor is not null) s[tensor] = [2, 8];
            });
        ModelFormatException thrown = Assert.Throws<ModelFormatException>(() => Transformer.Load(model.Path, adapterFolder: adapter.Path));
        Assert.Contains(what, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_refuses_an_adapter_without_a_layer_of_this_base()
    {
        using TemporaryFolder model = TinyModel.Write();
        using TemporaryFolder adapter = Write(null, s => s.Clear());
        Assert.Contains("another model's adapter", Assert.Throws<ModelFormatException>(
            () => Transformer.Load(model.Path, adapterFolder: adapter.Path)).Message, StringComparison.Ordinal);
    }

    private static TemporaryFolder Write(Action<JsonObject>? change, Action<Dictionary<string, int[]>>? tensors)
    {
        var folder = new TemporaryFolder();
        var config = new JsonObject { ["peft_type"] = "LORA", ["r"] = 2, ["lora_alpha"] = 4, ["bias"] = "none" };
        var shapes = new Dictionary<string, int[]> { [At + "lora_A.weight"] = [2, 16], [At + "lora_B.weight"] = [8, 2] };
        change?.Invoke(config);
        tensors?.Invoke(shapes);
        File.WriteAllText(folder.File("adapter_config.json"), config.ToJsonString());
        TinyModel.WriteWeights(folder.File("adapter_model.safetensors"), shapes);
        return folder;
    }
}
