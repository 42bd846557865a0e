using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Simulation.Laws;

/// <summary>
/// Says plainly what the pyramid wants of a tile, from the tile's own path and nothing else: for each view the width of the tile's level on
/// screen, its distance from the focal point along the ground, and whether the tile above wanted children. What hangs on rounding is left open.
/// </summary>
internal sealed class PyramidCheck(TileTree tree, TileFacts tiles, PyramidOptions options)
{
    private const double Rounding = 1e-9;

    private readonly Dictionary<(int View, int Tile), Wish> _wishes = [];
    private readonly List<Aim> _aims = [];
    private int[] _axes = [];
    private double _rootWidth;

    /// <summary>What one view looks at.</summary>
    private readonly record struct Aim(bool IsSphere, Vector3d Focus, double LeastWidth, double PrimaryHalf, double UnderlayHalf)
    {
        /// <summary>Which level is the primary one hangs on rounding.</summary>
        public bool Unsure { get; init; }
    }

    /// <summary>What one view wants of one tile. Unsure: rounding decides, or decided above.</summary>
    private readonly record struct Wish(bool IsAsked, bool Primary, bool Underlay, bool Children, bool FillsForParent, bool Unsure);

    /// <summary>Takes a frame's inputs.</summary>
    public void Begin(ReadOnlySpan<View> views, double detailScale)
    {
        _wishes.Clear();
        _aims.Clear();
        var links = tree.Links[TileTree.SceneRoot];
        if (links.ChildCount == 0)
            return;
        var root = tree.Volume(links.FirstChild);
        _rootWidth = 2 * Longest(root);
        _axes = GroundAxes(root);
        foreach (ref readonly var view in views)
            _aims.Add(view.Kind == ViewKind.Sphere ? new(true, default, view.TargetErrorMetres / detailScale, 0, 0) : AimOf(view, detailScale, links.FirstChild));
    }

    /// <summary>The flags a tile must have that some views see; null where rounding decides.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="seenBy">For a tile at or above it, the views that see it, a bit each.</param>
    public VisitFlags? Flags(int tile, Func<int, int> seenBy)
    {
        var views = seenBy(tile);
        bool primary = false, underlay = false, children = false;
        for (var v = 0; v < _aims.Count; v++)
        {
            if ((views >> v & 1) == 0)
                continue;
            var wish = WishOf(v, tile, seenBy);
            if (wish.Unsure)
                return null;
            primary |= wish.Primary;
            underlay |= wish.Underlay;
            children |= wish.Children;
        }
        if (!primary && !underlay && IsToFill(tile))
            (underlay, children) = (true, children || (IsOpen(tile) && !tiles.HasLiveContent(tile)));
        ref readonly var links = ref tree.Links[tile];
        var (live, wanted) = (tiles.HasLiveContent(tile), primary ? VisitFlags.Primary : underlay ? VisitFlags.Underlay : VisitFlags.None);
        if ((links.Flags & TileFlags.Unexpanded) != 0)
            return (live ? wanted : VisitFlags.None) | (children || wanted != VisitFlags.None ? VisitFlags.Refined | VisitFlags.Expand : VisitFlags.None);
        if (!children)
            return wanted;
        if (!live)
            return VisitFlags.Refined;
        if ((links.Flags & TileFlags.Add) != 0)
            return VisitFlags.Refined | VisitFlags.Primary;

        // A tile that one view has as its primary and another one opens covers for what the other does not want of it.
        return wanted == VisitFlags.None ? VisitFlags.Refined : VisitFlags.Refined | VisitFlags.Underlay;
    }

    private Wish WishOf(int view, int tile, Func<int, int> seenBy)
    {
        if (_wishes.TryGetValue((view, tile), out var wish))
            return wish;
        return _wishes[(view, tile)] = (seenBy(tile) >> view & 1) == 0 ? default : WorkOut(view, tile, seenBy);
    }

    private Wish WorkOut(int view, int tile, Func<int, int> seenBy)
    {
        var parent = tree.Links[tile].Parent;
        var above = parent == TileTree.SceneRoot ? new(true, false, false, true, false, false) : WishOf(view, parent, seenBy);
        if (above.Unsure || _aims[view].Unsure)
            return new() { Unsure = true };
        var unsure = false;
        if (!above.Children && (parent == TileTree.SceneRoot || !FillsByChildren(parent, seenBy, ref unsure)))
            return new() { Unsure = unsure };
        var wish = _aims[view].IsSphere ? OfSphere(_aims[view], tile) : OfCamera(_aims[view], tile, above.FillsForParent);
        wish = wish with { Unsure = wish.Unsure || unsure };

        // A tile that has nothing to draw and something below leaves its part to that.
        var hollow = IsOpen(tile) && !tiles.HasLiveContent(tile) && (wish.Primary || wish.Underlay);
        return hollow ? wish with { Children = true, FillsForParent = wish is { Underlay: true, Primary: false } } : wish;
    }

    private Wish OfSphere(in Aim aim, int tile)
    {
        ref readonly var node = ref tree.Nodes[tile];
        var children = IsOpen(tile) && Math.Max(node.GeometricError, node.RasterError) > aim.LeastWidth;
        return new(true, !children, false, children, false, false);
    }

    private Wish OfCamera(in Aim aim, int tile, bool fillsForParent)
    {
        var unsure = false;
        var (width, level) = WidthAndLevel(tile);
        var next = width / Split(tile);
        var isPrimaryLevel = Less(next, aim.LeastWidth, ref unsure);
        var isJustAbove = !isPrimaryLevel && Less(next / 2, aim.LeastWidth, ref unsure);
        var away = AlongTheGround(aim.Focus, tile);
        var scale = tree.Volume(tile).Radius + aim.Focus.Length;
        var meetsPrimary = Meets(away, aim.PrimaryHalf, scale, ref unsure);
        var meetsUnderlay = Meets(away, aim.UnderlayHalf, scale, ref unsure);

        var ends = isPrimaryLevel || !IsOpen(tile);
        var primary = ends && (meetsPrimary || (isPrimaryLevel && level == 0));
        var underlay = meetsUnderlay && (fillsForParent || (!isPrimaryLevel && (isJustAbove || !IsOpen(tile))));
        var children = !ends && (isJustAbove ? meetsPrimary : meetsUnderlay);
        return new(true, primary, underlay && !primary, children, false, unsure);
    }

    // Nothing above can be drawn in its place: there is nothing, or it gives way to all its children at once.
    private bool IsToFill(int tile)
    {
        var above = tree.Links[tile].Parent;
        return above == TileTree.SceneRoot || !tiles.CanMask(above) || (!tiles.HasLiveContent(above) && IsToFill(above));
    }

    // It is to fill its part, has nothing to, and no view wants it for anything else: all that see it want its children.
    private bool FillsByChildren(int tile, Func<int, int> seenBy, ref bool unsure)
    {
        if (!IsToFill(tile) || !IsOpen(tile) || tiles.HasLiveContent(tile))
            return false;
        for (var v = 0; v < _aims.Count; v++)
        {
            var wish = WishOf(v, tile, seenBy);
            unsure |= wish.Unsure;
            if (wish.Primary || wish.Underlay)
                return false;
        }
        return true;
    }

    private bool IsOpen(int tile) => tree.Links[tile].ChildCount > 0 || (tree.Links[tile].Flags & TileFlags.Unexpanded) != 0;

    private bool NamesDocument(int tile) => (tree.Links[tile].Flags & (TileFlags.Expanded | TileFlags.Unexpanded)) != 0;

    // By how much the children's level is narrower.
    private double Split(int tile) => NamesDocument(tile) || tree.Links[tile].ChildCount <= 4 ? 2 : Math.Sqrt(tree.Links[tile].ChildCount);

    private (double Width, int Level) WidthAndLevel(int tile)
    {
        var parent = tree.Links[tile].Parent;
        if (parent == TileTree.SceneRoot)
            return (_rootWidth, 0);
        var (width, level) = WidthAndLevel(parent);
        return (tree.Links[parent].Flags & TileFlags.Expanded) != 0 ? (width, level) : (width / Split(parent), level + 1);
    }

    private static bool Less(double a, double b, ref bool unsure)
    {
        unsure |= Math.Abs(a - b) <= Rounding * (a + b);
        return a < b;
    }

    private static bool Meets(double away, double half, double scale, ref bool unsure)
    {
        unsure |= Math.Abs(away - half) <= Rounding * (Math.Abs(away) + half + scale);
        return away <= half;
    }

    private double AlongTheGround(Vector3d focus, int tile)
    {
        var volume = tree.Volume(tile);
        var d = focus - volume.Center;
        if (volume.Shape == VolumeShape.Sphere)
            return d.Length - volume.Radius;
        double[] along = [Math.Abs(Vector3d.Dot(d, volume.AxisX)) - volume.HalfLengths.X, Math.Abs(Vector3d.Dot(d, volume.AxisY)) - volume.HalfLengths.Y, Math.Abs(Vector3d.Dot(d, volume.AxisZ)) - volume.HalfLengths.Z];
        return _axes.Max(axis => along[axis]);
    }

    private Aim AimOf(in View view, double detailScale, int root)
    {
        var ray = view.Direction.Normalized();
        var distance = Ground(root, view.Position, ray, 0, double.PositiveInfinity);
        Vector3d focus;
        if (double.IsInfinity(distance))
            (focus, distance) = NearestPoint(tree.Volume(root), view.Position);
        else
            focus = view.Position + ray * distance;
        var metresPerPixel = Math.Max(distance, Math.Max(view.Near, 1e-6)) * 2 * DeterministicMath.Tan(view.FovY / 2) / view.ViewportHeight;
        var least = options.TargetTileWidthPx / detailScale * metresPerPixel;
        var square = Math.Max(view.ViewportWidth, view.ViewportHeight) * metresPerPixel / 2;
        var slack = Rounding * (square + focus.Length + _rootWidth);
        var (some, other) = (Narrowest(root, focus, square - slack, least * (1 + Rounding)), Narrowest(root, focus, square + slack, least * (1 - Rounding)));
        var width = _rootWidth;
        for (var i = 0; i < 64 && width / 2 >= least; i++)
            width /= 2;

        // The tree may end before: then its last level in the square is the primary one.
        var (ends, endsOther) = (!double.IsInfinity(some) && some / 2 >= least * (1 + Rounding), !double.IsInfinity(other) && other / 2 >= least * (1 - Rounding));
        if (ends)
            width = some;
        var half = square + options.FootprintMargin * width;
        return new(false, focus, ends ? 0.75 * width : least, half, half + options.FootprintMargin * width * 2) { Unsure = ends != endsOther || (ends && some != other) };
    }

    // Of all tiles that meet the square, as all above them do, the narrowest level that is wide enough.
    private double Narrowest(int tile, Vector3d focus, double square, double least)
    {
        var width = WidthAndLevel(tile).Width;
        if (width < least || AlongTheGround(focus, tile) > square)
            return double.PositiveInfinity;
        ref readonly var links = ref tree.Links[tile];
        if ((links.Flags & TileFlags.Unexpanded) != 0)
            return least;
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
            width = Math.Min(width, Narrowest(child, focus, square, least));
        return width;
    }

    // All of the tree that the ray meets, no order, no pruning. Only the part of the ray within all tiles above counts.
    private double Ground(int tile, Vector3d eye, Vector3d ray, double from, double to)
    {
        if (Within(tree.Volume(tile), eye, ray) is not { } own || Math.Max(from, own.From) > Math.Min(to, own.To))
            return double.PositiveInfinity;
        (from, to) = (Math.Max(from, own.From), Math.Min(to, own.To));
        ref readonly var links = ref tree.Links[tile];
        var least = double.PositiveInfinity;
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
            least = Math.Min(least, Ground(child, eye, ray, from, to));
        return double.IsInfinity(least) ? Math.Clamp(Middle(tree.Volume(tile), eye, ray), from, to) : least;
    }

    private static (double From, double To)? Within(in BoundingVolume volume, Vector3d eye, Vector3d ray)
    {
        var d = eye - volume.Center;
        var (from, to) = (0.0, double.PositiveInfinity);
        if (volume.Shape == VolumeShape.Sphere)
        {
            var b = Vector3d.Dot(d, ray);
            var discriminant = b * b - (d.LengthSquared - volume.Radius * volume.Radius);
            if (discriminant < 0 || -b + Math.Sqrt(discriminant) < 0)
                return null;
            return (Math.Max(0, -b - Math.Sqrt(discriminant)), -b + Math.Sqrt(discriminant));
        }
        ReadOnlySpan<(Vector3d Axis, double Half)> slabs = [(volume.AxisX, volume.HalfLengths.X), (volume.AxisY, volume.HalfLengths.Y), (volume.AxisZ, volume.HalfLengths.Z)];
        foreach (var (axis, half) in slabs)
        {
            var (at, speed) = (Vector3d.Dot(d, axis), Vector3d.Dot(ray, axis));
            if (speed == 0)
            {
                if (Math.Abs(at) > half)
                    return null;
                continue;
            }
            from = Math.Max(from, speed > 0 ? (-half - at) / speed : (half - at) / speed);
            to = Math.Min(to, speed > 0 ? (half - at) / speed : (-half - at) / speed);
        }
        return from <= to ? (from, to) : null;
    }

    private static double Middle(in BoundingVolume volume, Vector3d eye, Vector3d ray)
    {
        var d = volume.Center - eye;
        if (volume.Shape == VolumeShape.Sphere)
            return Vector3d.Dot(d, ray);
        var (x, y, z) = (volume.HalfLengths.X, volume.HalfLengths.Y, volume.HalfLengths.Z);
        var up = z <= Math.Min(x, y) ? volume.AxisZ : y <= x ? volume.AxisY : volume.AxisX;
        var speed = Vector3d.Dot(ray, up);
        return speed == 0 ? double.PositiveInfinity : Vector3d.Dot(d, up) / speed;
    }

    private static (Vector3d Point, double Distance) NearestPoint(in BoundingVolume volume, Vector3d eye)
    {
        var d = eye - volume.Center;
        var distance = volume.DistanceTo(eye);
        if (volume.Shape == VolumeShape.Sphere)
            return (distance > 0 ? volume.Center + d.Normalized() * volume.Radius : eye, distance);
        var point = volume.Center;
        ReadOnlySpan<(Vector3d Axis, double Half)> sides = [(volume.AxisX, volume.HalfLengths.X), (volume.AxisY, volume.HalfLengths.Y), (volume.AxisZ, volume.HalfLengths.Z)];
        foreach (var (axis, half) in sides)
            point += axis * Math.Min(half, Math.Max(-half, Vector3d.Dot(d, axis)));
        return (point, distance);
    }

    private static double Longest(in BoundingVolume volume) => Math.Max(volume.HalfLengths.X, Math.Max(volume.HalfLengths.Y, volume.HalfLengths.Z));

    private static int[] GroundAxes(in BoundingVolume volume)
    {
        double[] half = [volume.HalfLengths.X, volume.HalfLengths.Y, volume.HalfLengths.Z];
        if (volume.Shape != VolumeShape.Sphere)
        {
            foreach (var up in (int[])[2, 1, 0])
            {
                int[] others = [.. Enumerable.Range(0, 3).Where(axis => axis != up)];
                if (others.All(axis => half[up] * 2 <= half[axis]))
                    return others;
            }
        }
        return [0, 1, 2];
    }
}
