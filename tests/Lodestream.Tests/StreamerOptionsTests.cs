using System.Globalization;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests;

public class StreamerOptionsTests
{
    public static TheoryData<string, StreamerOptions> Invalid
    {
        get
        {
            var o = new StreamerOptions();
            return new()
            {
                { "MaximumRequests", o with { MaximumRequests = 0 } },
                { "MaximumRequests", o with { MaximumRequests = 2000 } },
                { "MaximumRequestsPerHost", o with { MaximumRequestsPerHost = 0 } },
                { "MemoryBudgetBytes", o with { MemoryBudgetBytes = 0 } },
                { "RetainMargin", o with { RetainMargin = 0.5 } },
                { "RetainMargin", o with { RetainMargin = double.NaN } },
                { "Policy", o with { Policy = null! } },
                { "Priorities", o with { Priorities = null! } },
                { "FailedLeaves", o with { FailedLeaves = (FailedLeafRule)9 } },
                { "Prediction", o with { Prediction = null! } },
                { "Prediction.LookAheadSeconds", o with { Prediction = new() { LookAheadSeconds = double.PositiveInfinity } } },
                { "Prediction.PrefetchConfidence", o with { Prediction = new() { PrefetchConfidence = double.NaN } } },
                { "Prediction.PrefetchConfidence", o with { Prediction = new() { PrefetchConfidence = -5 } } },
                { "Hosts", o with { Hosts = null! } },
                { "UploadBudgetMs", o with { UploadBudgetMs = 0 } },
                { "TopologyTilesPerTick", o with { TopologyTilesPerTick = 0 } },
                { "PrepareTimeoutSeconds", o with { PrepareTimeoutSeconds = 0 } },
                { "PrepareTimeoutSeconds", o with { PrepareTimeoutSeconds = double.PositiveInfinity } },
                { "FirstParseBackoffSeconds", o with { FirstParseBackoffSeconds = -1 } },
                { "LongestParseBackoffSeconds", o with { LongestParseBackoffSeconds = 1 } },
                { "LongestParseBackoffSeconds", o with { LongestParseBackoffSeconds = double.PositiveInfinity } },
                { "UnloadTopologyAfterSeconds", o with { UnloadTopologyAfterSeconds = 0 } },
                { "MaximumParseAttempts", o with { MaximumParseAttempts = 0 } },
                { "MaximumTilesetDepth", o with { MaximumTilesetDepth = 0 } },
                { "Prediction.LookAheadSeconds", o with { Prediction = new() { LookAheadSeconds = -1 } } },
                { "Prediction.SmoothingSeconds", o with { Prediction = new() { SmoothingSeconds = 0 } } },
                { "Hosts.FirstBackoff", o with { Hosts = new() { FirstBackoff = 0 } } },
                { "Hosts.LongestBackoff", o with { Hosts = new() { LongestBackoff = 0.1 } } },
                { "Hosts.LongestBackoff", o with { Hosts = new() { LongestBackoff = double.PositiveInfinity } } },
                { "Hosts.MaximumAttempts", o with { Hosts = new() { MaximumAttempts = 0 } } },
                { "Hosts.BreakerThreshold", o with { Hosts = new() { BreakerThreshold = 0 } } },
                { "Hosts.BreakerPause", o with { Hosts = new() { BreakerPause = 0 } } },
                { "Hosts.BreakerPause", o with { Hosts = new() { BreakerPause = double.NaN } } },
                { "Hosts.RetryBudget", o with { Hosts = new() { RetryBudget = -1 } } },
                { "Hosts.RetriesPerSuccess", o with { Hosts = new() { RetriesPerSuccess = -1 } } },
                { "Hosts.RetriesPerSecond", o with { Hosts = new() { RetriesPerSecond = 0 } } },
                { "Hosts.ConnectTimeout", o with { Hosts = new() { ConnectTimeout = 0 } } },
                { "Hosts.FirstByteTimeout", o with { Hosts = new() { FirstByteTimeout = 0 } } },
                { "Hosts.FirstByteTimeout", o with { Hosts = new() { FirstByteTimeout = double.PositiveInfinity } } },
                { "Hosts.StallTimeout", o with { Hosts = new() { StallTimeout = 0 } } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_its_range_is_refused_by_name(string option, StreamerOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new HandDrivenWorld("a", options));
        Assert.Contains($"StreamerOptions.{option} is ", error.Message, StringComparison.Ordinal);
        Assert.Equal(option, error.ParamName);
    }

    [Fact]
    public void What_is_said_of_an_option_reads_the_same_in_every_culture()
    {
        var (before, commas) = (CultureInfo.CurrentCulture, (CultureInfo)CultureInfo.InvariantCulture.Clone());
        commas.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = commas;
        try
        {
            var error = Assert.Throws<ArgumentException>(() => new HandDrivenWorld("a", new() { RetainMargin = 0.5 }));
            Assert.Contains("StreamerOptions.RetainMargin is 0.5; it takes", error.Message, StringComparison.Ordinal);
            error = Assert.Throws<ArgumentException>(() => new HandDrivenWorld("a", new() { Proximity = new() { FloorProximityGate = -0.5 } }));
            Assert.Contains("ProximityOptions.FloorProximityGate is -0.5; it takes", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_defaults_are_those_of_the_specifications()
    {
        var o = new StreamerOptions();
        Assert.Equal((24, 8), (o.MaximumRequests, o.MaximumRequestsPerHost));
        Assert.Equal(512L << 20, o.MemoryBudgetBytes);
        Assert.Equal((5, 60, 60), (o.FirstParseBackoffSeconds, o.LongestParseBackoffSeconds, o.PrepareTimeoutSeconds));
        Assert.Equal((0.5, 30), (o.Hosts.FirstBackoff, o.Hosts.LongestBackoff));
        _ = new HandDrivenWorld("a", o);
    }
}
