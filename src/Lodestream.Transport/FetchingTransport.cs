using System.Collections.Concurrent;
using Lodestream.Streaming;

namespace Lodestream.Transport;

/// <summary>
/// Runs attempts side by side and posts what becomes of them. What was cancelled is not answered: nobody waits for it. Bytes are handed
/// over as an exact <c>byte[]</c> of their own, because prepared contents keep them and point into them.
/// </summary>
public abstract class FetchingTransport : ITileTransport, IDisposable
{
    // Stalls are looked for in seconds; messages more often than this would only wake a sleeping frame loop.
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<long, FetchCancellation> _running = new();
    private readonly Inbox _inbox;
    private readonly TimeProvider _time;
    private volatile bool _disposed;

    /// <summary>Makes a transport.</summary>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">Its clock.</param>
    protected FetchingTransport(Inbox inbox, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(inbox);
        ArgumentNullException.ThrowIfNull(time);
        (_inbox, _time) = (inbox, time);
    }

    /// <inheritdoc/>
    public void Start(in TileRequest request)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var cancellation = new FetchCancellation();
        if (!_running.TryAdd(request.Id, cancellation))
            throw new ArgumentException($"Attempt {request.Id} is running already: every attempt has a number of its own.", nameof(request));
        _ = RunAsync(request.Id, request.Uri, request.BypassesCaches, cancellation);
    }

    /// <inheritdoc/>
    public void Cancel(long requestId, CancelReason reason)
    {
        if (_running.TryRemove(requestId, out var cancellation))
            cancellation.Cancel(reason);
    }

    /// <summary>Makes one attempt; cancellation is the only way out other than an outcome.</summary>
    /// <param name="uri">Absolute URI.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Calls the attempt off.</param>
    /// <exception cref="OperationCanceledException">The attempt was called off.</exception>
    public abstract Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation);

    /// <summary>The same, past what caches on the way hold: a newer version was announced. Sources without caches have nothing to do for that.</summary>
    /// <param name="uri">Absolute URI.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Calls the attempt off.</param>
    /// <exception cref="OperationCanceledException">The attempt was called off.</exception>
    public virtual Task<FetchOutcome> FetchNewestAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, progress, cancellation);

    /// <summary>Calls off what is running.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var id in _running.Keys)
            Cancel(id, CancelReason.Closed);
        GC.SuppressFinalize(this);
    }

    private async Task RunAsync(long id, string uri, bool bypassesCaches, FetchCancellation cancellation)
    {
        // The tick that starts an attempt does not wait for names to be resolved or files to be opened.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        FetchOutcome outcome;
        try
        {
            var progress = new Report(this, id);
            outcome = await (bypassesCaches ? FetchNewestAsync(uri, progress, cancellation.Token) : FetchAsync(uri, progress, cancellation.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // A defect, of ours or of a handler in the chain: the request must not be waited for for ever.
            outcome = FetchOutcome.Failed(FetchStatus.NetworkError, $"{uri}: {e.GetType().Name}: {e.Message}");
        }

        // Whoever takes the entry out speaks last: here, or in Cancel.
        if (!_running.TryRemove(id, out _))
            return;
        _inbox.Post(outcome.ToMessage(id));
        cancellation.Dispose();
    }

    private sealed class Report(FetchingTransport transport, long id) : IFetchProgress
    {
        private long _last = transport._time.GetTimestamp();

        public void Headers(long announcedBytes) => Post(InboxKind.Headers, announcedBytes);

        public void Progress(long bytes)
        {
            var now = transport._time.GetTimestamp();
            if (transport._time.GetElapsedTime(_last, now) < ProgressInterval)
                return;
            _last = now;
            Post(InboxKind.Progress, bytes);
        }

        private void Post(InboxKind kind, long bytes)
        {
            if (transport._running.ContainsKey(id))
                transport._inbox.Post(new() { Kind = kind, Id = id, Bytes = bytes });
        }
    }
}
