using Lodestream.Geometry;

namespace Lodestream.Scene;

/// <summary>
/// Where the children of a tile are disjoint boxes of one orientation, the tile can be drawn around those children that draw
/// themselves: the host discards its fragments inside their cells. A cell is bounded only along the axes that tell siblings apart, so
/// that coarse geometry which pokes out of a tight child box along the others is discarded with it.
/// </summary>
internal static class ChildMask
{
    /// <summary>A mask has a bit per child, so a maskable tile has no more children than this.</summary>
    public const int MaximumChildren = 8;

    // Siblings may overlap by this share of the smaller one's length and still count as disjoint: skirts and rounding.
    private const double Tolerance = 1e-3;

    internal static bool TryFindAxes(ReadOnlySpan<TileNode> nodes, ReadOnlySpan<TileLinks> links, List<Orientation> orientations, int first, int count, out byte axes)
    {
        axes = 0;
        if (count is 0 or > MaximumChildren)
            return false;
        for (var i = 0; i < count; i++)
        {
            if ((links[first + i].Flags & TileFlags.Sphere) != 0 || nodes[first + i].Orientation != nodes[first].Orientation)
                return false;
        }
        for (var i = 0; i < count; i++)
        {
            for (var j = i + 1; j < count; j++)
            {
                var separating = SeparatingAxes(nodes[first + i], nodes[first + j], orientations);
                if (separating == 0)
                    return false;
                axes |= separating;
            }
        }
        return true;
    }

    // Boxes of equal orientation are disjoint where their centres' distance along an axis is at least the sum of half lengths.
    private static byte SeparatingAxes(in TileNode a, in TileNode b, List<Orientation> orientations)
    {
        var d = new Vector3d(a.CenterX - b.CenterX, a.CenterY - b.CenterY, a.CenterZ - b.CenterZ);
        if (a.Orientation != 0)
        {
            var o = orientations[a.Orientation];
            d = new(Vector3d.Dot(d, o.X), Vector3d.Dot(d, o.Y), Vector3d.Dot(d, o.Z));
        }
        byte axes = 0;
        if (Apart(Math.Abs(d.X), a.HalfX, b.HalfX))
            axes |= 1;
        if (Apart(Math.Abs(d.Y), a.HalfY, b.HalfY))
            axes |= 2;
        if (Apart(Math.Abs(d.Z), a.HalfZ, b.HalfZ))
            axes |= 4;
        return axes;
    }

    private static bool Apart(double distance, double halfA, double halfB) =>
        distance > 0 && distance >= halfA + halfB - Tolerance * 2 * Math.Min(halfA, halfB);
}
