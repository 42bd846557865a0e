using Lodestream.Residency;

namespace Lodestream.Streaming;

/// <summary>What comes of the attempts under way: connections, headers, bytes, ends.</summary>
internal sealed partial class RequestScheduler
{
    /// <summary>The transport makes a connection for an attempt: until it stands, its time limit counts, from the attempt's start.</summary>
    public void OnConnecting(in InboxMessage message)
    {
        OnFileConnection(message.Id, AttemptPhase.Asked, AttemptPhase.Connecting, since: null);
        if (!_byId.TryGetValue(message.Id, out var index) || residency.Entry(index).Phase != AttemptPhase.Asked)
            return;
        ref var entry = ref residency.Entry(index);
        entry.Phase = AttemptPhase.Connecting;
        WakeAt(entry.Since + TimeSpan.FromSeconds(health.Options.ConnectTimeout));
    }

    /// <summary>An attempt's connection stands: its answer is waited for from now on.</summary>
    public void OnConnected(in InboxMessage message, TimeSpan now)
    {
        OnFileConnection(message.Id, AttemptPhase.Connecting, AttemptPhase.Asked, since: now);
        if (!_byId.TryGetValue(message.Id, out var index) || residency.Entry(index).Phase != AttemptPhase.Connecting)
            return;
        ref var entry = ref residency.Entry(index);
        (entry.Phase, entry.Since) = (AttemptPhase.Asked, now);
    }

    /// <summary>Headers came: the reservation follows the announced length.</summary>
    public void OnHeaders(in InboxMessage message, TimeSpan now)
    {
        if (!_byId.TryGetValue(message.Id, out var index))
            return;
        ref var entry = ref residency.Entry(index);
        if (entry.Phase != AttemptPhase.Answered)
            Network.FirstByte((now - entry.Since).TotalSeconds);
        entry.Since = now;
        entry.Phase = AttemptPhase.Answered;
        if (message.Bytes > 0 && !TryReserve(ref entry, message.Bytes))
            _tooLong.Add(message.Id);
    }

    /// <summary>Bytes came: the attempt is not stalled.</summary>
    public void OnProgress(in InboxMessage message, TimeSpan now)
    {
        if (!_byId.TryGetValue(message.Id, out var index))
            return;
        ref var entry = ref residency.Entry(index);
        Receive(ref entry, message.Bytes);
        entry.Since = now;
        entry.Phase = AttemptPhase.Answered;
        if (message.Bytes > entry.Charge.Cpu && !TryReserve(ref entry, message.Bytes))
            _tooLong.Add(message.Id);
    }

    /// <summary>
    /// An attempt ended. Gives the entry to go on with, −1 where there is none: the attempt was called off before, or failed.
    /// </summary>
    public int OnFetched(in InboxMessage message, TimeSpan now)
    {
        if (!_byId.TryGetValue(message.Id, out var index))
            return -1;
        ref var entry = ref residency.Entry(index);
        Receive(ref entry, message.Bytes);
        if (message.Status != FetchStatus.Ok)
        {
            Fail(index, message, now);
            return -1;
        }
        entry.NetworkFailures = entry.FileFailures;
        entry.BypassesCaches = _bypassing.Remove(tree.Contents.Key(entry.Content));
        health.Succeeded(entry.Host);
        Leave(index);
        if (message.Bytes <= entry.Charge.Cpu || TryReserve(ref entry, message.Bytes))
            return index;
        ledger.Replace(ref entry.Charge, default);
        residency.Leave(index, StateReason.OverBudget, now);
        return -1;
    }

    // Bytes are counted as they come, whatever becomes of the attempt.
    private void Receive(ref ContentEntry entry, long bytesSoFar)
    {
        var more = bytesSoFar - entry.BytesFetched;
        if (more <= 0)
            return;
        BytesFetched += more;
        Network.Received(more);
        _bytesInFlight -= Math.Min(more, Math.Max(0, entry.Expected - entry.BytesFetched));
        entry.BytesFetched = bytesSoFar;
    }

    // A content is longer than was thought. Its bytes must fit, or it gives way and is asked for again when so many fit; what it will
    // need on the GPU is only a guess yet and may wait until it is measured.
    private bool TryReserve(ref ContentEntry entry, long bytes)
    {
        sizes.LearnLength(bytes);
        var charge = sizes.Expected(entry.Content, bytes);
        if (charge.Total > entry.Charge.Total && !ledger.Fits(entry.Charge, charge))
            charge = entry.Charge with { Cpu = Math.Max(entry.Charge.Cpu, bytes) };
        if (charge.Total > entry.Charge.Total && !ledger.Fits(entry.Charge, charge))
        {
            sizes.Remember(entry.Content, bytes);
            return false;
        }
        ledger.Replace(ref entry.Charge, charge);
        return true;
    }
}
