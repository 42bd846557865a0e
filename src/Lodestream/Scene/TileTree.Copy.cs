using System.Text;

namespace Lodestream.Scene;

/// <summary>Takes the tree's topology out of it again, block by block, so that another tree can be made like it.</summary>
public sealed partial class TileTree
{
    /// <summary>The blocks besides the scene's own in the order in which they were appended: parents come before what hangs below them.</summary>
    internal List<int> AppendedBlocks() => _blocks.Appended();

    /// <summary>The tile a block hangs below.</summary>
    internal int ParentOf(int block) => _links[RangeOf(block).First].Parent;

    /// <summary>Copies a block out, as its document had it: appended to another tree at the same place it makes the same tiles. Of documents only a manifest's table comes along.</summary>
    internal TileBlock CopyBlock(int number)
    {
        var ((first, count), (firstSlot, slotCount)) = (_blocks.TileRange(number), _blocks.SlotRange(number));
        var (orientations, transforms) = _blocks.Tables(number);
        var block = new TileBlock(_blocks.BaseUri(number))
        {
            TileCount = count,
            ContentCount = slotCount,
            UpAxis = _blocks.UpAxis(number),
            HasPlacedKeys = true,
            Nodes = _nodes.AsSpan(first, count).ToArray(),
            Links = _links.AsSpan(first, count).ToArray(),
            Transforms = new int[count],
            Contents = new ContentRecord[slotCount],
            ContentHashes = new ulong[slotCount],
        };
        for (var i = 0; i < orientations.Count; i++)
            block.Orientations.Add(_orientations[orientations.First + i]);
        for (var i = 0; i < transforms.Count; i++)
            block.TransformTable.Add(_transforms[transforms.First + i]);
        var baseLevel = (short)(_links[ParentOf(number)].Level + 1);
        for (var local = 0; local < count; local++)
        {
            if (block.Nodes[local].Orientation != 0)
                block.Nodes[local].Orientation -= orientations.First - 1;
            if (_transformOf[first + local] != 0)
                block.Transforms[local] = _transformOf[first + local] - transforms.First + 1;
            TakeApart(ref block.Links[local], local, first, count, firstSlot, baseLevel);
            if (_requestVolumes.TryGetValue(first + local, out var volume))
                block.RequestVolumes[local] = volume;
        }
        CopyContents(block, number, first, firstSlot);
        if (_blocks.Document(number) is ProximityTable table)
            (block.Document, block.Notes) = (table, _blocks.Notes(number));
        return block;
    }

    // What placing and expanding did to a tile's links is undone.
    private static void TakeApart(ref TileLinks links, int local, int first, int count, int firstSlot, short baseLevel)
    {
        links.Flags &= ~TileFlags.GatedBelow;
        if (local == 0)
            links.Flags |= TileFlags.Root;
        if ((links.Flags & TileFlags.Expanded) != 0 && (links.FirstChild < first || links.FirstChild >= first + count))
        {
            links.Flags = (links.Flags & ~(TileFlags.Expanded | TileFlags.Maskable)) | TileFlags.Unexpanded;
            (links.FirstChild, links.ChildCount) = (-1, 0);
        }
        links.Parent = local == 0 ? -1 : links.Parent - first;
        if (links.FirstChild >= 0)
            links.FirstChild -= first;
        if (links.SlotCount > 0)
            links.FirstSlot -= firstSlot;
        links.Level -= baseLevel;
    }

    private void CopyContents(TileBlock block, int number, int first, int firstSlot)
    {
        var uris = new List<byte>();
        for (var local = 0; local < block.TileCount; local++)
        {
            for (var s = 0; s < block.Links[local].SlotCount; s++)
            {
                var slot = block.Links[local].FirstSlot + s;
                var content = _slots[firstSlot + slot];
                ref readonly var record = ref Contents.Records[content];
                var uri = Encoding.UTF8.GetBytes(record.Block == number && record.Tile == first + local ? Contents.RelativeUri(content) : Contents.Uri(content));
                block.Contents[slot] = record with { Block = 0, References = 0, Tile = local, UriOffset = uris.Count, UriLength = (ushort)uri.Length };
                block.ContentHashes[slot] = Contents.Key(content);
                uris.AddRange(uri);
            }
        }
        block.Uris = [.. uris];
        block.UriBytes = uris.Count;
    }
}
