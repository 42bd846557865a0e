using Lodestream.Selection;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>What a manifest scene's memory may take is checked by name, and is as the specification says unless said otherwise.</summary>
public sealed class ProximityMemoryOptionsTests
{
    public static TheoryData<string, ProximityMemoryOptions> Invalid => new()
    {
        { "ProximityMemoryOptions.GeometryBudgetBytes is 0", new() { GeometryBudgetBytes = 0 } },
        { "ProximityMemoryOptions.TextureBudgetBytes is -1", new() { TextureBudgetBytes = -1 } },
        { "ProximityMemoryOptions.HighWaterMark is 0", new() { HighWaterMark = 0 } },
        { "ProximityMemoryOptions.HighWaterMark is 1.1", new() { HighWaterMark = 1.1 } },
        { "ProximityMemoryOptions.EvictionDistanceWeight is -0.5", new() { EvictionDistanceWeight = -0.5 } },
        { "ProximityMemoryOptions.EvictionSizeWeight is NaN", new() { EvictionSizeWeight = double.NaN } },
        { "ProximityMemoryOptions.VisibleEvictionProtectionRadius is -1", new() { VisibleEvictionProtectionRadius = -1 } },
        { "ProximityMemoryOptions.MaxEvictionsPerPass is 0", new() { MaxEvictionsPerPass = 0 } },
        { "ProximityMemoryOptions.ShedOnCombinedPressure is 0", new() { ShedOnCombinedPressure = 0 } },
        { "ProximityMemoryOptions.ShedOnGeometryPressure is 0", new() { ShedOnGeometryPressure = 0 } },
        { "TextureTierOptions.UpgradeRadius is 0", new() { Textures = new() { UpgradeRadius = 0 } } },
        { "TextureTierOptions.DowngradeRadius is 3", new() { Textures = new() { DowngradeRadius = 3 } } },
        { "TextureTierOptions.DeadBand is 1", new() { Textures = new() { DeadBand = 1 } } },
        { "TextureTierOptions.MediumPixels is 100", new() { Textures = new() { MediumPixels = 100 } } },
        { "TextureTierOptions.MinimumPixels is 0", new() { Textures = new() { MinimumPixels = 0 } } },
        { "TextureTierOptions.TickInterval is 0", new() { Textures = new() { TickInterval = 0 } } },
        { "TextureTierOptions.MaxConcurrentChanges is 0", new() { Textures = new() { MaxConcurrentChanges = 0 } } },
        { "TextureTierOptions.ShedHoldSeconds is -1", new() { Textures = new() { ShedHoldSeconds = -1 } } },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_its_range_is_refused_by_name(string said, ProximityMemoryOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new HandDrivenWorld("a", new() { Proximity = new() { Memory = options } }));
        Assert.StartsWith(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_those_of_the_specification()
    {
        var o = new ProximityMemoryOptions();
        Assert.Equal((1L << 30, 1L << 30, 0.85), (o.GeometryBudgetBytes, o.TextureBudgetBytes, o.HighWaterMark));
        Assert.Equal((30, 8, 4, 8), (o.VisibleEvictionProtectionRadius, o.MaxEvictionsPerPass, o.ShedOnCombinedPressure, o.ShedOnGeometryPressure));
        var t = o.Textures!;
        Assert.Equal((4, 12, 0.15), (t.UpgradeRadius, t.DowngradeRadius, t.DeadBand));
        Assert.Equal((1024, 256, 0.2, 3), (t.MediumPixels, t.MinimumPixels, t.TickInterval, t.MaxConcurrentChanges));
    }
}
