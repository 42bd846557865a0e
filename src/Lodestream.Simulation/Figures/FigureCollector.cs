using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;
using Lodestream.Streaming;

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
    private readonly RunRecorder _run = new(tree);
    private long _samplesInMotion, _atLevelInMotion, _samples, _uncovered;
    private double _errorIntegral, _lastError;
    private TimeSpan _lastSample;
    private TimeSpan? _firstCoverage;

    /// <inheritdoc />
    public override void OnRequest(in TileRequest request) => _run.OnRequest(request);

    /// <inheritdoc />
    public override void OnCommit(RenderCommit commit)
    {
        _screen.Apply(commit);
        _run.OnCommit(commit);
    }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        _run.OnFrame(frame);
        if (frame.Views.Length > 0 && frame.Phase != RunPhase.Resting && (frame.Number % SampleEvery == 1 || (_firstCoverage is null && _screen.Count > 0)))
            TakeSample(frame);
    }

    /// <summary>The figures, after the run.</summary>
    public StreamingFigures Collect(SimulationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var (times, network) = (_run.Times(_firstCoverage), _run.Network(result));
        return new()
        {
            Frames = result.Frames,
            DurationS = result.Seconds,
            FirstCoverageMs = times.FirstCoverageMs ?? double.NaN,
            FirstViewCompleteMs = times.FirstViewCompleteMs ?? double.NaN,
            SettleAfterStopMs = times.SettleAfterStopMs ?? double.NaN,
            AtWantedLevelRatio = _samplesInMotion == 0 ? double.NaN : (double)_atLevelInMotion / _samplesInMotion,
            UncoveredWantedRatio = _samples == 0 ? double.NaN : (double)_uncovered / _samples,
            ErrorIntegralPxS = _errorIntegral,
            Requests = network.Requests,
            Cancelled = network.Cancelled,
            BytesFetched = network.BytesFetched,
            BytesWasted = network.BytesWasted,
            PeakBytes = result.Streamer.Statistics.PeakBytes,
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
