using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Brings a manifest scene's geometry and textures back below their marks. Together high: textures shrink, nothing is evicted. Geometry
/// high, or refused: textures shrink, then what no view wants goes by its value, then what tiles hold outside their streaming radius. What is
/// drawn never goes: where that is all there is, the wanted set has to coarsen first.
/// </summary>
internal sealed class PressureRelief(TileTree tree, TileResidency residency, SizeEstimator sizes, MemoryLedger ledger, TextureStage? textures, ViewPoints points, ProximityOptions options)
{
    private readonly List<Candidate> _candidates = [];
    private MemoryCharge _needed, _freed;

    // The greatest score goes first; of equals what was seen longest ago.
    private readonly record struct Candidate(double Score, long LastSeen, ulong Key, int Index) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            if (Score != other.Score)
                return other.Score.CompareTo(Score);
            return LastSeen != other.LastSeen ? LastSeen.CompareTo(other.LastSeen) : Key.CompareTo(other.Key);
        }
    }

    /// <summary>Contents evicted since the start.</summary>
    public long Evicted { get; private set; }

    /// <summary>Whether the last call was to free memory, had nothing to give and expects none back.</summary>
    public bool ReachedNothing { get; private set; }

    /// <summary>Whether textures were asked to shrink and have not yet.</summary>
    public bool IsShedding { get; private set; }

    /// <summary>When something that is protected until a time may go; <see cref="TimeSpan.MaxValue"/> without.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Entries evicted by the last call; the host is to free them.</summary>
    public List<int> Chosen { get; } = [];

    /// <summary>One pass.</summary>
    /// <param name="set">What is wanted.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="isShort">Whether the total is short, and ordinary eviction found nothing, or the system wants memory back.</param>
    public void Relieve(VisibilitySet set, TimeSpan now, bool isShort)
    {
        var memory = options.Memory;
        Chosen.Clear();
        (ReachedNothing, IsShedding, NextDeadline) = (false, false, TimeSpan.MaxValue);
        var over = Math.Max(0, ledger.Used.Geometry - ledger.GeometryMark);
        _needed = new(0, Math.Max(over, ledger.Lack.Geometry), ledger.Lack.Texture);
        if (_needed.Total > 0 || isShort)
            Shed(memory.ShedOnGeometryPressure, now);
        else if (ledger.IsCombinedHigh)
            Shed(memory.ShedOnCombinedPressure, now);
        if (_needed.Total == 0)
            return;
        _freed = Releasing();
        var isAnyReleasing = _freed.Total > 0;
        EvictByValue(set.FrameId, now);
        EvictTileGeometry(set, now);
        ReachedNothing = ledger.Lack.Total > 0 && Chosen.Count == 0 && !isAnyReleasing;
    }

    // One shedding at a time: what it frees is counted once it is free.
    private void Shed(int count, TimeSpan now)
    {
        if (textures is not null)
            IsShedding = textures.IsAnyChanging || textures.Shed(count, now);
    }

    private bool IsEnough => (_freed.Geometry >= _needed.Geometry && _freed.Texture >= _needed.Texture) || Chosen.Count >= options.Memory.MaxEvictionsPerPass;

    // What no view wants: far and large before near and small.
    private void EvictByValue(long frame, TimeSpan now)
    {
        _candidates.Clear();
        for (var index = 0; index < residency.EntryCount && !IsEnough; index++)
        {
            ref var entry = ref residency.Entry(index);
            if (entry.State != ContentState.Resident || !Helps(entry) || !IsUnwanted(entry.Content, frame) || IsYoung(entry, now))
                continue;
            if (!IsSeenNear(entry.Content))
                _candidates.Add(new(ScoreOf(points.DistanceTo(entry.Content), entry.Charge), LastSeen(entry.Content), tree.Contents.Key(entry.Content), index));
        }
        EvictCandidates(now);
    }

    private bool IsSeenNear(int content) => points.DistanceTo(content) <= options.Memory.VisibleEvictionProtectionRadius && points.See(content);

    private double ScoreOf(double distance, in MemoryCharge held) =>
        options.Memory.EvictionDistanceWeight * Math.Min(1, distance / options.MaxQueryRadius)
        + options.Memory.EvictionSizeWeight * Math.Min(1, (double)(held.Geometry + held.Texture) / ledger.GeometryBudget);

    // Full tiles, LODs and HLODs in range that are neither drawn nor wanted, of tiles outside their streaming radius, which would ask for them
    // again at once within it. The farthest first.
    private void EvictTileGeometry(VisibilitySet set, TimeSpan now)
    {
        if (IsEnough || set.Decision is not { Table: { } table } decision)
            return;
        _candidates.Clear();
        foreach (ref readonly var entry in decision.Entries)
        {
            var distance = points.DistanceTo(table.Center[entry.Entry]);
            if (distance <= table.StreamingRadius[entry.Entry] * decision.DetailScale)
                continue;
            var (first, last) = (table.FirstRepresentation[entry.Entry], table.FirstRepresentation[entry.Entry + 1] - 1);
            var tile = ProximityTable.FirstTileOf(tree, decision.Root, entry.Entry);
            for (var i = first; i <= last; i++)
            {
                if (i - first != entry.Wanted && !(i == last && entry.AsksForFull))
                    AddRepresentation(tile, distance, set.FrameId, now);
                if (i < last)
                    tile = tree.LinkArray[tile].FirstChild;
            }
        }
        EvictCandidates(now);
    }

    private void AddRepresentation(int tile, double distance, long frame, TimeSpan now)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            if (index < 0 || residency.Entry(index).State != ContentState.Resident || !Helps(residency.Entry(index)) || !IsSpare(content, tile, frame))
                continue;
            if (!IsYoung(residency.Entry(index), now) && !IsSeenNear(content))
                _candidates.Add(new(distance, LastSeen(content), tree.Contents.Key(content), index));
        }
    }

    // A full tile that has only just come stays for its least time.
    private bool IsYoung(in ContentEntry entry, TimeSpan now)
    {
        var until = entry.Since + TimeSpan.FromSeconds(options.MinimumParsedTileResidentSeconds);
        if (now >= until || Representations.KindOf(tree, tree.Contents.Records[entry.Content].Tile) != RepresentationKind.Full)
            return false;
        NextDeadline = until < NextDeadline ? until : NextDeadline;
        return true;
    }

    private void EvictCandidates(TimeSpan now)
    {
        _candidates.Sort();
        foreach (var candidate in _candidates)
        {
            if (IsEnough)
                return;
            ref var entry = ref residency.Entry(candidate.Index);
            _freed += entry.Charge;
            sizes.Remember(entry.Content, entry.Measured);
            entry.AfterRelease = ContentState.Absent;
            residency.Enter(candidate.Index, ContentState.Releasing, StateReason.Evicted, now);
            Chosen.Add(candidate.Index);
            Evicted++;
        }
    }

    private bool Helps(in ContentEntry entry) => (_needed.Geometry > 0 && entry.Charge.Geometry > 0) || (_needed.Texture > 0 && entry.Charge.Texture > 0);

    private MemoryCharge Releasing()
    {
        var bytes = new MemoryCharge();
        if (residency.CountByState[(int)ContentState.Releasing] == 0)
            return bytes;
        for (var index = 0; index < residency.EntryCount; index++)
        {
            if (residency.Entry(index).State == ContentState.Releasing)
                bytes += residency.Entry(index).Charge;
        }
        return bytes;
    }

    private bool IsUnwanted(int content, long frame)
    {
        if (!IsTileUnwanted(tree.Contents.Records[content].Tile, frame))
            return false;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (!IsTileUnwanted(tile, frame))
                return false;
        }
        return true;
    }

    private bool IsTileUnwanted(int tile, long frame) =>
        residency.SeenFrame[tile] < frame && residency.DrawnFrame[tile] < frame - 1 && residency.DrawableBelow[tile] == 0 && (tree.Links[tile].Flags & TileFlags.Root) == 0;

    // Neither drawn, nor named by another tile that was looked at.
    private bool IsSpare(int content, int tile, long frame)
    {
        var own = tree.Contents.Records[content].Tile;
        if (residency.DrawnFrame[tile] >= frame - 1 || (own != tile && residency.SeenFrame[own] == frame))
            return false;
        foreach (var other in tree.OtherTilesOf(content))
        {
            if (other != tile && residency.SeenFrame[other] == frame)
                return false;
        }
        return true;
    }

    private long LastSeen(int content)
    {
        var last = residency.SeenFrame[tree.Contents.Records[content].Tile];
        foreach (var tile in tree.OtherTilesOf(content))
            last = Math.Max(last, residency.SeenFrame[tile]);
        return last;
    }
}
