using Lodestream.Diagnostics;
using Lodestream.Simulation.Runs;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Reporting;

/// <summary>What the streamer said of itself at a moment.</summary>
internal readonly record struct TimelineSample
{
    public required double Seconds { get; init; }

    /// <summary>Bytes that went over the link since the start.</summary>
    public required long BytesFetched { get; init; }

    /// <summary>Requests under way: the most since the sample before.</summary>
    public required int InFlight { get; init; }

    public required int Queued { get; init; }

    public required int Drawn { get; init; }

    /// <summary>Wanted tiles of which not all is here.</summary>
    public required int Missing { get; init; }

    public required long CpuBytes { get; init; }

    public required long GeometryBytes { get; init; }

    public required long TextureBytes { get; init; }

    public required double DetailScale { get; init; }

    /// <summary>Each host's breaker: the worst since the sample before.</summary>
    public required BreakerState[] Breakers { get; init; }
}

/// <summary>
/// Samples the streamer's statistics over a run: every frame of the first twenty seconds at sixty frames a second, less often the longer it
/// takes. Short peaks of requests and short openings of breakers are not lost between samples.
/// </summary>
internal sealed class RunTimeline : SimulationObserver
{
    private const int Capacity = 1200;

    private readonly ThinnedSeries<TimelineSample> _samples = new(TimeSpan.FromSeconds(1.0 / 60), Capacity, Capacity, _ => 1, Merge);
    private readonly List<string> _hosts = [];
    private readonly List<BreakerState> _worst = [];
    private int _inFlight;
    private TimelineSample _last;

    /// <summary>The samples, in the order of time; the last is the run's end.</summary>
    public IEnumerable<TimelineSample> Samples => _samples.Samples.Append(_last);

    /// <summary>The hosts that breakers are of.</summary>
    public IReadOnlyList<string> Hosts => _hosts;

    /// <summary>When the camera came to a stop, seconds; null when it never did.</summary>
    public double? StopSeconds { get; private set; }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        if (frame.Phase == RunPhase.Resting)
            return;
        if (frame.Phase == RunPhase.Settling)
            StopSeconds ??= frame.Time.TotalSeconds;
        Note(frame.Streamer);
        _last = Sample(frame, frame.Streamer.Statistics);
        if (!_samples.IsDue(frame.Time))
            return;
        _samples.Add(frame.Time, _last);
        _inFlight = 0;
        _worst.Clear();
    }

    private void Note(TileStreamer streamer)
    {
        _inFlight = Math.Max(_inFlight, streamer.Statistics.InFlight);
        var number = 0;
        foreach (var host in streamer.Hosts())
        {
            if (number == _hosts.Count)
                _hosts.Add(host.Name);
            if (number == _worst.Count)
                _worst.Add(host.Breaker);
            else
                _worst[number] = Worse(_worst[number], host.Breaker);
            number++;
        }
    }

    private TimelineSample Sample(in SimulatedFrame frame, StreamerStatistics s) => new()
    {
        Seconds = frame.Time.TotalSeconds,
        BytesFetched = frame.BytesDelivered,
        InFlight = _inFlight,
        Queued = s.Queued,
        Drawn = s.Drawn,
        Missing = s.NotYetResident,
        CpuBytes = s.CpuBytes,
        GeometryBytes = s.GpuGeometryBytes,
        TextureBytes = s.GpuTextureBytes,
        DetailScale = s.DetailScale,
        Breakers = [.. _worst],
    };

    private static TimelineSample Merge(TimelineSample a, TimelineSample b) => b with
    {
        Seconds = a.Seconds,
        InFlight = Math.Max(a.InFlight, b.InFlight),
        Breakers = [.. b.Breakers.Select((state, host) => host < a.Breakers.Length ? Worse(a.Breakers[host], state) : state)],
    };

    private static BreakerState Worse(BreakerState a, BreakerState b) => a == BreakerState.Open || b == BreakerState.Closed ? a : b;
}
