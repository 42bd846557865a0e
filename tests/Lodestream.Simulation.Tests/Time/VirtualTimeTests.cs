using Lodestream.Simulation.Time;

namespace Lodestream.Simulation.Tests.Time;

public sealed class VirtualTimeTests
{
    [Fact]
    public void Events_happen_at_their_time_and_in_the_order_of_scheduling_within_an_instant()
    {
        var time = new VirtualTime();
        var log = new List<string>();
        time.After(TimeSpan.FromSeconds(2), () => log.Add($"late {time.Now.TotalSeconds}"));
        time.After(TimeSpan.FromSeconds(1), () => log.Add("first"));
        time.After(TimeSpan.FromSeconds(1), () => log.Add("second"));
        time.AdvanceTo(TimeSpan.FromSeconds(1.5));
        Assert.Equal(["first", "second"], log);
        Assert.Equal(1.5, time.Now.TotalSeconds);
        time.AdvanceTo(TimeSpan.FromSeconds(3));
        Assert.Equal(["first", "second", "late 2"], log);
    }

    [Fact]
    public void An_event_may_schedule_another_one_within_the_same_advance()
    {
        var time = new VirtualTime();
        var happened = 0;
        time.After(TimeSpan.FromSeconds(1), () => time.After(TimeSpan.FromSeconds(1), () => happened++));
        time.AdvanceTo(TimeSpan.FromSeconds(2));
        Assert.Equal(1, happened);
    }

    [Fact]
    public void A_cancelled_event_does_not_happen_and_is_not_the_next()
    {
        var time = new VirtualTime();
        var cancelled = time.After(TimeSpan.FromSeconds(1), () => Assert.Fail("It was cancelled."));
        time.After(TimeSpan.FromSeconds(5), () => { });
        cancelled.Cancel();
        Assert.Equal(5, time.NextEvent.TotalSeconds);
        time.AdvanceTo(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Time_does_not_go_back()
    {
        var time = new VirtualTime();
        time.AdvanceTo(TimeSpan.FromSeconds(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => time.AdvanceTo(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => time.At(TimeSpan.Zero, () => { }));
    }

    [Fact]
    public void Timers_of_the_framework_run_on_it()
    {
        var time = new VirtualTime();
        var fired = 0;
        using var timer = time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        time.AdvanceTo(TimeSpan.FromSeconds(5));
        Assert.Equal(3, fired);
        Assert.Equal(5, time.GetElapsedTime(0).TotalSeconds);
    }
}
