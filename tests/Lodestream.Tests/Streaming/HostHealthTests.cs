using FsCheck;
using FsCheck.Fluent;
using Lodestream.Diagnostics;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>How hosts that fail are treated, seen from outside: when requests go out.</summary>
public class HostHealthTests
{
    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    private static StreamerOptions Patient { get; } = Plain with { Hosts = new() { BreakerThreshold = 1000, RetryBudget = 1000, MaximumAttempts = 100 } };

    [Fact]
    public void Waits_double_from_half_a_second_to_half_a_minute_and_jitter_shortens_them_to_half_at_most()
    {
        var world = new HandDrivenWorld("a", Patient).Settled();
        var waits = Enumerable.Range(0, 12).Select(_ => FailAndWait(world, "a")).ToArray();
        for (var i = 0; i < waits.Length; i++)
        {
            var step = Math.Min(30, 0.5 * Math.Pow(2, i));
            Assert.InRange(waits[i], step / 2, step);
        }
        Assert.True(waits.Select((wait, i) => wait / Math.Min(30, 0.5 * Math.Pow(2, i))).Distinct().Count() > 10);
    }

    [Fact]
    public void Contents_that_fail_together_come_back_apart_and_the_same_way_for_the_same_seed()
    {
        var waits = Waits(seed: 1);
        Assert.Equal(waits.Length, waits.Distinct().Count());
        Assert.Equal(waits, Waits(seed: 1));
        Assert.NotEqual(waits, Waits(seed: 2));

        static double[] Waits(ulong seed)
        {
            var world = new HandDrivenWorld(RequestSchedulerTests.Wide(8), Patient with { Seed = seed }).Settled();
            foreach (var name in world.InFlight)
                world.Fail(name, FetchStatus.HttpError, 503);
            world.Settle();
            return [.. Enumerable.Range(0, 8).Select(i => (world.Why($"t{i}").RetryAt - world.Now).TotalSeconds)];
        }
    }

    [Fact]
    public void A_host_that_asks_for_quiet_gets_it_and_other_hosts_do_not_wait()
    {
        var order = new NamedOrder("t0", "t1", "t2", "t3");
        var world = new HandDrivenWorld(
            RequestSchedulerTests.Wide(4), Plain with { MaximumRequestsPerHost = 1, Priorities = () => order }, name => name[1] < '3' ? $"http://busy.test/{name}.glb" : $"http://other.test/{name}.glb").Settled();
        Assert.Equal(["t0", "t3"], world.InFlight);
        world.Fail("t0", FetchStatus.HttpError, 503, retryAfter: 7);
        world.Settle();
        Assert.Equal(["t3"], world.InFlight);
        world.Deliver("t3");
        Assert.Equal(new(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(7)), world.Decision);
        world.Wait(6.99);
        Assert.Empty(world.InFlight);
        world.Wait(0.01);
        Assert.Single(world.InFlight);
    }

    [Fact]
    public void Too_many_requests_means_wait_and_does_not_count_against_the_host()
    {
        var world = new HandDrivenWorld("a", Plain with { Hosts = new() { BreakerThreshold = 2 } }).Settled();
        for (var i = 0; i < 5; i++)
        {
            world.Fail("a", FetchStatus.HttpError, 429, retryAfter: 1);
            world.Settle();
            world.Now = world.Why("a").RetryAt;
            world.Settle();
        }
        Assert.Equal(["a"], world.InFlight);
        Assert.Equal(0, world.Streamer.Statistics.BreakerOpenings);
    }

    [Fact]
    public void Failures_in_a_row_open_the_breaker_then_one_probe_decides()
    {
        var world = new HandDrivenWorld(RequestSchedulerTests.Wide(30), Plain).Settled();
        foreach (var name in world.InFlight[..4])
            world.Fail503(name);
        Assert.Equal(BreakerState.Closed, Breaker(world));
        FailAll(world);
        Assert.Equal((BreakerState.Open, 1), (Breaker(world), world.Streamer.Statistics.BreakerOpenings));
        Assert.Empty(world.InFlight);
        world.Wait(1.99);
        Assert.Empty(world.InFlight);

        // The first probe fails: the pause doubles.
        world.Wait(0.01);
        Assert.Single(world.InFlight);
        Assert.Equal(BreakerState.HalfOpen, Breaker(world));
        FailAll(world);
        Assert.Equal((BreakerState.Open, 2), (Breaker(world), world.Streamer.Statistics.BreakerOpenings));
        world.Wait(3.99);
        Assert.Empty(world.InFlight);

        // The second one succeeds: all goes on.
        world.Wait(0.01);
        world.Deliver(world.InFlight.Single());
        Assert.Equal(BreakerState.Closed, Breaker(world));
        Assert.Equal(8, world.InFlight.Length);
    }

    [Fact]
    public void A_probe_that_is_called_off_decides_nothing_and_the_next_one_goes()
    {
        var world = new HandDrivenWorld(RequestSchedulerTests.Wide(10), Plain with { Hosts = new() { BreakerThreshold = 1 } }).Settled();
        FailAll(world);
        world.Wait(2);
        Assert.Equal(BreakerState.HalfOpen, Breaker(world));
        world.Look(Cameras.Away());
        Assert.Equal(BreakerState.Open, Breaker(world));
        world.Look(Cameras.All(9));
        Assert.Single(world.InFlight);
        Assert.Equal(BreakerState.HalfOpen, Breaker(world));
    }

    [Fact]
    public void One_host_s_breaker_leaves_the_others_alone()
    {
        var world = new HandDrivenWorld(
            RequestSchedulerTests.Wide(20), Plain, name => int.Parse(name[1..]) % 2 == 0 ? $"http://bad.test/{name}.glb" : $"http://good.test/{name}.glb").Settled();
        for (var i = 0; i < 20; i += 2)
        {
            if (world.InFlight.Contains($"t{i}"))
                world.Fail503($"t{i}");
        }
        Assert.Equal([("bad.test", BreakerState.Open), ("good.test", BreakerState.Closed)], world.Streamer.Hosts().Select(host => (host.Name, host.Breaker)).Order());
        while (world.InFlight.Length > 0)
            world.Deliver(world.InFlight);
        Assert.Equal(10, world.Picture.Count);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1000)]
    public void A_failing_host_gets_no_more_requests_than_a_healthy_one(int breakerThreshold)
    {
        const int tiles = 60;
        var options = Plain with { Hosts = new() { BreakerThreshold = breakerThreshold } };
        var healthy = new HandDrivenWorld(RequestSchedulerTests.Wide(tiles), options);
        healthy.DeliverAll();
        Assert.Equal(tiles, healthy.Requests.Count);

        var failing = new HandDrivenWorld(RequestSchedulerTests.Wide(tiles), options).Settled();
        for (var second = 0; second < 60; second++)
        {
            while (failing.InFlight.Length > 0)
                failing.Fail503(failing.InFlight[0]);
            failing.Wait(1);
        }

        // Besides each content's first attempt: the retries it is granted at once, and one every now and then to see whether it is back.
        Assert.InRange(failing.Requests.Count, 1, tiles + 8 + 30);
        if (breakerThreshold == 5)
            Assert.InRange(failing.Requests.Count, 1, tiles);
    }

    [Fact]
    public void However_a_host_fails_its_requests_stay_within_what_a_healthy_one_gets_and_what_it_earned() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(20, 80).Zip(Gen.Choose(1, int.MaxValue)).ToArbitrary(), pair =>
        {
            var (tiles, seed) = pair;
            var random = new Random(seed);
            var failing = random.NextDouble() < 0.3 ? 1 : 0.5 + random.NextDouble() / 2;
            var hosts = new HostHealthOptions { BreakerThreshold = random.Next(1, 8), RetryBudget = random.Next(0, 10), RetriesPerSuccess = random.NextDouble() / 2, RetriesPerSecond = 0.1 + random.NextDouble() };
            var world = new HandDrivenWorld(RequestSchedulerTests.Wide(tiles), Plain with { Hosts = hosts }).Settled();
            var answers = 0;
            const int seconds = 60;
            for (var step = 0; step < seconds * 5; step++)
            {
                foreach (var name in world.InFlight)
                {
                    if (random.NextDouble() < failing)
                        world.Fail(name, FetchStatus.HttpError, 503);
                    else
                    {
                        world.Answer(name);
                        answers++;
                    }
                    world.Settle();
                }
                world.Wait(0.2);
            }
            var earned = Math.Max(1, hosts.RetryBudget) + answers * hosts.RetriesPerSuccess + seconds * hosts.RetriesPerSecond;
            Assert.InRange(world.Streamer.Statistics.Retries, 0, earned + world.Streamer.Statistics.BreakerOpenings);
            Assert.InRange(world.Requests.Count, 1, tiles + world.Streamer.Statistics.Retries);

            // A host that gives nothing gets less than one that gives everything: each tile once.
            if (failing == 1)
                Assert.InRange(world.Requests.Count, 1, tiles);
        }));

    [Fact]
    public void A_retry_is_paid_for_when_it_starts_not_while_the_breaker_keeps_it_waiting()
    {
        // Two retries are there and time earns next to none: what is spent on waiting is missing later.
        var hosts = new HostHealthOptions { BreakerThreshold = 3, BreakerPause = 20, RetryBudget = 2, RetriesPerSuccess = 0, RetriesPerSecond = 1e-6 };
        var world = new HandDrivenWorld(RequestSchedulerTests.Wide(3), Plain with { MaximumRequests = 1, Hosts = hosts, Priorities = () => new NamedOrder("t0", "t1", "t2") }).Settled();
        world.Fail503("t0");
        world.Fail503("t1");

        // The two could be tried again, but for the slot that the third one has; then it fails too, and the breaker opens.
        world.Wait(1);
        world.Fail503("t2");
        Assert.Equal(BreakerState.Open, Breaker(world));
        world.Wait(20);

        // The probe is free, and the other two are paid for now.
        world.Deliver("t0", "t1", "t2");
        Assert.Equal("t0 t1 t2", world.Screen);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void However_flaky_a_host_everything_arrives_in_the_end(int everyWhichSucceeds)
    {
        const int tiles = 100;
        var world = new HandDrivenWorld(RequestSchedulerTests.Wide(tiles), Plain with { Hosts = new() { MaximumAttempts = 100 } }).Settled();
        var answers = 0;
        for (var second = 0; second < 1200 && !world.Streamer.Statistics.Settled; second++)
        {
            foreach (var name in world.InFlight)
            {
                if (++answers % everyWhichSucceeds == 0)
                    world.Answer(name);
                else
                    world.Fail(name, FetchStatus.HttpError, 503);
            }
            world.Wait(1);
        }
        Assert.Equal(tiles, world.Picture.Count);
    }

    [Fact]
    public void After_an_outage_everything_arrives()
    {
        const int tiles = 60;
        var world = new HandDrivenWorld(RequestSchedulerTests.Wide(tiles), Plain).Settled();
        var end = world.Now + TimeSpan.FromSeconds(30);
        while (world.Now < end)
        {
            foreach (var name in world.InFlight)
                world.Fail(name, FetchStatus.NetworkError);
            world.Wait(0.5);
        }
        for (var second = 0; second < 90 && !world.Streamer.Statistics.Settled; second++)
        {
            while (world.InFlight.Length > 0)
                world.Deliver(world.InFlight);
            world.Wait(1);
        }
        Assert.Equal(tiles, world.Picture.Count);
    }

    private static double FailAndWait(HandDrivenWorld world, string name)
    {
        world.Fail503(name);
        var wait = world.Why(name).RetryAt - world.Now;
        Assert.Equal(TileReason.FailedForNow, world.Why(name).Reason);
        world.Now += wait - TimeSpan.FromTicks(1);
        world.Settle();
        Assert.Empty(world.InFlight);
        world.Now += TimeSpan.FromTicks(1);
        world.Settle();
        Assert.Equal([name], world.InFlight);
        return wait.TotalSeconds;
    }

    private static void FailAll(HandDrivenWorld world)
    {
        foreach (var name in world.InFlight)
            world.Fail(name, FetchStatus.HttpError, 503);
        world.Settle();
    }

    private static BreakerState Breaker(HandDrivenWorld world) => world.Streamer.Hosts().Single().Breaker;
}
