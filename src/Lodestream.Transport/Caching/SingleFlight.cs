using Lodestream.Streaming;

namespace Lodestream.Transport.Caching;

/// <summary>
/// One request per file, whoever asks: a second ask joins the first, of the same transport or another. The work goes on while somebody
/// waits for it. An ask for the newest joins none that began before it, and what those bring is kept no more.
/// </summary>
internal sealed class SingleFlight(CacheCounters counters)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, Flight> _flights = [];

    /// <summary>Joins the work under way for a key, or begins it.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="newest">Whether work that began earlier will not do.</param>
    /// <param name="work">The work.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends waiting; the work ends when nobody waits.</param>
    public async Task<FetchOutcome> RunAsync(CacheKey key, bool newest, Func<Flight, CancellationToken, Task<FetchOutcome>> work, IFetchProgress? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var flight = Join(key, newest, work, progress);
        try
        {
            var outcome = await flight.Work!.WaitAsync(cancellation).ConfigureAwait(false);

            // Whoever gets bytes gets them for himself.
            return outcome.Bytes is { } bytes && !flight.TakeOriginal() ? outcome with { Bytes = (byte[])bytes.Clone() } : outcome;
        }
        finally
        {
            Leave(key, flight, progress);
        }
    }

    private Flight Join(CacheKey key, bool newest, Func<Flight, CancellationToken, Task<FetchOutcome>> work, IFetchProgress? progress)
    {
        lock (_gate)
        {
            _flights.TryGetValue(key, out var flight);
            if (flight is { Work.IsCompleted: false } && (flight.IsNewest || !newest))
            {
                flight.Add(progress);
                Interlocked.Increment(ref counters.Joined);
                return flight;
            }
            var begun = _flights[key] = new(newest, flight);
            begun.Add(progress);
            begun.Work = Task.Run(() => work(begun, begun.Cancellation.Token));
            return begun;
        }
    }

    private void Leave(CacheKey key, Flight flight, IFetchProgress? progress)
    {
        lock (_gate)
        {
            if (flight.Remove(progress) > 0)
                return;
            if (_flights.TryGetValue(key, out var current) && current == flight)
                _flights.Remove(key);
        }
        if (!flight.Work!.IsCompleted)
            flight.Cancellation.Cancel();
    }

    /// <summary>Work for one file, and who waits for it; tells all of them how far it is.</summary>
    internal sealed class Flight : IFetchProgress
    {
        private readonly Lock _gate = new();
        private readonly List<IFetchProgress?> _waiting = [];
        private long? _announced;
        private int _originalTaken;
        private volatile bool _superseded;

        public Flight(bool newest, Flight? earlier)
        {
            (IsNewest, Earlier) = (newest, earlier?.Work);
            if (earlier is not null)
                earlier._superseded = true;
        }

        public bool IsNewest { get; }

        /// <summary>Whether newer work for the file began: what this one brings is not to be kept.</summary>
        public bool IsSuperseded => _superseded;

        public CancellationTokenSource Cancellation { get; } = new();

        public Task<FetchOutcome>? Work { get; set; }

        private Task<FetchOutcome>? Earlier { get; }

        /// <summary>Ends when earlier work for the file has: it may have been about to keep what it brought.</summary>
        public async Task EarlierEndedAsync()
        {
            if (Earlier is not null)
                await ((Task)Earlier).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public bool TakeOriginal() => Interlocked.Exchange(ref _originalTaken, 1) == 0;

        public void Add(IFetchProgress? progress)
        {
            lock (_gate)
            {
                _waiting.Add(progress);
                if (_announced is { } announced)
                    progress?.Headers(announced);
            }
        }

        /// <returns>How many still wait.</returns>
        public int Remove(IFetchProgress? progress)
        {
            lock (_gate)
            {
                _waiting.Remove(progress);
                return _waiting.Count;
            }
        }

        public void Headers(long announcedBytes)
        {
            lock (_gate)
            {
                _announced = announcedBytes;
                foreach (var waiting in _waiting)
                    waiting?.Headers(announcedBytes);
            }
        }

        public void Progress(long bytes)
        {
            lock (_gate)
            {
                foreach (var waiting in _waiting)
                    waiting?.Progress(bytes);
            }
        }
    }
}
