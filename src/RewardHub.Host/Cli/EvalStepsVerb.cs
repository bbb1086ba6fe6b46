using System.CommandLine;
using System.Text.Json;
using RewardHub.Evaluation;
using RewardHub.Host.Configuration;
using RewardHub.Reports;

namespace RewardHub.Host.Cli;

/// <summary><c>rewardhub eval steps</c>.</summary>
internal static class EvalStepsVerb
{
    public static Command Create()
    {
        var threshold = new Option<double>("--threshold") { Description = "Score from which a step counts as good.", DefaultValueFactory = _ => 0.5 };
        var calibrate = new Option<string?>("--calibrate-on") { Description = "A split on which the threshold is chosen; it is then not measured." };
        var neutral = new Option<NeutralLabels>("--neutral") { Description = "What neutral labels count as." };
        var resamples = new Option<int>("--resamples") { Description = "Bootstrap resamples.", DefaultValueFactory = _ => 1_000 };
        var confidence = new Option<double>("--confidence") { Description = "Confidence of intervals.", DefaultValueFactory = _ => 0.95 };
        var seed = new Option<long>("--seed") { Description = "Seed of every draw." };
        var verb = new Command("steps", "Step metrics of labelled and scored rows. " + ExitCodes.Help)
        {
            threshold, calibrate, neutral, resamples, confidence, seed,
        };
        EvalFlags flags = EvalFlags.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => RunAsync(
            new StepOptions
            {
                Input = parsed.GetValue(flags.Input)!,
                Map = Maps.Parse(parsed.GetValue(flags.Map)),
                Threshold = parsed.GetValue(threshold),
                CalibrateOn = parsed.GetValue(calibrate),
                Neutral = parsed.GetValue(neutral),
                Resamples = parsed.GetValue(resamples),
                Confidence = parsed.GetValue(confidence),
                Seed = parsed.GetValue(seed),
            },
            flags.Read(parsed),
            cancellationToken));
        return verb;
    }

    public static async Task<int> RunAsync(StepOptions options, EvalTarget target, CancellationToken cancellationToken)
    {
        if (options.Problems() is { Count: > 0 } problems) throw new SettingsException(string.Join("; ", problems));
        ReportFiles.Prepare(target.Folder, target.Force);
        using var progress = new ProgressLine("rows");
        StepReport report = await StepEvaluation.RunAsync(options, progress, cancellationToken);
        ReportFiles.Write(report, target.Folder, force: true);
        progress.Dispose();
        Console.Out.WriteLine(target.Json
            ? JsonSerializer.Serialize(report, ReportJson.Default.StepReport)
            : Path.Combine(target.Folder, ReportFiles.MarkdownName));
        return ExitCodes.Fine;
    }
}
