using System.Diagnostics;

namespace Lodestream.Browser;

/// <summary>What each stage of a frame's C# took: nothing of it is measured before somebody asks.</summary>
internal sealed class StageTimes
{
    private readonly double[] _milliseconds = new double[(int)FrameStage.Count];
    private FrameStage _stage = FrameStage.Count;
    private long _since;

    /// <summary>Of the last frame, milliseconds, by <see cref="FrameStage"/>.</summary>
    public double[] Milliseconds => _milliseconds;

    /// <summary>A frame begins.</summary>
    public void Begin()
    {
        Array.Clear(_milliseconds);
        Enter(FrameStage.Events);
    }

    /// <summary>One stage ends, another begins; the frame ends with <see cref="FrameStage.Count"/>.</summary>
    public void Enter(FrameStage stage)
    {
        var now = Stopwatch.GetTimestamp();
        if (_stage != FrameStage.Count)
            _milliseconds[(int)_stage] += Stopwatch.GetElapsedTime(_since, now).TotalMilliseconds;
        (_stage, _since) = (stage, now);
    }

    /// <summary>A stage of the core's tick begins.</summary>
    public void Enter(TickStage stage) => Enter(FrameStage.Tick + (int)stage);
}

/// <summary>The stages of a frame's C#, in their order; bench/browser/core-bench.mjs names them.</summary>
internal enum FrameStage
{
    /// <summary>What the page sent is taken in.</summary>
    Events,

    /// <summary>Contents are measured, topology is read.</summary>
    Prepare,

    /// <summary>The first of the core's own: <see cref="TickStage"/>.</summary>
    Tick,

    /// <summary>Batches, labels, failures and figures go to the page.</summary>
    Tell = Tick + TickStage.Report + 1,

    /// <summary>How many there are.</summary>
    Count,
}
