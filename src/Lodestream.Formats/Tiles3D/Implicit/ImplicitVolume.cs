using Lodestream.Geometry;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>Volumes of implicit tiles: the root's, divided in the middle as often as the tile is deep.</summary>
internal static class ImplicitVolume
{
    // Siblings of a region up to this size share their axes, so that they can be told apart by planes: the ground's curve within them is
    // less than a thousandth of their width (width ÷ 8 radii).
    private const double SharedAxesExtent = 0.008;

    /// <summary>A tile's volume in the scene's frame.</summary>
    public static BoundingVolume Of(ImplicitTiling tiling, in TilePlace place) => tiling.Volume.Kind == VolumeKind.Region
        ? OfRegion(RegionOf(tiling, place), place.Level == 0 ? default(WrittenVolume?) : RegionOf(tiling, place.Parent))
        : OfBox(BoxOf(tiling, place), tiling.Tile);

    /// <summary>What a box has in common with another along the same axes; other volumes stay as they are.</summary>
    public static BoundingVolume Within(in BoundingVolume volume, in BoundingVolume outer)
    {
        if (volume.Shape != VolumeShape.Box || outer.Shape != VolumeShape.Box || volume.AxisX != outer.AxisX || volume.AxisY != outer.AxisY || volume.AxisZ != outer.AxisZ)
            return volume;
        var offset = outer.Center - volume.Center;
        var (x, halfX) = Common(volume.HalfLengths.X, Vector3d.Dot(offset, volume.AxisX), outer.HalfLengths.X);
        var (y, halfY) = Common(volume.HalfLengths.Y, Vector3d.Dot(offset, volume.AxisY), outer.HalfLengths.Y);
        var (z, halfZ) = Common(volume.HalfLengths.Z, Vector3d.Dot(offset, volume.AxisZ), outer.HalfLengths.Z);
        return Math.Min(halfX, Math.Min(halfY, halfZ)) < 0
            ? volume
            : BoundingVolume.Box(volume.Center + volume.AxisX * x + volume.AxisY * y + volume.AxisZ * z, volume.AxisX * halfX, volume.AxisY * halfY, volume.AxisZ * halfZ);

        // Middle and half length of what [−half, half] and the other have in common.
        static (double Middle, double Half) Common(double half, double offset, double otherHalf)
        {
            double low = Math.Max(-half, offset - otherHalf), high = Math.Min(half, offset + otherHalf);
            return ((low + high) / 2, (high - low) / 2);
        }
    }

    /// <summary>A tile's box, twelve numbers in the tileset's frame.</summary>
    public static WrittenVolume BoxOf(ImplicitTiling tiling, in TilePlace place)
    {
        var written = tiling.Volume;
        ReadOnlySpan<double> root = written.Numbers;
        double share = 1.0 / (1L << place.Level), shareZ = tiling.IsOctree ? share : 1;
        Vector3d center = new(root[0], root[1], root[2]), x = new(root[3], root[4], root[5]), y = new(root[6], root[7], root[8]), z = new(root[9], root[10], root[11]);
        center += x * Middle(place.X, share) + y * Middle(place.Y, share) + z * (tiling.IsOctree ? Middle(place.Z, share) : 0);
        (x, y, z) = (x * share, y * share, z * shareZ);
        WrittenVolume box = new() { Kind = VolumeKind.Box };
        Span<double> numbers = box.Numbers;
        (numbers[0], numbers[1], numbers[2]) = (center.X, center.Y, center.Z);
        (numbers[3], numbers[4], numbers[5]) = (x.X, x.Y, x.Z);
        (numbers[6], numbers[7], numbers[8]) = (y.X, y.Y, y.Z);
        (numbers[9], numbers[10], numbers[11]) = (z.X, z.Y, z.Z);
        return box;

        // From −1 to 1 along the root's half axis.
        static double Middle(int at, double share) => (2 * at + 1) * share - 1;
    }

    /// <summary>A tile's region, six numbers; east may be more than π where the root crosses the date line.</summary>
    public static WrittenVolume RegionOf(ImplicitTiling tiling, in TilePlace place)
    {
        var written = tiling.Volume;
        ReadOnlySpan<double> root = written.Numbers;
        var share = 1.0 / (1L << place.Level);
        var width = (root[2] < root[0] ? root[2] + 2 * Math.PI : root[2]) - root[0];
        var (low, high) = (Math.Min(root[4], root[5]), Math.Max(root[4], root[5]));
        WrittenVolume region = new() { Kind = VolumeKind.Region };
        Span<double> numbers = region.Numbers;
        (numbers[0], numbers[2]) = (root[0] + width * share * place.X, root[0] + width * share * (place.X + 1));
        (numbers[1], numbers[3]) = (root[1] + (root[3] - root[1]) * share * place.Y, root[1] + (root[3] - root[1]) * share * (place.Y + 1));
        (numbers[4], numbers[5]) = tiling.IsOctree ? (low + (high - low) * share * place.Z, low + (high - low) * share * (place.Z + 1)) : (low, high);
        return region;
    }

    public static BoundingVolume OfBox(in WrittenVolume box, in Transform3d frame)
    {
        ReadOnlySpan<double> n = box.Numbers;
        return BoundingVolume.Box(frame.Point(new(n[0], n[1], n[2])), frame.Direction(new(n[3], n[4], n[5])), frame.Direction(new(n[6], n[7], n[8])), frame.Direction(new(n[9], n[10], n[11])));
    }

    /// <summary>The box around a region, along its parent's axes where both are small.</summary>
    public static BoundingVolume OfRegion(in WrittenVolume region, in WrittenVolume? parent)
    {
        ReadOnlySpan<double> n = region.Numbers;
        if (parent is not { } above)
            return BoundingVolume.FromRegion(n[0], n[1], n[2], n[3], n[4], n[5]);
        ReadOnlySpan<double> p = above.Numbers;
        return Math.Max(p[2] - p[0], p[3] - p[1]) > SharedAxesExtent
            ? BoundingVolume.FromRegion(n[0], n[1], n[2], n[3], n[4], n[5])
            : BoundingVolume.FromRegionAlong(n[0], n[1], n[2], n[3], n[4], n[5], Ellipsoid.EastNorthUp((p[0] + p[2]) / 2, (p[1] + p[3]) / 2));
    }
}
