using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>Topology that was parsed: it is placed in the tree, over several ticks where it is much.</summary>
internal sealed partial class ContentPipeline
{
    /// <summary>Topology was parsed: it is placed in the tree over the next ticks.</summary>
    public void OnTopologyReady(in InboxMessage message, TimeSpan now)
    {
        if (!TryFind(message.Id, ContentState.Preparing, out var index))
            return;
        var parent = tree.Contents.Records[residency.Entry(index).Content].Tile;
        LeavePreparing(index);
        var block = (TileBlock)message.Payload!;
        if (Reject(index, parent, block, now))
        {
            if (block.IsOfMeshes)
                preparer.Cancel(message.Id, CancelReason.Superseded);
            return;
        }
        var append = block.IsOfMeshes ? tree.BeginMeshes(parent, block) : tree.BeginAppend(parent, block);
        residency.Match();
        residency.ResetTiles(append.First, append.Block.TileCount);
        _appends.Enqueue((append, index));
    }

    /// <summary>Places as much topology as a tick may.</summary>
    public void PlaceTopology(TimeSpan now)
    {
        var tiles = options.TopologyTilesPerTick;
        while (_appends.Count > 0)
        {
            var (append, index) = _appends.Dequeue();
            var complete = append.Step(ref tiles);
            residency.Match();
            TakeInSharers();
            if (!complete)
            {
                // What is placed first is linked first: the rest goes on in the next tick.
                Requeue(append, index);
                return;
            }
            // The copy of a payload stays for as long as the topology that stands for it.
            if (!append.Block.IsOfMeshes)
                Release(index);
            residency.Entry(index).ParseFailures = 0;
            residency.Enter(index, ContentState.Resident, StateReason.Arrived, now);
            residency.Update(append.Parent);

            // What failed for good while the tile had no children yet counts now.
            CountFailedForGood(append.Parent);
            if (append.Block.IsOfMeshes)
                outOfCore.OnExpanded(append.Parent, residency.Entry(index).Content, now);
            else
                unloader.OnExpanded(append.Parent, residency.Entry(index).Content, now);
        }
    }

    private bool Reject(int index, int parent, TileBlock topology, TimeSpan now)
    {
        var depth = 0;
        var uri = tree.Contents.Uri(residency.Entry(index).Content);
        var isTopology = tree.Contents.Records[residency.Entry(index).Content].Format == ContentFormat.Tileset;
        if (isTopology == topology.IsOfMeshes || (!isTopology && !IsParted(index, topology)))
            return FailTopology($"{uri}: the preparer answered with topology that it was not asked for");
        for (var block = tree.BlockOf(parent); block >= 0; block = tree.ParentBlock(block), depth++)
        {
            // The scene's root carries the first document's own URI without being inside it.
            if (parent != TileTree.SceneRoot && block != 0 && tree.BaseUri(block) == uri)
                return FailTopology($"{uri} contains itself");
        }
        return depth > options.MaximumTilesetDepth && FailTopology($"{uri}: tilesets are nested more than {options.MaximumTilesetDepth} deep");

        bool FailTopology(string error)
        {
            residency.Entry(index).Error = error;
            Release(index);
            FailToParse(index, StateReason.Undecodable, true, now);
            return true;
        }
    }

    private void Requeue(TileBlockAppend append, int index)
    {
        var waiting = _appends.Count;
        _appends.Enqueue((append, index));
        for (var i = 0; i < waiting; i++)
            _appends.Enqueue(_appends.Dequeue());
    }

    // A new tile whose content another tile brought here, or failed to, is what that one is.
    private void TakeInSharers()
    {
        foreach (var tile in tree.NewSharers)
        {
            residency.Update(tile);
            CountFailedForGood(tile);
        }
        tree.NewSharers.Clear();
    }

    private void CountFailedForGood(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (residency.HasFailedForGood(content))
                residency.MarkFailedForGood(content);
        }
    }
}
