using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>An option that was set between two ticks.</summary>
/// <param name="Families">The families enabled; null where it was the budget.</param>
/// <param name="Budget">The budget, bytes.</param>
internal readonly record struct TraceSetting(FamilySet? Families, long Budget);

/// <summary>A frame of a recording: what entered, and what was put out.</summary>
internal sealed class TraceFrame
{
    /// <summary>Its number, from 1.</summary>
    public long Number;

    public TimeSpan Now;

    /// <summary>The streamer was closed, not ticked.</summary>
    public bool Closes;

    public bool RequestsAllowed;

    /// <summary>Whether something was in the inbox when the tick ended.</summary>
    public bool Arrived;

    /// <summary>Whether the tick ended: otherwise the recorded streamer threw.</summary>
    public bool Ended;

    public Selection.View[] Views = [];

    /// <summary>What was set before.</summary>
    public List<TraceSetting> Settings { get; } = [];

    public List<InboxMessage> Messages { get; } = [];

    public TraceOutputs Outputs { get; } = new();
}

/// <summary>Reads a recording frame by frame.</summary>
/// <param name="from">Stands where the header ends.</param>
internal sealed class TraceFrames(TraceInput from)
{
    private readonly TraceViews _views = new();
    private readonly TraceFrameReader _figures = new();
    private TimeSpan _now;
    private TraceRecord? _peeked;

    /// <summary>Frames read.</summary>
    public long Count { get; private set; }

    /// <summary>The hash the recording ends with, once all was read.</summary>
    public UInt128 Hash { get; private set; }

    /// <summary>Reads the next frame into one that was used before; false at the end.</summary>
    /// <exception cref="TraceDamageException">The recording is damaged or cut off.</exception>
    public bool Read(TraceFrame frame)
    {
        frame.Settings.Clear();
        frame.Messages.Clear();
        for (; ; )
        {
            switch (NextRecord())
            {
                case TraceRecord.Families:
                    frame.Settings.Add(new(FamilySet.FromBits(from.Byte()), 0));
                    break;
                case TraceRecord.Budget:
                    frame.Settings.Add(new(null, from.Whole() is > 0 and <= long.MaxValue and var bytes ? (long)bytes : throw from.Damage("a budget is no budget")));
                    break;
                case TraceRecord.Tick:
                    ReadTick(frame);
                    return true;
                case TraceRecord.Close:
                    ReadClose(frame);
                    return true;
                case TraceRecord.End:
                    ReadEnd();
                    return false;
                case var other:
                    throw from.Damage($"a record of kind {(byte)other} where a frame begins");
            }
        }
    }

    private TraceRecord NextRecord()
    {
        var record = _peeked ?? from.Member<TraceRecord>();
        _peeked = null;
        return record;
    }

    private void ReadTick(TraceFrame frame)
    {
        frame.Number = ++Count;
        frame.Now = ReadTime();
        frame.Closes = false;
        frame.RequestsAllowed = from.Flag();
        _views.Read(from);
        frame.Views = _views.Last.ToArray();
        for (var messages = from.CountOf(2, "messages"); messages > 0; messages--)
            frame.Messages.Add(TraceMessages.Read(from));
        var next = NextRecord();
        frame.Ended = next == TraceRecord.EndTick;
        if (frame.Ended)
        {
            frame.Arrived = from.Flag();
            _figures.Read(frame.Outputs, _now, from);
        }
        else
        {
            _peeked = next;
        }
    }

    private void ReadClose(TraceFrame frame)
    {
        frame.Number = Count;
        frame.Now = ReadTime();
        frame.Closes = true;
        frame.Arrived = false;
        var next = NextRecord();
        frame.Ended = next == TraceRecord.EndClose;
        if (frame.Ended)
            TraceFrameReader.ReadOutputs(frame.Outputs, from);
        else
            _peeked = next;
    }

    private void ReadEnd()
    {
        var frames = from.Whole();
        var low = from.Word();
        Hash = new(from.Word(), low);
        if (frames != (ulong)Count)
            throw from.Damage($"{Count} frames, where {frames} were recorded");
        if (from.Left > 0)
            throw from.Damage($"{from.Left} bytes after the end");
    }

    private TimeSpan ReadTime()
    {
        var ticks = _now.Ticks + from.Signed() % (1L << 60);
        if ((ulong)(ticks + (long)TraceFormat.LatestTime) > 2 * TraceFormat.LatestTime)
            throw from.Damage("a time is out of all reason");
        return _now = TimeSpan.FromTicks(ticks);
    }
}
