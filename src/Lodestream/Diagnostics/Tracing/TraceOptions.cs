using Lodestream.Presentation.Labels;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>A streamer's options in a recording, all of them, in the order below.</summary>
internal static class TraceOptions
{
    /// <summary>Writes a streamer's options.</summary>
    /// <exception cref="ArgumentException">The policy or the priority model is not Lodestream's own; the message names it.</exception>
    public static void Write(StreamerOptions options, TraceBuffer to)
    {
        Pass(options, new(to));
        TraceModels.Write(options, to);
    }

    public static void Write(PyramidOptions options, TraceBuffer to) => Pass(options, new(to));

    public static void Write(ProximityOptions options, TraceBuffer to) => Pass(options, new(to));

    public static StreamerOptions Read(TraceInput from)
    {
        var options = TraceModels.Read(Pass(new StreamerOptions(), new(from)), from);
        Check(options.Validate, from);
        return options;
    }

    public static PyramidOptions ReadPyramid(TraceInput from)
    {
        var options = Pass(new PyramidOptions(), new(from));
        Check(options.Validate, from);
        return options;
    }

    public static ProximityOptions ReadProximity(TraceInput from)
    {
        var options = Pass(new ProximityOptions(), new(from));
        Check(options.Validate, from);
        return options;
    }

    private static void Check(Action validate, TraceInput from)
    {
        try
        {
            validate();
        }
        catch (ArgumentException e)
        {
            throw from.Damage(e.Message);
        }
    }

    private static StreamerOptions Pass(StreamerOptions options, TraceFields through) => new()
    {
        MaximumRequests = through.Int(options.MaximumRequests),
        MaximumRequestsPerHost = through.Int(options.MaximumRequestsPerHost),
        MemoryBudgetBytes = through.Long(options.MemoryBudgetBytes),
        RetainMargin = through.Real(options.RetainMargin),
        HostHasMasks = through.Flag(options.HostHasMasks),
        FailedLeaves = through.Member(options.FailedLeaves),
        UploadBudgetMs = through.Real(options.UploadBudgetMs),
        TopologyTilesPerTick = through.Int(options.TopologyTilesPerTick),
        MaximumTilesetDepth = through.Int(options.MaximumTilesetDepth),
        MaximumFilesPerContent = through.Int(options.MaximumFilesPerContent),
        PrepareTimeoutSeconds = through.Real(options.PrepareTimeoutSeconds),
        FirstParseBackoffSeconds = through.Real(options.FirstParseBackoffSeconds),
        LongestParseBackoffSeconds = through.Real(options.LongestParseBackoffSeconds),
        UnloadTopologyAfterSeconds = through.Real(options.UnloadTopologyAfterSeconds),
        MaximumParseAttempts = through.Int(options.MaximumParseAttempts),
        AdaptiveWindow = through.Flag(options.AdaptiveWindow),
        FillInFrom = through.Int(options.FillInFrom),
        Seed = through.Word(options.Seed),
        RequiredFamilies = through.Families(options.RequiredFamilies),
        Prediction = Pass(options.Prediction, through),
        Hosts = Pass(options.Hosts, through),
        Labels = Pass(options.Labels, through),
        Pyramid = through.Optional(options.Pyramid, Pass),
        Proximity = through.Optional(options.Proximity, Pass),
    };

    private static PredictionOptions Pass(PredictionOptions options, TraceFields through) => new()
    {
        LookAheadSeconds = through.Real(options.LookAheadSeconds),
        PrefetchSeconds = through.Real(options.PrefetchSeconds),
        PrefetchConfidence = through.Real(options.PrefetchConfidence),
        SmoothingSeconds = through.Real(options.SmoothingSeconds),
        HalfTrustTurn = through.Real(options.HalfTrustTurn),
        JumpShare = through.Real(options.JumpShare),
    };

    private static HostHealthOptions Pass(HostHealthOptions options, TraceFields through) => new()
    {
        FirstBackoff = through.Real(options.FirstBackoff),
        LongestBackoff = through.Real(options.LongestBackoff),
        MaximumAttempts = through.Int(options.MaximumAttempts),
        BreakerThreshold = through.Int(options.BreakerThreshold),
        BreakerPause = through.Real(options.BreakerPause),
        RetryBudget = through.Real(options.RetryBudget),
        RetriesPerSuccess = through.Real(options.RetriesPerSuccess),
        RetriesPerSecond = through.Real(options.RetriesPerSecond),
        ConnectTimeout = through.Real(options.ConnectTimeout),
        FirstByteTimeout = through.Real(options.FirstByteTimeout),
        StallTimeout = through.Real(options.StallTimeout),
    };

    private static LabelOptions Pass(LabelOptions options, TraceFields through) => new()
    {
        FadeMs = through.Real(options.FadeMs),
        MarginPx = through.Real(options.MarginPx),
        SpacingPx = through.Real(options.SpacingPx),
        RestMs = through.Real(options.RestMs),
        MaximumShown = through.Int(options.MaximumShown),
        HostTestsSight = through.Flag(options.HostTestsSight),
    };

    private static PyramidOptions Pass(PyramidOptions options, TraceFields through) => new()
    {
        TargetTileWidthPx = through.Real(options.TargetTileWidthPx),
        FootprintMargin = through.Real(options.FootprintMargin),
        FocalRadius = through.Real(options.FocalRadius ?? 0) is var radius && radius != 0 ? radius : null,
        ScreenAreaWeight = through.Real(options.ScreenAreaWeight),
        DepthPenaltyPerLevel = through.Real(options.DepthPenaltyPerLevel),
        ForegroundBias = through.Real(options.ForegroundBias),
    };

    private static ProximityOptions Pass(ProximityOptions options, TraceFields through) => new()
    {
        MaxQueryRadius = through.Real(options.MaxQueryRadius),
        VelocityLookAheadTime = through.Real(options.VelocityLookAheadTime),
        VelocityLookAheadMinSpeed = through.Real(options.VelocityLookAheadMinSpeed),
        TileFrustumGatePadding = through.Real(options.TileFrustumGatePadding),
        FloorProximityGate = through.Real(options.FloorProximityGate),
        LodHysteresisFactor = through.Real(options.LodHysteresisFactor),
        HlodHysteresisFactor = through.Real(options.HlodHysteresisFactor),
        SecondaryRepresentationMinDwellSeconds = through.Real(options.SecondaryRepresentationMinDwellSeconds),
        UnloadGracePeriod = through.Real(options.UnloadGracePeriod),
        MinimumParsedTileResidentSeconds = through.Real(options.MinimumParsedTileResidentSeconds),
        MaxConcurrentTileLoads = through.Int(options.MaxConcurrentTileLoads),
        MaxConcurrentLodLoads = through.Int(options.MaxConcurrentLodLoads),
        MaxConcurrentHlodLoads = through.Int(options.MaxConcurrentHlodLoads),
        TileParseMemoryBudgetMB = through.Real(options.TileParseMemoryBudgetMB),
        MaxTileUnloadsPerUpdate = through.Int(options.MaxTileUnloadsPerUpdate),
        UpdateInterval = through.Real(options.UpdateInterval),
        BurstTickInterval = through.Real(options.BurstTickInterval),
        EnableImportanceSort = through.Flag(options.EnableImportanceSort),
        EnableOcclusionSort = through.Flag(options.EnableOcclusionSort),
        OcclusionFullThreshold = through.Real(options.OcclusionFullThreshold),
        HierarchyOcclusionPenalty = through.Real(options.HierarchyOcclusionPenalty),
        OcclusionMinWeight = through.Real(options.OcclusionMinWeight),
        ViewAlignmentMinWeight = through.Real(options.ViewAlignmentMinWeight),
        Memory = Pass(options.Memory, through),
        OutOfCore = Pass(options.OutOfCore, through),
    };

    private static ProximityMemoryOptions Pass(ProximityMemoryOptions options, TraceFields through) => new()
    {
        GeometryBudgetBytes = through.Long(options.GeometryBudgetBytes),
        TextureBudgetBytes = through.Long(options.TextureBudgetBytes),
        HighWaterMark = through.Real(options.HighWaterMark),
        EvictionDistanceWeight = through.Real(options.EvictionDistanceWeight),
        EvictionSizeWeight = through.Real(options.EvictionSizeWeight),
        VisibleEvictionProtectionRadius = through.Real(options.VisibleEvictionProtectionRadius),
        MaxEvictionsPerPass = through.Int(options.MaxEvictionsPerPass),
        ShedOnCombinedPressure = through.Int(options.ShedOnCombinedPressure),
        ShedOnGeometryPressure = through.Int(options.ShedOnGeometryPressure),
        Textures = through.Optional(options.Textures, Pass),
    };

    private static TextureTierOptions Pass(TextureTierOptions options, TraceFields through) => new()
    {
        UpgradeRadius = through.Real(options.UpgradeRadius),
        DowngradeRadius = through.Real(options.DowngradeRadius),
        DeadBand = through.Real(options.DeadBand),
        MediumPixels = through.Int(options.MediumPixels),
        MinimumPixels = through.Int(options.MinimumPixels),
        TickInterval = through.Real(options.TickInterval),
        MaxConcurrentChanges = through.Int(options.MaxConcurrentChanges),
        ShedHoldSeconds = through.Real(options.ShedHoldSeconds),
    };

    private static OutOfCoreOptions Pass(OutOfCoreOptions options, TraceFields through) => new()
    {
        Policy = through.Member(options.Policy),
        MinimumMeshes = through.Int(options.MinimumMeshes),
        MaximumGeometryShare = through.Real(options.MaximumGeometryShare),
        FrustumGatePadding = through.Real(options.FrustumGatePadding),
        NearBandShare = through.Real(options.NearBandShare),
        MaxConcurrentLoads = through.Int(options.MaxConcurrentLoads),
        NearBandMaxConcurrentLoads = through.Int(options.NearBandMaxConcurrentLoads),
        MaxUnloadsPerUpdate = through.Int(options.MaxUnloadsPerUpdate),
        MeshLoadTimeoutSeconds = through.Real(options.MeshLoadTimeoutSeconds),
        UsableShare = through.Real(options.UsableShare),
    };
}
