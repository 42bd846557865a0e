using Lodestream.Simulation.Network;

namespace Lodestream.Simulation.Oracle;

/// <summary>
/// The link as the oracle uses it: one answer after the other at full bandwidth, which with fair sharing ends none of them later than all
/// at once would; each pays the least latency there is; nothing moves in an outage; requests keep the host's rate. Seconds and bytes.
/// </summary>
internal sealed class OracleLink
{
    private readonly double _bytesPerSecond, _requestsPerSecond;
    private readonly List<(double Start, double End)> _outages = [];

    /// <summary>Makes a link.</summary>
    /// <param name="profile">The network.</param>
    /// <param name="more">Outages besides the profile's.</param>
    public OracleLink(NetworkProfile profile, IEnumerable<Outage> more)
    {
        _bytesPerSecond = profile.BandwidthMbit * 1e6 / 8;
        _requestsPerSecond = profile.RequestsPerSecond;
        Latency = Math.Max(0, profile.LatencyMs - profile.JitterMs) / 1000;
        foreach (var outage in profile.Outages.Concat(more).OrderBy(outage => outage.Start))
        {
            var (start, end) = (outage.Start, outage.Start + outage.Length);
            if (_outages.Count > 0 && start <= _outages[^1].End)
                _outages[^1] = (_outages[^1].Start, Math.Max(end, _outages[^1].End));
            else
                _outages.Add((start, end));
        }
    }

    /// <summary>From a request to the first byte of its answer.</summary>
    public double Latency { get; }

    /// <summary>The earliest a request may start, the host's rate considered: a token bucket a second deep.</summary>
    /// <param name="number">How many started before.</param>
    public double EarliestRequest(int number) => _requestsPerSecond <= 0 ? 0 : Math.Max(0, (number + 1 - _requestsPerSecond) / _requestsPerSecond);

    /// <summary>When bytes are all here that begin to come at a time.</summary>
    public double Carry(double from, double bytes)
    {
        var left = bytes / _bytesPerSecond;
        foreach (var (start, end) in _outages)
        {
            if (from + left <= start)
                break;
            if (from < start)
                left -= start - from;
            from = Math.Max(from, end);
        }
        return from + left;
    }

    /// <summary>The most bytes that can come within a time.</summary>
    public double Capacity(double from, double to)
    {
        var seconds = Math.Max(0, to - from);
        foreach (var (start, end) in _outages)
            seconds -= Math.Max(0, Math.Min(to, end) - Math.Max(from, start));
        return Math.Max(0, seconds) * _bytesPerSecond;
    }
}
