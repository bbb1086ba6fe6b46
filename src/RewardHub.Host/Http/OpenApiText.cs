using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RewardHub.Contracts;
using RewardHub.Scoring;

namespace RewardHub.Host.Http;

/// <summary>What the OpenAPI document says beyond the records: title, and the forms that converters read.</summary>
internal static class OpenApiText
{
    public static void AddTo(IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "RewardHub",
                Version = "1",
                Description = "Rewards, step scores and environment cross-entropy for people who train reasoning models and command-line agents.",
            };

            // The address differs from one start to the next; a document that holds it could not be compared.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(Prompt)) Prompts(schema);
            if (context.JsonTypeInfo.Type == typeof(StepsInput)) Steps(schema);
            if (context.JsonTypeInfo.Type == typeof(ItemStatus)) Names(schema, Enum.GetValues<ItemStatus>().Select(s => ItemFailures.NameOf(s)));
            if (context.JsonTypeInfo.Type == typeof(SpanRole)) Names(schema, Enum.GetNames<SpanRole>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
            return Task.CompletedTask;
        });
    });

    private static void Names(OpenApiSchema schema, IEnumerable<string> names)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. names.Select(name => (JsonNode)JsonValue.Create(name))];
    }

    /// <summary>Converters write these records in a form of their own, not with the record's properties.</summary>
    private static void Clear(OpenApiSchema schema)
    {
        schema.Type = null;
        schema.Properties = null;
        schema.Required = null;
    }

    private static void Prompts(OpenApiSchema schema)
    {
        Clear(schema);
        schema.Description = "A text, or messages with role and content.";
        schema.OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = Object(["role", "content"], new() { ["role"] = Text(), ["content"] = Text() }),
            },
        ];
    }

    private static void Steps(OpenApiSchema schema)
    {
        Clear(schema);
        schema.Description = "A list of steps, or the rule that cuts the response: mode is separator, and the separator is a blank line when absent.";
        schema.OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text() },
            Object(["mode"], new() { ["mode"] = Text(), ["separator"] = Text() }),
        ];
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Object(HashSet<string> required, Dictionary<string, IOpenApiSchema> properties) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = properties,
        Required = required,
        AdditionalPropertiesAllowed = false,
    };
}
