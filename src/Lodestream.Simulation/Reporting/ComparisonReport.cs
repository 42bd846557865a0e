using System.Text;
using System.Text.Json;
using Lodestream.Simulation.Figures;

namespace Lodestream.Simulation.Reporting;

/// <summary>Two results side by side, as a page. Where both are reports their timelines are laid over each other.</summary>
public static class ComparisonReport
{
    // What of a report's data a comparison shows.
    private static readonly string[] Shown = ["setting", "command", "phases", "happenings", "errors", "timeline"];

    /// <summary>The page, as HTML.</summary>
    /// <param name="before">A result: JSON as <c>--json</c> writes it, or a report as <c>--report</c> does.</param>
    /// <param name="after">The result it is held against.</param>
    /// <exception cref="FormatException">One of them is no result; the message names the file.</exception>
    public static string ToHtml((string File, byte[] Bytes) before, (string File, byte[] Bytes) after)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("kind", "comparison");
            json.WriteNumber("version", 1);
            json.WriteStartArray("runs");
            WriteRun(json, before.File, before.Bytes);
            WriteRun(json, after.File, after.Bytes);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return ReportPage.Render($"{Path.GetFileName(before.File)} and {Path.GetFileName(after.File)} · Lodestream", stream.ToArray());
    }

    private static void WriteRun(Utf8JsonWriter json, string file, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(DataOf(bytes));
            var root = document.RootElement;
            var isReport = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("kind", out _);
            if (isReport && root.GetProperty("kind").GetString() != "run")
                throw new FormatException($"{file}: is a comparison; compare results or reports of runs");
            var result = (isReport ? root.GetProperty("result") : root).Deserialize(SimulationReportJson.Default.SimulationReport);
            if (result is not { Schema: 1 } || result.TraceHash.Length == 0)
                throw new FormatException($"{file}: is no result of a simulation");
            json.WriteStartObject();
            json.WriteString("file", Path.GetFileName(file));
            json.WritePropertyName("result");
            JsonSerializer.Serialize(json, result, SimulationReportJson.Default.SimulationReport);
            foreach (var name in isReport ? Shown : [])
            {
                if (!root.TryGetProperty(name, out var value))
                    continue;
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"{file}: is no result of a simulation: {e.Message}", e);
        }
    }

    // A report carries its data between two marks.
    private static string DataOf(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        if (!text.AsSpan().TrimStart().StartsWith("<", StringComparison.Ordinal))
            return text;
        var start = text.IndexOf(ReportPage.DataStart, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(ReportPage.DataEnd, start, StringComparison.Ordinal);
        return end < 0 ? throw new JsonException("it holds no data") : text[(start + ReportPage.DataStart.Length)..end];
    }
}
