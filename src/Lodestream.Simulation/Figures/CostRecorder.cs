using System.Diagnostics;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Figures;

/// <summary>
/// Measures what a run's ticks cost in real time. It belongs on a run that nobody else watches: what observers do within a tick would count.
/// </summary>
internal sealed class CostRecorder : SimulationObserver
{
    private readonly List<double> _select = [], _tick = [], _allocated = [];
    private readonly List<TimedPolicy> _policies = [];
    private long _touched, _start, _before;

    /// <summary>The options with a policy that is timed.</summary>
    public StreamerOptions Time(StreamerOptions options) => options with { Policy = () => Timed(options.Policy()) };

    /// <inheritdoc />
    public override void OnTick(TimeSpan now)
    {
        _before = GC.GetAllocatedBytesForCurrentThread();
        _start = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        var elapsed = Stopwatch.GetElapsedTime(_start);
        _allocated.Add(GC.GetAllocatedBytesForCurrentThread() - _before);
        _tick.Add(elapsed.TotalMicroseconds);
        _touched += frame.Streamer.Selection.Touched;
        foreach (var policy in _policies)
        {
            if (policy.TakeTime(frame.Streamer.Selection) is { } time)
                _select.Add(time.TotalMicroseconds);
        }
    }

    /// <summary>The figures.</summary>
    public CpuFigures Figures()
    {
        double[] select = [.. _select.Order()], tick = [.. _tick.Order()], allocated = [.. _allocated.Order()];
        return new(Percentiles.At(select, 0.5), Percentiles.At(select, 0.99), Percentiles.At(tick, 0.99), tick.Length == 0 ? 0 : (double)_touched / tick.Length, Percentiles.At(allocated, 0.5));
    }

    private TimedPolicy Timed(ISelectionPolicy policy)
    {
        var timed = new TimedPolicy(policy);
        _policies.Add(timed);
        return timed;
    }

    // Selections on trial, for what a prediction would want, fill sets of their own: they are told apart by that.
    private sealed class TimedPolicy(ISelectionPolicy policy) : ISelectionPolicy
    {
        private readonly Dictionary<VisibilitySet, TimeSpan> _times = [];

        public void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set)
        {
            var start = Stopwatch.GetTimestamp();
            policy.Select(tree, views, inputs, set);
            _times[set] = Stopwatch.GetElapsedTime(start);
        }

        public TimeSpan? TakeTime(VisibilitySet set) => _times.Remove(set, out var time) ? time : null;
    }
}
