using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Chooses what to give up when memory is short: never what is drawn, was just seen, is a root, or holds something drawable below;
/// what is far from every view goes before what is near one, and what was seen longest ago first. What is prepared and kept back goes, too,
/// once no view sees it.
/// </summary>
internal sealed class Evictor(TileTree tree, TileResidency residency, SizeEstimator sizes, double retainMargin)
{
    private readonly List<Candidate> _candidates = [];
    private Frustum[] _margins = [];
    private int _marginCount;

    // In the order in which they go.
    private readonly record struct Candidate(bool IsNearView, long LastSeen, ulong Key, int Index) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            if (IsNearView != other.IsNearView)
                return IsNearView ? 1 : -1;
            return LastSeen != other.LastSeen ? LastSeen.CompareTo(other.LastSeen) : Key.CompareTo(other.Key);
        }
    }

    /// <summary>Contents evicted since the start.</summary>
    public long Evicted { get; private set; }

    /// <summary>Whether the last call was asked for memory, had nothing to give and expects none back.</summary>
    public bool ReachedNothing { get; private set; }

    /// <summary>Entries evicted by the last call; the host is to free them.</summary>
    public List<int> Chosen { get; } = [];

    /// <summary>Evicts until so many bytes are on their way to being free, or nothing more can go.</summary>
    /// <param name="bytes">Bytes needed.</param>
    /// <param name="frame">This frame; what was seen in it or drawn in the one before stays.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="views">The cameras: what is near their view goes last.</param>
    public void Evict(long bytes, long frame, TimeSpan now, ReadOnlySpan<View> views)
    {
        Chosen.Clear();
        ReachedNothing = false;
        if (bytes <= 0)
            return;
        PrepareMargins(views);
        var freed = Releasing();
        while (freed < bytes)
        {
            CollectCandidates(frame);
            if (_candidates.Count == 0)
            {
                ReachedNothing = freed == 0;
                return;
            }
            foreach (var (_, _, _, index) in _candidates)
            {
                if (freed >= bytes)
                    return;
                ref var entry = ref residency.Entry(index);
                freed += entry.Charge.Total;
                sizes.Remember(entry.Content, entry.Measured);
                entry.AfterRelease = ContentState.Absent;
                residency.Enter(index, ContentState.Releasing, StateReason.Evicted, now);
                Chosen.Add(index);
                Evicted++;
            }
        }
    }

    /// <summary>Evicts everything that is here or prepared, but what is pinned or just being uploaded.</summary>
    public void EvictAll(TimeSpan now)
    {
        Chosen.Clear();
        for (var i = 0; i < residency.EntryCount; i++)
        {
            ref var entry = ref residency.Entry(i);
            var mayGo = entry.State == ContentState.Resident || (entry.State == ContentState.Ready && !entry.Uploading);
            if (!mayGo || tree.Contents.Records[entry.Content].Format == ContentFormat.Tileset || IsPinned(entry.Content))
                continue;
            entry.AfterRelease = ContentState.Absent;
            residency.Enter(i, ContentState.Releasing, StateReason.Evicted, now);
            Chosen.Add(i);
            Evicted++;
        }
    }

    private bool IsPinned(int content)
    {
        if (IsTilePinned(tree.Contents.Records[content].Tile))
            return true;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (IsTilePinned(tile))
                return true;
        }
        return false;
    }

    private bool IsTilePinned(int tile) =>
        (tree.Links[tile].Flags & TileFlags.Root) != 0
        || (ProximityTable.Of(tree, tile) is { } table && ProximityTable.EntryOf(tree, tile) is >= 0 and var entry && table.IsShared[entry]);

    // Memory that is coming back anyway.
    private long Releasing()
    {
        long bytes = 0;
        if (residency.CountByState[(int)ContentState.Releasing] == 0)
            return 0;
        for (var i = 0; i < residency.EntryCount; i++)
        {
            if (residency.Entry(i).State == ContentState.Releasing)
                bytes += residency.Entry(i).Charge.Total;
        }
        return bytes;
    }

    private void CollectCandidates(long frame)
    {
        _candidates.Clear();
        for (var i = 0; i < residency.EntryCount; i++)
        {
            ref var entry = ref residency.Entry(i);
            // What counts as topology and holds memory is a payload's copy, which goes with its topology.
            if (entry.Charge.Total > 0 && tree.Contents.Records[entry.Content].Format != ContentFormat.Tileset && (entry.State == ContentState.Resident ? MayGo(entry.Content, frame) : entry.HeldBack && IsUnseen(entry.Content, frame)))
                _candidates.Add(new(IsNearView(entry.Content), LastSeen(entry.Content), tree.Contents.Key(entry.Content), i));
        }
        _candidates.Sort();
    }

    private void PrepareMargins(ReadOnlySpan<View> views)
    {
        if (_margins.Length < views.Length)
            _margins = new Frustum[views.Length];
        _marginCount = 0;
        for (var i = 0; i < views.Length; i++)
        {
            // What a sphere wants is seen by it, and what it does not want is not near its view.
            if (views[i].Kind == ViewKind.Camera)
                _margins[_marginCount++] = views[i].Frustum(DeterministicMath.Tan(views[i].FovY / 2) * retainMargin);
        }
    }

    // A content is as near as the nearest of the tiles that share it, and was seen when the last of them was.
    private bool IsNearView(int content)
    {
        if (IsTileNearView(tree.Contents.Records[content].Tile))
            return true;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (IsTileNearView(tile))
                return true;
        }
        return false;
    }

    private bool IsTileNearView(int tile)
    {
        var volume = tree.Volume(tile);
        for (var i = 0; i < _marginCount; i++)
        {
            if (_margins[i].Intersects(volume))
                return true;
        }
        return false;
    }

    private long LastSeen(int content)
    {
        var last = residency.SeenFrame[tree.Contents.Records[content].Tile];
        foreach (var tile in tree.OtherTilesOf(content))
            last = Math.Max(last, residency.SeenFrame[tile]);
        return last;
    }

    private bool MayGo(int content, long frame)
    {
        if (!TileMayGo(tree.Contents.Records[content].Tile, frame))
            return false;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (!TileMayGo(tile, frame))
                return false;
        }
        return true;
    }

    // What is prepared and kept back is not drawn and holds nothing up once no view sees its tiles.
    private bool IsUnseen(int content, long frame) => residency.Entry(residency.Find(content)).State == ContentState.Ready && LastSeen(content) < frame;

    private bool TileMayGo(int tile, long frame) =>
        residency.SeenFrame[tile] < frame && residency.DrawnFrame[tile] < frame - 1 && residency.DrawableBelow[tile] == 0
        && (tree.Links[tile].Flags & TileFlags.Root) == 0;
}
