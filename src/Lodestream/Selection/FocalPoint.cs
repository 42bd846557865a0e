using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// Where a camera looks: the point at which the view's centre ray meets the ground, and how far away that is. The ground is as the known
/// tree has it: the first of its finest volumes that the ray enters, at half its height, or where the ray leaves it before.
/// A ray that misses them all looks at the point of the scene's volume that is nearest to the eye.
/// </summary>
/// <param name="Point">The point, metres, scene frame.</param>
/// <param name="Distance">Its distance from the eye, metres.</param>
internal readonly record struct FocalPoint(Vector3d Point, double Distance)
{
    // More children than this are looked at in their order, fewer in the ray's.
    private const int SortedChildren = 8;

    /// <summary>The focal point of a camera.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="view">The camera.</param>
    public static FocalPoint Of(TileTree tree, in View view)
    {
        var ray = view.Direction.Normalized();
        ref readonly var scene = ref tree.LinkArray[TileTree.SceneRoot];
        var (first, least) = (double.PositiveInfinity, double.PositiveInfinity);
        var nearest = view.Position;
        for (var root = scene.FirstChild; root < scene.FirstChild + scene.ChildCount; root++)
        {
            var (enters, leaves) = (0.0, double.PositiveInfinity);
            if (Span(tree, root, view.Position, ray, ref enters, ref leaves) && enters < first)
                Descend(tree, root, view.Position, ray, enters, leaves, ref first);
            if (Nearest(tree, root, view.Position) is var point && Vector3d.Distance(point, view.Position) is var distance && distance < least)
                (nearest, least) = (point, distance);
        }
        return first < double.PositiveInfinity ? new(view.Position + ray * first, first) : new(nearest, scene.ChildCount == 0 ? 0 : least);
    }

    // The ray's least distance to the ground within a tile: the least of its children's, or its own where the ray meets none of them.
    private static void Descend(TileTree tree, int tile, Vector3d eye, Vector3d ray, double enters, double leaves, ref double first)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        var meetsChild = links.ChildCount <= SortedChildren ? DescendInOrder(tree, links, eye, ray, enters, leaves, ref first) : DescendAll(tree, links, eye, ray, enters, leaves, ref first);
        if (!meetsChild)
            first = Math.Min(first, Math.Clamp(HalfHeight(tree, tile, eye, ray), enters, leaves));
    }

    private static bool DescendAll(TileTree tree, in TileLinks links, Vector3d eye, Vector3d ray, double enters, double leaves, ref double first)
    {
        var meetsChild = false;
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            var (near, far) = (enters, leaves);
            if (!Span(tree, child, eye, ray, ref near, ref far))
                continue;
            meetsChild = true;
            if (near < first)
                Descend(tree, child, eye, ray, near, far, ref first);
        }
        return meetsChild;
    }

    // Nearest child first: where the first one's ground is met, the others lie behind it.
    private static bool DescendInOrder(TileTree tree, in TileLinks links, Vector3d eye, Vector3d ray, double enters, double leaves, ref double first)
    {
        Span<double> near = stackalloc double[SortedChildren], far = stackalloc double[SortedChildren];
        var meetsChild = false;
        for (var c = 0; c < links.ChildCount; c++)
        {
            (near[c], far[c]) = (enters, leaves);
            if (Span(tree, links.FirstChild + c, eye, ray, ref near[c], ref far[c]))
                meetsChild = true;
            else
                near[c] = double.PositiveInfinity;
        }
        for (var done = 0; done < links.ChildCount; done++)
        {
            var next = 0;
            for (var c = 1; c < links.ChildCount; c++)
            {
                if (near[c] < near[next])
                    next = c;
            }
            if (near[next] >= first)
                break;
            Descend(tree, links.FirstChild + next, eye, ray, near[next], far[next], ref first);
            near[next] = double.PositiveInfinity;
        }
        return meetsChild;
    }

    // How far along the ray the volume's middle plane is, across its shortest axis; for a sphere, the point nearest to its centre.
    private static double HalfHeight(TileTree tree, int tile, Vector3d eye, Vector3d ray)
    {
        ref readonly var node = ref tree.NodeArray[tile];
        var away = new Vector3d(node.CenterX - eye.X, node.CenterY - eye.Y, node.CenterZ - eye.Z);
        if ((tree.LinkArray[tile].Flags & TileFlags.Sphere) != 0)
            return Vector3d.Dot(away, ray);
        var axes = tree.AxesOf(node.Orientation);
        var up = node.HalfZ <= node.HalfX && node.HalfZ <= node.HalfY ? axes.Z : node.HalfY <= node.HalfX ? axes.Y : axes.X;
        var speed = Vector3d.Dot(ray, up);
        return speed == 0 ? double.PositiveInfinity : Vector3d.Dot(away, up) / speed;
    }

    // Narrows the part of a ray that is within the tiles above to what is within a tile, too; false when nothing is left.
    private static bool Span(TileTree tree, int tile, Vector3d eye, Vector3d ray, ref double enters, ref double leaves)
    {
        ref readonly var node = ref tree.NodeArray[tile];
        var d = new Vector3d(eye.X - node.CenterX, eye.Y - node.CenterY, eye.Z - node.CenterZ);
        var flags = tree.LinkArray[tile].Flags;
        if ((flags & TileFlags.Sphere) != 0)
        {
            var (middle, beyond) = (-Vector3d.Dot(d, ray), d.LengthSquared - node.HalfX * node.HalfX);
            var discriminant = middle * middle - beyond;
            if (discriminant < 0)
                return false;
            var half = Math.Sqrt(discriminant);
            (enters, leaves) = (Math.Max(enters, middle - half), Math.Min(leaves, middle + half));
            return enters <= leaves;
        }
        if ((flags & TileFlags.AxisAligned) != 0)
            return Slab(d.X, ray.X, node.HalfX, ref enters, ref leaves) && Slab(d.Y, ray.Y, node.HalfY, ref enters, ref leaves) && Slab(d.Z, ray.Z, node.HalfZ, ref enters, ref leaves);
        var axes = tree.AxesOf(node.Orientation);
        return Slab(Vector3d.Dot(d, axes.X), Vector3d.Dot(ray, axes.X), node.HalfX, ref enters, ref leaves)
            && Slab(Vector3d.Dot(d, axes.Y), Vector3d.Dot(ray, axes.Y), node.HalfY, ref enters, ref leaves)
            && Slab(Vector3d.Dot(d, axes.Z), Vector3d.Dot(ray, axes.Z), node.HalfZ, ref enters, ref leaves);
    }

    private static bool Slab(double at, double speed, double half, ref double enters, ref double leaves)
    {
        if (speed == 0)
            return Math.Abs(at) <= half;
        var (a, b) = ((-half - at) / speed, (half - at) / speed);
        enters = Math.Max(enters, Math.Min(a, b));
        leaves = Math.Min(leaves, Math.Max(a, b));
        return enters <= leaves;
    }

    private static Vector3d Nearest(TileTree tree, int tile, Vector3d eye)
    {
        ref readonly var node = ref tree.NodeArray[tile];
        var center = new Vector3d(node.CenterX, node.CenterY, node.CenterZ);
        var d = eye - center;
        if ((tree.LinkArray[tile].Flags & TileFlags.Sphere) != 0)
            return d.Length <= node.HalfX ? eye : center + d.Normalized() * node.HalfX;
        var axes = tree.AxesOf(node.Orientation);
        return center + axes.X * Math.Clamp(Vector3d.Dot(d, axes.X), -node.HalfX, node.HalfX)
            + axes.Y * Math.Clamp(Vector3d.Dot(d, axes.Y), -node.HalfY, node.HalfY)
            + axes.Z * Math.Clamp(Vector3d.Dot(d, axes.Z), -node.HalfZ, node.HalfZ);
    }
}
