using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Lodestream.Server.Diagnostics;

/// <summary>
/// Listens to a server's instruments and to those of the .NET runtime, and writes them in Prometheus' text format, version 0.0.4.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>The media type of what is written.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Memory, collections and threads of the process: .NET measures them itself.</summary>
    private const string RuntimeMeter = "System.Runtime";

    private readonly ConcurrentDictionary<Instrument, MetricInstrument> _instruments = [];
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="meter">The server's meter; another server in the process has another.</param>
    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter || instrument.Meter.Name == RuntimeMeter)
                listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument, published => new MetricInstrument(published)));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>All instruments as they stand.</summary>
    public string Write()
    {
        lock (_gate)
            _listener.RecordObservableInstruments();
        var text = new StringBuilder(16 * 1024);
        foreach (var instrument in _instruments.Values.Where(instrument => instrument.Series.Count > 0).OrderBy(instrument => instrument.Instrument.Name, StringComparer.Ordinal))
            Write(text, instrument);
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Write(StringBuilder text, MetricInstrument instrument)
    {
        var name = NameOf(instrument);
        if (instrument.Instrument.Description is { Length: > 0 } description)
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {description.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(instrument.IsHistogram ? "histogram" : instrument.IsCounter ? "counter" : "gauge")}\n");
        foreach (var series in instrument.Series)
        {
            if (instrument.IsHistogram)
                WriteHistogram(text, name, instrument, series);
            else
                WriteLine(text, name, series.Tags, null, series.Value);
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, MetricInstrument instrument, MetricSeries series)
    {
        long total = 0;
        for (var bucket = 0; bucket <= instrument.Bounds.Count; bucket++)
        {
            total += series.Count(bucket);
            var bound = bucket < instrument.Bounds.Count ? Number(instrument.Bounds[bucket]) : "+Inf";
            WriteLine(text, name + "_bucket", series.Tags, bound, total);
        }

        WriteLine(text, name + "_sum", series.Tags, null, series.Value);
        WriteLine(text, name + "_count", series.Tags, null, total);
    }

    private static void WriteLine(StringBuilder text, string name, KeyValuePair<string, object?>[] tags, string? bound, double value)
    {
        text.Append(name);
        if (tags.Length > 0 || bound is not null)
        {
            var separator = '{';
            foreach (var (key, tag) in tags)
            {
                text.Append(separator).Append(Plain(key)).Append("=\"").Append(Escape(Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "")).Append('"');
                separator = ',';
            }

            if (bound is not null)
                text.Append(separator).Append("le=\"").Append(bound).Append('"');
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>Dots become underscores, the unit and what counters end in are part of the name.</summary>
    private static string NameOf(MetricInstrument instrument)
    {
        var name = Plain(instrument.Instrument.Name);
        var unit = instrument.Instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        return instrument.IsCounter ? name + "_total" : name;
    }

    private static string Plain(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escape(string value) => value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
