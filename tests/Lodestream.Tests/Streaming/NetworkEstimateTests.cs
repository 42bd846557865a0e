using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

/// <summary>What the network is learned to give, and how much is asked for at once because of it.</summary>
public class NetworkEstimateTests
{
    private const double Tick = 1 / 60.0;

    [Theory]
    [InlineData(100_000, 0.04)]
    [InlineData(2_500_000, 0.04)]
    [InlineData(2_500_000, 0.4)]
    public void The_window_follows_bandwidth_times_delay(double bytesPerSecond, double latency)
    {
        var estimate = Learned(bytesPerSecond, latency);
        Assert.Equal(bytesPerSecond, estimate.Throughput, bytesPerSecond * 1e-3);
        Assert.Equal(latency, estimate.Latency, 1e-9);

        // Enough to keep the link busy over the delay and the wait for the next tick, and not twice as much.
        var product = bytesPerSecond * (latency + Tick);
        Assert.InRange(estimate.Window(Tick), product, 2 * product);
    }

    [Fact]
    public void More_is_put_on_a_link_whose_limit_was_not_found_yet()
    {
        var estimate = Learned(1_000_000, 0.05);
        var found = estimate.Window(Tick) / estimate.Throughput;
        var fresh = new NetworkEstimate();
        Assert.True(fresh.Window(Tick) / fresh.Throughput * estimate.Latency / fresh.Latency > 1.5 * found);
    }

    [Fact]
    public void A_link_that_grows_faster_and_faster_is_followed()
    {
        var estimate = Learned(100_000, 0.05);
        Assert.Equal(5_000_000, Learned(5_000_000, 0.05, estimate).Throughput, 5e3);
    }

    [Fact]
    public void An_idle_link_is_not_taken_for_a_slow_one()
    {
        var estimate = Learned(1_000_000, 0.05);
        var now = TimeSpan.FromSeconds(1000);
        estimate.Advance(now, busy: false);
        estimate.Advance(now + TimeSpan.FromSeconds(60), busy: false);
        estimate.Received(10);
        estimate.Advance(now + TimeSpan.FromSeconds(61), busy: false);
        Assert.Equal(1_000_000, estimate.Throughput, 1e3);
    }

    [Fact]
    public void The_delay_is_the_shortest_of_the_last_few_and_not_what_queues_add_to_it()
    {
        var estimate = Learned(1_000_000, 0.05);
        estimate.FirstByte(3);
        Assert.Equal(0.05, estimate.Latency, 1e-9);

        // A route that changed is believed once the old one's answers are forgotten.
        for (var i = 0; i < 8; i++)
            estimate.FirstByte(0.3);
        Assert.Equal(0.3, estimate.Latency, 1e-9);
    }

    [Fact]
    public void On_a_slow_link_little_is_in_flight_so_that_decisions_are_made_late()
    {
        var world = World();
        for (var i = 0; i < 12; i++)
        {
            world.Answer(world.InFlight[0]);
            world.Now += TimeSpan.FromSeconds(1);
            world.Tick();
        }
        Assert.Equal(2, world.InFlight.Length);
    }

    [Fact]
    public void On_a_fast_link_the_caps_hold_24_in_all_and_8_per_host()
    {
        var world = World();
        for (var i = 0; i < 60; i++)
        {
            world.Now += TimeSpan.FromSeconds(Tick);
            world.Answer(world.InFlight[0], 4_000_000);
            world.Tick();
            Assert.InRange(world.InFlight.Length, 1, 24);
            Assert.All(world.InFlight.GroupBy(HostOf), host => Assert.InRange(host.Count(), 1, 8));
        }
        Assert.Equal(24, world.InFlight.Length);
    }

    private static string HostOf(string name) => $"h{int.Parse(name[1..]) % 4}.test";

    private static HandDrivenWorld World() => new HandDrivenWorld(
        RequestSchedulerTests.Wide(200), HandDrivenWorld.Plain with { AdaptiveWindow = true }, name => $"http://{HostOf(name)}/{name}.glb") { PreparesAtOnce = false }.Settled();

    // Six seconds of a link that is never idle.
    private static NetworkEstimate Learned(double bytesPerSecond, double latency, NetworkEstimate? estimate = null)
    {
        estimate ??= new();
        for (var i = 0; i < 8; i++)
            estimate.FirstByte(latency);
        var start = TimeSpan.FromSeconds(100);
        estimate.Advance(start, busy: true);
        for (var tick = 1; tick <= 360; tick++)
        {
            estimate.Received((long)(bytesPerSecond * tick * Tick) - (long)(bytesPerSecond * (tick - 1) * Tick));
            estimate.Advance(start + TimeSpan.FromSeconds(tick * Tick), busy: true);
        }
        estimate.Advance(start + TimeSpan.FromSeconds(361 * Tick), busy: false);
        return estimate;
    }
}
