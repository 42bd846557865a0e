using Lodestream.Diagnostics;
using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Figures;

/// <summary>Records what a run's frames say of themselves: times, memory, errors on screen, and what was drawn.</summary>
/// <param name="tree">The run's tree.</param>
internal sealed class RunRecorder(TileTree tree) : SimulationObserver
{
    private readonly Screen _screen = new();
    private readonly HashSet<string> _drawn = [];

    // Documents and the files contents depend on are not drawn themselves: they count as used.
    private readonly HashSet<string> _needed = [];
    private readonly List<double>[] _errors = [[], [], [], []];
    private TimeSpan _completeSince;
    private TimeSpan? _firstComplete, _stopped;
    private bool _wasComplete;
    private long _cpu, _geometry, _texture;

    /// <inheritdoc />
    public override void OnCommit(RenderCommit commit)
    {
        _screen.Apply(commit);
        foreach (var item in commit.Shown)
        {
            var source = MeshesDrawn.IsMesh(tree, item.Source) ? MeshesDrawn.TileOf(tree, item.Source) : item.Source;
            foreach (var content in tree.SlotsOf(source))
                _drawn.Add(tree.Contents.Uri(content));
        }
    }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        var s = frame.Streamer.Statistics;
        (_cpu, _geometry, _texture) = (Math.Max(_cpu, s.CpuBytes), Math.Max(_geometry, s.GpuGeometryBytes), Math.Max(_texture, s.GpuTextureBytes));
        if (frame.Phase == RunPhase.Resting)
            return;
        Judge(frame, s);
        if (_screen.Count == 0)
            return;
        _errors[0].Add(s.PrimaryGeometricSsePx);
        _errors[1].Add(s.PrimaryRasterSsePx);
        _errors[2].Add(s.UnderlayGeometricSsePx);
        _errors[3].Add(s.UnderlayRasterSsePx);
    }

    /// <summary>The times; coverage is the quality's to say.</summary>
    public TimeFigures Times(TimeSpan? firstCoverage) => new(
        firstCoverage?.TotalMilliseconds,
        _firstComplete?.TotalMilliseconds,
        _wasComplete && _stopped is { } stopped ? Math.Max(0, (_completeSince - stopped).TotalMilliseconds) : null);

    /// <summary>What went over the network.</summary>
    public NetworkFigures Network(SimulationResult result)
    {
        var s = result.Streamer.Statistics;
        var wasted = result.Network.BytesByUri.Where(traffic => !_drawn.Contains(traffic.Uri) && !_needed.Contains(traffic.Uri)).Sum(traffic => traffic.Bytes);
        var fetched = result.Network.BytesDelivered;
        return new(s.Requested, s.Cancelled, s.Retries, s.BreakerOpenings, fetched, wasted, fetched == 0 ? 0 : (double)wasted / fetched);
    }

    /// <summary>Memory at its highest.</summary>
    public MemoryFigures Memory(StreamerStatistics s) => new(s.PeakBytes, s.BudgetBytes, _cpu, _geometry, _texture);

    /// <summary>The errors over the frames that drew something.</summary>
    public SseFigures Errors() => new()
    {
        PrimaryGeometricSsePx = Percentiles.Of(_errors[0]),
        PrimaryRasterSsePx = Percentiles.Of(_errors[1]),
        UnderlayGeometricSsePx = Percentiles.Of(_errors[2]),
        UnderlayRasterSsePx = Percentiles.Of(_errors[3]),
    };

    /// <inheritdoc />
    public override void OnRequest(in Streaming.TileRequest request)
    {
        if (request.IsDependency || request.Format == ContentFormat.Tileset)
            _needed.Add(request.Uri);
    }

    // What failed for good is never drawn, and nothing more is to come: the streamer calls that settled.
    private void Judge(in SimulatedFrame frame, StreamerStatistics s)
    {
        var complete = Completeness.Is(tree, frame.Streamer.Selection, _screen) || (s.Settled && frame.IsQuiet);
        if (complete)
            _firstComplete ??= frame.Time;
        if (complete && !_wasComplete)
            _completeSince = frame.Time;
        _wasComplete = complete;
        if (frame.Phase == RunPhase.Settling)
            _stopped ??= frame.Time;
    }
}
