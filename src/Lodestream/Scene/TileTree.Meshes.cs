namespace Lodestream.Scene;

/// <summary>Payloads that are admitted out of core: while their meshes are in the tree, the content counts as topology.</summary>
public sealed partial class TileTree
{
    private readonly Dictionary<int, ContentFormat> _formats = [];

    /// <summary>Starts to append a payload's meshes below the tile that names it; the content counts as topology from now on.</summary>
    internal TileBlockAppend BeginMeshes(int parent, TileBlock block)
    {
        var content = SlotsOf(parent)[0];
        ref var record = ref Contents.RecordArray[content];
        _formats[content] = record.Format;
        record.Format = ContentFormat.Tileset;
        if (DocumentOf(parent) is ProximityTable table)
        {
            // The meshes are their entry's, wherever that is asked.
            block.Document = table;
            block.Notes = new int[block.TileCount];
            Array.Fill(block.Notes, NoteOf(parent));
        }
        return BeginAppend(parent, block);
    }

    /// <summary>The tile whose payload a mesh is of.</summary>
    internal int PayloadTileOf(int mesh) => _links[_links[mesh].Parent].Parent;

    /// <summary>The first of the meshes below a tile whose payload is out of core, and how many there are.</summary>
    internal (int First, int Count) MeshesOf(int tile)
    {
        ref readonly var root = ref _links[_links[tile].FirstChild];
        return (root.FirstChild, root.ChildCount);
    }

    /// <summary>Takes out what another streamer left of payloads' meshes: the copies were its preparer's.</summary>
    internal void CollapseMeshes()
    {
        foreach (var block in AppendedBlocks())
        {
            if (ParentOf(block) is > 0 and var tile && (_links[tile].Flags & TileFlags.OutOfCore) != 0)
                Collapse(tile);
        }
    }

    private void EndMeshes(int tile)
    {
        var content = SlotsOf(tile)[0];
        _formats.Remove(content, out var format);
        Contents.RecordArray[content].Format = format;
    }
}
