using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>
/// The least budget with which a scene can be streamed at all: its roots, which stay, the largest group of siblings that must come
/// together, and the largest tile, which must find room before what it replaces can go.
/// </summary>
public static class MemoryFloor
{
    /// <summary>Works out the floor, bytes.</summary>
    /// <param name="tree">The scene as far as it is known.</param>
    /// <param name="bytesOf">Bytes a content holds when it is resident, by content index.</param>
    public static long Of(TileTree tree, Func<int, long> bytesOf)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(bytesOf);
        long roots = 0, largestGroup = 0, largestTile = 0;
        for (var tile = 0; tile < tree.Capacity; tile++)
        {
            var links = tree.Links[tile];
            var own = BytesOf(tile);
            largestTile = Math.Max(largestTile, own);
            if ((links.Flags & TileFlags.Root) != 0)
                roots += own;
            long group = 0;
            for (var child = links.FirstChild; child >= 0 && child < links.FirstChild + links.ChildCount; child++)
                group += BytesOf(child);
            if ((links.Flags & TileFlags.Add) == 0)
                largestGroup = Math.Max(largestGroup, group);
        }
        return roots + largestGroup + largestTile;

        long BytesOf(int tile)
        {
            long bytes = 0;
            foreach (var content in tree.SlotsOf(tile))
            {
                if (tree.Contents.Records[content].Format != ContentFormat.Tileset)
                    bytes += bytesOf(content);
            }
            return bytes;
        }
    }
}
