using System.Numerics;
using Lodestream.Browser.Interop;
using Lodestream.Geometry;
using Lodestream.Presentation;
using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>Writes uploads, shows, hides and frees to the frame's commands, positions relative to a centre so that floats hold them.</summary>
internal sealed class BrowserHost(TileTree tree, SharedBlock block) : IRenderHost
{
    /// <summary>Who is told of what is drawn; null in scenes that are not batched.</summary>
    public SceneBatching? Batching { get; set; }

    public void Upload(in UploadCommand command)
    {
        block.Write(Command.Upload);
        block.Write(command.Content);
        block.Write(command.Ticket);
        block.Write(tree.Contents.Uri(command.Content));
        block.Write(Batching is null ? 0 : 1);
    }

    public void Free(int content, long ticket)
    {
        Batching?.Free(content, ticket);
        block.Write(Command.Free);
        block.Write(content);
        block.Write(ticket);
    }

    public void Commit(RenderCommit commit)
    {
        Batching?.Commit(commit);
        foreach (var content in commit.Replaced)
        {
            block.Write(Command.Replace);
            block.Write(content);
        }
        foreach (var region in commit.Hidden)
        {
            block.Write(Command.Hide);
            block.Write(region);
        }
        foreach (ref readonly var item in commit.Shown)
            Show(item);
    }

    private void Show(in DrawItem item)
    {
        var center = tree.Volume(item.Region).Center;
        block.Write(Command.Show);
        block.Write(item.Region);
        block.Write(item.Source);
        block.Write(tree.Links[item.Source].Level);
        block.Write(Representations.LevelOf(tree, item.Source));
        block.Write(item.ChildMask);
        block.Write(PathKey.Text(tree.PathKeys[item.Region]));
        WriteContents(item);
        WriteRegionMap(item);
        WriteTransform(tree.Transform(item.Source));
        block.Write(center);
        WriteKeepCell(item, center);
        WriteChildCells(item, center);
    }

    private void WriteContents(in DrawItem item)
    {
        var slots = tree.SlotsOf(item.Source);
        block.Write(BitOperations.PopCount(item.Contents));
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if ((item.Contents >> slot & 1) != 0)
                block.Write(slots[slot]);
        }
    }

    // A map covers its tile's box seen from above: u along x, v against y, from the corner of least x and greatest y.
    private void WriteRegionMap(in DrawItem item)
    {
        var map = item.MapTile < 0 ? -1 : ContentOf(item.MapTile, ContentFamily.Feature);
        if (map < 0 || (tree.Links[item.MapTile].Flags & TileFlags.Sphere) != 0)
        {
            block.Write(-1);
            return;
        }
        var volume = tree.Volume(item.MapTile);
        var half = volume.HalfLengths;
        block.Write(map);
        block.Write(TerrainOf(item));
        block.Write(volume.Center - volume.AxisX * half.X + volume.AxisY * half.Y);
        block.Write(volume.AxisX / (2 * half.X));
        block.Write(-(volume.AxisY / (2 * half.Y)));
    }

    private int ContentOf(int tile, ContentFamily family)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            if (tree.Contents.Records[content].Family == family)
                return content;
        }
        return -1;
    }

    // Bits in the order in which the contents were written.
    private uint TerrainOf(in DrawItem item)
    {
        var slots = tree.SlotsOf(item.Source);
        var (bits, written) = (0u, 0);
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if ((item.Contents >> slot & 1) == 0)
                continue;
            if (tree.Contents.Records[slots[slot]].Family == ContentFamily.Terrain)
                bits |= 1u << written;
            written++;
        }
        return bits;
    }

    private void WriteTransform(in Transform3d transform)
    {
        Span<double> matrix = stackalloc double[16];
        transform.CopyColumnMajor(matrix);
        foreach (var word in matrix)
            block.Write(word);
    }

    private void WriteKeepCell(in DrawItem item, Vector3d center)
    {
        block.Write(item.Region == item.Source ? 0 : 1);
        if (item.Region == item.Source)
            return;
        var cell = tree.CellOf(item.Region, item.Source);
        WriteAxes(cell);
        WriteBounds(cell, center);
    }

    private void WriteChildCells(in DrawItem item, Vector3d center)
    {
        ref readonly var links = ref tree.Links[item.Region];
        block.Write(item.ChildMask == 0 ? 0 : links.ChildCount);
        if (item.ChildMask == 0)
            return;
        for (var i = 0; i < links.ChildCount; i++)
        {
            var cell = tree.CellOf(links.FirstChild + i, item.Region);
            if (i == 0)
                WriteAxes(cell);
            WriteBounds(cell, center);
        }
    }

    private void WriteAxes(in ChildCell cell)
    {
        var (x, y, z) = tree.AxesOf(cell);
        block.Write(x);
        block.Write(y);
        block.Write(z);
    }

    // Along the cell's axes, from the centre: an infinite bound stays one.
    private void WriteBounds(in ChildCell cell, Vector3d center)
    {
        var (x, y, z) = tree.AxesOf(cell);
        var origin = new Vector3d(Vector3d.Dot(center, x), Vector3d.Dot(center, y), Vector3d.Dot(center, z));
        block.Write(cell.Min - origin);
        block.Write(cell.Max - origin);
    }
}
