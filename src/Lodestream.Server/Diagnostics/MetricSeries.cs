using System.Diagnostics.Metrics;

namespace Lodestream.Server.Diagnostics;

/// <summary>What an instrument has measured under one set of tags.</summary>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags, int buckets)
{
    private readonly long[] _counts = new long[buckets];
    private double _sum;

    /// <summary>The tags.</summary>
    public KeyValuePair<string, object?>[] Tags => tags;

    /// <summary>The sum of all measurements, or the last one.</summary>
    public double Value => Volatile.Read(ref _sum);

    /// <summary>Measurements per bucket, not cumulative.</summary>
    public long Count(int bucket) => Volatile.Read(ref _counts[bucket]);

    /// <summary>Whether this series has these tags.</summary>
    public bool Is(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
            return false;
        for (var i = 0; i < tags.Length; i++)
        {
            var (ours, theirs) = (tags[i].Value, others[i].Value);
            if (!ReferenceEquals(ours, theirs) && !Equals(ours, theirs))
                return false;
        }

        return true;
    }

    /// <summary>Adds a measurement.</summary>
    public void Add(double value)
    {
        for (var seen = Volatile.Read(ref _sum); ;)
        {
            var before = Interlocked.CompareExchange(ref _sum, seen + value, seen);
            if (before.Equals(seen))
                return;
            seen = before;
        }
    }

    /// <summary>Replaces the value.</summary>
    public void Set(double value) => Volatile.Write(ref _sum, value);

    /// <summary>Counts a measurement in a bucket.</summary>
    public void CountIn(int bucket) => Interlocked.Increment(ref _counts[bucket]);
}

/// <summary>All an instrument has measured. Reading and adding take no lock; a new set of tags does, and there are few of those.</summary>
internal sealed class MetricInstrument(Instrument instrument)
{
    /// <summary>More sets of tags than this are a mistake of whoever tags; they are counted together under none.</summary>
    private const int MaxSeries = 1000;

    private readonly Lock _gate = new();
    private volatile MetricSeries[] _series = [];

    /// <summary>The instrument.</summary>
    public Instrument Instrument => instrument;

    /// <summary>The upper bounds of a histogram's buckets; empty for everything else.</summary>
    public IReadOnlyList<double> Bounds { get; } = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? [];

    /// <summary>What was measured.</summary>
    public IReadOnlyList<MetricSeries> Series => _series;

    /// <summary>It measures how often what happened, and only grows.</summary>
    public bool IsCounter { get; } = IsGeneric(instrument, typeof(Counter<>)) || IsGeneric(instrument, typeof(ObservableCounter<>));

    /// <summary>It measures a distribution.</summary>
    public bool IsHistogram { get; } = IsGeneric(instrument, typeof(Histogram<>));

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags) ?? Create(tags);
        if (IsHistogram)
            series.CountIn(BucketOf(value));
        if (instrument.IsObservable)
            series.Set(value);
        else
            series.Add(value);
    }

    private static bool IsGeneric(Instrument instrument, Type definition)
    {
        var type = instrument.GetType();
        return type.IsGenericType && type.GetGenericTypeDefinition() == definition;
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in _series)
        {
            if (series.Is(tags))
                return series;
        }

        return null;
    }

    private MetricSeries Create(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            if (_series.Length >= MaxSeries)
                tags = [];
            if (Find(tags) is { } series)
                return series;
            series = new MetricSeries(tags.ToArray(), Bounds.Count + 1);
            _series = [.. _series, series];
            return series;
        }
    }

    private int BucketOf(double value)
    {
        var bucket = 0;
        while (bucket < Bounds.Count && value > Bounds[bucket])
            bucket++;
        return bucket;
    }
}
