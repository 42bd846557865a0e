using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>Options of <see cref="HostHealth"/>. Times in seconds.</summary>
public sealed record HostHealthOptions
{
    /// <summary>Wait before the first retry of a content. Default 0.5 (ours): a dropped connection is often back at once.</summary>
    public double FirstBackoff { get; init; } = 0.5;

    /// <summary>Longest wait before a retry. Default 30 (ours): a host that came back is found out within half a minute.</summary>
    public double LongestBackoff { get; init; } = 30;

    /// <summary>Attempts at a content before network failures count as for good. Default 8: a little over a minute of waiting (ours).</summary>
    public int MaximumAttempts { get; init; } = 8;

    /// <summary>Failures in a row that open a host's breaker. Default 5 (ours).</summary>
    public int BreakerThreshold { get; init; } = 5;

    /// <summary>How long an open breaker waits before its first probe; doubles up to <see cref="LongestBackoff"/>. Default 2 (ours).</summary>
    public double BreakerPause { get; init; } = 2;

    /// <summary>Retries a host may be given at once before successes and time earn more. Default 8 (ours).</summary>
    public double RetryBudget { get; init; } = 8;

    /// <summary>Retries a success earns. Default 0.2 (ours).</summary>
    public double RetriesPerSuccess { get; init; } = 0.2;

    /// <summary>Retries a second earns, so that whatever failed comes in the end, however flaky the host. Default 0.5 (ours).</summary>
    public double RetriesPerSecond { get; init; } = 0.5;

    /// <summary>
    /// Longest an attempt may take from its start until its connection stands. Default 10 (ours). Watched here where the transport says that it
    /// connects (<see cref="InboxKind.Connecting"/>); the HTTP client takes it over.
    /// </summary>
    public double ConnectTimeout { get; init; } = 10;

    /// <summary>Longest wait for the first byte of an answer, from the connection on; from the start where nothing is known of one. Default 20 (ours).</summary>
    public double FirstByteTimeout { get; init; } = 20;

    /// <summary>Longest wait between bytes of an answer. Default 10 (ours).</summary>
    public double StallTimeout { get; init; } = 10;
}

/// <summary>State of a host's breaker.</summary>
public enum BreakerState : byte
{
    /// <summary>Requests go.</summary>
    Closed,

    /// <summary>No requests until the probe's time.</summary>
    Open,

    /// <summary>One request goes, to see.</summary>
    HalfOpen,
}

/// <summary>What is to be done about a failed attempt.</summary>
/// <param name="ForGood">No retry will help.</param>
/// <param name="RetryAt">When to try again, if not for good.</param>
internal readonly record struct RetryVerdict(bool ForGood, TimeSpan RetryAt);

/// <summary>
/// What is known of each host: how many requests it has, whether its breaker is open, until when it asked for quiet, and how many
/// retries it may still be given, so that a failing host never gets more requests than a healthy one.
/// </summary>
internal sealed class HostHealth(HostHealthOptions options, ulong seed)
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Host> _hosts = [];

    private sealed class Host
    {
        public required string Name;
        public int InFlight, FailuresInRow, Openings;
        public BreakerState Breaker;
        public TimeSpan QuietUntil, ProbeAt, EarnedUntil;
        public double Retries;
    }

    public HostHealthOptions Options => options;

    public int Count => _hosts.Count;

    /// <summary>How often a breaker opened, all hosts together.</summary>
    public int BreakerOpenings { get; private set; }

    public int IndexOf(string uri)
    {
        var name = SceneUri.HostOf(uri);
        if (_indices.TryGetValue(name, out var index))
            return index;
        index = _hosts.Count;
        _hosts.Add(new() { Name = name, Retries = options.RetryBudget });
        _indices[name] = index;
        return index;
    }

    public string Name(int host) => _hosts[host].Name;

    public BreakerState Breaker(int host) => _hosts[host].Breaker;

    public int InFlight(int host) => _hosts[host].InFlight;

    /// <summary>Whether the host may be asked now, its cap aside.</summary>
    public bool IsOpenFor(int host, TimeSpan now, out TimeSpan notBefore)
    {
        var h = _hosts[host];
        notBefore = h.QuietUntil;
        if (h.Breaker == BreakerState.Open)
            notBefore = notBefore > h.ProbeAt ? notBefore : h.ProbeAt;
        if (now < notBefore)
            return false;
        if (h.Breaker == BreakerState.Closed || h.InFlight == 0)
            return true;
        // Half open: the probe is under way; its end wakes whoever waits.
        notBefore = TimeSpan.MaxValue;
        return false;
    }

    public void Started(int host)
    {
        var h = _hosts[host];
        h.InFlight++;
        if (h.Breaker == BreakerState.Open)
            h.Breaker = BreakerState.HalfOpen;
    }

    /// <summary>An attempt was called off: it says nothing about the host.</summary>
    public void Cancelled(int host)
    {
        var h = _hosts[host];
        h.InFlight--;
        if (h.Breaker == BreakerState.HalfOpen)
            h.Breaker = BreakerState.Open;
    }

    public void Succeeded(int host)
    {
        var h = _hosts[host];
        h.InFlight--;
        h.FailuresInRow = 0;
        h.Openings = 0;
        h.Breaker = BreakerState.Closed;
        Earn(h, options.RetriesPerSuccess);
    }

    /// <summary>Whether the answer asks to come back later: 429, or a Retry-After.</summary>
    public static bool IsAskedToWait(in InboxMessage message) => message.HttpStatus == 429 || message.RetryAfterSeconds > 0;

    /// <summary>An attempt failed: judges the host, and says whether and when the content may be tried again.</summary>
    /// <param name="host">The host.</param>
    /// <param name="status">How the attempt ended.</param>
    /// <param name="httpStatus">HTTP status, 0 if none.</param>
    /// <param name="retryAfter">Seconds the host asked to wait, 0 if it did not.</param>
    /// <param name="failures">How often this content failed, this time included.</param>
    /// <param name="key">The content's key; seeds its jitter.</param>
    /// <param name="now">Time of the tick.</param>
    public RetryVerdict Failed(int host, FetchStatus status, int httpStatus, double retryAfter, int failures, ulong key, TimeSpan now)
    {
        var h = _hosts[host];
        h.InFlight--;
        var answered = status is FetchStatus.NotFound or FetchStatus.Refused || (status == FetchStatus.HttpError && httpStatus is >= 300 and < 500 and not (408 or 425 or 429));
        if (answered)
        {
            // The host is well; it has nothing to give, and asking again would not change that.
            h.FailuresInRow = 0;
            h.Breaker = BreakerState.Closed;
            return new(true, TimeSpan.MaxValue);
        }
        if (retryAfter > 0)
            h.QuietUntil = Later(h.QuietUntil, now + TimeSpan.FromSeconds(Math.Min(retryAfter, 600)));
        if (httpStatus != 429)
            JudgeHost(h, now);
        if (failures >= options.MaximumAttempts)
            return new(true, TimeSpan.MaxValue);
        var wait = Math.Min(options.LongestBackoff, options.FirstBackoff * (1L << Math.Min(failures - 1, 20)));
        // Full jitter on the upper half: waits differ between contents, and none is shorter than half its step.
        wait *= 0.5 + 0.5 * Fraction(key, failures);
        return new(false, Later(now + TimeSpan.FromSeconds(wait), h.QuietUntil));
    }

    /// <summary>Whether the host has a retry left to give; if not, when it has. Looking takes none.</summary>
    public bool MayRetry(int host, TimeSpan now, out TimeSpan notBefore)
    {
        var h = _hosts[host];
        notBefore = TimeSpan.Zero;

        // A probe tells whether the host is back: it must always be possible.
        if (h.Breaker != BreakerState.Closed || h.Retries >= 1)
            return true;
        notBefore = h.EarnedUntil + TimeSpan.FromSeconds((1 - h.Retries) / options.RetriesPerSecond);
        return now >= notBefore;
    }

    /// <summary>A retry starts, before it counts as started: it takes one of the host's retries. A probe takes none.</summary>
    public void SpendRetry(int host, TimeSpan now)
    {
        var h = _hosts[host];
        if (h.Breaker != BreakerState.Closed)
            return;
        Earn(h, (now - h.EarnedUntil).TotalSeconds * options.RetriesPerSecond);
        h.EarnedUntil = now;
        h.Retries--;
    }

    // One at least can be saved up: with none at all a content that failed once would never be asked for again.
    private void Earn(Host h, double retries) => h.Retries = Math.Min(Math.Max(1, options.RetryBudget), h.Retries + retries);

    private void JudgeHost(Host h, TimeSpan now)
    {
        h.FailuresInRow++;
        if (h.Breaker == BreakerState.Closed && h.FailuresInRow < options.BreakerThreshold)
            return;
        if (h.Breaker != BreakerState.Open)
        {
            h.Openings++;
            BreakerOpenings++;
        }
        h.Breaker = BreakerState.Open;
        var pause = Math.Min(options.LongestBackoff, options.BreakerPause * (1L << Math.Min(h.Openings - 1, 20)));
        h.ProbeAt = Later(h.ProbeAt, now + TimeSpan.FromSeconds(pause));
    }

    private double Fraction(ulong key, int failures) => (UriHash.Mix(key ^ seed ^ (ulong)failures * 0x9e3779b97f4a7c15) >> 11) * (1.0 / (1UL << 53));

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
