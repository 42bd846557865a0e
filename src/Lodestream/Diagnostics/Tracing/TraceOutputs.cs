namespace Lodestream.Diagnostics;

/// <summary>What crossed a port.</summary>
internal enum OutputKind : byte
{
    RequestStarted,
    RequestCancelled,
    PreparationStarted,
    PreparationGranted,
    PreparationSupplied,
    PreparationCancelled,
    Uploaded,
    Shown,
    Hidden,
    Replaced,
    Freed,
    TexturesSet,
}

/// <summary>One thing a streamer told a port.</summary>
/// <param name="Kind">What.</param>
/// <param name="Id">Number of the request or the preparation; 0 where there is none.</param>
/// <param name="Index">Index of the content; of what is shown and hidden, the region.</param>
/// <param name="Source">Of what is shown, the source.</param>
/// <param name="Detail">Reason, child mask, or whether the request is for a file (1) and past caches (2).</param>
/// <param name="Contents">Of what is shown, the source's contents.</param>
internal readonly record struct TraceOutput(OutputKind Kind, long Id, int Index, int Source = 0, byte Detail = 0, uint Contents = 0)
{
    public TracePart Part => Kind switch
    {
        OutputKind.RequestStarted or OutputKind.RequestCancelled => TracePart.Requests,
        OutputKind.Uploaded or OutputKind.TexturesSet => TracePart.Uploads,
        OutputKind.Shown or OutputKind.Hidden or OutputKind.Replaced => TracePart.Commit,
        OutputKind.Freed => TracePart.Frees,
        _ => TracePart.Preparations,
    };
}

/// <summary>A frame's figures, as they are compared.</summary>
internal struct TraceFigures()
{
    public UInt128 Signature;
    public int Wanted;
    public int Labels;
    public ulong LabelHash;
    public FrameDecision Decision;
    public long Cpu, Geometry, Texture;
    public double DetailScale = 1, PrimaryGeometric, PrimaryRaster, UnderlayGeometric, UnderlayRaster;
}

/// <summary>All that a streamer put out in one frame.</summary>
internal sealed class TraceOutputs
{
    /// <summary>What crossed the ports, in order.</summary>
    public List<TraceOutput> Items { get; } = new(64);

    /// <summary>The parts' hashes; 0 where there was nothing.</summary>
    public ulong[] Hashes { get; } = new ulong[TraceHash.Parts];

    public TraceFigures Figures = new();
}
