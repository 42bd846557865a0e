using Lodestream.Residency;

namespace Lodestream.Streaming;

/// <summary>
/// Requests for the files that contents depend on. They go out under their content: with its priority, within the same caps, charged to
/// its account, called off with it. What one of them costs is a guess until its headers come.
/// </summary>
internal sealed partial class RequestScheduler
{
    private readonly List<FileRequest> _files = [];

    private struct FileRequest
    {
        public long Id;
        public int Entry, File, Host;
        public TimeSpan Since;
        public AttemptPhase Phase;
        public long BytesFetched, Expected, Reserved;
    }

    /// <summary>Whether a request is for a file that a content depends on.</summary>
    public bool IsFile(long id) => FindFile(id) >= 0;

    // The transport makes a connection for a file, or has made it.
    private void OnFileConnection(long id, AttemptPhase from, AttemptPhase to, TimeSpan? since)
    {
        var at = FindFile(id);
        if (at < 0 || File(at).Phase != from)
            return;
        ref var request = ref File(at);
        request.Phase = to;
        request.Since = since ?? request.Since;
        WakeAt(request.Since + TimeSpan.FromSeconds(TimeLimit(to).Seconds));
    }

    /// <summary>Headers or bytes of a file came.</summary>
    public void OnFileBytes(in InboxMessage message, TimeSpan now)
    {
        ref var request = ref File(FindFile(message.Id));
        if (message.Kind == InboxKind.Headers && request.Phase != AttemptPhase.Answered)
            Network.FirstByte((now - request.Since).TotalSeconds);
        if (message.Kind == InboxKind.Progress)
            ReceiveFile(ref request, message.Bytes);
        (request.Since, request.Phase) = (now, AttemptPhase.Answered);
        residency.Entry(request.Entry).Files!.DoesNotFit |= !TryReserveFile(ref request, message.Bytes);
    }

    /// <summary>An attempt to fetch a file ended.</summary>
    public void OnFileFetched(in InboxMessage message, TimeSpan now)
    {
        var at = FindFile(message.Id);
        ref var request = ref File(at);
        ReceiveFile(ref request, message.Bytes);
        var (entry, file, host) = (request.Entry, request.File, request.Host);
        if (message.Status != FetchStatus.Ok)
        {
            LeaveFile(at);
            FailFile(entry, file, message, now);
            return;
        }
        health.Succeeded(host);
        var files = residency.Entry(entry).Files!;
        files.DoesNotFit |= !TryReserveFile(ref request, message.Bytes);
        LeaveFile(at);
        Settle(entry, file, new(files.Needed[file].Uri, message.Payload, message.Bytes, null));
    }

    /// <summary>Calls off every request for files of a content.</summary>
    public void CallOffFiles(int entry, CancelReason why)
    {
        for (var i = _files.Count - 1; i >= 0; i--)
        {
            if (_files[i].Entry != entry)
                continue;
            transport.Cancel(_files[i].Id, why);
            health.Cancelled(_files[i].Host);
            Cancelled++;
            LeaveFile(i);
        }
    }

    private void WantFiles(int index, in ContentEntry entry)
    {
        var files = entry.Files!;
        for (var i = 0; i < files.Needed.Count && files.Failure is null; i++)
        {
            if (files.States[i] == FileState.Waiting)
                _queue.Add(new(index, files.Hosts[i], entry.Class, entry.Priority, tree.Contents.Key(entry.Content), i));
        }
    }

    private void StartFile(int index, int file, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        var files = entry.Files!;

        // What the content holds already would be held for nothing: its files may use the headroom.
        var expected = (long)Math.Min(sizes.MeanLength, SizeEstimator.FirstLength);
        if (MayGuessLow)
            expected = Math.Min(expected, Math.Max(0, ledger.Budget - ledger.Used.Total));
        if (!ledger.Fits(expected))
        {
            MemoryShortage = Math.Max(MemoryShortage, expected);
            return;
        }
        ledger.Replace(ref entry.Charge, entry.Charge with { Cpu = entry.Charge.Cpu + expected });
        files.States[file] = FileState.InFlight;
        var id = _nextId++;
        _files.Add(new() { Id = id, Entry = index, File = file, Host = files.Hosts[file], Since = now, Expected = expected, Reserved = expected });
        _bytesInFlight += expected;
        _paceBytes -= expected;
        if (entry.FileFailures > 0)
            health.SpendRetry(files.Hosts[file], now);
        if (entry.NetworkFailures + entry.ParseFailures > 0)
            Retries++;
        health.Started(files.Hosts[file]);
        Requested++;
        PeakInFlight = Math.Max(PeakInFlight, InFlight);
        WakeAt(now + TimeSpan.FromSeconds(health.Options.FirstByteTimeout));
        ref readonly var record = ref tree.Contents.Records[entry.Content];
        transport.Start(new(id, entry.Content, files.Needed[file].Uri, record.Family, Scene.ContentFormat.Unknown, IsDependency: true) { BypassesCaches = entry.BypassesCaches });
    }

    private void CheckFileTimeouts(TimeSpan now)
    {
        for (var i = _files.Count - 1; i >= 0; i--)
        {
            var request = _files[i];
            var (status, patience) = TimeLimit(request.Phase);
            if (!IsOver(request.Since, patience, now))
                continue;
            transport.Cancel(request.Id, CancelReason.TimedOut);
            LeaveFile(i);
            FailFile(request.Entry, request.File, new() { Status = status, Error = $"{residency.Entry(request.Entry).Files!.Needed[request.File].Uri}: {TimeOut(status, patience)}" }, now);
        }
    }

    private void FailFile(int index, int file, in InboxMessage message, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        var files = entry.Files!;
        var needed = files.Needed[file];
        var failures = HostHealth.IsAskedToWait(message) ? Math.Max((byte)1, entry.FileFailures) : (byte)Math.Min(255, entry.FileFailures + 1);
        var verdict = health.Failed(files.Hosts[file], message.Status, message.HttpStatus, message.RetryAfterSeconds, failures, tree.Contents.Key(entry.Content), now);
        if (needed.IsOptional)
        {
            Settle(index, file, new(needed.Uri, null, 0, message.Error ?? message.Status.ToString()));
            return;
        }
        if (message.Status == FetchStatus.Corrupt)
            BypassCaches(entry.Content);
        entry.FileFailures = failures;
        entry.NetworkFailures = Math.Max((byte)1, failures);
        files.States[file] = FileState.Here;

        // Of several, the one that keeps it away the longest.
        if (files.Failure is null || verdict.RetryAt > files.Failure.Value.RetryAt)
            files.Failure = (ReasonOf(message.Status), $"needs {needed.Uri}, which failed: {message.Error ?? message.Status.ToString()}", verdict.RetryAt);
    }

    private void Settle(int index, int file, in DependencyFile settled)
    {
        var files = residency.Entry(index).Files!;
        files.Files[file] = settled;
        files.States[file] = FileState.Here;
        files.Missing--;
    }

    private void ReceiveFile(ref FileRequest request, long bytesSoFar)
    {
        var more = bytesSoFar - request.BytesFetched;
        if (more <= 0)
            return;
        BytesFetched += more;
        Network.Received(more);
        _bytesInFlight -= Math.Min(more, Math.Max(0, request.Expected - request.BytesFetched));
        request.BytesFetched = bytesSoFar;
    }

    private bool TryReserveFile(ref FileRequest request, long bytes)
    {
        var more = bytes - request.Reserved;
        if (more <= 0)
            return true;
        ref var entry = ref residency.Entry(request.Entry);
        if (!ledger.Fits(more))
        {
            sizes.Remember(entry.Content, entry.Charge.Cpu + more);
            return false;
        }
        ledger.Replace(ref entry.Charge, entry.Charge with { Cpu = entry.Charge.Cpu + more });
        request.Reserved = bytes;
        return true;
    }

    private void LeaveFile(int at)
    {
        _bytesInFlight -= Math.Max(0, _files[at].Expected - _files[at].BytesFetched);
        RemoveFileAt(at);
        if (InFlight == 0)
            _bytesInFlight = 0;
    }

    private void RemoveFileAt(int at)
    {
        _files[at] = _files[^1];
        _files.RemoveAt(_files.Count - 1);
    }

    private int FindFile(long id)
    {
        for (var i = 0; i < _files.Count; i++)
        {
            if (_files[i].Id == id)
                return i;
        }
        return -1;
    }

    private ref FileRequest File(int at) => ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_files)[at];
}
