namespace Lodestream.Simulation.Reporting;

/// <summary>
/// Samples of a run of any length in bounded memory: when they become too many or too heavy, two neighbours become one, and from then on
/// samples are taken half as often.
/// </summary>
/// <param name="interval">From one sample to the next, at first.</param>
/// <param name="capacity">Samples at most.</param>
/// <param name="heaviest">Weight of all samples together, at most.</param>
/// <param name="weigh">Weighs a sample.</param>
/// <param name="merge">Makes one sample of two neighbours.</param>
internal sealed class ThinnedSeries<T>(TimeSpan interval, int capacity, long heaviest, Func<T, long> weigh, Func<T, T, T> merge)
{
    private readonly List<T> _samples = [];
    private TimeSpan _interval = interval, _next;
    private long _weight;

    /// <summary>The samples, in the order of time.</summary>
    public IReadOnlyList<T> Samples => _samples;

    /// <summary>Whether it is time for the next.</summary>
    public bool IsDue(TimeSpan time) => time >= _next;

    /// <summary>Adds a sample.</summary>
    public void Add(TimeSpan time, T sample)
    {
        _samples.Add(sample);
        _weight += weigh(sample);
        while (_samples.Count > 2 && (_samples.Count > capacity || _weight > heaviest))
            Thin();
        _next = time + _interval;
    }

    private void Thin()
    {
        var kept = 0;
        for (var i = 0; i < _samples.Count; i += 2)
            _samples[kept++] = i + 1 < _samples.Count ? merge(_samples[i], _samples[i + 1]) : _samples[i];
        _samples.RemoveRange(kept, _samples.Count - kept);
        _interval *= 2;
        _weight = _samples.Sum(weigh);
    }
}
