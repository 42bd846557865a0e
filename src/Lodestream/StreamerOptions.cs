using Lodestream.Presentation.Labels;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream;

/// <summary>What to do about a leaf that failed for good where its ancestor cannot be drawn around its siblings.</summary>
public enum FailedLeafRule : byte
{
    /// <summary>The ancestor stays drawn for all of them: coarse, but whole.</summary>
    Coarse,

    /// <summary>The siblings are drawn, the failed leaf is a hole.</summary>
    Hole,
}

/// <summary>Options of a <see cref="TileStreamer"/>. Validated once, when the streamer is made.</summary>
public sealed record StreamerOptions
{
    // Stand for what Pyramid asks for, which is known only once all is set.
    private static readonly Func<ISelectionPolicy> UnsetPolicy = static () => new ScreenSpaceErrorPolicy();
    private static readonly Func<IPriorityModel> UnsetPriorities = static () => new GainOrder();

    /// <summary>Requests in flight at most, in all. Default 24 (ours): three hosts' worth; more only waits in line and cannot be reordered any more.</summary>
    public int MaximumRequests { get; init; } = 24;

    /// <summary>Requests in flight at most, per host. Default 8 (ours): a little more than the six connections browsers allow a host over HTTP/1.1.</summary>
    public int MaximumRequestsPerHost { get; init; } = 8;

    /// <summary>Memory the streamer may cause to be used, bytes, all accounts together. Default 512 MiB.</summary>
    public long MemoryBudgetBytes { get; init; } = 512L << 20;

    /// <summary>Contents this many times the viewport's half size away are kept before others. Default 1.75 (ours): less and a turn of the head fetches again, more and the budget goes to what is not seen.</summary>
    public double RetainMargin { get; init; } = 1.75;

    /// <summary>Whether the host discards fragments by child mask and region cell. Without it a tile is replaced by all its children at once.</summary>
    public bool HostHasMasks { get; init; } = true;

    /// <summary>What to do about failed leaves where masks are impossible. Default: stay coarse.</summary>
    public FailedLeafRule FailedLeaves { get; init; } = FailedLeafRule.Coarse;

    /// <summary>Milliseconds of uploads per tick, by predicted cost; one upload always goes. Default 4.</summary>
    public double UploadBudgetMs { get; init; } = 4;

    /// <summary>Tiles of new topology placed in the tree per tick; bounds what a large document costs a frame. Default unlimited, which suits native hosts.</summary>
    public int TopologyTilesPerTick { get; init; } = int.MaxValue;

    /// <summary>Greatest depth of tilesets within tilesets. Default 32.</summary>
    public int MaximumTilesetDepth { get; init; } = 32;

    /// <summary>Files a content may depend on. Default 1024 (ours): more is a damaged file.</summary>
    public int MaximumFilesPerContent { get; init; } = 1024;

    /// <summary>Longest a preparation may take, seconds, network and waiting for memory excluded. Default 60 (ours): far beyond what a large content takes on a slow processor.</summary>
    public double PrepareTimeoutSeconds { get; init; } = 60;

    /// <summary>Wait before a content that could not be decoded is fetched again, seconds; doubles. Default 5 (ours): a file that is being replaced is whole by then.</summary>
    public double FirstParseBackoffSeconds { get; init; } = 5;

    /// <summary>Longest such wait, seconds. Default 60 (ours).</summary>
    public double LongestParseBackoffSeconds { get; init; } = 60;

    /// <summary>Topology from a document of its own that nothing has seen for so many seconds is unloaded. Default 120 (ours).</summary>
    public double UnloadTopologyAfterSeconds { get; init; } = 120;

    /// <summary>Times a content may fail to decode before it counts as failed for good. Default 4 (ours).</summary>
    public int MaximumParseAttempts { get; init; } = 4;

    /// <summary>Keeps no more in flight than bandwidth × delay asks for, so that decisions are made late. Default true; the caps hold either way.</summary>
    public bool AdaptiveWindow { get; init; } = true;

    /// <summary>Selects by one level for what is looked at (<see cref="PyramidPolicy"/>), loaded in the order that goes with it (<see cref="PyramidPriority"/>). Null (default): by screen-space error.</summary>
    public PyramidOptions? Pyramid { get; init; }

    /// <summary>Selects by distance, for manifest scenes (<see cref="ProximityPolicy"/>), loaded in the order that goes with it (<see cref="ProximityPriority"/>). Null (default): not so.</summary>
    public ProximityOptions? Proximity { get; init; }

    /// <summary>Makes what says which tiles are wanted; a streamer has one of its own. Default: refinement by screen-space error (<see cref="ScreenSpaceErrorPolicy"/>), or the policy that <see cref="Pyramid"/> or <see cref="Proximity"/> asks for.</summary>
    public Func<ISelectionPolicy> Policy
    {
        get => field != UnsetPolicy ? field : (Pyramid, Proximity) switch
        {
            ({ } pyramid, _) => () => new PyramidPolicy(pyramid, HostHasMasks),
            (_, { } proximity) => () => new ProximityPolicy(proximity),
            _ => UnsetPolicy,
        };
        init => field = value;
    } = UnsetPolicy;

    /// <summary>Makes what orders what is wanted and not here; a streamer has one of its own. Default: gain over bytes (<see cref="GainOrder"/>); with <see cref="Pyramid"/> or <see cref="Proximity"/>, its own (<see cref="PyramidPriority"/>, <see cref="ProximityPriority"/>).</summary>
    public Func<IPriorityModel> Priorities
    {
        get => field != UnsetPriorities ? field : (Pyramid, Proximity) switch
        {
            ({ } pyramid, _) => () => new PyramidPriority(pyramid),
            (_, { } proximity) => () => new ProximityPriority(proximity),
            _ => UnsetPriorities,
        };
        init => field = value;
    } = UnsetPriorities;

    /// <summary>
    /// So many missing tiles below one that is not wanted itself make it worth fetching to fill in for them. Default 8 (ours: it halves the
    /// error integral on the bench flight).
    /// </summary>
    public int FillInFrom { get; init; } = 8;

    /// <summary>How cameras are predicted.</summary>
    public PredictionOptions Prediction { get; init; } = new();

    /// <summary>How hosts' failures are dealt with.</summary>
    public HostHealthOptions Hosts { get; init; } = new();

    /// <summary>How labels are chosen and shown.</summary>
    public LabelOptions Labels { get; init; } = new();

    /// <summary>Seed of the jitter in retries. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Families a tile waits for before it is drawn. Default: terrain, water, feature and mesh.</summary>
    public FamilySet RequiredFamilies { get; init; } = FamilySet.Of(ContentFamily.Mesh, ContentFamily.Terrain, ContentFamily.Water, ContentFamily.Feature);

    /// <summary>Throws when an option makes no sense, naming it.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names option, value and range.</exception>
    internal void Validate()
    {
        const string Times = "more than 0 s, 1,000,000 s at most";
        Require(MaximumRequests is >= 1 and <= 1024, nameof(MaximumRequests), MaximumRequests, "1 to 1024");
        Require(MaximumRequestsPerHost is >= 1 and <= 1024, nameof(MaximumRequestsPerHost), MaximumRequestsPerHost, "1 to 1024");
        Require(MemoryBudgetBytes > 0, nameof(MemoryBudgetBytes), MemoryBudgetBytes, "more than 0 bytes");
        Require(RetainMargin is >= 1 and <= 4, nameof(RetainMargin), RetainMargin, "1 to 4");
        Require(Policy is not null, nameof(Policy), "null", "what makes a policy");
        Require(Priorities is not null, nameof(Priorities), "null", "what makes a priority model");
        Pyramid?.Validate();
        Proximity?.Validate();
        Require(Pyramid is null || Proximity is null, nameof(Proximity), "set", "nothing beside Pyramid: one policy selects");
        Require(FillInFrom >= 2, nameof(FillInFrom), FillInFrom, "2 or more");
        Require(Enum.IsDefined(FailedLeaves), nameof(FailedLeaves), FailedLeaves, "Coarse or Hole");
        Require(Prediction is not null, nameof(Prediction), "null", "options");
        Require(Hosts is not null, nameof(Hosts), "null", "options");
        Require(Prediction!.LookAheadSeconds is >= 0 and <= 1e6, "Prediction.LookAheadSeconds", Prediction.LookAheadSeconds, "0 to 1,000,000 s");
        Require(Prediction.PrefetchConfidence is >= 0 and <= 1, "Prediction.PrefetchConfidence", Prediction.PrefetchConfidence, "0 to 1");
        Require(IsTime(Prediction.SmoothingSeconds), "Prediction.SmoothingSeconds", Prediction.SmoothingSeconds, Times);
        Require(Prediction.HalfTrustTurn > 0, "Prediction.HalfTrustTurn", Prediction.HalfTrustTurn, "more than 0 radians");
        Require(Prediction.JumpShare > 0, "Prediction.JumpShare", Prediction.JumpShare, "more than 0");
        Require(Prediction.PrefetchSeconds is >= 0 and <= 10, "Prediction.PrefetchSeconds", Prediction.PrefetchSeconds, "0 to 10 s");
        Require(IsTime(Hosts!.FirstBackoff), "Hosts.FirstBackoff", Hosts.FirstBackoff, Times);
        Require(Hosts.LongestBackoff >= Hosts.FirstBackoff && IsTime(Hosts.LongestBackoff), "Hosts.LongestBackoff", Hosts.LongestBackoff, $"{Times}, at least Hosts.FirstBackoff");
        Require(Hosts.MaximumAttempts is >= 1 and <= 200, "Hosts.MaximumAttempts", Hosts.MaximumAttempts, "1 to 200");
        Require(Hosts.BreakerThreshold >= 1, "Hosts.BreakerThreshold", Hosts.BreakerThreshold, "at least 1");
        Require(IsTime(Hosts.BreakerPause), "Hosts.BreakerPause", Hosts.BreakerPause, Times);
        Require(Hosts.RetryBudget >= 0, "Hosts.RetryBudget", Hosts.RetryBudget, "0 or more");
        Require(Hosts.RetriesPerSuccess >= 0, "Hosts.RetriesPerSuccess", Hosts.RetriesPerSuccess, "0 or more");
        Require(Hosts.RetriesPerSecond > 0, "Hosts.RetriesPerSecond", Hosts.RetriesPerSecond, "more than 0");
        Require(IsTime(Hosts.ConnectTimeout), "Hosts.ConnectTimeout", Hosts.ConnectTimeout, Times);
        Require(IsTime(Hosts.FirstByteTimeout), "Hosts.FirstByteTimeout", Hosts.FirstByteTimeout, Times);
        Require(IsTime(Hosts.StallTimeout), "Hosts.StallTimeout", Hosts.StallTimeout, Times);
        Require(UploadBudgetMs > 0, nameof(UploadBudgetMs), UploadBudgetMs, "more than 0 ms");
        Require(TopologyTilesPerTick >= 1, nameof(TopologyTilesPerTick), TopologyTilesPerTick, "at least 1");
        Require(IsTime(PrepareTimeoutSeconds), nameof(PrepareTimeoutSeconds), PrepareTimeoutSeconds, Times);
        Require(IsTime(FirstParseBackoffSeconds), nameof(FirstParseBackoffSeconds), FirstParseBackoffSeconds, Times);
        Require(LongestParseBackoffSeconds >= FirstParseBackoffSeconds && IsTime(LongestParseBackoffSeconds), nameof(LongestParseBackoffSeconds), LongestParseBackoffSeconds, $"{Times}, at least FirstParseBackoffSeconds");
        Require(IsTime(UnloadTopologyAfterSeconds), nameof(UnloadTopologyAfterSeconds), UnloadTopologyAfterSeconds, Times);
        Require(MaximumParseAttempts is >= 1 and <= 100, nameof(MaximumParseAttempts), MaximumParseAttempts, "1 to 100");
        Require(MaximumFilesPerContent >= 1, nameof(MaximumFilesPerContent), MaximumFilesPerContent, "at least 1");
        Require(Labels is not null, nameof(Labels), "null", "options");
        Require(Labels!.FadeMs is >= 0 and <= 60_000, "Labels.FadeMs", Labels.FadeMs, "0 to 60,000 ms");
        Require(Labels.RestMs is >= 0 and <= 60_000, "Labels.RestMs", Labels.RestMs, "0 to 60,000 ms");
        Require(Labels.MarginPx is >= 0 and <= 1000, "Labels.MarginPx", Labels.MarginPx, "0 to 1,000 px");
        Require(Labels.SpacingPx is >= 0 and <= 1000, "Labels.SpacingPx", Labels.SpacingPx, "0 to 1,000 px");
        Require(Labels.MaximumShown >= 0, "Labels.MaximumShown", Labels.MaximumShown, "0 or more");
        Require(MaximumTilesetDepth is >= 1 and <= 1000, nameof(MaximumTilesetDepth), MaximumTilesetDepth, "1 to 1000");

        // Deadlines are added to the clock's time: they must stay within what a TimeSpan holds.
        static bool IsTime(double seconds) => seconds is > 0 and <= 1e6;

        static void Require(bool holds, string option, object value, string range) => OptionCheck.Require(holds, nameof(StreamerOptions), option, value, range);
    }
}
