namespace Lodestream.Selection;

/// <summary>
/// How manifest tiles come and go with distance. Metres, seconds. What is said to be ours has no value in the specification of manifest
/// scenes; everything else has the one it names.
/// </summary>
public sealed record ProximityOptions
{
    /// <summary>
    /// Beyond this a tile is only its coarsest representation, and that where a view sees it. Never less than the scene's greatest unload
    /// radius and switch distance. Default 500 m.
    /// </summary>
    public double MaxQueryRadius { get; init; } = 500;

    /// <summary>How far ahead a camera's position is predicted; distances are the smaller of those from here and from there. Default 0.5 s.</summary>
    public double VelocityLookAheadTime { get; init; } = 0.5;

    /// <summary>Below this speed a camera's position is not predicted. Default 1.5 m/s.</summary>
    public double VelocityLookAheadMinSpeed { get; init; } = 1.5;

    /// <summary>A full tile starts to load only where its box, padded by this, is in view. Default 20 m.</summary>
    public double TileFrustumGatePadding { get; init; } = 20;

    /// <summary>Interior tiles of floors farther above or below the camera than this do not start to load; infinite for no such gate. Default 5 m.</summary>
    public double FloorProximityGate { get; init; } = 5;

    /// <summary>A LOD that is shown stays down to its switch distance times this. Default 0.9.</summary>
    public double LodHysteresisFactor { get; init; } = 0.9;

    /// <summary>An HLOD that is shown stays down to its switch distance times this. Default 0.9.</summary>
    public double HlodHysteresisFactor { get; init; } = 0.9;

    /// <summary>Least time between two changes from one LOD or HLOD to another. Default 1 s.</summary>
    public double SecondaryRepresentationMinDwellSeconds { get; init; } = 1;

    /// <summary>How long a full tile beyond its unload radius is still wanted. Default 3 s.</summary>
    public double UnloadGracePeriod { get; init; } = 3;

    /// <summary>A full tile that can be drawn is wanted so long at least. Default 8 s.</summary>
    public double MinimumParsedTileResidentSeconds { get; init; } = 8;

    /// <summary>Full tiles being decoded at once, at most. Default 2.</summary>
    public int MaxConcurrentTileLoads { get; init; } = 2;

    /// <summary>LODs being decoded at once, at most. Default 4.</summary>
    public int MaxConcurrentLodLoads { get; init; } = 4;

    /// <summary>HLODs being decoded at once, at most. Default 4.</summary>
    public int MaxConcurrentHlodLoads { get; init; } = 4;

    /// <summary>Main memory that decoding may take at once, MiB; one tile goes ahead whatever it takes. Default 200.</summary>
    public double TileParseMemoryBudgetMB { get; init; } = 200;

    /// <summary>Full tiles torn down in one pass, at most. Default 2.</summary>
    public int MaxTileUnloadsPerUpdate { get; init; } = 2;

    /// <summary>Least time between two passes that tear tiles down. Default 0.1 s.</summary>
    public double UpdateInterval { get; init; } = 0.1;

    /// <summary>The same while there is more to tear down than one pass takes. Default 0.016 s.</summary>
    public double BurstTickInterval { get; init; } = 0.016;

    /// <summary>Whether tiles of one priority load in the order of their importance on screen; otherwise the nearest first. Default true.</summary>
    public bool EnableImportanceSort { get; init; } = true;

    /// <summary>Whether tiles behind nearer ones that are loaded load later. Default true.</summary>
    public bool EnableOcclusionSort { get; init; } = true;

    /// <summary>A region of which this share is behind nearer tiles counts as hidden. Default 0.85.</summary>
    public double OcclusionFullThreshold { get; init; } = 0.85;

    /// <summary>What the importance of tiles in hidden regions is multiplied by; never 0, which would keep them out for ever. Default 0.005.</summary>
    public double HierarchyOcclusionPenalty { get; init; } = 0.005;

    /// <summary>What is left of a tile's importance where nearer tiles cover it whole. Default 0.1 (ours): the last of its tier, unless it is ten times as large.</summary>
    public double OcclusionMinWeight { get; init; } = 0.1;

    /// <summary>What is left of a tile's importance straight behind the camera. Default 0.25 (ours): what lies ahead goes first, and a turn of the head finds the rest.</summary>
    public double ViewAlignmentMinWeight { get; init; } = 0.25;

    /// <summary>What geometry and textures may take, and what goes first.</summary>
    public ProximityMemoryOptions Memory { get; init; } = new();

    /// <summary>The second tier: which tiles are streamed mesh by mesh, and how.</summary>
    public OutOfCoreOptions OutOfCore { get; init; } = new();

    /// <summary>Throws when an option makes no sense, naming it.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names option, value and range.</exception>
    internal void Validate()
    {
        const string Share = "more than 0, 1 at most", Seconds = "0 to 1,000,000 s";
        Require(MaxQueryRadius is > 0 and < double.PositiveInfinity, nameof(MaxQueryRadius), MaxQueryRadius, "more than 0 m");
        Require(VelocityLookAheadTime is >= 0 and <= 1e6, nameof(VelocityLookAheadTime), VelocityLookAheadTime, Seconds);
        Require(VelocityLookAheadMinSpeed > 0, nameof(VelocityLookAheadMinSpeed), VelocityLookAheadMinSpeed, "more than 0 m/s");
        Require(TileFrustumGatePadding is >= 0 and < double.PositiveInfinity, nameof(TileFrustumGatePadding), TileFrustumGatePadding, "0 m or more");
        Require(FloorProximityGate > 0, nameof(FloorProximityGate), FloorProximityGate, "more than 0 m");
        Require(LodHysteresisFactor is > 0 and <= 1, nameof(LodHysteresisFactor), LodHysteresisFactor, Share);
        Require(HlodHysteresisFactor is > 0 and <= 1, nameof(HlodHysteresisFactor), HlodHysteresisFactor, Share);
        Require(SecondaryRepresentationMinDwellSeconds is >= 0 and <= 1e6, nameof(SecondaryRepresentationMinDwellSeconds), SecondaryRepresentationMinDwellSeconds, Seconds);
        Require(UnloadGracePeriod is >= 0 and <= 1e6, nameof(UnloadGracePeriod), UnloadGracePeriod, Seconds);
        Require(MinimumParsedTileResidentSeconds is >= 0 and <= 1e6, nameof(MinimumParsedTileResidentSeconds), MinimumParsedTileResidentSeconds, Seconds);
        Require(MaxConcurrentTileLoads >= 1, nameof(MaxConcurrentTileLoads), MaxConcurrentTileLoads, "at least 1");
        Require(MaxConcurrentLodLoads >= 1, nameof(MaxConcurrentLodLoads), MaxConcurrentLodLoads, "at least 1");
        Require(MaxConcurrentHlodLoads >= 1, nameof(MaxConcurrentHlodLoads), MaxConcurrentHlodLoads, "at least 1");
        Require(TileParseMemoryBudgetMB > 0, nameof(TileParseMemoryBudgetMB), TileParseMemoryBudgetMB, "more than 0 MiB");
        Require(MaxTileUnloadsPerUpdate >= 1, nameof(MaxTileUnloadsPerUpdate), MaxTileUnloadsPerUpdate, "at least 1");
        Require(UpdateInterval is >= 0 and <= 1e6, nameof(UpdateInterval), UpdateInterval, Seconds);
        Require(BurstTickInterval >= 0 && BurstTickInterval <= UpdateInterval, nameof(BurstTickInterval), BurstTickInterval, "0 s or more, UpdateInterval at most");
        Require(OcclusionFullThreshold is > 0 and <= 1, nameof(OcclusionFullThreshold), OcclusionFullThreshold, Share);
        Require(HierarchyOcclusionPenalty is > 0 and <= 1, nameof(HierarchyOcclusionPenalty), HierarchyOcclusionPenalty, Share);
        Require(OcclusionMinWeight is > 0 and <= 1, nameof(OcclusionMinWeight), OcclusionMinWeight, Share);
        Require(ViewAlignmentMinWeight is > 0 and <= 1, nameof(ViewAlignmentMinWeight), ViewAlignmentMinWeight, Share);
        Require(Memory is not null, nameof(Memory), "null", "options");
        Memory!.Validate();
        Require(OutOfCore is not null, nameof(OutOfCore), "null", "options");
        OutOfCore!.Validate();

        static void Require(bool holds, string option, object value, string range) => OptionCheck.Require(holds, nameof(ProximityOptions), option, value, range);
    }
}
