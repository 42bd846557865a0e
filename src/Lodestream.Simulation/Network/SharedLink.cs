using Lodestream.Simulation.Time;

namespace Lodestream.Simulation.Network;

/// <summary>A link whose bandwidth is shared evenly among the transfers under way, at every instant.</summary>
internal sealed class SharedLink(VirtualTime time, double bytesPerSecond)
{
    // Rounding of event times to clock ticks leaves a transfer this many bytes short at most, at any bandwidth a profile takes.
    private const double Crumb = 0.02;

    private readonly List<Transfer> _transfers = [];
    private TimeSpan _asOf;
    private double _share;
    private bool _up = true;
    private ScheduledEvent? _next;

    internal sealed class Transfer(double startedAt, long bytes, Action done)
    {
        public double StartedAt { get; } = startedAt;

        public long Bytes { get; } = bytes;

        public Action Done { get; } = done;

        public double EndsAt => StartedAt + Bytes;
    }

    /// <summary>Whether bytes move.</summary>
    public bool IsUp
    {
        get => _up;
        set
        {
            Settle();
            _up = value;
            Reschedule();
        }
    }

    /// <summary>Starts a transfer.</summary>
    /// <param name="bytes">Bytes to move.</param>
    /// <param name="done">Called when the last one is there.</param>
    public Transfer Start(long bytes, Action done)
    {
        Settle();
        var transfer = new Transfer(_share, bytes, done);
        _transfers.Add(transfer);
        Reschedule();
        return transfer;
    }

    /// <summary>Ends a transfer early.</summary>
    /// <returns>Bytes that had come.</returns>
    public long Cancel(Transfer transfer)
    {
        var delivered = Delivered(transfer);
        _transfers.Remove(transfer);
        Reschedule();
        return delivered;
    }

    /// <summary>Bytes of a transfer that have come.</summary>
    public long Delivered(Transfer transfer)
    {
        Settle();
        return Math.Clamp((long)(_share - transfer.StartedAt), 0, transfer.Bytes);
    }

    // The share is what a transfer that was there from the start would have got by now.
    private void Settle()
    {
        if (_up && _transfers.Count > 0)
            _share += (time.Now - _asOf).TotalSeconds * bytesPerSecond / _transfers.Count;
        _asOf = time.Now;
    }

    private void Reschedule()
    {
        _next?.Cancel();
        _next = null;
        if (!_up || _transfers.Count == 0)
            return;
        var first = _transfers[0].EndsAt;
        foreach (var transfer in _transfers)
            first = Math.Min(first, transfer.EndsAt);
        var seconds = Math.Max(0, first - _share) * _transfers.Count / bytesPerSecond;
        _next = time.After(TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond)), Finish);
    }

    private void Finish()
    {
        Settle();
        var finished = _transfers.FindAll(transfer => transfer.EndsAt <= _share + Crumb);
        foreach (var transfer in finished)
            _transfers.Remove(transfer);
        Reschedule();
        foreach (var transfer in finished)
            transfer.Done();
    }
}
