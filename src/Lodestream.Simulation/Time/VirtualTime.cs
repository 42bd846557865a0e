namespace Lodestream.Simulation.Time;

/// <summary>
/// A clock that stands until somebody advances it, with the queue of what is to happen meanwhile. Events of the same instant happen
/// in the order in which they were scheduled, so that a run is the same every time. One thread.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<ScheduledEvent, (long Ticks, long Number)> _events = new();
    private long _number;

    /// <summary>Time since the start.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>When the next event is due; <see cref="TimeSpan.MaxValue"/> when none is.</summary>
    public TimeSpan NextEvent
    {
        get
        {
            while (_events.TryPeek(out var first, out var due))
            {
                if (!first.IsCancelled)
                    return new(due.Ticks);
                _events.Dequeue();
            }
            return TimeSpan.MaxValue;
        }
    }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Schedules an event after a delay; a negative delay is none.</summary>
    public ScheduledEvent After(TimeSpan delay, Action happens) => At(Now + (delay < TimeSpan.Zero ? TimeSpan.Zero : delay), happens);

    /// <summary>Schedules an event.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is past.</exception>
    public ScheduledEvent At(TimeSpan time, Action happens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Now);
        var scheduled = new ScheduledEvent(happens);
        _events.Enqueue(scheduled, (time.Ticks, _number++));
        return scheduled;
    }

    /// <summary>Lets everything happen that is due until then, each at its own time, and stops the clock there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is past.</exception>
    public void AdvanceTo(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Now);
        for (var next = NextEvent; next <= time; next = NextEvent)
        {
            Now = next;
            _events.Dequeue().Happen();
        }
        Now = time;
    }

    /// <inheritdoc />
    public override long GetTimestamp() => Now.Ticks;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new VirtualTimer(this, callback, state, dueTime, period);

    private sealed class VirtualTimer : ITimer
    {
        private readonly VirtualTime _time;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private ScheduledEvent? _next;

        public VirtualTimer(VirtualTime time, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_time, _callback, _state) = (time, callback, state);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _next?.Cancel();
            _next = dueTime == Timeout.InfiniteTimeSpan ? null : _time.After(dueTime, () => Fire(period));
            return true;
        }

        public void Dispose() => _next?.Cancel();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(TimeSpan period)
        {
            if (period > TimeSpan.Zero)
                _next = _time.After(period, () => Fire(period));
            _callback(_state);
        }
    }
}

/// <summary>Something that is to happen, unless it is called off.</summary>
public sealed class ScheduledEvent
{
    private readonly Action _happens;

    internal ScheduledEvent(Action happens) => _happens = happens;

    /// <summary>Whether it was called off.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Calls it off; no harm is done when it happened already.</summary>
    public void Cancel() => IsCancelled = true;

    internal void Happen() => _happens();
}
