using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RewardHub.Inference.Tests.Model;

/// <summary>A folder that is removed at the end of a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("rewardhub-test-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Writes checkpoints of any shape with random weights.</summary>
internal static class TinyModel
{
    public static JsonObject Config(int hidden = 8, int layers = 2, int heads = 2, int groups = 1, int forward = 16, int vocabulary = 50, int context = 64) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["hidden_act"] = "silu",
        ["hidden_size"] = hidden,
        ["intermediate_size"] = forward,
        ["num_attention_heads"] = heads,
        ["num_key_value_heads"] = groups,
        ["num_hidden_layers"] = layers,
        ["vocab_size"] = vocabulary,
        ["max_position_embeddings"] = context,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["tie_word_embeddings"] = true,
    };

    /// <summary>A Llama checkpoint of the configuration; single precision.</summary>
    public static TemporaryFolder Write(JsonObject? config = null, Action<Dictionary<string, int[]>>? change = null)
    {
        config ??= Config();
        var folder = new TemporaryFolder();
        int c = (int)config["hidden_size"]!, f = (int)config["intermediate_size"]!, d = c / (int)config["num_attention_heads"]!;
        int kv = (int)config["num_key_value_heads"]! * d;
        var shapes = new Dictionary<string, int[]>
        {
            ["model.embed_tokens.weight"] = [(int)config["vocab_size"]!, c],
            ["model.norm.weight"] = [c],
        };
        for (int l = 0; l < (int)config["num_hidden_layers"]!; l++)
        {
            string at = $"model.layers.{l}.";
            shapes[at + "input_layernorm.weight"] = [c];
            shapes[at + "post_attention_layernorm.weight"] = [c];
            shapes[at + "self_attn.q_proj.weight"] = [c, c];
            shapes[at + "self_attn.k_proj.weight"] = [kv, c];
            shapes[at + "self_attn.v_proj.weight"] = [kv, c];
            shapes[at + "self_attn.o_proj.weight"] = [c, c];
            shapes[at + "mlp.gate_proj.weight"] = [f, c];
            shapes[at + "mlp.up_proj.weight"] = [f, c];
            shapes[at + "mlp.down_proj.weight"] = [c, f];
        }

        change?.Invoke(shapes);
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        WriteWeights(folder.File("model.safetensors"), shapes);
        return folder;
    }

    public static void WriteWeights(string path, Dictionary<string, int[]> shapes)
    {
        var header = new JsonObject();
        long offset = 0;
        foreach ((string name, int[] shape) in shapes)
        {
            long bytes = 4L * shape.Aggregate(1L, (a, b) => a * b);
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = JsonSerializer.SerializeToNode(shape),
                ["data_offsets"] = new JsonArray(offset, offset + bytes),
            };
            offset += bytes;
        }

        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        using FileStream file = File.Create(path);
        file.Write(length);
        file.Write(json);
        var random = new Random(1);
        float[] block = new float[4096];
        for (long left = offset / 4; left > 0; left -= block.Length)
        {
            for (int i = 0; i < block.Length; i++) block[i] = (random.NextSingle() - 0.5f) * 0.4f;
            file.Write(MemoryMarshal.AsBytes(block.AsSpan(0, (int)Math.Min(left, block.Length))));
        }
    }
}
