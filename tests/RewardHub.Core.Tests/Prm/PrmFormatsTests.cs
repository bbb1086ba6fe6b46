using System.Text.Json;
using RewardHub.Contracts;
using RewardHub.Inference;
using RewardHub.Prm;

namespace RewardHub.Core.Tests.Prm;

public sealed class PrmFormatsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rewardhub-format-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Ids() => new(PrmFormats.All.Select(f => f.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_format_is_complete(string id)
    {
        PrmFormat format = PrmFormats.Find(id)!;
        Assert.NotEmpty(format.Architectures);
        Assert.NotEmpty(format.PublishedModels);
        Assert.NotEmpty(format.Source);
        Assert.Equal(MarkerPolicy.Refuse, format.MarkerPolicies[0]);
        Assert.NotEmpty(format.ReadPoints);
        Assert.Equal(format.IsOutcome, format.Semantics == ScoreSemantics.Outcome);
        Assert.All(format.Options, o => Assert.True(o.Choices is null || o.Choices.Contains(o.Default)));
        Assert.All(format.Templates.Keys, t => Assert.Contains(format.Options, o => o.Choices?.Contains(t) ?? false));
    }

    [Fact]
    public void Every_format_has_its_own_id() =>
        Assert.Equal(PrmFormats.All.Count, PrmFormats.All.Select(f => f.Id).Distinct().Count());

    [Fact]
    public void Choose_takes_the_only_format_of_an_architecture() =>
        Assert.Equal("qwen25-math-prm", PrmFormatChoice.Choose(_folder, "Qwen2ForProcessRewardModel").Format.Id);

    [Fact]
    public void Choose_refuses_and_lists_the_candidates_when_several_formats_fit()
    {
        var error = Assert.Throws<ModelFormatException>(() => PrmFormatChoice.Choose(_folder, "LlamaForCausalLM"));
        Assert.Contains("llama-prm800k, versaprm", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_refuses_and_lists_all_formats_when_none_fits()
    {
        var error = Assert.Throws<ModelFormatException>(() => PrmFormatChoice.Choose(_folder, "BertModel"));
        Assert.Contains("versaprm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_takes_the_format_and_options_of_the_folder()
    {
        Write("""{"format": "trl-prm", "options": {"separator": "\n\n"}}""");
        PrmFormatChoice choice = PrmFormatChoice.Choose(_folder, "LlamaForTokenClassification");
        Assert.Equal("trl-prm", choice.Format.Id);
        Assert.Equal("\n\n", choice.Options.Values["separator"]);
    }

    [Fact]
    public void Choose_prefers_the_callers_word_and_leaves_the_options_of_another_format()
    {
        Write("""{"format": "trl-prm", "options": {"separator": "\n\n"}}""");
        PrmFormatChoice choice = PrmFormatChoice.Choose(_folder, "LlamaForCausalLM", "versaprm");
        Assert.Equal("versaprm", choice.Format.Id);
        Assert.Empty(choice.Options.Values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"format\": 3}")]
    [InlineData("{\"format\": \"no-such-format\"}")]
    [InlineData("{\"formt\": \"versaprm\"}")]
    [InlineData("{\"format\": \"versaprm\", \"options\": []}")]
    [InlineData("{\"format\": \"versaprm\", \"options\": {\"separator\": \"x\"}}")]
    [InlineData("{\"format\": \"versaprm\", \"options\": {\"on_marker\": \"split\"}}")]
    public void Choose_names_the_file_when_it_cannot_be_used(string content)
    {
        Write(content);
        var error = Assert.Throws<ModelFormatException>(() => PrmFormatChoice.Choose(_folder, "LlamaForCausalLM"));
        Assert.EndsWith(PrmFormatChoice.FileName, error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_does_not_read_an_endless_file()
    {
        Write(new string(' ', 100_000));
        Assert.Throws<ModelFormatException>(() => PrmFormatChoice.Choose(_folder, "LlamaForCausalLM"));
    }

    [Theory]
    [InlineData("versaprm", "on_marker", "\"delete\"", null)]
    [InlineData("versaprm", "on_marker", "\"split\"", "options.on_marker")]
    [InlineData("versaprm", "on_marker", "true", "options.on_marker")]
    [InlineData("versaprm", "on_marekr", "\"delete\"", "options.on_marekr")]
    [InlineData("versaprm", "max_tokens", "5", null)]
    [InlineData("versaprm", "max_tokens", "0", "options.max_tokens")]
    [InlineData("versaprm", "max_tokens", "1.5", "options.max_tokens")]
    [InlineData("versaprm", "max_tokens", "\"5\"", "options.max_tokens")]
    [InlineData("skywork-o1-prm", "on_marker", "\"split\"", null)]
    [InlineData("rlhflow", "template", "\"llama3.1\"", null)]
    [InlineData("rlhflow", "template", "\"chatml\"", "options.template")]
    [InlineData("rlhflow", "on_marker", "\"delete\"", "options.on_marker")]
    [InlineData("reasoneval-7b", "read_at", "\"script\"", null)]
    [InlineData("reasoneval-34b", "read_at", "\"script\"", "options.read_at")]
    [InlineData("qwen25-math-prm", "system", "\"Be careful.\"", null)]
    public void Overlay_takes_what_the_format_declares_and_nothing_else(string id, string name, string json, string? path)
    {
        PrmFormat format = PrmFormats.Find(id)!;
        using JsonDocument value = JsonDocument.Parse(json);
        Outcome<PrmOptions> options = PrmOptions.Of(format)
            .Overlay(format, new Dictionary<string, JsonElement> { [name] = value.RootElement });
        Assert.Equal(path, options.Error?.Path);
        if (path is not null) Assert.Equal(ErrorCodes.BadField, options.Error!.Code);
    }

    [Fact]
    public void Strip_removes_what_python_removes()
    {
        Assert.Equal("a\u001Cb", PythonText.Strip("\u001C\u001D\u001E\u001F \t\u00A0\u2029a\u001Cb\u0085\u3000\r\n"));
        Assert.Equal("\u200B\uFEFFa", PythonText.Strip(" \u200B\uFEFFa"));
        Assert.Equal("", PythonText.Strip("\u001C \n"));
        Assert.True(PythonText.IsBlank("\u001F\u2028"));
        Assert.False(PythonText.IsBlank("\u200B"));
    }

    private void Write(string content) => File.WriteAllText(Path.Combine(_folder, PrmFormatChoice.FileName), content);
}
