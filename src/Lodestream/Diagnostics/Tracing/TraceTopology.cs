using System.Runtime.InteropServices;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Diagnostics;

/// <summary>
/// Topology in a recording: a block's arrays as they lie in memory, which costs a frame next to nothing, however large the document. Without
/// what readers keep of documents, save what a manifest says of its tiles (<see cref="TraceProximity"/>): nothing is decided by the rest.
/// </summary>
internal static class TraceTopology
{
    public static void Write(TileBlock block, TraceBuffer to, TraceUris uris)
    {
        var (contents, text, textBytes) = (block.Contents, block.Uris, block.UriBytes);
        if (TraceUris.MayHoldSecrets(text.AsSpan(0, textBytes)))
        {
            (contents, text) = Strip(contents.AsSpan(0, block.ContentCount), text, uris);
            textBytes = text.Length;
        }
        to.Text(uris.Strip(block.BaseUri));
        to.Byte((byte)block.UpAxis);
        to.Flag(block.HasPlacedKeys);
        to.Whole((ulong)block.ErrorInversions);
        to.Whole((ulong)block.TileCount);
        to.Bytes(MemoryMarshal.AsBytes(block.Nodes.AsSpan(0, block.TileCount)));
        to.Bytes(MemoryMarshal.AsBytes(block.Links.AsSpan(0, block.TileCount)));
        to.Whole((ulong)block.ContentCount);
        to.Bytes(MemoryMarshal.AsBytes(contents.AsSpan(0, block.ContentCount)));
        to.Bytes(MemoryMarshal.AsBytes(block.ContentHashes.AsSpan(0, block.ContentCount)));
        to.Whole((ulong)textBytes);
        to.Bytes(text.AsSpan(0, textBytes));
        var orientations = CollectionsMarshal.AsSpan(block.Orientations)[1..];
        to.Whole((ulong)orientations.Length);
        to.Bytes(MemoryMarshal.AsBytes(orientations));
        var transforms = CollectionsMarshal.AsSpan(block.TransformTable)[1..];
        to.Whole((ulong)transforms.Length);
        to.Bytes(MemoryMarshal.AsBytes(transforms));
        if (transforms.Length > 0)
            to.Bytes(MemoryMarshal.AsBytes(block.Transforms.AsSpan(0, block.TileCount)));
        to.Whole((ulong)block.RequestVolumes.Count);
        foreach (var (tile, volume) in block.RequestVolumes)
        {
            to.Whole((ulong)tile);
            Write(volume, to);
        }
        TraceProximity.Write(block, to);
    }

    public static TileBlock Read(TraceInput from)
    {
        var block = new TileBlock(from.Text()) { UpAxis = from.Member<UpAxis>(), HasPlacedKeys = from.Flag(), ErrorInversions = from.Count(int.MaxValue, "error inversions") };
        block.TileCount = from.CountOf(88, "tiles");
        block.Nodes = Array<TileNode>(from, block.TileCount);
        block.Links = Array<TileLinks>(from, block.TileCount);
        block.ContentCount = from.CountOf(28, "contents");
        block.Contents = Array<ContentRecord>(from, block.ContentCount);
        block.ContentHashes = Array<ulong>(from, block.ContentCount);
        block.UriBytes = from.CountOf(1, "bytes of URIs");
        block.Uris = from.Take(block.UriBytes).ToArray();
        block.Orientations.AddRange(Array<Orientation>(from, from.CountOf(72, "orientations")));
        block.TransformTable.AddRange(Array<Transform3d>(from, from.CountOf(96, "transforms")));
        block.Transforms = block.TransformTable.Count > 1 ? Array<int>(from, block.TileCount) : new int[block.TileCount];
        for (var i = from.CountOf(122, "request volumes"); i > 0; i--)
            block.RequestVolumes[from.Count(block.TileCount - 1, "as a tile's number")] = ReadVolume(from);
        Check(block, from);
        TraceProximity.Read(block, from);
        return block;
    }

    // Whatever else is wrong with it: nothing in it leads out of its own arrays, and every tile hangs below one before it.
    private static void Check(TileBlock block, TraceInput from)
    {
        if (block.TileCount == 0)
            throw from.Damage("topology without a tile");
        var (nextTile, nextSlot) = (1, 0);
        for (var tile = 0; tile < block.TileCount; tile++)
        {
            ref readonly var links = ref block.Links[tile];
            if ((uint)block.Nodes[tile].Orientation >= (uint)block.Orientations.Count)
                throw from.Damage($"tile {tile} has an orientation that is not there");
            if ((uint)block.Transforms[tile] >= (uint)block.TransformTable.Count)
                throw from.Damage($"tile {tile} has a transform that is not there");
            if (tile == 0 ? links.Parent != -1 : (uint)links.Parent >= (uint)tile || tile < block.Links[links.Parent].FirstChild || tile >= block.Links[links.Parent].FirstChild + block.Links[links.Parent].ChildCount)
                throw from.Damage($"tile {tile} is no child of its parent");
            if (links.ChildCount < 0 || links.ChildCount > block.TileCount || (links.ChildCount > 0 && (links.FirstChild <= tile || links.FirstChild + links.ChildCount > block.TileCount)) || (links.ChildCount == 0 && links.FirstChild >= 0))
                throw from.Damage($"tile {tile} has children that are not there");
            if (links.SlotCount > TileBlockBuilder.MaximumContents || (links.SlotCount > 0 && (links.FirstSlot < 0 || links.FirstSlot + links.SlotCount > block.ContentCount)))
                throw from.Damage($"tile {tile} has contents that are not there");
            (nextTile, nextSlot) = (nextTile + links.ChildCount, nextSlot + links.SlotCount);
        }
        if (nextTile != block.TileCount || nextSlot != block.ContentCount)
            throw from.Damage($"{block.TileCount} tiles with {block.ContentCount} contents, of which {nextTile} and {nextSlot} are named");
        foreach (ref readonly var content in block.Contents.AsSpan())
        {
            if (content.UriOffset < 0 || content.UriOffset + content.UriLength > block.UriBytes || !Enum.IsDefined(content.Family) || !Enum.IsDefined(content.Format))
                throw from.Damage("a content is none");
        }
    }

    private static (ContentRecord[] Contents, byte[] Uris) Strip(ReadOnlySpan<ContentRecord> contents, ReadOnlySpan<byte> bytes, TraceUris uris)
    {
        var (stripped, text) = (contents.ToArray(), new MemoryStream());
        foreach (ref var content in stripped.AsSpan())
        {
            var uri = Encoding.UTF8.GetBytes(uris.Strip(Encoding.UTF8.GetString(bytes.Slice(content.UriOffset, content.UriLength))));
            (content.UriOffset, content.UriLength) = ((int)text.Length, (ushort)uri.Length);
            text.Write(uri);
        }
        return (stripped, text.ToArray());
    }

    internal static void Write(in BoundingVolume volume, TraceBuffer to)
    {
        to.Byte((byte)volume.Shape);
        to.Vector(volume.Center);
        to.Vector(volume.HalfLengths);
        to.Vector(volume.AxisX);
        to.Vector(volume.AxisY);
        to.Vector(volume.AxisZ);
    }

    internal static BoundingVolume ReadVolume(TraceInput from) =>
        BoundingVolume.FromParts(from.Member<VolumeShape>(), from.Vector(), from.Vector(), from.Vector(), from.Vector(), from.Vector());

    private static T[] Array<T>(TraceInput from, int count)
        where T : unmanaged
    {
        var array = new T[count];
        from.Take(checked(count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>())).CopyTo(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }
}
