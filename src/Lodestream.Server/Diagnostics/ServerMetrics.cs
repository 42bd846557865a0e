using System.Diagnostics.Metrics;

namespace Lodestream.Server.Diagnostics;

/// <summary>What the server counts, as instruments of <c>System.Diagnostics.Metrics</c>. Names and units: <c>docs/serving.md</c>.</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Lodestream.Server";

    // Seconds. From a cached tile on loopback to a compressed tileset of many megabytes.
    private static readonly double[] DurationBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    // A box per request for a status would be the only allocation here.
    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(status => (object)status)];

    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _running;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _lookups;
    private readonly Counter<long> _compressions;
    private Func<long> _cachedBytes = () => 0;

    /// <summary>Makes the instruments.</summary>
    public ServerMetrics()
    {
        Meter = new Meter(MeterName);
        _requests = Meter.CreateCounter<long>("lodestream.server.requests", null, "Requests answered, by kind of content and status.");
        _bytes = Meter.CreateCounter<long>("lodestream.server.sent", "By", "Bytes of answers' bodies, as sent (compressed ones compressed).");
        _duration = Meter.CreateHistogram(
            "lodestream.server.request.duration", "s", "Time from a request's head to the last byte handed to its connection.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBuckets });
        _connections = Meter.CreateUpDownCounter<long>("lodestream.server.connections.active", null, "Open connections.");
        _running = Meter.CreateUpDownCounter<long>("lodestream.server.requests.active", null, "Requests being answered.");
        _errors = Meter.CreateCounter<long>("lodestream.server.errors", null, "Requests that failed inside the server (failed), were refused for their rate (limited) or whose client went away (aborted).");
        _lookups = Meter.CreateCounter<long>("lodestream.server.cache.lookups", null, "Answers whose bytes were in memory (hit) or not (miss).");
        _compressions = Meter.CreateCounter<long>("lodestream.server.compressions", null, "Contents compressed, by coding.");
        Meter.CreateObservableGauge("lodestream.server.cache.size", () => _cachedBytes(), "By", "Bytes of content in memory.");
    }

    /// <summary>The instruments' meter: each server has its own.</summary>
    public Meter Meter { get; }

    /// <summary>Tells how many bytes are cached.</summary>
    public void Observe(Func<long> cachedBytes) => _cachedBytes = cachedBytes;

    /// <summary>A connection was opened (1) or closed (-1).</summary>
    public void ConnectionsChanged(int by) => _connections.Add(by);

    /// <summary>A request begins.</summary>
    public void RequestStarted() => _running.Add(1);

    /// <summary>A request has its answer.</summary>
    public void RequestEnded(string kind, int status, long bytes, double seconds)
    {
        _running.Add(-1);
        var kindTag = new KeyValuePair<string, object?>("kind", kind);
        _requests.Add(1, kindTag, new("status", status is >= 0 and < 600 ? Statuses[status] : status));
        _bytes.Add(bytes, kindTag);
        _duration.Record(seconds, kindTag);
    }

    /// <summary>A request went wrong; <paramref name="reason"/> is one of few words.</summary>
    public void Error(string reason) => _errors.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Bytes were in memory.</summary>
    public void CacheHit() => _lookups.Add(1, new KeyValuePair<string, object?>("result", "hit"));

    /// <summary>Bytes were not in memory.</summary>
    public void CacheMiss() => _lookups.Add(1, new KeyValuePair<string, object?>("result", "miss"));

    /// <summary>A content was compressed.</summary>
    public void Compressed(string coding) => _compressions.Add(1, new KeyValuePair<string, object?>("coding", coding));

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();
}
