using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Network;

/// <summary>What the simulated network hands to the simulated device.</summary>
/// <param name="Origin">What the server sent.</param>
/// <param name="Damaged">The bytes are not what the server sent.</param>
public sealed record SimulatedPayload(OriginContent Origin, bool Damaged);

/// <summary>
/// A transport in virtual time: latency, a fairly shared link, and failures drawn from the seed, the URI and the attempt's number, so
/// that what befalls a content does not depend on the order in which contents are asked for.
/// </summary>
public sealed class SimulatedNetwork : ITileTransport
{
    // How often answers under way report their bytes; real transports report with every buffer or so.
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(250);

    private readonly VirtualTime _time;
    private readonly NetworkProfile _profile;
    private readonly IContentOrigin _origin;
    private readonly SimulatedInbox _inbox;
    private readonly ulong _seed;
    private readonly SharedLink _link;
    private readonly Dictionary<long, Exchange> _exchanges = [];
    private readonly Dictionary<string, Traffic> _traffic = [];
    private double _tokens;
    private TimeSpan _tokensAsOf;
    private bool _reportsProgress;
    private int _outages;

    /// <summary>Makes a network.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="profile">What it is like.</param>
    /// <param name="origin">What the server holds.</param>
    /// <param name="inbox">Where answers go.</param>
    /// <param name="seed">Seed of its failures.</param>
    public SimulatedNetwork(VirtualTime time, NetworkProfile profile, IContentOrigin origin, SimulatedInbox inbox, ulong seed)
    {
        (_time, _profile, _origin, _inbox, _seed) = (time, profile, origin, inbox, seed);
        _link = new(time, profile.BandwidthMbit * 1e6 / 8);
        _tokens = profile.RequestsPerSecond;
        foreach (var outage in profile.Outages)
            Schedule(outage);
    }

    private sealed class Exchange(TileRequest request, Traffic traffic, SeededRandom fate)
    {
        public readonly TileRequest Request = request;
        public readonly Traffic Traffic = traffic;
        public SeededRandom Fate = fate;
        public ScheduledEvent? Answer;
        public SharedLink.Transfer? Transfer;
        public long Reported;
    }

    private sealed class Traffic
    {
        public int Attempts;
        public long Bytes;
    }

    /// <summary>Requests that were neither answered nor called off.</summary>
    public int InFlight => _exchanges.Count;

    /// <summary>Bytes of ended attempts that went over the link, those called off included.</summary>
    public long BytesDelivered { get; private set; }

    /// <summary>Bytes that went over the link, by URI.</summary>
    public IEnumerable<(string Uri, long Bytes)> BytesByUri => _traffic.Select(pair => (pair.Key, pair.Value.Bytes));

    /// <summary>Lets the link die from now on for a time, seconds.</summary>
    public void Fail(double seconds) => Schedule(new(_time.Now.TotalSeconds, seconds));

    /// <inheritdoc />
    public void Start(in TileRequest request)
    {
        if (!_traffic.TryGetValue(request.Uri, out var traffic))
            _traffic[request.Uri] = traffic = new();
        var exchange = new Exchange(request, traffic, SeededRandom.For(_seed, request.Uri, ++traffic.Attempts));
        _exchanges[request.Id] = exchange;
        var latency = _profile.LatencyMs + _profile.JitterMs * exchange.Fate.Between(-1, 1);
        exchange.Answer = _time.After(TimeSpan.FromMilliseconds(Math.Max(0, latency)), () => Answer(exchange));
    }

    /// <inheritdoc />
    public void Cancel(long requestId, CancelReason reason)
    {
        if (!_exchanges.Remove(requestId, out var exchange))
            return;
        exchange.Answer?.Cancel();
        if (exchange.Transfer is { } transfer)
            Count(exchange, _link.Cancel(transfer));
    }

    private void Answer(Exchange exchange)
    {
        exchange.Answer = null;
        var (fails, stalls) = (exchange.Fate.Chance(_profile.Fail), exchange.Fate.Chance(_profile.Stall));
        if (!_link.IsUp)
            End(exchange, new() { Status = FetchStatus.NetworkError, Error = "no connection" });
        else if (!TakeToken())
            End(exchange, new() { Status = FetchStatus.HttpError, HttpStatus = 429, RetryAfterSeconds = _profile.RetryAfterSeconds, Error = "429 Too Many Requests" });
        else if (fails)
            End(exchange, new() { Status = FetchStatus.HttpError, HttpStatus = 503, Error = "503 Service Unavailable" });
        else if (stalls && exchange.Fate.Chance(0.5))
            return;
        else if (_origin.Find(exchange.Request) is not { } content)
            End(exchange, new() { Status = FetchStatus.NotFound, HttpStatus = 404, Error = "404 Not Found" });
        else
            Send(exchange, content, stalls);
    }

    private void Send(Exchange exchange, OriginContent content, bool stalls)
    {
        var damaged = exchange.Fate.Chance(_profile.Corrupt);
        var truncated = exchange.Fate.Chance(_profile.Truncate);
        var sent = truncated || stalls ? (long)(content.Length * exchange.Fate.Unit()) : content.Length;
        _inbox.Post(new() { Kind = InboxKind.Headers, Id = exchange.Request.Id, Bytes = content.AnnouncesLength ? content.Length : 0, HttpStatus = 200 });
        exchange.Transfer = _link.Start(sent, () =>
        {
            exchange.Transfer = null;
            Count(exchange, sent);
            if (stalls)
                return;
            End(exchange, new()
            {
                Status = truncated ? FetchStatus.Truncated : FetchStatus.Ok,
                HttpStatus = 200,
                Bytes = sent,
                Payload = truncated ? null : new SimulatedPayload(content, damaged),
                Error = truncated ? $"{sent} of {content.Length} bytes came" : null,
            });
        });
        if (!_reportsProgress)
            _time.After(ProgressPeriod, ReportProgress);
        _reportsProgress = true;
    }

    private void End(Exchange exchange, InboxMessage outcome)
    {
        _exchanges.Remove(exchange.Request.Id);
        outcome.Kind = InboxKind.Fetched;
        outcome.Id = exchange.Request.Id;
        _inbox.Post(outcome);
    }

    private void ReportProgress()
    {
        var any = false;
        foreach (var (id, exchange) in _exchanges)
        {
            if (exchange.Transfer is not { } transfer)
                continue;
            any = true;
            var bytes = _link.Delivered(transfer);
            if (bytes == exchange.Reported)
                continue;
            exchange.Reported = bytes;
            _inbox.Post(new() { Kind = InboxKind.Progress, Id = id, Bytes = bytes });
        }
        _reportsProgress = any;
        if (any)
            _time.After(ProgressPeriod, ReportProgress);
    }

    private void Count(Exchange exchange, long bytes)
    {
        exchange.Traffic.Bytes += bytes;
        BytesDelivered += bytes;
    }

    // A token bucket a second deep.
    private bool TakeToken()
    {
        if (_profile.RequestsPerSecond <= 0)
            return true;
        _tokens = Math.Min(_profile.RequestsPerSecond, _tokens + (_time.Now - _tokensAsOf).TotalSeconds * _profile.RequestsPerSecond);
        _tokensAsOf = _time.Now;
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }

    private void Schedule(Outage outage)
    {
        _time.At(TimeSpan.FromSeconds(outage.Start), () => _link.IsUp = ++_outages == 0);
        _time.At(TimeSpan.FromSeconds(outage.Start + outage.Length), () => _link.IsUp = --_outages == 0);
    }
}
