namespace Lodestream.Streaming;

/// <summary>
/// What the network gives, learned from the answers: throughput while requests were under way, and the shortest time to a first byte.
/// Their product is what must be in flight to keep the link busy; more only makes decisions early that could be made late.
/// </summary>
internal sealed class NetworkEstimate
{
    // Until something is known: what 3D Tiles servers usually give.
    private const double FirstLatency = 0.05, FirstThroughput = 2.5e6;

    // A sample covers at least so many seconds; the best of the last few counts, so that an idle link is not taken for a slow one.
    private const double SampleSeconds = 0.25, StartSampleSeconds = 0.1;

    private const int Samples = 8;

    // As long as samples grow by a quarter the link's limit has not been found, and more is put on it than it was seen to carry
    // (the start-up of BBR, Cardwell et al., 2016).
    private const double StartGain = 2.9, Growth = 1.25;

    private const int SamplesWithoutGrowth = 3;

    private const double WindowGain = 1.75, PaceGain = 1.3;

    private readonly double[] _rates = new double[Samples];
    private readonly double[] _latencies = new double[Samples];
    private int _rateCount, _latencyCount;
    private double _busy, _bytes;
    private TimeSpan _lastTime;
    private bool _wasBusy;
    private bool _isStarting = true;
    private int _withoutGrowth;
    private double _best;

    /// <summary>Bytes per second.</summary>
    public double Throughput { get; private set; } = FirstThroughput;

    /// <summary>Seconds from a request to the first byte of its answer.</summary>
    public double Latency { get; private set; } = FirstLatency;

    /// <summary>Time goes on.</summary>
    public void Advance(TimeSpan now, bool busy)
    {
        if (_wasBusy)
            _busy += (now - _lastTime).TotalSeconds;
        (_lastTime, _wasBusy) = (now, busy);
        if (_busy < (_isStarting ? StartSampleSeconds : SampleSeconds) || _bytes == 0)
            return;
        var rate = _bytes / _busy;
        _withoutGrowth = rate > Growth * _best ? 0 : _withoutGrowth + 1;
        _best = Math.Max(_best, rate);
        _isStarting &= _withoutGrowth < SamplesWithoutGrowth;
        _rates[_rateCount++ % Samples] = rate;
        Throughput = Math.Max(1000, Greatest(_rates, _rateCount));
        (_busy, _bytes) = (0, 0);
    }

    /// <summary>Bytes came.</summary>
    public void Received(long bytes) => _bytes += bytes;

    /// <summary>A first byte came.</summary>
    public void FirstByte(double seconds)
    {
        _latencies[_latencyCount++ % Samples] = seconds;
        Latency = Math.Max(1e-3, Least(_latencies, _latencyCount));
    }

    /// <summary>How many bytes keep the link busy, when ticks are so many seconds apart: what a freed slot waits for counts as delay.</summary>
    public double Window(double tickSeconds) => (_isStarting ? StartGain : WindowGain) * Throughput * (Latency + tickSeconds);

    /// <summary>
    /// Bytes per second at which requests are started. Transfers that start together share the link and end together, and then it idles
    /// for a round trip; transfers that start one after the other do not.
    /// </summary>
    public double Pace => (_isStarting ? StartGain : PaceGain) * Throughput;

    private static double Greatest(double[] values, int count)
    {
        var greatest = values[0];
        for (var i = 1; i < Math.Min(count, Samples); i++)
            greatest = Math.Max(greatest, values[i]);
        return greatest;
    }

    private static double Least(double[] values, int count)
    {
        var least = values[0];
        for (var i = 1; i < Math.Min(count, Samples); i++)
            least = Math.Min(least, values[i]);
        return least;
    }
}
