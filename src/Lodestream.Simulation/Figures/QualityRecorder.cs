using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Figures;

/// <summary>A moment at which quality was sampled.</summary>
/// <param name="Seconds">When, since the start of the run.</param>
/// <param name="Frame">What was wanted.</param>
/// <param name="ErrorPx">Mean visible error over the samples, pixels.</param>
internal readonly record struct QualityMoment(double Seconds, DemandFrame Frame, double ErrorPx);

/// <summary>
/// Samples a run's quality against what its path wants in truth: with every frame until the first view is covered, for much of the error
/// lies there; from then on with every tenth of motion, and at the same interval while the camera stands, whether a frame is due or not.
/// </summary>
/// <param name="tree">The run's tree.</param>
/// <param name="demand">What the path wants.</param>
/// <param name="framesPerSecond">Frames a second in motion.</param>
internal sealed class QualityRecorder(TileTree tree, PathDemand demand, double framesPerSecond) : SimulationObserver
{
    // Frames from one sample to the next (bench protocol: every tenth).
    private const int SampleEvery = 10;

    // Below this share of uncovered samples a view counts as covered.
    private const double CoveredBelow = 0.005;

    private readonly TimeSpan _frameTime = TimeSpan.FromSeconds(1 / framesPerSecond);
    private readonly Screen _screen = new();
    private readonly MeshesDrawn _meshes = new(tree);
    private readonly List<QualityMoment> _moments = [];
    private (long All, long Uncovered, long InMotion, long AtLevel) _count;
    private DemandFrame? _standing;
    private TimeSpan _next, _end;
    private bool _changed;
    private int _moved;
    private Reading _last;

    // What a sample counts for besides the error: ratios are over evenly spaced samples.
    private enum Counts : byte
    {
        Not,
        AtRest,
        InMotion,
    }

    private readonly record struct Reading(double ErrorPx, int Samples, int Uncovered, int AtLevel);

    /// <summary>What was sampled, in the order of time.</summary>
    public IReadOnlyList<QualityMoment> Moments => _moments;

    /// <summary>When the camera set off; null before.</summary>
    public TimeSpan? SetOff { get; private set; }

    /// <summary>Until when it was sampled, seconds.</summary>
    public double EndSeconds => _end.TotalSeconds;

    /// <summary>First time under 0.5 % uncovered.</summary>
    public TimeSpan? FirstCoverage { get; private set; }

    /// <summary>Share of samples in motion drawn at their wanted level or finer.</summary>
    public double? AtWantedLevelRatio => _count.InMotion == 0 ? null : (double)_count.AtLevel / _count.InMotion;

    /// <summary>Share of samples with nothing drawn.</summary>
    public double? UncoveredRatio => _count.All == 0 ? null : (double)_count.Uncovered / _count.All;

    /// <summary>Mean visible error, integrated over time, pixel seconds.</summary>
    public double ErrorIntegral => IntegralUntil(double.PositiveInfinity);

    /// <summary>The same up to a time.</summary>
    public double IntegralUntil(double seconds)
    {
        var sum = 0.0;
        for (var i = 0; i < _moments.Count && _moments[i].Seconds < seconds; i++)
            sum += _moments[i].ErrorPx * ((i + 1 < _moments.Count ? _moments[i + 1].Seconds : EndSeconds) - _moments[i].Seconds);
        return sum;
    }

    private TimeSpan Interval => FirstCoverage is null ? _frameTime : _frameTime * SampleEvery;

    /// <inheritdoc />
    public override void OnCommit(RenderCommit commit)
    {
        // Path keys are the same in every tree of the scene; what the survey does not know, the path never wanted.
        foreach (var region in commit.Hidden)
        {
            if (!_meshes.Hide(region))
                _screen.Hide(demand.Survey.Find(tree.PathKeys[region]));
        }
        foreach (var item in commit.Shown)
        {
            if (MeshesDrawn.IsMesh(tree, item.Region))
            {
                _meshes.Show(item.Region);
                continue;
            }
            var (region, source) = (demand.Survey.Find(tree.PathKeys[item.Region]), demand.Survey.Find(tree.PathKeys[item.Source]));
            if (region >= 0 && source >= 0)
                _screen.Put(item with { Region = region, Source = source });
        }
        _changed |= !commit.IsEmpty;
    }

    /// <inheritdoc />
    public override void OnTick(TimeSpan now)
    {
        // Until this tick, what the last one drew was seen.
        for (; _standing is not null && _next < now; _next += Interval)
            Take(_next, _standing, Counts.AtRest);
    }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        if (frame.Phase == RunPhase.Resting || frame.Views.Length == 0)
            return;
        _end = frame.Time;
        _meshes.Judge(frame.Streamer.Selection, TakeTile);
        if (frame.Phase == RunPhase.Moving)
            Move(frame);
        else
            Stand(frame);
    }

    // A full tile that is drawn mesh by mesh.
    private void TakeTile(int tile, bool isDrawn)
    {
        var known = demand.Survey.Find(tree.PathKeys[tile]);
        if (known < 0 || _screen.TryGet(known, out _) == isDrawn)
            return;
        _changed = true;
        if (isDrawn)
            _screen.Put(new(known, known, 0, 1, -1));
        else
            _screen.Hide(known);
    }

    private void Move(in SimulatedFrame frame)
    {
        SetOff ??= frame.Time;
        _standing = null;
        if (_moved % SampleEvery == 0 || FirstCoverage is null)
            Take(frame.Time, demand.At(_moved, frame.Views[0]), _moved % SampleEvery == 0 ? Counts.InMotion : Counts.Not);
        _moved++;
    }

    private void Stand(in SimulatedFrame frame)
    {
        if (_standing is null)
        {
            _standing = demand.At(frame.Phase == RunPhase.Opening ? 0 : PathDemand.Stop, frame.Views[0]);
            _next = frame.Time;
            _changed = true;
        }
        for (; _next <= frame.Time; _next += Interval)
            Take(_next, _standing, Counts.AtRest);
    }

    private void Take(TimeSpan time, DemandFrame frame, Counts counts)
    {
        if (_changed || _moments.Count == 0 || _moments[^1].Frame != frame)
            _last = Read(frame);
        _changed = false;
        if (IsCovered(_last))
            FirstCoverage ??= time;
        _moments.Add(new(time.TotalSeconds, frame, _last.ErrorPx));
        if (counts == Counts.Not)
            return;
        _count.All += frame.Samples.Length;
        _count.Uncovered += _last.Uncovered;
        if (counts == Counts.InMotion)
        {
            _count.InMotion += frame.Samples.Length;
            _count.AtLevel += _last.AtLevel;
        }
    }

    private static bool IsCovered(in Reading reading) => reading.Samples > 0 && reading.Uncovered < CoveredBelow * reading.Samples;

    private Reading Read(DemandFrame frame)
    {
        var (error, uncovered, atLevel) = (0.0, 0, 0);
        for (var i = 0; i < frame.Samples.Length; i++)
        {
            var wanted = frame.Wanted[frame.Samples[i].Wanted];
            var drawn = demand.Drawn(frame, i, _screen);
            var nothing = drawn.DrawnLevel < -1;
            uncovered += nothing ? 1 : 0;
            atLevel += drawn.DrawnLevel >= wanted.Level ? 1 : 0;
            error += Math.Max(0, (nothing ? demand.Survey.RootError : drawn.DrawnError) * wanted.PxPerMetre - wanted.AllowedPx);
        }
        return new(frame.Samples.Length == 0 ? 0 : error / frame.Samples.Length, frame.Samples.Length, uncovered, atLevel);
    }
}
