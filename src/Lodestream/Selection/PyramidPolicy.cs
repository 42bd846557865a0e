using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// One level for what is looked at. The primary level is the deepest one there is in the footprint whose tiles, at the distance of the focal
/// point, are at least <see cref="PyramidOptions.TargetTileWidthPx"/> ÷ detail scale wide on screen. Primary are its tiles that meet the footprint: the square around
/// the focal point that holds the viewport at that distance, grown by <see cref="PyramidOptions.FootprintMargin"/> of a tile's width. Underlay
/// are the tiles of the level above that meet the footprint grown once more, and every tile of the topmost level in view; what is in view
/// and in neither is drawn from them.
/// <para>
/// Where a part of the tree ends above the primary level, its deepest tiles stand as primary. A tile with nothing to draw gives its part to its
/// children. A level of a quadtree has half the width of the one above it, whatever its tiles' own volumes; a tile of another tree with n &gt; 4
/// children gives each 1 ÷ √n of its width, so that every tree can be selected from, and only a quadtree has one primary level. A refined
/// ADD tile's own content is primary. Where a tile gives way to all its children at once, because it can carry no mask, those in view that are
/// in neither footprint are underlay beside the others. Of several views each has its own level; together they want all that any of them wants,
/// and where one of them wants deeper within what is another's primary tile, that tile is underlay. A sphere wants what is fine enough for it.
/// </para>
/// <para>The focal point is where the view's centre ray meets the known tree (<see cref="FocalPoint"/>). Stateless but for scratch space.</para>
/// </summary>
public sealed class PyramidPolicy : ISelectionPolicy
{
    // Halvings of a tile's width that are looked at for the primary level: more than any tree is deep.
    private const int MostLevels = 64;

    // Share of a level's width that tells it from the one below.
    private const double BetweenLevels = 0.75;

    private readonly PyramidOptions _options;
    private readonly bool _hostHasMasks;
    private Look[] _looks = new Look[1];
    private Place[] _places = new Place[256];
    private int _groundAxes, _primaryLevel;

    /// <summary>Makes a policy.</summary>
    /// <param name="options">Options; defaults where null.</param>
    /// <param name="hostHasMasks">Whether the host draws tiles around some of their children: <see cref="StreamerOptions.HostHasMasks"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public PyramidPolicy(PyramidOptions? options = null, bool hostHasMasks = true)
    {
        _options = options ?? new();
        _hostHasMasks = hostHasMasks;
        _options.Validate();
    }

    /// <summary>How far away a camera looks, metres: the distance at which it holds the widths of tiles against <see cref="PyramidOptions.TargetTileWidthPx"/>.</summary>
    /// <param name="tree">The scene, whose volumes are the ground as far as it is known.</param>
    /// <param name="view">The camera.</param>
    public static double FocalDistance(TileTree tree, in View view)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return Math.Max(FocalPoint.Of(tree, view).Distance, view.Near);
    }

    /// <summary>What it was made with, for recordings.</summary>
    internal (PyramidOptions Options, bool HostHasMasks) MadeWith => (_options, _hostHasMasks);

    // A view with what it wants of the ground.
    private struct Look
    {
        public PreparedView View;
        public Vector3d Focus;

        /// <summary>Least width of a primary tile, metres; a sphere's greatest error.</summary>
        public double Threshold;

        /// <summary>Half the widths of the footprints, metres.</summary>
        public double Primary, Underlay;
    }

    // What a visit hands down to its children, beside the visit itself.
    private struct Place
    {
        /// <summary>Width of the tile's level, metres.</summary>
        public double Width;

        /// <summary>Level within the pyramid; what a document's root shares with the tile that names it.</summary>
        public int Level;

        /// <summary>Views that want the tile's children, a bit each, and those that want them as underlay in their parent's place.</summary>
        public ushort Refining, Underlaying;

        /// <summary>What is in view of the tile is drawn from it whatever the footprint: nothing above it can be, or it comes with siblings. When judged, the same of its children.</summary>
        public bool Fills;
    }

    private enum Role : byte
    {
        None,
        Underlay,
        Primary,
    }

    /// <inheritdoc/>
    public void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(set);
        set.Begin(views.Length);
        Prepare(tree, views, inputs);
        _primaryLevel = -1;
        _places[0] = new() { Level = -1, Refining = set.VisitArray[0].Views, Fills = true };
        for (var i = 0; i < set.Count; i++)
        {
            if ((set.VisitArray[i].Flags & VisitFlags.Refined) != 0)
                VisitChildren(tree, set, i);
        }
        set.End(tree);
        set.PrimaryLevel = _primaryLevel;
    }

    private void Prepare(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs)
    {
        if (_looks.Length < views.Length)
            _looks = new Look[views.Length];
        ref readonly var scene = ref tree.LinkArray[TileTree.SceneRoot];
        var width = scene.ChildCount == 0 ? 0 : Width(tree.NodeArray[scene.FirstChild]);
        _groundAxes = scene.ChildCount == 0 ? 7 : GroundAxes(tree, scene.FirstChild);
        for (var v = 0; v < views.Length; v++)
            _looks[v] = views[v].Kind == ViewKind.Camera ? OfCamera(tree, views[v], inputs, width) : new() { View = new(views[v], inputs.DetailScale), Threshold = views[v].TargetErrorMetres / inputs.DetailScale };
    }

    private Look OfCamera(TileTree tree, in View view, in SelectionInputs inputs, double rootWidth)
    {
        var prepared = new PreparedView(view, inputs.DetailScale);
        var focus = FocalPoint.Of(tree, view);
        var metresPerPixel = Math.Max(focus.Distance, prepared.Near) / prepared.PixelScale;
        var least = _options.TargetTileWidthPx / inputs.DetailScale * metresPerPixel;
        var half = HalfFootprint(view, metresPerPixel);
        var width = rootWidth;
        for (var level = 0; level < MostLevels && width / 2 >= least; level++)
            width /= 2;
        var narrowest = double.PositiveInfinity;
        if (rootWidth >= least)
            FindNarrowest(tree, tree.LinkArray[TileTree.SceneRoot].FirstChild, rootWidth, focus.Point, half, least, ref narrowest);
        var ends = narrowest < double.PositiveInfinity && narrowest / 2 >= least;
        if (ends)
            width = narrowest;
        var primary = half + _options.FootprintMargin * width;
        return new() { View = prepared, Focus = focus.Point, Threshold = ends ? BetweenLevels * width : least, Primary = primary, Underlay = primary + _options.FootprintMargin * 2 * width };
    }

    // The narrowest level there is in the square, or one that is as narrow as may be. What a document holds is thought to go on.
    private void FindNarrowest(TileTree tree, int tile, double width, Vector3d focus, double half, double least, ref double narrowest)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        if (width < least || narrowest / 2 < least || Gap(tree, tree.NodeArray[tile], links.Flags, focus) > half)
            return;
        narrowest = (links.Flags & TileFlags.Unexpanded) != 0 ? least : Math.Min(narrowest, width);
        var below = (links.Flags & TileFlags.Expanded) != 0 ? width : ChildWidth(width, links.ChildCount);
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
            FindNarrowest(tree, child, below, focus, half, least, ref narrowest);
    }

    /// <summary>Half the width of the square that holds the viewport at a distance.</summary>
    internal static double HalfFootprint(in View view, double metresPerPixel) => Math.Max(view.ViewportWidth, view.ViewportHeight) / 2 * metresPerPixel;

    /// <summary>Level of a tile within its pyramid: the root's is 0, and a document's root shares it with the tile that names the document.</summary>
    internal static int LevelOf(TileTree tree, int tile)
    {
        var level = -1;
        for (var above = tree.LinkArray[tile].Parent; above >= 0; tile = above, above = tree.LinkArray[tile].Parent)
            level += above != TileTree.SceneRoot && (tree.LinkArray[above].Flags & TileFlags.Expanded) != 0 ? 0 : 1;
        return level;
    }

    private void VisitChildren(TileTree tree, VisibilitySet set, int parent)
    {
        ref readonly var above = ref tree.LinkArray[set.VisitArray[parent].Tile];
        if ((above.Flags & TileFlags.Unexpanded) != 0)
            set.VisitArray[parent].Flags |= VisitFlags.Expand;
        if (_places.Length < set.Count + above.ChildCount)
            Array.Resize(ref _places, Math.Max(set.Count + above.ChildCount, _places.Length * 2));
        set.Touched += above.ChildCount;
        for (var child = above.FirstChild; child < above.FirstChild + above.ChildCount; child++)
        {
            var seen = See(tree, child, set.VisitArray[parent]);
            if (seen.Views == 0)
                continue;
            var at = set.Count;
            _places[at] = PlaceOf(tree, child, above, _places[parent]);
            seen.Flags = Judge(tree, child, seen.Views, _places[parent], ref _places[at]);
            ref var visit = ref set.Add(parent, child);
            (visit.Views, visit.Inside, visit.Distance, visit.ErrorPx, visit.Flags) = (seen.Views, seen.Inside, seen.Distance, seen.ErrorPx, seen.Flags);
            if ((visit.Flags & VisitFlags.Primary) != 0)
                _primaryLevel = Math.Max(_primaryLevel, _places[at].Level);
        }
    }

    // Which views see the tile, from how far, and how large its error is to them.
    private Visit See(TileTree tree, int tile, in Visit parent)
    {
        var visit = new Visit { Distance = double.PositiveInfinity };
        ref readonly var node = ref tree.NodeArray[tile];
        var metres = Math.Max(node.GeometricError, node.RasterError);
        var hasRequestVolume = (tree.LinkArray[tile].Flags & TileFlags.HasRequestVolume) != 0;
        for (var v = 0; parent.Views >> v != 0; v++)
        {
            if ((parent.Views >> v & 1) == 0)
                continue;
            ref readonly var view = ref _looks[v].View;
            if (hasRequestVolume && tree.RequestVolume(tile)!.Value.DistanceTo(view.Position) > 0)
                continue;
            if (!view.Sees(tree, tile, (parent.Inside >> v & 1) != 0, out var inside, out var squared))
                continue;
            visit.Views |= (ushort)(1 << v);
            if (!view.IsCamera)
                continue;
            var distance = Math.Sqrt(squared);
            if (inside)
                visit.Inside |= (ushort)(1 << v);
            visit.Distance = Math.Min(visit.Distance, distance);
            visit.ErrorPx = Math.Max(visit.ErrorPx, metres * view.PixelScale / Math.Max(distance, view.Near));
        }
        return visit;
    }

    private Place PlaceOf(TileTree tree, int tile, in TileLinks above, in Place parent)
    {
        var place = new Place { Width = parent.Width, Level = parent.Level, Fills = parent.Fills || !above.CanMask(_hostHasMasks) };
        if (parent.Level < 0)
            (place.Width, place.Level) = (Width(tree.NodeArray[tile]), 0);
        else if ((above.Flags & TileFlags.Expanded) == 0)
            (place.Width, place.Level) = (ChildWidth(parent.Width, above.ChildCount), parent.Level + 1);
        return place;
    }

    // What the views that see a tile want of it and of its children.
    private VisitFlags Judge(TileTree tree, int tile, ushort views, in Place parent, ref Place place)
    {
        ref readonly var links = ref tree.LinkArray[tile];
        var drawable = links.HasLiveContent;
        var isOpen = links.ChildCount > 0 || (links.Flags & TileFlags.Unexpanded) != 0;
        var role = Role.None;
        for (var v = 0; views >> v != 0; v++)
        {
            var bit = (ushort)(1 << v);
            if ((views & parent.Refining & bit) == 0)
                continue;
            var own = Wish(tree, tile, links, _looks[v], place, (parent.Underlaying & bit) != 0, isOpen, out var refines);

            // Nothing to draw and something below: the part is the children's.
            if (own != Role.None && isOpen && !drawable)
            {
                refines = true;
                place.Underlaying |= own == Role.Underlay ? bit : (ushort)0;
            }
            if (refines)
                place.Refining |= bit;
            if (own > role)
                role = own;
        }
        if (role == Role.None && place.Fills)
        {
            role = Role.Underlay;
            place.Refining |= isOpen && !drawable ? views : (ushort)0;
        }
        place.Fills &= !drawable;
        return Flags(links, role, place.Refining != 0, drawable);
    }

    private static VisitFlags Flags(in TileLinks links, Role role, bool refines, bool drawable)
    {
        var flags = role switch { Role.Primary => VisitFlags.Primary, Role.Underlay => VisitFlags.Underlay, _ => VisitFlags.None };
        if ((links.Flags & TileFlags.Unexpanded) != 0)
        {
            // Not drawable unless it has a content beside the document; its topology is wanted with whatever it is wanted for.
            var own = drawable ? flags : VisitFlags.None;
            return refines || role != Role.None ? own | VisitFlags.Refined | VisitFlags.Expand : own;
        }
        if (!refines)
            return flags;
        if (!drawable)
            return VisitFlags.Refined;
        if ((links.Flags & TileFlags.Add) != 0)
            return VisitFlags.Refined | VisitFlags.Primary;
        return VisitFlags.Refined | (role == Role.None ? VisitFlags.None : VisitFlags.Underlay);
    }

    // One view's wish: what the tile is to be, and whether its children are wanted.
    private Role Wish(TileTree tree, int tile, in TileLinks links, in Look look, in Place place, bool underlays, bool isOpen, out bool refines)
    {
        ref readonly var node = ref tree.NodeArray[tile];
        if (!look.View.IsCamera)
        {
            refines = isOpen && Math.Max(node.GeometricError, node.RasterError) > look.Threshold;
            return refines ? Role.None : Role.Primary;
        }
        var gap = Gap(tree, node, links.Flags, look.Focus);
        var isDocument = (links.Flags & (TileFlags.Expanded | TileFlags.Unexpanded)) != 0;
        var below = isDocument ? place.Width / 2 : ChildWidth(place.Width, links.ChildCount);
        var otherwise = underlays && gap <= look.Underlay ? Role.Underlay : Role.None;
        refines = false;
        if (below < look.Threshold)
            return gap <= look.Primary || place.Level == 0 ? Role.Primary : otherwise;
        if (!isOpen)
            return gap <= look.Primary ? Role.Primary : gap <= look.Underlay ? Role.Underlay : otherwise;
        var isAbovePrimary = below / 2 < look.Threshold;
        refines = gap <= (isAbovePrimary ? look.Primary : look.Underlay);
        return isAbovePrimary && gap <= look.Underlay ? Role.Underlay : otherwise;
    }

    // How far the focal point is outside the tile, along the ground, metres; negative inside.
    private double Gap(TileTree tree, in TileNode node, TileFlags flags, Vector3d focus)
    {
        var d = new Vector3d(focus.X - node.CenterX, focus.Y - node.CenterY, focus.Z - node.CenterZ);
        if ((flags & TileFlags.AxisAligned) == 0)
        {
            if ((flags & TileFlags.Sphere) != 0)
                return d.Length - node.HalfX;
            var axes = tree.AxesOf(node.Orientation);
            d = new(Vector3d.Dot(d, axes.X), Vector3d.Dot(d, axes.Y), Vector3d.Dot(d, axes.Z));
        }
        var gap = double.NegativeInfinity;
        if ((_groundAxes & 1) != 0)
            gap = Math.Abs(d.X) - node.HalfX;
        if ((_groundAxes & 2) != 0)
            gap = Math.Max(gap, Math.Abs(d.Y) - node.HalfY);
        if ((_groundAxes & 4) != 0)
            gap = Math.Max(gap, Math.Abs(d.Z) - node.HalfZ);
        return gap;
    }

    // A scene's volume that is flat lies on the ground: its two longer axes. The globe's is not, and all three count.
    private static int GroundAxes(TileTree tree, int root)
    {
        ref readonly var node = ref tree.NodeArray[root];
        if ((tree.LinkArray[root].Flags & TileFlags.Sphere) != 0)
            return 7;
        var (x, y, z) = (node.HalfX, node.HalfY, node.HalfZ);
        if (z * 2 <= Math.Min(x, y))
            return 3;
        if (y * 2 <= Math.Min(x, z))
            return 5;
        return x * 2 <= Math.Min(y, z) ? 6 : 7;
    }

    private static double Width(in TileNode node) => 2 * Math.Max(node.HalfX, Math.Max(node.HalfY, node.HalfZ));

    private static double ChildWidth(double width, int children) => children <= 4 ? width / 2 : width / Math.Sqrt(children);
}
