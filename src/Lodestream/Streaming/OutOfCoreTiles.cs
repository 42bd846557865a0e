using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// The tiles whose payloads are out of core: who they are, how much of each is here, and when a copy in main memory is given back, with the
/// topology that stands for it. That happens between ticks' selections only, when nothing of the tile is here or on its way.
/// </summary>
internal sealed class OutOfCoreTiles(TileTree tree, TileResidency residency, SizeEstimator sizes, IContentPreparer preparer, StreamerOptions options)
{
    private readonly List<Expanded> _tiles = [];
    private long _lastFrame;

    private enum Pin : byte
    {
        None,
        Releasing,
        Held,
    }

    private struct Expanded
    {
        public int Tile, Content;
        public TimeSpan LastSeen;
        public bool IsToGo;
    }

    /// <summary>Tiles that are out of core now.</summary>
    public int Count => _tiles.Count;

    /// <summary>Copies given back since the start.</summary>
    public long Released { get; private set; }

    /// <summary>Whether a copy is to be given back with the next tick.</summary>
    public bool HasWork { get; private set; }

    /// <summary>A tile's payload is in main memory and its meshes are in the tree.</summary>
    public void OnExpanded(int tile, int content, TimeSpan now) => _tiles.Add(new() { Tile = tile, Content = content, LastSeen = now });

    /// <summary>Gives back the copies that are to go, and those of tiles that nothing has seen for as long as topology is kept.</summary>
    public void Release(long frame, TimeSpan now)
    {
        HasWork = false;
        for (var i = _tiles.Count - 1; i >= 0; i--)
        {
            var expanded = _tiles[i];
            if (residency.SeenFrame[expanded.Tile] >= _lastFrame)
                expanded.LastSeen = now;
            var isDue = expanded.IsToGo || (now - expanded.LastSeen).TotalSeconds >= options.UnloadTopologyAfterSeconds;
            var pin = isDue ? PinOf(expanded.Tile) : Pin.Held;
            expanded.IsToGo &= pin == Pin.Releasing;
            _tiles[i] = expanded;
            if (!isDue || pin != Pin.None)
                continue;
            Collapse(expanded, now);
            _tiles.RemoveAt(i);
        }
        _lastFrame = frame;
    }

    /// <summary>Has a tile's copy given back with the next tick, unless something of it is on its way again by then. False where something is now.</summary>
    public bool LetGo(int tile)
    {
        for (var i = 0; i < _tiles.Count; i++)
        {
            if (_tiles[i].Tile != tile)
                continue;
            if (PinOf(tile) != Pin.None)
                return false;
            _tiles[i] = _tiles[i] with { IsToGo = true };
            HasWork = true;
            return true;
        }
        return false;
    }

    /// <summary>Memory is short, and there is nothing else to give: the copies go that nothing has seen in this frame. Whether any does.</summary>
    public bool LetGoUnseen(long frame)
    {
        var any = false;
        for (var i = 0; i < _tiles.Count; i++)
            any |= residency.SeenFrame[_tiles[i].Tile] < frame && LetGo(_tiles[i].Tile);
        return any;
    }

    /// <summary>Every copy goes as soon as its meshes have.</summary>
    public void LetGoOfAll()
    {
        for (var i = 0; i < _tiles.Count; i++)
            _tiles[i] = _tiles[i] with { IsToGo = true };
        HasWork = _tiles.Count > 0;
    }

    /// <summary>The streamer is closed: nobody takes meshes from the copies any more.</summary>
    public void Close()
    {
        foreach (var expanded in _tiles)
            preparer.Cancel(residency.Entry(residency.Find(expanded.Content)).Id, CancelReason.Closed);
        _tiles.Clear();
    }

    /// <summary>How much of a tile is here; null where it is not out of core.</summary>
    public TileVisualState? VisualStateOf(int tile)
    {
        if (tile < 0 || (tree.Links[tile].Flags & TileFlags.OutOfCore) == 0)
            return null;
        var (here, all) = (residency.DrawableBelow[tile], tree.MeshesOf(tile).Count);
        return here == 0 ? TileVisualState.Empty
            : here == all ? TileVisualState.Complete
            : here >= all * options.Proximity!.OutOfCore.UsableShare ? TileVisualState.Usable
            : TileVisualState.Partial;
    }

    /// <summary>Counts the tiles by how much of them is here.</summary>
    public void Report(StreamerStatistics statistics)
    {
        var counts = new VisualStateCounts();
        long bytes = 0;
        foreach (var expanded in _tiles)
        {
            counts = counts.With(VisualStateOf(expanded.Tile)!.Value);
            bytes += CopyBytes(expanded.Content);
        }
        (statistics.OutOfCore, statistics.CopyBytes, statistics.CopiesReleased) = (counts, bytes, Released);
    }

    private long CopyBytes(int content) => residency.Find(content) is >= 0 and var index ? residency.Entry(index).Charge.Cpu : 0;

    // A mesh is here, waits, or is on its way; or is only being freed.
    private Pin PinOf(int tile)
    {
        if (residency.DrawableBelow[tile] > 0)
            return Pin.Held;
        var (first, count) = tree.MeshesOf(tile);
        var pin = Pin.None;
        for (var mesh = first; mesh < first + count; mesh++)
        {
            var state = residency.StateOf(tree.SlotsOf(mesh)[0]);
            if (state is not (ContentState.Absent or ContentState.Failed or ContentState.Releasing))
                return Pin.Held;
            pin = state == ContentState.Releasing ? Pin.Releasing : pin;
        }
        return pin;
    }

    private void Collapse(in Expanded expanded, TimeSpan now)
    {
        var (first, count) = tree.MeshesOf(expanded.Tile);
        long geometry = 0;
        for (var mesh = first; mesh < first + count; mesh++)
        {
            var content = tree.SlotsOf(mesh)[0];
            geometry += tree.Contents.Records[content].ByteLength;
            if (residency.Find(content) is >= 0 and var failed)
                residency.Enter(failed, ContentState.Absent, StateReason.TopologyUnloaded, now);
        }
        var index = residency.Find(expanded.Content);
        ref var entry = ref residency.Entry(index);

        // Wanted again, it wants room for its meshes, too: judged by its copy alone it would come and go for ever.
        sizes.Remember(expanded.Content, entry.Measured with { Geometry = geometry });
        var range = tree.RangeOf(tree.BlockOf(first));
        tree.Collapse(expanded.Tile);
        residency.ResetTiles(range.First, range.Count);
        entry.AfterRelease = ContentState.Absent;
        residency.Enter(index, ContentState.Releasing, StateReason.TopologyUnloaded, now);
        preparer.Cancel(entry.Id, CancelReason.NoLongerWanted);
        Released++;
    }
}
