namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>A template says something that is not understood: found when it is parsed.</summary>
internal sealed class JinjaSyntaxException(int line, string problem) : Exception($"line {line}: {problem}");

/// <summary>A template fails on its values: an undefined value is used, a limit is reached, or it raises an error itself.</summary>
internal sealed class JinjaRuntimeException(string problem) : Exception(problem);
