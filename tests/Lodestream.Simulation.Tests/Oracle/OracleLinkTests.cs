using Lodestream.Simulation.Network;
using Lodestream.Simulation.Oracle;

namespace Lodestream.Simulation.Tests.Oracle;

/// <summary>The oracle's link: 8 Mbit/s are a million bytes a second.</summary>
public sealed class OracleLinkTests
{
    private static readonly NetworkProfile Profile = new() { LatencyMs = 60, JitterMs = 20, BandwidthMbit = 8 };

    [Fact]
    public void Bytes_stand_still_in_an_outage()
    {
        var link = new OracleLink(Profile, [new(2, 3), new(4, 2)]);
        Assert.Equal(1.5, link.Carry(1, 500_000), 9);
        Assert.Equal(6.5, link.Carry(1, 1_500_000), 9);
        Assert.Equal(7, link.Carry(3, 1_000_000), 9);
    }

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(1.9, 400_000)]
    [InlineData(2.5, 123_456)]
    [InlineData(7, 2_000_000)]
    public void What_can_come_until_something_has_come_is_that(double from, double bytes)
    {
        var link = new OracleLink(Profile, [new(2, 3)]);
        Assert.Equal(bytes, link.Capacity(from, link.Carry(from, bytes)), 3);
    }

    [Fact]
    public void The_least_latency_counts() => Assert.Equal(0.04, new OracleLink(Profile, []).Latency, 9);

    [Fact]
    public void Requests_beyond_the_hosts_rate_wait()
    {
        var link = new OracleLink(Profile with { RequestsPerSecond = 10 }, []);
        Assert.Equal(0, link.EarliestRequest(9));
        Assert.Equal(0.1, link.EarliestRequest(10), 9);
        Assert.Equal(2, link.EarliestRequest(29), 9);
    }
}
