using System.Text;
using System.Text.Json;
using Lodestream.Formats.Inspection;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Reporting;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Tests.Reporting;

/// <summary>A report says what the result says, loads nothing, and lets nothing in its data become markup.</summary>
public sealed class RunReportTests
{
    private const string Hostile = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>{{title}}/*script*/";

    private static readonly (string Html, SimulationVerdict Verdict) Run = Simulate(new()
    {
        Camera = new CameraChoice.BuiltIn("dive"),
        DurationS = 20,
        Network = NetworkProfile.Flaky,
        Events = [new ScenarioEvent.Outage(4, 3)],
        Gates = [new("holes", 0, IsMaximum: true), new("regret", 1e-9, IsMaximum: true)],
    });

    [Fact]
    public void Its_figures_are_the_result_s()
    {
        using var data = Data(Run.Html);
        Assert.Equal(JsonSerializer.Serialize(Run.Verdict.Report, SimulationReportJson.Default.SimulationReport), JsonSerializer.Serialize(data.RootElement.GetProperty("result").Deserialize(SimulationReportJson.Default.SimulationReport), SimulationReportJson.Default.SimulationReport));
        Assert.Equal(Run.Verdict.Report.Passed, data.RootElement.GetProperty("passed").GetBoolean());
    }

    [Fact]
    public void Its_timelines_add_up_to_the_result_s_figures()
    {
        using var data = Data(Run.Html);
        var (root, report) = (data.RootElement, Run.Verdict.Report);
        Near(report.Quality.ErrorIntegralPxS, Integral(root, "run"));
        Near(Run.Verdict.HeuristicsErrorIntegralPxS, Integral(root, "best"));
        var timeline = root.GetProperty("timeline");
        Assert.Equal(report.Network.BytesFetched, Numbers(timeline, "bytes")[^1]);
        var memory = Numbers(timeline, "cpu").Zip(Numbers(timeline, "geometry"), Numbers(timeline, "texture")).Max(at => at.First + at.Second + at.Third);
        Assert.InRange(memory, 0.9 * report.Memory.PeakBytes, report.Memory.PeakBytes);
        Assert.Contains(1, Numbers(timeline.GetProperty("hosts")[0], "breaker"));
        Assert.True(report.Network.BreakerOpenings > 0);
        Assert.Equal(Numbers(timeline, "t").Order(), Numbers(timeline, "t"));
    }

    [Fact]
    public void Its_map_ends_with_what_the_run_ended_with()
    {
        using var data = Data(Run.Html);
        var map = data.RootElement.GetProperty("map");
        var drawn = new Dictionary<double, double>();
        foreach (var moment in map.GetProperty("moments").EnumerateArray())
        {
            var changes = Numbers(moment, "drawn");
            for (var i = 0; i < changes.Length; i += 2)
            {
                if (changes[i + 1] < 0)
                    Assert.True(drawn.Remove(changes[i]));
                else
                    drawn[changes[i]] = changes[i + 1];
            }
        }
        Assert.NotEmpty(drawn);
        Assert.Equal(Numbers(data.RootElement.GetProperty("timeline"), "drawn")[^1], drawn.Count);
        Assert.All(drawn, item => Assert.InRange(item.Value, 0, map.GetProperty("outlines").GetArrayLength() - 1));
    }

    [Fact]
    public void Whatever_happened_on_the_way_is_said_in_words()
    {
        ScenarioEvent[] events =
        [
            new ScenarioEvent.Outage(1, 2), new ScenarioEvent.Change(2, "a.glb"), new ScenarioEvent.MemoryPressure(3), new ScenarioEvent.UnloadAll(4),
            new ScenarioEvent.Layer(5, Scene.ContentFamily.Water, false), new ScenarioEvent.ShedTextures(6, 20),
        ];
        Assert.Equal(
            [(2, 4, "link dead"), (3, 3, "a.glb changed"), (4, 4, "memory pressure"), (5, 5, "everything unloaded"), (6, 6, "Water off"), (7, 7, "textures of 20 shed")],
            RunDescription.Happenings(new() { Events = events }, setOff: 1));
    }

    [Fact]
    public void It_loads_nothing()
    {
        Assert.DoesNotMatch("""(src|href|import|from|url|fetch)\s*[=(]?\s*['"(]?\s*(https?:)?//""", Run.Html);
        Assert.Contains("default-src 'none'", Run.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Twenty_seconds_take_less_than_two_million_bytes() => Assert.InRange(Encoding.UTF8.GetByteCount(Run.Html), 10_000, 2_000_000);

    [Fact]
    public void What_comes_from_data_never_becomes_markup()
    {
        Assert.Equal(2, Run.Html.Split("</script>").Length - 1);
        Assert.DoesNotContain("<img", Run.Html, StringComparison.Ordinal);
        using var data = Data(Run.Html);
        Assert.Equal(Hostile, data.RootElement.GetProperty("command").GetString());
    }

    [Fact]
    public void Results_and_reports_are_compared()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(Run.Verdict.Report, SimulationReportJson.Default.SimulationReport);
        var html = ComparisonReport.ToHtml(("a<b.json", json), ("b.html", Encoding.UTF8.GetBytes(Run.Html)));
        Assert.DoesNotContain("a<b", html, StringComparison.Ordinal);
        using var data = Data(html);
        var runs = data.RootElement.GetProperty("runs");
        Assert.Equal(Run.Verdict.Report.TraceHash, runs[0].GetProperty("result").GetProperty("traceHash").GetString());
        Assert.False(runs[0].TryGetProperty("timeline", out _));
        Assert.True(runs[1].TryGetProperty("timeline", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("<html></html>")]
    [InlineData("{\"schema\": 2, \"traceHash\": \"00\"}")]
    [InlineData("{\"kind\": \"comparison\"}")]
    [InlineData("{\"kind\": 1}")]
    public void What_is_no_result_is_an_error_that_names_the_file(string text)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(Run.Verdict.Report, SimulationReportJson.Default.SimulationReport);
        var error = Assert.Throws<FormatException>(() => ComparisonReport.ToHtml(("good.json", json), ("other.json", Encoding.UTF8.GetBytes(text))));
        Assert.StartsWith("other.json: ", error.Message, StringComparison.Ordinal);
    }

    private static (string, SimulationVerdict) Simulate(SimulationScenario scenario)
    {
        var simulator = new Simulator(SimulatedScene.Open("synthetic:quadtree?levels=8&bytes=51200", (_, _) => throw new InvalidOperationException("a synthetic scene has no files"), default));
        ReportRecorder? recorder = null;
        var verdict = simulator.Run(scenario, observers: tree => [recorder = new(tree)]);
        return (new RunReport { Verdict = verdict, Scenario = scenario, Survey = simulator.Survey, Recorder = recorder!, Command = Hostile }.ToHtml(), verdict);
    }

    private static JsonDocument Data(string html)
    {
        var start = html.IndexOf(ReportPage.DataStart, StringComparison.Ordinal) + ReportPage.DataStart.Length;
        return JsonDocument.Parse(html[start..html.IndexOf(ReportPage.DataEnd, start, StringComparison.Ordinal)]);
    }

    private static double Integral(JsonElement root, string whose)
    {
        var (t, px) = (Numbers(root.GetProperty("errors"), "t"), Numbers(root.GetProperty("errors"), whose));
        return px.Select((error, i) => error * ((i + 1 < t.Length ? t[i + 1] : root.GetProperty("phases").GetProperty("end").GetDouble()) - t[i])).Sum();
    }

    private static double[] Numbers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];

    // Times and errors are written to the millisecond and the thousandth of a pixel.
    private static void Near(double expected, double actual) => Assert.InRange(actual, expected * 0.98 - 0.1, expected * 1.02 + 0.1);
}
