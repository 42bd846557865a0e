using System.Collections.Concurrent;
using Lodestream.Browser.Interop;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Browser;

/// <summary>Fetches through the page: requests go out with the frame's commands, outcomes come in with the next frame's events.</summary>
internal sealed class BrowserTransport(int scene, SharedBlock block, Inbox inbox, FailureLog failures) : ITileTransport
{
    private readonly Dictionary<long, TileRequest> _underWay = [];
    private readonly ConcurrentQueue<long> _abandoned = new();

    /// <summary>What was asked for and called off.</summary>
    public FamilyCounts Requests { get; } = new();

    /// <summary>The attempts under way, by number.</summary>
    public IReadOnlyDictionary<long, TileRequest> UnderWay => _underWay;

    public void Start(in TileRequest request)
    {
        _underWay[request.Id] = request;
        Requests.Start(request.Family);
        block.Write(Command.Fetch);
        block.Write(request.Id);
        block.Write(request.Uri);
        block.Write(request.BypassesCaches ? 1 : 0);
    }

    public void Cancel(long requestId, CancelReason reason)
    {
        if (_underWay.Remove(requestId, out var request))
            Requests.Cancel(request.Family);
        block.Write(Command.AbortFetch);
        block.Write(requestId);
    }

    /// <summary>An event of a request under way.</summary>
    public void Receive(ReadOnlySpan<double> e)
    {
        switch ((PageEvent)(int)e[0])
        {
            case PageEvent.Headers:
                inbox.Post(new() { Kind = InboxKind.Headers, Id = (long)e[1], Bytes = (long)e[2] });
                break;
            case PageEvent.Progress:
                inbox.Post(new() { Kind = InboxKind.Progress, Id = (long)e[1], Bytes = (long)e[2] });
                break;
            default:
                ReceiveOutcome(e);
                break;
        }
    }

    /// <summary>Has the page drop the payloads nobody refers to any more.</summary>
    public void DropAbandoned()
    {
        while (_abandoned.TryDequeue(out var payload))
        {
            block.Write(Command.DropPayload);
            block.Write(payload);
        }
    }

    private void ReceiveOutcome(ReadOnlySpan<double> e)
    {
        var (id, status, httpStatus, bytes) = ((long)e[1], (FetchStatus)(int)e[2], (int)e[3], (long)e[4]);
        var isOk = status == FetchStatus.Ok;
        var error = isOk || e[7] == 0 ? null : Page.TakeText(scene, (int)e[7]);
        if (_underWay.Remove(id, out var request) && !isOk)
            failures.Add(request.Content, error ?? (httpStatus == 0 ? status.ToString() : $"HTTP status {httpStatus}"));
        inbox.Post(new()
        {
            Kind = InboxKind.Fetched,
            Id = id,
            Status = status,
            HttpStatus = httpStatus,
            Bytes = bytes,
            Digest = isOk ? (ulong)e[5] << 32 | (ulong)e[7] : 0,
            RetryAfterSeconds = isOk ? 0 : e[5],
            CostMs = e[6],
            Payload = isOk ? new BrowserPayload(scene, id, bytes, _abandoned) : null,
            Error = error,
        });
    }
}
