using System.CommandLine;
using RewardHub.Evaluation;
using RewardHub.Reports;

namespace RewardHub.Host.Cli;

/// <summary><c>rewardhub eval length</c>: accuracy against length.</summary>
internal static class EvalLengthVerb
{
    public static Command Create()
    {
        var instability = new Option<double>("--instability") { Description = "Spread over seeds from which a length is unstable.", DefaultValueFactory = _ => 0.3 };
        var verb = new Command("length", "Accuracy against length, with regimes, gap and transfer verdict. " + ExitCodes.Help) { instability };
        ResampleFlags resample = ResampleFlags.AddTo(verb);
        EvalFlags flags = EvalFlags.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => RunAsync(
            new LengthOptions
            {
                Input = parsed.GetValue(flags.Input)!,
                Map = Maps.Parse(parsed.GetValue(flags.Map)),
                Instability = parsed.GetValue(instability),
                Resamples = parsed.GetValue(resample.Resamples),
                Confidence = parsed.GetValue(resample.Confidence),
                Seed = parsed.GetValue(resample.Seed),
            },
            flags.Read(parsed),
            cancellationToken));
        return verb;
    }

    public static LengthOptions Options(EvalSuiteVerb.Suite suite)
    {
        EvalSuiteVerb.SuiteOptions given = suite.Options;
        var options = new LengthOptions
        {
            Input = suite.Data,
            Map = Maps.Parse(given.Text("map")),
            Instability = given.Number("instability", 0.3),
            Resamples = given.Number("resamples", 2_000),
            Confidence = given.Number("confidence", 0.95),
            Seed = given.Number("seed", 0L),
            Suite = suite.Name,
            SuiteVersion = suite.Version,
        };
        given.CheckAllUsed();
        return options;
    }

    public static Task<int> RunAsync(LengthOptions options, EvalTarget target, CancellationToken cancellationToken) => ReportRuns.RunAsync(
        options, target, LengthEvaluation.RunAsync, (report, folder) => ReportFiles.Write(report, folder, force: true),
        ReportJson.Default.LengthReport, cancellationToken);
}
