namespace Lodestream.Diagnostics;

/// <summary>What happened and what is, after a tick. Counters run from the start.</summary>
public sealed class StreamerStatistics
{
    /// <summary>Ticks.</summary>
    public long Frames { get; internal set; }

    /// <summary>Tiles wanted.</summary>
    public int Wanted { get; internal set; }

    /// <summary>Wanted tiles with contents of which not all required ones are here.</summary>
    public int NotYetResident { get; internal set; }

    /// <summary>Items on screen.</summary>
    public int Drawn { get; internal set; }

    /// <summary>Bounding volumes tested by the last selection.</summary>
    public int Touched { get; internal set; }

    /// <summary>Requests under way.</summary>
    public int InFlight { get; internal set; }

    /// <summary>The most requests ever under way.</summary>
    public int PeakInFlight { get; internal set; }

    /// <summary>Requests waiting for a slot.</summary>
    public int Queued { get; internal set; }

    /// <summary>Contents being prepared.</summary>
    public int Preparing { get; internal set; }

    /// <summary>Attempts started.</summary>
    public long Requested { get; internal set; }

    /// <summary>Attempts called off.</summary>
    public long Cancelled { get; internal set; }

    /// <summary>Attempts that were not a content's first.</summary>
    public long Retries { get; internal set; }

    /// <summary>Asks that joined another one's for the same content.</summary>
    public long CoalescedHits { get; internal set; }

    /// <summary>Breakers opened.</summary>
    public int BreakerOpenings { get; internal set; }

    /// <summary>Bytes that came, as far as the transport told: those of an attempt that was called off or timed out count up to its last report.</summary>
    public long BytesFetched { get; internal set; }

    /// <summary>Contents evicted: given up because memory was short.</summary>
    public long Evicted { get; internal set; }

    /// <summary>Contents given back as soon as they were uploaded, because showing them would have hidden what was shown; no eviction.</summary>
    public long GivenBack { get; internal set; }

    /// <summary>Contents of manifest tiles given back because distance had ended wanting them, since the start; no eviction.</summary>
    public long TornDown { get; internal set; }

    /// <summary>How often everything was unloaded on demand, since the start (<see cref="TileStreamer.ForceUnloadAll"/>).</summary>
    public long ForcedUnloads { get; internal set; }

    /// <summary>Contents wanted in this tick that were put behind others because a region of the manifest that holds them is hidden by nearer tiles.</summary>
    public int HierGateSkip { get; internal set; }

    /// <summary>Manifest tiles that are streamed mesh by mesh, by how much of them is here.</summary>
    public VisualStateCounts OutOfCore { get; internal set; }

    /// <summary>Bytes that the copies of their payloads hold in main memory; part of <see cref="CpuBytes"/>.</summary>
    public long CopyBytes { get; internal set; }

    /// <summary>Such copies given back, since the start.</summary>
    public long CopiesReleased { get; internal set; }

    /// <summary>Meshes that were taken from such copies, since the start: no requests.</summary>
    public long MeshesStarted { get; internal set; }

    /// <summary>Commits that changed something.</summary>
    public long Commits { get; internal set; }

    /// <summary>Memory charged now, bytes: in flight, decoding, prepared.</summary>
    public long CpuBytes { get; internal set; }

    /// <summary>Contents that are here and of which a newer version is known.</summary>
    public int Stale { get; internal set; }

    /// <summary>Contents whose newer version took the place of the one that was here, since the start.</summary>
    public long Superseded { get; internal set; }

    /// <summary>Memory charged now, bytes: vertex and index buffers.</summary>
    public long GpuGeometryBytes { get; internal set; }

    /// <summary>Memory charged now, bytes: textures.</summary>
    public long GpuTextureBytes { get; internal set; }

    /// <summary>The most memory ever charged, bytes.</summary>
    public long PeakBytes { get; internal set; }

    /// <summary>The budget, bytes.</summary>
    public long BudgetBytes { get; internal set; }

    /// <summary>What of it geometry may take, bytes; all of it but in manifest scenes.</summary>
    public long GeometryBudgetBytes { get; internal set; }

    /// <summary>What of it textures may take, bytes; all of it but in manifest scenes.</summary>
    public long TextureBudgetBytes { get; internal set; }

    /// <summary>Contents whose textures follow the distance and have their native size, as of the last look at them.</summary>
    public int FullTextures { get; internal set; }

    /// <summary>The same, at medium size.</summary>
    public int MediumTextures { get; internal set; }

    /// <summary>The same, at the least size.</summary>
    public int MinimumTextures { get; internal set; }

    /// <summary>Contents whose textures the host made larger, since the start.</summary>
    public long TexturesRaised { get; internal set; }

    /// <summary>Contents whose textures the host made smaller, since the start.</summary>
    public long TexturesLowered { get; internal set; }

    /// <summary>Divides the views' target error so that what is wanted fits the budget; 1 when it does.</summary>
    public double DetailScale { get; internal set; } = 1;

    /// <summary>Greatest geometric error on screen of tiles drawn for themselves, pixels.</summary>
    public double PrimaryGeometricSsePx { get; internal set; }

    /// <summary>Greatest raster error on screen of tiles drawn for themselves, pixels.</summary>
    public double PrimaryRasterSsePx { get; internal set; }

    /// <summary>Greatest geometric error on screen of tiles that fill in for others, pixels.</summary>
    public double UnderlayGeometricSsePx { get; internal set; }

    /// <summary>Greatest raster error on screen of tiles that fill in for others, pixels.</summary>
    public double UnderlayRasterSsePx { get; internal set; }

    /// <summary>
    /// Whether everything wanted is drawn, or has failed for good: every content of an enabled family of every wanted tile, optional families'
    /// included, and wanted topology.
    /// </summary>
    public bool Settled { get; internal set; }
}
