using Lodestream.Simulation.Reporting;

namespace Lodestream.Simulation.Tests.Reporting;

/// <summary>However long a run is, its samples stay few, in order, and keep their peaks.</summary>
public sealed class ThinnedSeriesTests
{
    [Fact]
    public void Samples_stay_within_capacity_and_keep_the_peak()
    {
        var series = new ThinnedSeries<(double Time, int Peak)>(TimeSpan.FromMilliseconds(10), 50, 1000, _ => 1, (a, b) => (a.Time, Math.Max(a.Peak, b.Peak)));
        for (var ms = 0; ms < 100_000; ms += 10)
        {
            if (series.IsDue(TimeSpan.FromMilliseconds(ms)))
                series.Add(TimeSpan.FromMilliseconds(ms), (ms, ms == 10 ? 7 : 1));
        }
        Assert.InRange(series.Samples.Count, 25, 50);
        Assert.Equal(series.Samples.OrderBy(sample => sample.Time), series.Samples);
        Assert.Equal((0, 7), series.Samples[0]);
        Assert.InRange(series.Samples[^1].Time, 90_000, 100_000);
    }

    [Fact]
    public void Heavy_samples_are_thinned_before_they_are_many()
    {
        var series = new ThinnedSeries<int>(TimeSpan.FromSeconds(1), 1000, 100, weight => weight, (a, _) => a);
        for (var i = 0; i < 100; i++)
        {
            if (series.IsDue(TimeSpan.FromSeconds(i)))
                series.Add(TimeSpan.FromSeconds(i), 20);
        }
        Assert.InRange(series.Samples.Sum(), 40, 100);
    }
}
