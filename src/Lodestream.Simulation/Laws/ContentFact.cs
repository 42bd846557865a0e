namespace Lodestream.Simulation.Laws;

/// <summary>Where a content is, seen from outside the core.</summary>
internal enum OutsideState : byte
{
    Absent,
    InFlight,
    Fetched,
    Preparing,
    Prepared,
    Uploading,
    Uploaded,
    Releasing,

    /// <summary>A payload in main memory, from which meshes are taken.</summary>
    Kept,
}

/// <summary>What is known of a content from outside the core: from what was asked, answered, commanded and acknowledged.</summary>
internal sealed class ContentFact
{
    public ulong Key;
    public OutsideState State;
    public long RequestId, Ticket;

    /// <summary>Bytes of main and of GPU memory the device holds for it.</summary>
    public long Cpu, Geometry, Texture;

    public long MeasuredCpu, MeasuredGeometry, MeasuredTexture;
    /// <summary>Textures at their other sizes, from the least; 0 where they have one.</summary>
    public long MinimumTexture, MediumTexture, FullTexture;

    /// <summary>The size the host was asked for, and how large that is; null while nothing is asked.</summary>
    public long? AskedTexture;

    /// <summary>What they took before that.</summary>
    public long TextureBefore;

    public long ReportedBytes;
    public bool IsMeasured;

    /// <summary>Topology: it was in the tree, so that it can have been unloaded.</summary>
    public bool WasExpanded;

    /// <summary>Failures since the last success.</summary>
    public int NetworkFailures, ParseFailures;

    /// <summary>No retry is due: it does not exist, cannot be decoded, or failed too often.</summary>
    public bool ForGood;

    /// <summary>A newer version was announced than this one.</summary>
    public bool IsStale;

    /// <summary>The newer version, on its way.</summary>
    public ContentFact? Incoming;

    /// <summary>A newer version took its place on screen.</summary>
    public bool IsReplaced;

    /// <summary>Fetched, and a newer version was announced: if nobody takes the answer, its failures count no more.</summary>
    public bool IsForgiven;

    /// <summary>While releasing: it failed for good, and counts as failed once its memory is back.</summary>
    public bool IsGivenUp;

    /// <summary>A newer version comes beside it, not in its place.</summary>
    public bool StaysUntilReplaced => State == OutsideState.Uploaded || (State == OutsideState.Absent && ForGood);

    /// <summary>What it took the place of when it was uploaded, and what is back if it is given back at once.</summary>
    public ContentFact? TookPlaceOf;

    /// <summary>Bytes of files it depends on that came and were not handed over yet.</summary>
    public long FileBytes;

    /// <summary>Failures of files it depends on since all of them came.</summary>
    public int FileFailures;

    /// <summary>The files it can do without.</summary>
    public readonly HashSet<string> OptionalFiles = [];

    public long Held => Cpu + Geometry + Texture;
}
