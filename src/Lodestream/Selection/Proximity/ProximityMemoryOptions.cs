namespace Lodestream.Selection;

/// <summary>
/// How much of the streamer's memory a manifest scene's geometry and textures may take, and what goes first when that becomes short. What is
/// said to be ours has no value in the specification of manifest scenes.
/// </summary>
/// <remarks>
/// Both budgets are shares of one total: of each, no more counts than <see cref="StreamerOptions.MemoryBudgetBytes"/>, and of both together
/// no more either. So with the default total of 512 MiB either may take all of it, and with 4 GiB each has 1 GiB.
/// </remarks>
public sealed record ProximityMemoryOptions
{
    /// <summary>Bytes of vertex and index buffers. Default 1 GiB; of a total that is smaller, the total.</summary>
    public long GeometryBudgetBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of textures. Default 1 GiB; of a total that is smaller, the total.</summary>
    public long TextureBudgetBytes { get; init; } = 1L << 30;

    /// <summary>Above this share of its budget memory counts as high: geometry by itself, and geometry and textures together. Default 0.85.</summary>
    public double HighWaterMark { get; init; } = 0.85;

    /// <summary>What distance counts in the order of eviction: times the distance as a share of the query radius. Default 0.7 (ours): what is far comes back last.</summary>
    public double EvictionDistanceWeight { get; init; } = 0.7;

    /// <summary>What size counts in the order of eviction: times the bytes as a share of the geometry budget. Default 0.3 (ours): of two equally far the larger goes.</summary>
    public double EvictionSizeWeight { get; init; } = 0.3;

    /// <summary>What a view sees within this is not evicted, metres. Default 30.</summary>
    public double VisibleEvictionProtectionRadius { get; init; } = 30;

    /// <summary>Contents evicted in one pass, at most. Default 8.</summary>
    public int MaxEvictionsPerPass { get; init; } = 8;

    /// <summary>Contents whose textures are shed when geometry and textures together are high, and geometry is not. Default 4.</summary>
    public int ShedOnCombinedPressure { get; init; } = 4;

    /// <summary>Contents whose textures are shed when geometry is high. Default 8.</summary>
    public int ShedOnGeometryPressure { get; init; } = 8;

    /// <summary>How textures follow the distance; null for native size everywhere.</summary>
    public TextureTierOptions? Textures { get; init; } = new();

    /// <summary>Throws when an option makes no sense, naming it.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names option, value and range.</exception>
    internal void Validate()
    {
        const string Bytes = "more than 0 bytes", Weight = "0 to 1,000";
        Require(GeometryBudgetBytes > 0, nameof(GeometryBudgetBytes), GeometryBudgetBytes, Bytes);
        Require(TextureBudgetBytes > 0, nameof(TextureBudgetBytes), TextureBudgetBytes, Bytes);
        Require(HighWaterMark is > 0 and <= 1, nameof(HighWaterMark), HighWaterMark, "more than 0, 1 at most");
        Require(EvictionDistanceWeight is >= 0 and <= 1000, nameof(EvictionDistanceWeight), EvictionDistanceWeight, Weight);
        Require(EvictionSizeWeight is >= 0 and <= 1000, nameof(EvictionSizeWeight), EvictionSizeWeight, Weight);
        Require(VisibleEvictionProtectionRadius >= 0, nameof(VisibleEvictionProtectionRadius), VisibleEvictionProtectionRadius, "0 m or more");
        Require(MaxEvictionsPerPass >= 1, nameof(MaxEvictionsPerPass), MaxEvictionsPerPass, "at least 1");
        Require(ShedOnCombinedPressure >= 1, nameof(ShedOnCombinedPressure), ShedOnCombinedPressure, "at least 1");
        Require(ShedOnGeometryPressure >= 1, nameof(ShedOnGeometryPressure), ShedOnGeometryPressure, "at least 1");
        Textures?.Validate();

        static void Require(bool holds, string option, object value, string range) => OptionCheck.Require(holds, nameof(ProximityMemoryOptions), option, value, range);
    }
}

/// <summary>How large a content's textures are by its distance: native when near, limited when farther. Metres, seconds, pixels.</summary>
public sealed record TextureTierOptions
{
    /// <summary>Up to this distance from a content's volume its textures have their native size. Default 4 m.</summary>
    public double UpgradeRadius { get; init; } = 4;

    /// <summary>Up to this distance they have <see cref="MediumPixels"/>, beyond it <see cref="MinimumPixels"/>. Default 12 m.</summary>
    public double DowngradeRadius { get; init; } = 12;

    /// <summary>Share of a radius within which, on either side of it, nothing changes. Default 0.15.</summary>
    public double DeadBand { get; init; } = 0.15;

    /// <summary>Longer side of a texture of medium size. Default 1024 px.</summary>
    public int MediumPixels { get; init; } = 1024;

    /// <summary>Longer side of a texture of the least size. Default 256 px.</summary>
    public int MinimumPixels { get; init; } = 256;

    /// <summary>Least time between two looks at what should change. Default 0.2 s.</summary>
    public double TickInterval { get; init; } = 0.2;

    /// <summary>Contents whose textures change at once, at most; shedding has a number of its own. Default 3.</summary>
    public int MaxConcurrentChanges { get; init; } = 3;

    /// <summary>What was shed stays small so long. Default 5 s (ours): who asks for memory is not to see it taken back in the next tick.</summary>
    public double ShedHoldSeconds { get; init; } = 5;

    /// <summary>Throws when an option makes no sense, naming it.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names option, value and range.</exception>
    internal void Validate()
    {
        Require(UpgradeRadius is > 0 and < double.PositiveInfinity, nameof(UpgradeRadius), UpgradeRadius, "more than 0 m");
        Require(DowngradeRadius >= UpgradeRadius && DowngradeRadius < double.PositiveInfinity, nameof(DowngradeRadius), DowngradeRadius, "UpgradeRadius or more, metres");
        Require(DeadBand is >= 0 and < 1, nameof(DeadBand), DeadBand, "0 or more, less than 1");
        Require(MinimumPixels is >= 1 and <= 65_536, nameof(MinimumPixels), MinimumPixels, "1 to 65,536 px");
        Require(MediumPixels >= MinimumPixels && MediumPixels <= 65_536, nameof(MediumPixels), MediumPixels, "MinimumPixels to 65,536 px");
        Require(TickInterval is > 0 and <= 1e6, nameof(TickInterval), TickInterval, "more than 0 s, 1,000,000 s at most");
        Require(MaxConcurrentChanges >= 1, nameof(MaxConcurrentChanges), MaxConcurrentChanges, "at least 1");
        Require(ShedHoldSeconds is >= 0 and <= 1e6, nameof(ShedHoldSeconds), ShedHoldSeconds, "0 to 1,000,000 s");

        static void Require(bool holds, string option, object value, string range) => OptionCheck.Require(holds, nameof(TextureTierOptions), option, value, range);
    }
}
