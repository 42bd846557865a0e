namespace Lodestream.Simulation.Network;

/// <summary>A time in which the link is dead. Seconds from the start.</summary>
/// <param name="Start">When it begins.</param>
/// <param name="Length">How long it lasts.</param>
public readonly record struct Outage(double Start, double Length);

/// <summary>What a simulated network is like. Probabilities are per attempt.</summary>
public sealed record NetworkProfile
{
    private const string Names = "latency, jitter, bandwidth, fail, truncate, corrupt, stall, rate, retryAfter";

    /// <summary>1 ms, 1 Gbit/s.</summary>
    public static readonly NetworkProfile Local = new() { LatencyMs = 1, BandwidthMbit = 1000 };

    /// <summary>10 ms, 100 Mbit/s.</summary>
    public static readonly NetworkProfile Fibre = new() { LatencyMs = 10, BandwidthMbit = 100 };

    /// <summary>40 ms, 20 Mbit/s.</summary>
    public static readonly NetworkProfile Cable = new() { LatencyMs = 40, BandwidthMbit = 20 };

    /// <summary>60 ± 30 ms, 12 Mbit/s.</summary>
    public static readonly NetworkProfile Mobile4G = new() { LatencyMs = 60, JitterMs = 30, BandwidthMbit = 12 };

    /// <summary>150 ms, 1.6 Mbit/s.</summary>
    public static readonly NetworkProfile Mobile3G = new() { LatencyMs = 150, BandwidthMbit = 1.6 };

    /// <summary>Cable with every kind of failure.</summary>
    public static readonly NetworkProfile Flaky = Cable with { Fail = 0.05, Truncate = 0.01, Corrupt = 0.01, Stall = 0.01 };

    /// <summary>Cable, dead from 5 s to 10 s.</summary>
    public static readonly NetworkProfile Dead = Cable with { Outages = [new(5, 5)] };

    /// <summary>Cable to a host that answers 429 with Retry-After above 10 requests a second.</summary>
    public static readonly NetworkProfile Throttled = Cable with { RequestsPerSecond = 10 };

    /// <summary>The profiles that have a name.</summary>
    public static readonly IReadOnlyList<(string Name, NetworkProfile Profile)> Named =
    [
        ("local", Local), ("fibre", Fibre), ("cable", Cable), ("4g", Mobile4G), ("3g", Mobile3G), ("flaky", Flaky), ("outage", Dead), ("throttled", Throttled),
    ];

    /// <summary>From a request to the first byte of its answer, milliseconds. Every request pays it once.</summary>
    public double LatencyMs { get; init; }

    /// <summary>The latency varies evenly by so much to both sides, milliseconds.</summary>
    public double JitterMs { get; init; }

    /// <summary>Megabits a second, shared fairly among the answers under way.</summary>
    public double BandwidthMbit { get; init; } = 1000;

    /// <summary>Probability of a 503.</summary>
    public double Fail { get; init; }

    /// <summary>Probability that an answer ends early.</summary>
    public double Truncate { get; init; }

    /// <summary>Probability that an answer is complete but damaged.</summary>
    public double Corrupt { get; init; }

    /// <summary>Probability that an answer never comes, or stops coming midway.</summary>
    public double Stall { get; init; }

    /// <summary>Requests a second above which the host answers 429; 0 for no limit.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>What a 429 asks to wait, seconds.</summary>
    public double RetryAfterSeconds { get; init; } = 1;

    /// <summary>When the link is dead: answers under way stand still, new requests fail.</summary>
    public IReadOnlyList<Outage> Outages { get; init; } = [];

    /// <summary>Reads a profile's name or its parameters (<c>latency=40,jitter=5,bandwidth=20,fail=0.05,…</c>; what is not named is 0, bandwidth 1000).</summary>
    /// <param name="text">Name or parameters.</param>
    /// <param name="error">What is wrong, naming the part; null when all is well.</param>
    public static NetworkProfile? Parse(string text, out string? error)
    {
        error = null;
        foreach (var (name, named) in Named)
        {
            if (name == text)
                return named;
        }
        if (!text.Contains('=', StringComparison.Ordinal))
        {
            error = $"network '{text}' is not known; there are {string.Join(", ", Named.Select(named => named.Name))}, or parameters: {Names}";
            return null;
        }
        var profile = new NetworkProfile();
        error = ParameterList.Read("network", text, Names, (name, value) => With(ref profile, name, value));
        return error is null ? profile : null;
    }

    private static string? With(ref NetworkProfile profile, string name, double value)
    {
        var (least, most, unit) = name switch
        {
            "latency" or "jitter" => (0, 60_000, " ms"),
            "bandwidth" => (0.001, 1_000_000, " Mbit/s"),
            "rate" => (0, 1_000_000, " requests/s"),
            "retryAfter" => (0, 3600, " s"),
            _ => (0.0, 1.0, ""),
        };
        if (ParameterList.Range(name, value, least, most, unit) is { } outside)
            return outside;
        NetworkProfile? changed = name switch
        {
            "latency" => profile with { LatencyMs = value },
            "jitter" => profile with { JitterMs = value },
            "bandwidth" => profile with { BandwidthMbit = value },
            "fail" => profile with { Fail = value },
            "truncate" => profile with { Truncate = value },
            "corrupt" => profile with { Corrupt = value },
            "stall" => profile with { Stall = value },
            "rate" => profile with { RequestsPerSecond = value },
            "retryAfter" => profile with { RetryAfterSeconds = value },
            _ => null,
        };
        if (changed is null)
            return $"'{name}' is not known; there are {Names}";
        profile = changed;
        return null;
    }
}
