using System.Text.Json;
using RewardHub.Inference.Tokenizers;
using RewardHub.Inference.Tokenizers.Chat;
using RewardHub.Tests;

namespace RewardHub.Inference.Tests.Tokenizers;

[Trait("Category", "Golden")]
public class GoldenChatTests(ITestOutputHelper output)
{
    private static readonly string[] Known = ["messages", "add_generation_prompt", "text", "ids"];

    public static TheoryData<string> Folders => GoldenTokenizers.FoldersWith("chat.jsonl");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Render_gives_the_text_and_ids_of_every_line(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        ChatTemplate template = tokenizer.LoadChatTemplate()!;
        int lines = 0;
        var wrong = new List<string>();
        foreach (JsonElement line in Golden.Lines("tokenizers", folder, "chat.jsonl"))
        {
            lines++;
            ChatMessage[] messages = [.. line.GetProperty("messages").EnumerateArray().Select(Message)];
            string text = template.Render(messages, new ChatOptions
            {
                AddGenerationPrompt = line.GetProperty("add_generation_prompt").GetBoolean(),
                Variables = line.EnumerateObject().Where(member => !Known.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value),
            });
            GoldenEncodingTests.Check(wrong, line, "text", text);
            GoldenEncodingTests.Check(wrong, line, "ids", tokenizer.EncodeToIds(text));
        }

        output.WriteLine($"{folder}: {lines} lines, {wrong.Count} differences");
        foreach (string one in wrong.Take(5)) output.WriteLine(one);
        Assert.True(lines > 0);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Parse_takes_every_template_of_the_reward_model_formats()
    {
        int count = 0;
        foreach (JsonProperty template in Golden.Json("prm", "formats.json").GetProperty("templates").EnumerateObject())
        {
            string text = ChatTemplate.Parse(template.Value.GetString()!, "formats.json", new Dictionary<string, string> { ["bos_token"] = "<s>" })
                .Render([new ChatMessage("user", " hello "), new ChatMessage("assistant", "+")]);
            Assert.Contains("hello", text, StringComparison.Ordinal);
            count++;
        }

        Assert.True(count > 0);
    }

    private static ChatMessage Message(JsonElement json) =>
        new(json.GetProperty("role").GetString()!, json.GetProperty("content").GetString()!)
        {
            More = json.EnumerateObject().Where(member => member.Name is not "role" and not "content").ToDictionary(member => member.Name, member => member.Value),
        };
}
