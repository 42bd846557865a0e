using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Figures;

/// <summary>Collects a run's figures as an observer. Quality is sampled every tenth frame.</summary>
/// <param name="tree">The scene.</param>
/// <param name="ground">Height of a flat ground the rays are aimed at, metres; null for the wanted tiles' volumes.</param>
public sealed class FigureCollector(TileTree tree, double? ground = null) : SimulationObserver
{
    /// <summary>Frames from one sample to the next (bench protocol: every tenth).</summary>
    public const int SampleEvery = 10;

    // Below this share of uncovered rays a view counts as covered.
    private const double CoveredBelow = 0.005;

    private readonly Screen _screen = new();
    private readonly GroundSampler _sampler = new(tree, ground);
    private readonly HashSet<string> _drawn = [];
    private long _samplesInMotion, _atLevelInMotion, _samples, _uncovered;
    private double _errorIntegral, _lastError;
    private TimeSpan _lastSample, _completeSince;
    private TimeSpan? _firstCoverage, _firstComplete, _stopped;
    private bool _wasComplete;

    /// <inheritdoc />
    public override void OnCommit(RenderCommit commit)
    {
        _screen.Apply(commit);
        foreach (var item in commit.Shown)
        {
            foreach (var content in tree.SlotsOf(item.Source))
                _drawn.Add(tree.Contents.Uri(content));
        }
    }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        var complete = Completeness.Is(tree, frame.Streamer.Selection, _screen);
        if (complete)
            _firstComplete ??= frame.Time;
        if (complete && !_wasComplete)
            _completeSince = frame.Time;
        _wasComplete = complete;
        if (frame.Phase == RunPhase.Settling)
            _stopped ??= frame.Time;
        if (frame.Views.Length > 0 && frame.Phase != RunPhase.Resting && (frame.Number % SampleEvery == 1 || (_firstCoverage is null && _screen.Count > 0)))
            TakeSample(frame);
    }

    /// <summary>The figures, after the run.</summary>
    public StreamingFigures Collect(SimulationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var statistics = result.Streamer.Statistics;
        long wasted = 0;
        foreach (var (uri, bytes) in result.Network.BytesByUri)
            wasted += _drawn.Contains(uri) ? 0 : bytes;
        return new()
        {
            Frames = result.Frames,
            DurationS = result.Seconds,
            FirstCoverageMs = _firstCoverage?.TotalMilliseconds ?? double.NaN,
            FirstViewCompleteMs = _firstComplete?.TotalMilliseconds ?? double.NaN,
            SettleAfterStopMs = _wasComplete && _stopped is { } stopped ? Math.Max(0, (_completeSince - stopped).TotalMilliseconds) : double.NaN,
            AtWantedLevelRatio = _samplesInMotion == 0 ? double.NaN : (double)_atLevelInMotion / _samplesInMotion,
            UncoveredWantedRatio = _samples == 0 ? double.NaN : (double)_uncovered / _samples,
            ErrorIntegralPxS = _errorIntegral,
            Requests = statistics.Requested,
            Cancelled = statistics.Cancelled,
            BytesFetched = result.Network.BytesDelivered,
            BytesWasted = wasted,
            PeakBytes = statistics.PeakBytes,
        };
    }

    private void TakeSample(in SimulatedFrame frame)
    {
        long hits = 0, uncovered = 0, atLevel = 0;
        var error = 0.0;
        var view = frame.Views[0];
        var rootError = tree.Nodes[tree.Links[TileTree.SceneRoot].ChildCount > 0 ? tree.Links[TileTree.SceneRoot].FirstChild : TileTree.SceneRoot].GeometricError;
        _sampler.Look(view, frame.Streamer.Selection, _screen, sample =>
        {
            hits++;
            var nothing = sample.DrawnLevel < -1;
            if (nothing)
                uncovered++;
            if (sample.DrawnLevel >= tree.Links[sample.Wanted].Level)
                atLevel++;
            var distance = Math.Max(view.Near, tree.Volume(sample.Wanted).DistanceTo(view.Position));
            error += Math.Max(0, (nothing ? rootError : sample.DrawnError) * view.PixelScale / distance - view.TargetErrorPx);
        });
        _errorIntegral += _lastError * (frame.Time - _lastSample).TotalSeconds;
        (_lastError, _lastSample) = (hits == 0 ? 0 : error / hits, frame.Time);
        if (hits > 0 && uncovered < CoveredBelow * hits)
            _firstCoverage ??= frame.Time;
        _samples += hits;
        _uncovered += uncovered;
        if (frame.Phase != RunPhase.Moving)
            return;
        _samplesInMotion += hits;
        _atLevelInMotion += atLevel;
    }
}
