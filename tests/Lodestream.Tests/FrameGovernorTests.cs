using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests;

/// <summary>When the host is asked to tick again: a parked loop must miss no deadline and must not spin.</summary>
public class FrameGovernorTests
{
    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void With_everything_there_only_an_event_wakes()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.DeliverAll();
        Assert.Equal(new(WakeKind.OnEvent, TimeSpan.MaxValue), world.Tick());
    }

    [Fact]
    public void A_request_under_way_wakes_at_its_time_limit()
    {
        var world = new HandDrivenWorld("a");
        Assert.Equal(At(world, 20), world.Tick());
        world.Now += TimeSpan.FromSeconds(12);
        Assert.Equal(At(world, 8), world.Tick());
        world.Headers("a");
        Assert.Equal(At(world, 10), world.Tick());
    }

    [Fact]
    public void An_answer_during_the_tick_wakes_at_once()
    {
        var world = new HandDrivenWorld("a");
        world.Tick();
        world.Answer("a");
        Assert.Equal(WakeKind.Now, world.Tick().Kind);
    }

    [Fact]
    public void A_preparation_wakes_at_the_watchdog_s_time()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false }.Settled();
        world.Answer("a");
        Assert.Equal(At(world, 60), world.Settle());
    }

    [Fact]
    public void A_quiet_host_wakes_when_its_time_is_over()
    {
        var world = new HandDrivenWorld("a").Settled();
        world.Fail("a", FetchStatus.HttpError, 503, retryAfter: 44);
        Assert.Equal(At(world, 44), world.Settle());
    }

    [Fact]
    public void An_open_breaker_wakes_for_its_probe()
    {
        var world = new HandDrivenWorld(".R(a b)", Plain with { MaximumRequests = 1, Hosts = new() { BreakerThreshold = 1, BreakerPause = 3 } }).Settled();
        world.Fail(world.InFlight[0], FetchStatus.NetworkError);
        var decision = world.Settle();
        Assert.Equal(WakeKind.AtTime, decision.Kind);
        Assert.True(decision.At <= world.Now + TimeSpan.FromSeconds(3));

        // Woken for the first one's retry it finds the breaker open still, and waits for the probe.
        for (; world.InFlight.Length == 0; world.Now = world.Settle().At)
            Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
        Assert.Single(world.InFlight);
    }

    [Fact]
    public void Nothing_happens_between_the_times_the_governor_names()
    {
        // Whatever is going on, a loop that sleeps until the named time does what one that ticks all the time does.
        var (eager, lazy) = (Run(everyTick: true), Run(everyTick: false));
        Assert.Equal(eager.Starts, lazy.Starts);
        Assert.True(lazy.Ticks < eager.Ticks / 4, $"{lazy.Ticks} ticks against {eager.Ticks}");

        static (string[] Starts, int Ticks) Run(bool everyTick)
        {
            var world = new HandDrivenWorld(RequestSchedulerStarts, Plain with { Hosts = new() { BreakerThreshold = 3 } });
            var (start, ticks, answers) = (world.Now, 0, 0);
            var starts = new List<string>();
            while (world.Now < start + TimeSpan.FromSeconds(120))
            {
                world.Tick();
                ticks++;
                starts.AddRange(world.TakeLog().Where(line => line[..5] == "start").Select(line => $"{(world.Now - start).TotalSeconds:0.###} {line}"));
                var fails = world.InFlight.Length > 0;
                foreach (var name in world.InFlight)
                {
                    if (++answers % 3 == 0)
                        world.Answer(name);
                    else
                        world.Fail(name, FetchStatus.HttpError, 503);
                }
                if (fails || world.Decision.Kind == WakeKind.Now)
                    continue;
                var next = everyTick || world.Decision.Kind == WakeKind.OnEvent ? world.Now + TimeSpan.FromMilliseconds(100) : world.Decision.At;
                if (!everyTick && world.Decision.Kind == WakeKind.OnEvent)
                    break;
                // Both look at the same moments, the eager one at all the others besides.
                world.Now = everyTick && world.Decision.Kind == WakeKind.AtTime && world.Decision.At < next ? world.Decision.At : next;
            }
            return ([.. starts], ticks);
        }
    }

    [Fact]
    public void The_inbox_tells_when_its_first_message_comes()
    {
        var inbox = new Inbox();
        var arrivals = 0;
        inbox.Arrived += () => arrivals++;
        inbox.Post(new());
        inbox.Post(new());
        Assert.Equal(1, arrivals);
        Assert.Equal(2, inbox.Drain().Count);
        inbox.Post(new());
        Assert.Equal(2, arrivals);
        Assert.False(inbox.IsEmpty);
    }

    [Fact]
    public void Messages_come_out_of_the_inbox_in_order_and_none_is_lost_between_threads()
    {
        var inbox = new Inbox();
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 5000; i++)
                inbox.Post(new() { Id = t, Bytes = i });
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        var next = new long[4];
        for (long drained = 0; drained < 20_000;)
        {
            foreach (var message in inbox.Drain())
            {
                Assert.Equal(next[message.Id]++, message.Bytes);
                drained++;
            }
        }
        foreach (var thread in threads)
            thread.Join();
        Assert.True(inbox.IsEmpty);
    }

    private static string RequestSchedulerStarts => ".R(a b c d e f g h)";

    private static FrameDecision At(HandDrivenWorld world, double seconds) => new(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(seconds));
}
