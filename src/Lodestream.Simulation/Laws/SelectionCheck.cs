using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Simulation.Laws;

/// <summary>
/// Law 1. Works the selection out a second time from its declared inputs, plainly: one volume, one view, one plane after the other. A
/// decision that hangs on rounding is left to the core. Equal selections must have equal signatures, different ones different.
/// </summary>
internal sealed class SelectionCheck(TileTree tree, TileFacts tiles, StreamerOptions options)
{
    // Relative slack within which two ways of computing the same decision may differ.
    private const double Rounding = 1e-9;

    private readonly PyramidCheck? _pyramid = options.Pyramid is { } pyramid ? new(tree, tiles, pyramid) : null;
    private readonly ProximityCheck? _proximity = options.Proximity is { } proximity ? new(tree, tiles, proximity) : null;
    private readonly Dictionary<int, int> _visitOf = [];
    private readonly Dictionary<int, VisitFlags> _last = [];
    private UInt128 _lastSignature;
    private long _lastVersion = -1;

    /// <summary>Everything was unloaded: what was decided before counts no more.</summary>
    public void Forget() => _proximity?.Forget();

    /// <summary>Checks a frame.</summary>
    /// <param name="set">What the core selected.</param>
    /// <param name="views">The views it was given.</param>
    /// <param name="detailScale">The detail scale it was given.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="fail">Takes tile and reason of what is wrong.</param>
    public void Check(VisibilitySet set, ReadOnlySpan<View> views, double detailScale, TimeSpan now, Action<int, string> fail)
    {
        var visits = set.Visits;
        _visitOf.Clear();
        for (var i = 0; i < visits.Length; i++)
        {
            if (!_visitOf.TryAdd(visits[i].Tile, i))
                fail(visits[i].Tile, "the tile is visited twice");
        }
        if (_proximity is not null)
            _proximity.Check(visits, _visitOf, views, detailScale, now, fail);
        else
            CheckTree(visits, views, detailScale, fail);
        CheckSignature(set, fail);
    }

    private void CheckTree(ReadOnlySpan<Visit> visits, ReadOnlySpan<View> views, double detailScale, Action<int, string> fail)
    {
        if (visits[0].Tile != TileTree.SceneRoot)
            fail(visits[0].Tile, "the first visit is not the scene's root");
        _pyramid?.Begin(views, detailScale);
        var expected = 1;
        for (var i = 0; i < visits.Length; i++)
        {
            if ((visits[i].Flags & VisitFlags.Refined) != 0)
                expected += CheckChildren(visits, i, views, detailScale, fail);
            else if (visits[i].ChildCount != 0)
                fail(visits[i].Tile, "a tile that is not refined has visited children");
        }
        if (expected != visits.Length)
            fail(-1, $"{visits.Length} tiles are visited, {expected} of them below refined ones");
    }

    private int CheckChildren(ReadOnlySpan<Visit> visits, int parent, ReadOnlySpan<View> views, double detailScale, Action<int, string> fail)
    {
        var links = tree.Links[visits[parent].Tile];
        var found = 0;
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
        {
            var at = _visitOf.GetValueOrDefault(child, -1);
            if (at >= 0)
                found++;
            CheckTile(visits, parent, child, at, views, detailScale, fail);
        }
        return found;
    }

    private void CheckTile(ReadOnlySpan<Visit> visits, int parent, int tile, int at, ReadOnlySpan<View> views, double detailScale, Action<int, string> fail)
    {
        var volume = tree.Volume(tile);
        var (seen, unsure) = (0, 0);
        var (distance, error) = (double.PositiveInfinity, 0.0);
        var (wantsMore, unsureOfMore) = (false, false);
        ref readonly var node = ref tree.Nodes[tile];
        var metres = Math.Max(node.GeometricError, node.RasterError);
        for (var v = 0; v < views.Length; v++)
        {
            if ((visits[parent].Views >> v & 1) == 0)
                continue;
            var sight = Sees(views[v], tile, volume, (visits[parent].Inside >> v & 1) != 0);
            var actual = at >= 0 && (visits[at].Views >> v & 1) != 0;
            if (sight == Sight.Unsure)
                unsure |= 1 << v;
            if (sight == Sight.Sees)
                seen |= 1 << v;
            if (!(sight == Sight.Unsure ? actual : sight == Sight.Sees))
                continue;
            var away = volume.DistanceTo(views[v].Position);
            if (views[v].Kind == ViewKind.Sphere)
            {
                // A sphere judges metres, wherever it is; it has neither distance nor pixels.
                wantsMore |= metres > views[v].TargetErrorMetres / detailScale;
                continue;
            }
            // Nothing is seen from nearer than the near plane.
            var closest = Math.Max(away, views[v].Near);
            distance = Math.Min(distance, away);
            error = Math.Max(error, metres * views[v].PixelScale / closest);
            JudgeError(views[v], node.GeometricError, views[v].TargetErrorPx);
            JudgeError(views[v], node.RasterError, views[v].RasterTargetErrorPx > 0 ? views[v].RasterTargetErrorPx : views[v].TargetErrorPx);

            void JudgeError(in View view, double metres, double target)
            {
                var (projected, allowed) = (metres * view.PixelScale, target / detailScale * closest);
                wantsMore |= projected > allowed;
                unsureOfMore |= Math.Abs(projected - allowed) <= Rounding * Math.Max(projected, allowed) + Rounding * target * volume.Radius;
            }
        }
        var actually = at < 0 ? 0 : visits[at].Views;
        if ((actually & ~unsure) != seen)
        {
            fail(tile, $"views {actually:b} see it by the selection, {seen:b} by its volume");
            return;
        }
        if (at < 0)
            return;
        CheckFacts(visits[at], distance, error, volume, fail);
        if (_pyramid is not null)
        {
            CheckPyramid(_pyramid, visits, at, fail);
            return;
        }
        var flags = Flags(tile, wantsMore);
        if (flags != visits[at].Flags && (!unsureOfMore || Flags(tile, !wantsMore) != visits[at].Flags))
            fail(tile, $"it is selected as {visits[at].Flags}; its inputs say {flags} (error {error:g6} px)");
    }

    private static void CheckPyramid(PyramidCheck pyramid, ReadOnlySpan<Visit> visits, int at, Action<int, string> fail)
    {
        var visit = visits[at];
        var seen = new Dictionary<int, int>();
        for (var i = at; i >= 0; i = visits[i].Parent)
            seen[visits[i].Tile] = visits[i].Views;
        if (pyramid.Flags(visit.Tile, tile => seen[tile]) is { } flags && flags != visit.Flags)
            fail(visit.Tile, $"it is selected as {visit.Flags}; its inputs say {flags}");
    }

    private static void CheckFacts(in Visit visit, double distance, double error, in BoundingVolume volume, Action<int, string> fail)
    {
        if (!IsNear(visit.Distance, distance, volume.Radius))
            fail(visit.Tile, $"its distance is {visit.Distance:r}; it is {distance:r} m away");
        // Close by, an error in pixels is as uncertain as the distance it is divided by.
        var closest = Math.Max(distance, Rounding * volume.Radius);
        if (!IsNear(visit.ErrorPx, error, 0) && distance > 1e-6 * volume.Radius && Math.Abs(visit.ErrorPx - error) * closest > Rounding * volume.Radius * error)
            fail(visit.Tile, $"its error is {visit.ErrorPx:r}; it should be {error:r} px");
    }

    private static bool IsNear(double a, double b, double scale) => a == b || Math.Abs(a - b) <= Rounding * (Math.Abs(a) + Math.Abs(b) + scale);

    private VisitFlags Flags(int tile, bool wantsMore)
    {
        ref readonly var links = ref tree.Links[tile];
        var live = tiles.HasLiveContent(tile);
        if ((links.Flags & TileFlags.Unexpanded) != 0)
            return VisitFlags.Refined | VisitFlags.Expand | (live ? VisitFlags.Primary : 0);
        if (links.ChildCount == 0 || (live && !wantsMore))
            return VisitFlags.Primary;
        return live && (links.Flags & TileFlags.Add) != 0 ? VisitFlags.Refined | VisitFlags.Primary : VisitFlags.Refined;
    }

    private enum Sight
    {
        Hidden,
        Unsure,
        Sees,
    }

    private Sight Sees(in View view, int tile, in BoundingVolume volume, bool parentInside)
    {
        var certain = Sight.Sees;
        if (tree.RequestVolume(tile) is { } request)
        {
            var outside = request.DistanceTo(view.Position);
            if (outside > Rounding * request.Radius)
                return Sight.Hidden;
            if (outside > 0)
                certain = Sight.Unsure;
        }
        if (view.Kind == ViewKind.Sphere)
        {
            var beyondSphere = volume.DistanceTo(view.Position) - view.Radius;
            return Math.Abs(beyondSphere) < Rounding * (view.Radius + volume.Radius) ? Sight.Unsure : beyondSphere > 0 ? Sight.Hidden : certain;
        }

        // What lies wholly inside the frustum shows all of its children.
        if (parentInside)
            return certain;
        var frustum = view.Frustum();
        var scale = Rounding * (volume.Radius + (volume.Center - view.Position).Length + volume.Center.Length);
        for (var i = 0; i < 6; i++)
        {
            var beyond = frustum[i].SignedDistance(volume.Center) + Reach(volume, frustum[i].Normal);
            if (beyond < -scale)
                return Sight.Hidden;
            if (beyond < scale)
                certain = Sight.Unsure;
        }
        return certain;
    }

    private static double Reach(in BoundingVolume volume, Vector3d normal) => volume.Shape == VolumeShape.Sphere
        ? volume.HalfLengths.X
        : Math.Abs(Vector3d.Dot(normal, volume.AxisX) * volume.HalfLengths.X)
            + Math.Abs(Vector3d.Dot(normal, volume.AxisY) * volume.HalfLengths.Y)
            + Math.Abs(Vector3d.Dot(normal, volume.AxisZ) * volume.HalfLengths.Z);

    private void CheckSignature(VisibilitySet set, Action<int, string> fail)
    {
        const VisitFlags signed = VisitFlags.Primary | VisitFlags.Underlay | VisitFlags.Expand | VisitFlags.Ahead;
        var (same, count) = (true, 0);
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & signed) == 0 || visit.Tile == TileTree.SceneRoot)
                continue;
            count++;
            same &= _last.TryGetValue(visit.Tile, out var last) && last == visit.Flags;
        }
        same &= count == _last.Count;
        if (_lastVersion == tree.Version && same != (set.Signature == _lastSignature))
            fail(-1, same ? "the selection is the frame before's, its signature is not" : "the selection changed, its signature did not");
        _last.Clear();
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & signed) != 0 && visit.Tile != TileTree.SceneRoot)
                _last[visit.Tile] = visit.Flags;
        }
        (_lastSignature, _lastVersion) = (set.Signature, tree.Version);
    }
}
