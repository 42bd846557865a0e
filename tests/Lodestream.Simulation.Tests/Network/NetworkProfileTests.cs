using Lodestream.Simulation.Device;
using Lodestream.Simulation.Network;

namespace Lodestream.Simulation.Tests.Network;

public sealed class NetworkProfileTests
{
    [Theory]
    [InlineData("local", 1, 1000)]
    [InlineData("fibre", 10, 100)]
    [InlineData("cable", 40, 20)]
    [InlineData("4g", 60, 12)]
    [InlineData("3g", 150, 1.6)]
    [InlineData("flaky", 40, 20)]
    [InlineData("outage", 40, 20)]
    [InlineData("throttled", 40, 20)]
    public void Named_profiles_are_those_of_the_command_line(string name, double latency, double bandwidth)
    {
        var profile = NetworkProfile.Parse(name, out var error);
        Assert.Null(error);
        Assert.Equal((latency, bandwidth), (profile!.LatencyMs, profile.BandwidthMbit));
    }

    [Fact]
    public void Parameters_are_read_by_name()
    {
        var profile = NetworkProfile.Parse("latency=40, jitter=5,bandwidth=20,fail=0.05,truncate=0.01,corrupt=0.02,stall=0.03", out var error);
        Assert.Null(error);
        Assert.Equal(new NetworkProfile { LatencyMs = 40, JitterMs = 5, BandwidthMbit = 20, Fail = 0.05, Truncate = 0.01, Corrupt = 0.02, Stall = 0.03 }, profile);
    }

    [Theory]
    [InlineData("dialup", "'dialup' is not known")]
    [InlineData("latency=fast", "latency is 'fast', which is not a number")]
    [InlineData("latency=40,fail=2", "fail is 2; it takes 0 to 1")]
    [InlineData("bandwidth=0", "bandwidth is 0; it takes 0.001 to 1000000 Mbit/s")]
    [InlineData("latency=40,speed=3", "speed")]
    [InlineData("latency=40,speed=0.3", "'speed' is not known; there are latency")]
    [InlineData("latency=40,jitter", "'jitter' is not name=number")]
    public void What_is_wrong_is_said_by_name(string text, string expected)
    {
        Assert.Null(NetworkProfile.Parse(text, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_read_by_name_too()
    {
        Assert.Equal(new DeviceProfile { DecodeMBps = 50, UploadMBps = 200 }, DeviceProfile.Parse("decode=50,upload=200", out _));
        Assert.Null(DeviceProfile.Parse("decode=0", out var error));
        Assert.Contains("decode is 0", error, StringComparison.Ordinal);
    }
}
