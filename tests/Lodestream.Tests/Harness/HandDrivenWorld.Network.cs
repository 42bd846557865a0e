using Lodestream.Streaming;

namespace Lodestream.Tests.Harness;

internal sealed partial class HandDrivenWorld
{
    public const int PayloadBytes = 1000;

    private readonly SortedDictionary<long, TileRequest> _requests = [];

    /// <summary>Every request ever made, in order.</summary>
    public List<TileRequest> Requests { get; } = [];

    /// <summary>Names of what is asked for and not answered, in the order of asking.</summary>
    public string[] InFlight => [.. _requests.Values.Select(request => NameOfUri(request.Uri))];

    /// <summary>The request under way for a content.</summary>
    public TileRequest Request(string content)
    {
        foreach (var request in _requests.Values)
        {
            if (NameOfUri(request.Uri) == content)
                return request;
        }
        throw new InvalidOperationException($"Nobody asks for {content}, but for: {string.Join(' ', InFlight)}.");
    }

    /// <summary>All bytes of a content come.</summary>
    public void Answer(string content, int bytes = PayloadBytes) => AnswerRequest(Request(content).Id, bytes);

    /// <summary>Everything that is asked for now comes.</summary>
    public void AnswerAll()
    {
        foreach (var id in _requests.Keys.ToArray())
            AnswerRequest(id);
    }

    /// <summary>An answer to a request that may have been called off.</summary>
    public void AnswerRequest(long id, int bytes = PayloadBytes)
    {
        _requests.Remove(id);
        Inbox.Post(new() { Kind = InboxKind.Fetched, Id = id, Status = FetchStatus.Ok, Bytes = bytes, Payload = new byte[bytes] });
    }

    /// <summary>A request fails.</summary>
    public void Fail(string content, FetchStatus status, int http = 0, double retryAfter = 0, long bytes = 0)
    {
        var id = Request(content).Id;
        _requests.Remove(id);
        Inbox.Post(new() { Kind = InboxKind.Fetched, Id = id, Status = status, HttpStatus = http, RetryAfterSeconds = retryAfter, Bytes = bytes, Error = $"{status} {http}" });
    }

    /// <summary>A request is answered with 503, and the streamer takes notice.</summary>
    public void Fail503(string content, double retryAfter = 0)
    {
        Fail(content, FetchStatus.HttpError, 503, retryAfter);
        Settle();
    }

    /// <summary>A request is answered with 404, and the streamer takes notice.</summary>
    public void Fail404(string content)
    {
        Fail(content, FetchStatus.NotFound, 404);
        Settle();
    }

    /// <summary>A source announces that a content has changed, and the streamer takes notice.</summary>
    public void Change(string content)
    {
        Inbox.Post(new() { Kind = InboxKind.Changed, Payload = Tree.Contents.Uri(Content(content)) });
        Settle();
    }

    public void Connecting(string content) => Inbox.Post(new() { Kind = InboxKind.Connecting, Id = Request(content).Id });

    public void Connected(string content) => Inbox.Post(new() { Kind = InboxKind.Connected, Id = Request(content).Id });

    public void Headers(string content, long bytes = 0) => Inbox.Post(new() { Kind = InboxKind.Headers, Id = Request(content).Id, Bytes = bytes });

    public void Progress(string content, long bytes) => Inbox.Post(new() { Kind = InboxKind.Progress, Id = Request(content).Id, Bytes = bytes });

    void ITileTransport.Start(in TileRequest request)
    {
        _requests.Add(request.Id, request);
        Requests.Add(request);
        Log.Add($"start {NameOfUri(request.Uri)}");
    }

    void ITileTransport.Cancel(long requestId, CancelReason reason)
    {
        Assert.True(_requests.Remove(requestId, out var request), "A request was called off that is not under way.");
        Log.Add($"cancel {NameOfUri(request.Uri)} {reason}");
    }
}
