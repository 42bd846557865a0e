using System.Text.Json;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Reporting;

/// <summary>A simulated run as a page: figures, timelines, a map, gates, laws, and how to run it again.</summary>
public sealed class RunReport
{
    // A page that opens at once and goes through any mail: with its template below two million bytes.
    private const int LargestData = 1_900_000;

    // Points of the error's timeline: more than a screen has columns.
    private const int MostMoments = 1500;

    /// <summary>What came of the run.</summary>
    public required SimulationVerdict Verdict { get; init; }

    /// <summary>What was simulated.</summary>
    public required SimulationScenario Scenario { get; init; }

    /// <summary>The scene.</summary>
    public required SceneSurvey Survey { get; init; }

    /// <summary>What was recorded of the run.</summary>
    public required ReportRecorder Recorder { get; init; }

    /// <summary>The command that gives the same run again.</summary>
    public required string Command { get; init; }

    /// <summary>Tiles whose stories are told.</summary>
    public IReadOnlyList<TileStory> Stories { get; init; } = [];

    /// <summary>The page, as HTML. It refers to nothing outside itself.</summary>
    public string ToHtml()
    {
        var data = Data(1);
        for (var every = 2; data.Length > LargestData && every <= 256; every *= 2)
            data = Data(every);
        return ReportPage.Render($"{Verdict.Report.Scene} · Lodestream", data);
    }

    private byte[] Data(int every)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("kind", "run");
            json.WriteNumber("version", 1);
            WriteHeading(json);
            WriteBreaches(json);
            WriteStories(json);
            WriteErrors(json);
            TimelineWriter.Write(json, Recorder.Timeline);
            new MapWriter(Recorder.Map, new(Survey)).Write(json, every);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private void WriteHeading(Utf8JsonWriter json)
    {
        json.WriteString("impression", RunDescription.Impression(Verdict.Report));
        json.WriteBoolean("passed", Verdict.Report.Passed);
        json.WriteString("command", Command);
        json.WriteStartArray("setting");
        foreach (var (name, value) in RunDescription.Setting(Scenario))
            WriteStrings(json, name, value);
        json.WriteEndArray();
        json.WritePropertyName("result");
        JsonSerializer.Serialize(json, Verdict.Report, SimulationReportJson.Default.SimulationReport);
        json.WriteString("budgetError", Verdict.BudgetError);
        json.WriteStartArray("gateIsMaximum");
        foreach (var gate in Scenario.Gates)
            json.WriteBooleanValue(gate.IsMaximum);
        json.WriteEndArray();
        json.WriteStartObject("phases");
        json.WriteNumber("setOff", Math.Round(Verdict.SetOffS, 3));
        if (Recorder.Timeline.StopSeconds is { } stop)
            json.WriteNumber("stop", Math.Round(stop, 3));
        json.WriteNumber("end", Math.Round(Verdict.EndS, 3));
        json.WriteEndObject();
        json.WriteStartArray("happenings");
        foreach (var (from, to, what) in RunDescription.Happenings(Scenario, Verdict.SetOffS))
        {
            json.WriteStartObject();
            json.WriteNumber("from", Math.Round(from, 3));
            json.WriteNumber("to", Math.Round(to, 3));
            json.WriteString("what", what);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteBreaches(Utf8JsonWriter json)
    {
        json.WriteStartArray("breaches");
        foreach (var first in Verdict.Laws.Firsts)
            json.WriteStringValue(first.ToString());
        json.WriteEndArray();
    }

    private void WriteStories(Utf8JsonWriter json)
    {
        json.WriteStartArray("stories");
        foreach (var story in Stories.Where(story => story.Name is not null))
        {
            json.WriteStartObject();
            json.WriteString("tile", story.Name);
            json.WriteStartArray("lines");
            foreach (var line in story.Lines)
            {
                json.WriteStartArray();
                json.WriteNumberValue(Math.Round(line.Seconds, 3));
                json.WriteStringValue(line.What);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteErrors(Utf8JsonWriter json)
    {
        var moments = Thin(Verdict.ErrorOverTime, Verdict.EndS);
        json.WriteStartObject("errors");
        json.WriteString("oracle", Verdict.OracleChoice);
        json.WriteNumber("heuristicsPxS", Verdict.HeuristicsErrorIntegralPxS);
        TimelineWriter.WriteNumbers(json, "t", moments, moment => Math.Round(moment.Seconds, 3));
        TimelineWriter.WriteNumbers(json, "run", moments, moment => Math.Round(moment.ErrorPx, 3));
        TimelineWriter.WriteNumbers(json, "best", moments, moment => Math.Round(moment.OracleErrorPx, 3));
        json.WriteEndObject();
    }

    // Neighbours become one, each for as long as it lasted, so that the integral stays.
    private static IReadOnlyList<ErrorMoment> Thin(IReadOnlyList<ErrorMoment> moments, double end)
    {
        while (moments.Count > MostMoments)
        {
            var thinned = new List<ErrorMoment>();
            for (var i = 0; i < moments.Count; i += 2)
            {
                if (i + 1 == moments.Count)
                {
                    thinned.Add(moments[i]);
                    continue;
                }
                var (a, b) = (moments[i], moments[i + 1]);
                var (first, second) = (b.Seconds - a.Seconds, (i + 2 < moments.Count ? moments[i + 2].Seconds : end) - b.Seconds);
                var share = first + second > 0 ? first / (first + second) : 0.5;
                thinned.Add(new(a.Seconds, a.ErrorPx * share + b.ErrorPx * (1 - share), a.OracleErrorPx * share + b.OracleErrorPx * (1 - share)));
            }
            moments = thinned;
        }
        return moments;
    }

    private static void WriteStrings(Utf8JsonWriter json, params ReadOnlySpan<string> strings)
    {
        json.WriteStartArray();
        foreach (var text in strings)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
