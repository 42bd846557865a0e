using System.Text.Json;

namespace Lodestream.Simulation.Reporting;

/// <summary>Writes a run's timeline: an array of numbers per quantity.</summary>
internal static class TimelineWriter
{
    /// <summary>Writes the timeline as a property.</summary>
    public static void Write(Utf8JsonWriter json, RunTimeline timeline)
    {
        var samples = timeline.Samples.ToList();
        json.WriteStartObject("timeline");
        WriteNumbers(json, "t", samples, sample => Math.Round(sample.Seconds, 3));
        WriteNumbers(json, "bytes", samples, sample => sample.BytesFetched);
        WriteNumbers(json, "inFlight", samples, sample => sample.InFlight);
        WriteNumbers(json, "queued", samples, sample => sample.Queued);
        WriteNumbers(json, "drawn", samples, sample => sample.Drawn);
        WriteNumbers(json, "missing", samples, sample => sample.Missing);
        WriteNumbers(json, "cpu", samples, sample => sample.CpuBytes);
        WriteNumbers(json, "geometry", samples, sample => sample.GeometryBytes);
        WriteNumbers(json, "texture", samples, sample => sample.TextureBytes);
        WriteNumbers(json, "detailScale", samples, sample => Math.Round(sample.DetailScale, 4));
        json.WriteStartArray("hosts");
        for (var host = 0; host < timeline.Hosts.Count; host++)
        {
            var number = host;
            json.WriteStartObject();
            json.WriteString("name", timeline.Hosts[host]);
            WriteNumbers(json, "breaker", samples, sample => number < sample.Breakers.Length ? (int)sample.Breakers[number] : 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes a quantity of samples as a property.</summary>
    public static void WriteNumbers<T>(Utf8JsonWriter json, string name, IEnumerable<T> samples, Func<T, double> read)
    {
        json.WriteStartArray(name);
        foreach (var sample in samples)
            json.WriteNumberValue(read(sample));
        json.WriteEndArray();
    }
}
