namespace Lodestream.Residency;

/// <summary>How urgent a demand is before any priority is compared: lower goes first.</summary>
public enum DemandClass : byte
{
    /// <summary>A root, or an ancestor that covers for much of what is missing: what everything else falls back on.</summary>
    Cover,

    /// <summary>Nothing is drawn where it is wanted: holes first.</summary>
    Uncovered,

    /// <summary>Something coarser is drawn where it is wanted.</summary>
    Refinement,

    /// <summary>Wanted by an optional family, after everything that gates.</summary>
    Optional,

    /// <summary>Not wanted yet.</summary>
    Prefetch,
}
