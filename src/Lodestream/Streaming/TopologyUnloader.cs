using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>
/// Unloads topology that came from a document of its own and that nothing has seen for a while. What is resident or under way pins the
/// topology that names it.
/// </summary>
internal sealed class TopologyUnloader(TileTree tree, TileResidency residency, StreamerOptions options)
{
    private const double CheckSeconds = 1;

    private readonly List<Expanded> _expanded = [];
    private TimeSpan _nextCheck;
    private long _lastCheckFrame;

    private struct Expanded
    {
        public int Tile, Content;
        public TimeSpan LastSeen;
    }

    /// <summary>Documents unloaded since the start.</summary>
    public long Unloaded { get; private set; }

    /// <summary>A tile's topology was appended.</summary>
    public void OnExpanded(int tile, int content, TimeSpan now)
    {
        if (tile != TileTree.SceneRoot)
            _expanded.Add(new() { Tile = tile, Content = content, LastSeen = now });
    }

    /// <summary>Unloads what has not been seen for long enough. Looks once a second while ticks come.</summary>
    public void Unload(long frame, TimeSpan now)
    {
        if (now < _nextCheck || _expanded.Count == 0)
            return;
        _nextCheck = now + TimeSpan.FromSeconds(CheckSeconds);

        // Backwards: what was expanded later may lie within what was expanded before, and goes first.
        for (var i = _expanded.Count - 1; i >= 0; i--)
        {
            var expanded = _expanded[i];
            if (residency.SeenFrame[expanded.Tile] >= _lastCheckFrame)
                expanded.LastSeen = now;
            _expanded[i] = expanded;
            if ((now - expanded.LastSeen).TotalSeconds < options.UnloadTopologyAfterSeconds || IsPinned(expanded.Tile))
                continue;
            Collapse(expanded, now);
            _expanded.RemoveAt(i);
        }
        _lastCheckFrame = frame;
    }

    // Anything below that is here, on its way, or itself expanded.
    private bool IsPinned(int tile)
    {
        var root = tree.Links[tile].FirstChild;
        if (residency.DrawableBelow[tile] > 0)
            return true;
        var block = tree.BlockOf(root);
        for (var i = 0; i < residency.EntryCount; i++)
        {
            ref var entry = ref residency.Entry(i);
            if (entry.State is ContentState.Absent or ContentState.Failed)
                continue;
            if (tree.BlockOf(tree.Contents.Records[entry.Content].Tile) == block)
                return true;
        }
        return false;
    }

    private void Collapse(in Expanded expanded, TimeSpan now)
    {
        var (first, count) = tree.RangeOf(tree.BlockOf(tree.Links[expanded.Tile].FirstChild));
        for (var i = 0; i < residency.EntryCount; i++)
        {
            ref var entry = ref residency.Entry(i);
            if (entry.State != ContentState.Failed)
                continue;
            var tile = tree.Contents.Records[entry.Content].Tile;
            if (tile >= first && tile < first + count && tree.OtherTilesOf(entry.Content).Count == 0)
                residency.Enter(i, ContentState.Absent, StateReason.TopologyUnloaded, now);
        }
        tree.Collapse(expanded.Tile);
        residency.ResetTiles(first, count);
        var topology = residency.Find(expanded.Content);
        if (topology >= 0)
            residency.Enter(topology, ContentState.Absent, StateReason.TopologyUnloaded, now);
        Unloaded++;
    }
}
