using System.Globalization;
using RewardHub.Evaluation;

namespace RewardHub.Reports;

/// <summary>A vote report for people.</summary>
internal static class VoteMarkdown
{
    public static string Of(VoteReport report)
    {
        var text = new MarkdownText();
        VoteScope micro = report.Scopes[0];
        string confidence = report.Run.Options.GetValueOrDefault("confidence", "0.95");
        text.Heading(1, "Vote evaluation");
        text.Paragraph(
            $"{MarkdownText.Count(report.Questions)} questions, {MarkdownText.Count(report.Rows.Scored)} of "
            + $"{MarkdownText.Count(report.Rows.Read)} rows scored. Accuracies are per cent; brackets are {confidence} intervals over "
            + "questions. Column `all` uses every sample of a question.");
        text.Heading(2, "All questions (micro)");
        Curves(text, micro);
        Deltas(text, micro);
        text.Heading(2, "Mean of domains (macro)");
        Curves(text, report.Scopes[1]);
        Deltas(text, report.Scopes[1]);
        VoteScope[] domains = [.. report.Scopes.Where(s => s.Kind == "domain")];
        text.Heading(2, "Domains, all samples");
        foreach (VoteDelta delta in micro.Deltas) Domains(text, report, domains, delta);
        if (micro.Deltas.Count == 0) MajorityByDomain(text, domains);
        text.Heading(2, "Rows");
        VoteRowCounts rows = report.Rows;
        text.Table(
            ["rows", "count"],
            [
                ["read", MarkdownText.Count(rows.Read)], ["scored", MarkdownText.Count(rows.Scored)],
                ["refused", MarkdownText.Count(rows.Refused)], ["without group", MarkdownText.Count(rows.WithoutGroup)],
                ["without correctness", MarkdownText.Count(rows.WithoutCorrectness)],
                ["without scores", MarkdownText.Count(rows.WithoutScores)], ["not finite", MarkdownText.Count(rows.NotFinite)],
            ]);
        text.Heading(2, "Policies");
        foreach ((string name, string meaning) in report.Policies) text.Item($"{name}: {meaning}");
        text.Notes(report.Notes);
        if (report.VersaPrm is { } curves) VersaPrm(text, curves);
        return text.Run(report.Run).ToString();
    }

    private static void Curves(MarkdownText text, VoteScope scope) =>
        text.Table(
            ["method", .. scope.Curves[0].Points.Select(p => N(p.N))],
            scope.Curves.Select(curve => (IReadOnlyList<string>)
                [Name(curve.Method, curve.Aggregation), .. curve.Points.Select(p => MarkdownText.Percent(p.Value) + Bracket(p.Interval))]));

    private static void Deltas(MarkdownText text, VoteScope scope)
    {
        if (scope.Deltas.Count == 0) return;
        text.Paragraph("Against the majority vote, in percentage points, paired by question:");
        text.Table(
            ["method", .. scope.Deltas[0].Points.Select(p => N(p.N))],
            scope.Deltas.Select(delta => (IReadOnlyList<string>)
                [Name(delta.Method, delta.Aggregation) + " − maj",
                    .. delta.Points.Select(p => MarkdownText.Points(p.Value) + Bracket(p.Interval, signed: true))]));
        double error = scope.Deltas.SelectMany(d => d.Points).Max(p => p.MonteCarloSe);
        if (error > 0)
            text.Paragraph($"Drawing sub-samples adds a standard error of at most {MarkdownText.Percent(error)} points.");
    }

    private static void Domains(MarkdownText text, VoteReport report, VoteScope[] domains, VoteDelta shown)
    {
        text.Paragraph($"{Name(shown.Method, shown.Aggregation)} against the majority vote (p: McNemar exact; Holm over domains):");
        IEnumerable<VoteScope> rows = [.. domains, .. report.Scopes.Where(s => s.Kind == "micro")];
        text.Table(
            ["domain", "questions", "maj", shown.Method, "difference", "only maj", "only " + shown.Method, "p", "p Holm"],
            rows.Select(scope =>
            {
                VoteTest test = scope.Tests.First(t => t.Method == shown.Method && t.Aggregation == shown.Aggregation);
                DeltaPoint gap = scope.Deltas.First(d => d.Method == shown.Method && d.Aggregation == shown.Aggregation).Points[^1];
                return (IReadOnlyList<string>)
                [
                    scope.Name, MarkdownText.Count(scope.Questions), MarkdownText.Percent(Last(scope, "maj", null)),
                    MarkdownText.Percent(Last(scope, shown.Method, shown.Aggregation)),
                    MarkdownText.Points(gap.Value) + Bracket(gap.Interval, signed: true),
                    MarkdownText.Count(test.OnlyMajority), MarkdownText.Count(test.OnlyMethod),
                    MarkdownText.PValue(test.PExact), MarkdownText.PValue(test.PHolm),
                ];
            }));
    }

    private static void MajorityByDomain(MarkdownText text, VoteScope[] domains) =>
        text.Table(
            ["domain", "questions", "pass", "maj"],
            domains.Select(scope => (IReadOnlyList<string>)
            [
                scope.Name, MarkdownText.Count(scope.Questions), MarkdownText.Percent(Last(scope, "pass", null)),
                MarkdownText.Percent(Last(scope, "maj", null)),
            ]));

    private static void VersaPrm(MarkdownText text, IReadOnlyDictionary<string, VersaPrmCurves> groups)
    {
        text.Heading(2, "VersaPRM's evaluator");
        text.Paragraph("Mean over seeds 0 to 9, aggregation min; its spread measures the drawing only and depends on the order of the file.");
        int[] ns = [.. groups.Values.First().Mv.Select(p => p.N)];
        text.Table(
            ["group", "method", .. ns.Select(n => N(n))],
            groups.SelectMany(g => new IReadOnlyList<string>[]
            {
                [g.Key, "mv", .. g.Value.Mv.Select(p => MarkdownText.Percent(p.Mean))],
                [g.Key, "wmv", .. g.Value.Wmv["min"].Select(p => MarkdownText.Percent(p.Mean))],
                [g.Key, "bon", .. g.Value.Bon["min"].Select(p => MarkdownText.Percent(p.Mean))],
            }));
    }

    private static double? Last(VoteScope scope, string method, string? aggregation) =>
        scope.Curves.First(c => c.Method == method && c.Aggregation == aggregation).Points[^1].Value;

    private static string N(int? n) => n?.ToString(CultureInfo.InvariantCulture) ?? "all";

    private static string Name(string method, string? aggregation) => aggregation is null ? method : $"{method} {aggregation}";

    private static string Bracket(Interval? interval, bool signed = false) => interval is null ? ""
        : signed ? $" [{MarkdownText.Points(interval.Low)}, {MarkdownText.Points(interval.High)}]"
        : $" [{MarkdownText.Percent(interval.Low)}, {MarkdownText.Percent(interval.High)}]";
}
