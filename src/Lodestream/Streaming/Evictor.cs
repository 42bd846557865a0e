using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>
/// Chooses what to give up when memory is short: never what is drawn, was just seen, is a root, or holds something drawable below;
/// what was seen longest ago goes first.
/// </summary>
internal sealed class Evictor(TileTree tree, TileResidency residency)
{
    private readonly List<int> _candidates = [];

    /// <summary>Contents evicted since the start.</summary>
    public long Evicted { get; private set; }

    /// <summary>Entries evicted by the last call; the host is to free them.</summary>
    public List<int> Chosen { get; } = [];

    /// <summary>Evicts until so many bytes are on their way to being free, or nothing more can go.</summary>
    /// <param name="bytes">Bytes needed.</param>
    /// <param name="frame">This frame; what was seen in it or drawn in the one before stays.</param>
    /// <param name="now">Time of the tick.</param>
    public void Evict(long bytes, long frame, TimeSpan now)
    {
        Chosen.Clear();
        if (bytes <= 0)
            return;
        var freed = Releasing();
        while (freed < bytes)
        {
            CollectCandidates(frame);
            if (_candidates.Count == 0)
                return;
            foreach (var index in _candidates)
            {
                if (freed >= bytes)
                    return;
                ref var entry = ref residency.Entry(index);
                freed += entry.Charge.Total;
                entry.AfterRelease = ContentState.Absent;
                residency.Enter(index, ContentState.Releasing, StateReason.Evicted, now);
                Chosen.Add(index);
                Evicted++;
            }
        }
    }

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
            if (entry.State == ContentState.Resident && entry.Charge.Total > 0 && MayGo(entry.Content, frame))
                _candidates.Add(i);
        }
        _candidates.Sort(_byAge ??= (a, b) =>
        {
            var ages = LastSeen(a).CompareTo(LastSeen(b));
            return ages != 0 ? ages : tree.Contents.Key(residency.Entry(a).Content).CompareTo(tree.Contents.Key(residency.Entry(b).Content));
        });
    }

    private Comparison<int>? _byAge;

    private long LastSeen(int index) => residency.SeenFrame[tree.Contents.Records[residency.Entry(index).Content].Tile];

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

    private bool TileMayGo(int tile, long frame) =>
        residency.SeenFrame[tile] < frame && residency.DrawnFrame[tile] < frame - 1 && residency.DrawableBelow[tile] == 0
        && (tree.Links[tile].Flags & TileFlags.Root) == 0;
}
