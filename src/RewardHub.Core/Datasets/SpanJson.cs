using System.Text.Json.Serialization;
using RewardHub.Contracts;

namespace RewardHub.Datasets;

/// <summary>Reads the spans of a data set row.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(SnakeCaseName<SpanRole>)])]
[JsonSerializable(typeof(TokenSpan))]
internal sealed partial class SpanJson : JsonSerializerContext;
