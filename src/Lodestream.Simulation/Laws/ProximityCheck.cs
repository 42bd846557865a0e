using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Simulation.Laws;

/// <summary>
/// What must hold of a selection by distance, looked at entry by entry: no index, no look at what the policy decided before, only at what it
/// selected. Where a camera will be is not worked out again: between where it is and as far as it can get, what hangs on it is left to the
/// core, and so is what hangs on rounding.
/// </summary>
internal sealed partial class ProximityCheck(TileTree tree, TileFacts tiles, ProximityOptions options)
{
    private const double Rounding = 1e-9;

    // Seconds: timers are looked at in ticks.
    private const double Slack = 0.05;

    // A camera that was as fast within this time may be predicted to be ahead of itself, seconds: the smoothing's tail.
    private const double SpeedMemory = 2;

    private readonly Dictionary<int, Past> _past = [];
    private readonly List<(TimeSpan Time, double Speed)> _speeds = [];
    private Vector3d[] _positions = [];
    private TimeSpan _time;
    private ProximityTable? _table;
    private double _scale = 1, _query;

    private struct Past
    {
        public int Wanted;
        public bool AskedForFull;
        public TimeSpan ChangedAt, SwappedAt, BeyondSince, NearSince;
    }

    private readonly record struct Found(int Wanted, bool AsksForFull);

    private readonly record struct Range(double Low, double High);

    private Range DistanceTo(Vector3d center, ReadOnlySpan<View> views, in BoundingVolume volume, out bool unsure)
    {
        var (high, touched) = (double.PositiveInfinity, false);
        unsure = false;
        foreach (ref readonly var view in views)
        {
            if (view.Kind == ViewKind.Camera)
            {
                high = Math.Min(high, Vector3d.Distance(center, view.Position));
                continue;
            }
            var beyond = volume.DistanceTo(view.Position) - view.Radius;
            unsure |= Math.Abs(beyond) < Rounding * (view.Radius + volume.Radius);
            touched |= beyond <= 0;
        }
        return touched ? new(0, 0) : new(Math.Max(0, high - Reach), high);
    }

    // How far ahead of itself a camera may be predicted to be, metres.
    private double Reach
    {
        get
        {
            var speed = 0.0;
            foreach (var (_, known) in _speeds)
                speed = Math.Max(speed, known);
            return speed * options.VelocityLookAheadTime * (1 + Rounding) + Rounding;
        }
    }

    /// <summary>Everything was unloaded, and what was decided with it.</summary>
    public void Forget() => _past.Clear();

    /// <summary>Checks a frame.</summary>
    /// <param name="visits">What the core selected.</param>
    /// <param name="visitOf">Where among it a tile is.</param>
    /// <param name="views">The views it was given.</param>
    /// <param name="scale">The detail scale it was given.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="fail">Takes tile and reason of what is wrong.</param>
    public void Check(ReadOnlySpan<Visit> visits, Dictionary<int, int> visitOf, ReadOnlySpan<View> views, double scale, TimeSpan now, Action<int, string> fail)
    {
        WatchSpeed(views, now);
        var scene = tree.Links[TileTree.SceneRoot];
        if (scene.ChildCount == 0 || ProximityTable.Of(tree, scene.FirstChild) is not { } table)
            return;
        if (_table != table)
        {
            _past.Clear();
            (_table, _query) = (table, QueryRadius(table));
        }
        CheckShape(visits, scene.FirstChild, fail);
        CheckMeshes(visits, visitOf, table, views, fail);
        for (var entry = 0; entry < table.Count; entry++)
            CheckEntry(visits, visitOf, table, scene.FirstChild, entry, views, scale, now, fail);
        _scale = scale;
    }

    private void WatchSpeed(ReadOnlySpan<View> views, TimeSpan now)
    {
        var elapsed = (now - _time).TotalSeconds;
        for (var v = 0; v < views.Length && v < _positions.Length && elapsed > 0; v++)
            _speeds.Add((now, Vector3d.Distance(views[v].Position, _positions[v]) / elapsed));
        _speeds.RemoveAll(known => (now - known.Time).TotalSeconds > SpeedMemory);
        _positions = new Vector3d[views.Length];
        for (var v = 0; v < views.Length; v++)
            _positions[v] = views[v].Position;
        _time = now;
    }

    // Below the manifest's root the chains, each a row from its coarsest tile on, refined down to the one wanted tile.
    private void CheckShape(ReadOnlySpan<Visit> visits, int root, Action<int, string> fail)
    {
        for (var i = 0; i < visits.Length; i++)
        {
            if (i == 0 || visits[i].Tile == root)
                continue;
            var above = visits[visits[i].Parent];
            if (tree.Links[visits[i].Tile].Parent != above.Tile)
                fail(visits[i].Tile, "its visit's parent is another tile's");
            var isRefined = (visits[i].Flags & VisitFlags.Refined) != 0;
            if (isRefined && (above.Flags & VisitFlags.Refined) == 0)
                fail(visits[i].Tile, "it is refined below a tile that is not");
            if (isRefined == ((visits[i].Flags & VisitFlags.Primary) != 0) && (above.Flags & VisitFlags.Refined) != 0 && (visits[i].Flags & ~(VisitFlags.Ahead | VisitFlags.Passed)) != 0)
                fail(visits[i].Tile, "it is both wanted and refined");
            if (isRefined && visits[i].ChildCount != 1 && !IsOfMeshes(visits[i].Tile))
                fail(visits[i].Tile, "it is refined and what is finer is not visited");
            if ((visits[i].Flags & VisitFlags.Primary) != 0 && (above.Flags & VisitFlags.Refined) == 0)
                fail(visits[i].Tile, "it is wanted below a tile that is not refined");
            if ((visits[i].Flags & VisitFlags.Ahead) != 0 && tree.Links[visits[i].Tile].ChildCount > 0)
                fail(visits[i].Tile, "it is fetched ahead and is no full tile");
        }
    }

    private Found Find(ReadOnlySpan<Visit> visits, Dictionary<int, int> visitOf, ProximityTable table, int root, int entry)
    {
        var (wanted, asks) = (-1, false);
        var tile = ProximityTable.FirstTileOf(tree, root, entry);
        var count = table.FirstRepresentation[entry + 1] - table.FirstRepresentation[entry];
        for (var i = 0; i < count && visitOf.TryGetValue(tile, out var at); i++, tile = tree.Links[tile].FirstChild)
        {
            var isParted = i == count - 1 && IsParted(tile);
            wanted = (visits[at].Flags & VisitFlags.Primary) != 0 || (isParted && (visits[at].Flags & VisitFlags.Refined) != 0) ? i : wanted;
            asks |= isParted || (i == count - 1 && (visits[at].Flags & (VisitFlags.Primary | VisitFlags.Ahead)) != 0);
        }
        return new(wanted, asks);
    }

    private void CheckEntry(ReadOnlySpan<Visit> visits, Dictionary<int, int> visitOf, ProximityTable table, int root, int entry, ReadOnlySpan<View> views, double scale, TimeSpan now, Action<int, string> fail)
    {
        var found = Find(visits, visitOf, table, root, entry);
        var tile = ProximityTable.FirstTileOf(tree, root, entry);
        var volume = tree.Volume(tile);
        var full = table.FirstRepresentation[entry + 1] - table.FirstRepresentation[entry] - 1;
        var known = _past.TryGetValue(entry, out var past);
        if (!known)
            past = new() { Wanted = -1, BeyondSince = TimeSpan.MaxValue, ChangedAt = now, SwappedAt = TimeSpan.MinValue, NearSince = now };
        var distance = DistanceTo(table.Center[entry], views, volume, out var unsure);
        if (table.IsShared[entry])
        {
            if (found.Wanted != full)
                fail(tile, "it is always to be there, and is not wanted");
            return;
        }
        past.BeyondSince = distance.Low > table.UnloadRadius[entry] * scale ? past.BeyondSince == TimeSpan.MaxValue ? now : past.BeyondSince : TimeSpan.MaxValue;
        if (!unsure)
        {
            CheckFull(table, entry, tile, full, found, past, distance, views, volume, scale, now, fail);
            CheckCoarser(table, entry, tile, full, found, past, distance, views, volume, scale, now, fail);
        }
        if (found.Wanted != past.Wanted && past.Wanted >= 0 && found.Wanted >= 0)
            past.SwappedAt = now;
        if (found.Wanted != past.Wanted)
            past.ChangedAt = now;
        if (distance.High >= _query)
            past.NearSince = now;
        (past.Wanted, past.AskedForFull) = (found.Wanted, found.AsksForFull);
        _past[entry] = past;
    }

    private void CheckFull(ProximityTable table, int entry, int tile, int full, Found found, in Past past, Range distance, ReadOnlySpan<View> views, in BoundingVolume volume, double scale, TimeSpan now, Action<int, string> fail)
    {
        var fullTile = TileOf(tile, full);
        var within = distance.High < table.StreamingRadius[entry] * scale * (1 - Rounding);
        if (within && found.Wanted != full && (IsHere(fullTile) || (MayStart(table, entry, views, surely: true) && IsSeen(views, volume, surely: true, options.TileFrustumGatePadding))) && !tiles.HasFailedForGood(fullTile))
            fail(fullTile, $"it is within its streaming radius, {distance.High:g6} m away, and not wanted");
        if (!found.AsksForFull)
            return;
        var beyond = past.BeyondSince == TimeSpan.MaxValue ? 0 : (now - past.BeyondSince).TotalSeconds;
        if (distance.Low > _query || (beyond > options.UnloadGracePeriod + options.MinimumParsedTileResidentSeconds + Slack))
            fail(fullTile, $"it is asked for {distance.Low:g6} m away, {beyond:g3} s beyond its unload radius");
        if (past.AskedForFull || IsHere(fullTile))
            return;
        if (distance.Low > table.PrefetchRadius[entry] * scale * (1 + Rounding))
            fail(fullTile, $"it is asked for anew {distance.Low:g6} m away, beyond its prefetch radius");

        // Gates touch nothing that is on its way, such as an upload that nobody wanted for a tick and nobody could call off.
        if (tiles.IsOnItsWay(fullTile))
            return;
        if (!MayStart(table, entry, views, surely: false) || !IsSeen(views, volume, surely: false, options.TileFrustumGatePadding))
            fail(fullTile, "it is asked for anew behind a gate");
    }

    private void CheckCoarser(ProximityTable table, int entry, int tile, int full, Found found, in Past past, Range distance, ReadOnlySpan<View> views, in BoundingVolume volume, double scale, TimeSpan now, Action<int, string> fail)
    {
        // Beyond the query radius nothing is held: what counts is since then.
        var held = (now - past.ChangedAt).TotalSeconds;
        var heldNear = Math.Min(held, (now - past.NearSince).TotalSeconds);
        var (wasCoarser, isCoarser) = (past.Wanted >= 0 && past.Wanted < full, found.Wanted >= 0 && found.Wanted < full);
        if (wasCoarser && isCoarser && past.Wanted != found.Wanted && scale >= _scale && past.SwappedAt > past.NearSince
            && distance.High < _query && (now - past.SwappedAt).TotalSeconds < options.SecondaryRepresentationMinDwellSeconds - Slack && !HasFailed(TileOf(tile, past.Wanted)))
            fail(tile, $"it changes from representation {past.Wanted} to {found.Wanted} {held:g3} s after the change before");
        var (first, finest) = (table.FirstRepresentation[entry], Finest(tile, full));
        if (distance.Low > _query * (1 + Rounding))
        {
            if (found.Wanted > 0 && found.Wanted != Coarsest(tile, full))
                fail(tile, $"its representation {found.Wanted} is wanted beyond the query radius");
            if (found.Wanted < 0 && finest >= 0 && IsSeen(views, volume, surely: true, options.TileFrustumGatePadding))
                fail(tile, "it is in view beyond the query radius, and its coarsest representation is not wanted");
            return;
        }
        var isFree = !table.IsInterior[entry] && scale >= 1 && distance.Low > table.UnloadRadius[entry] && distance.High < _query && views.Length > 0;
        if (isFree && found.Wanted < 0 && finest >= 0)
            fail(tile, $"nothing of it is wanted {distance.High:g6} m away");
        var keeps = !MayStart(table, entry, views, surely: true) || distance.Low <= table.StreamingRadius[entry] * scale * (1 + Rounding) || heldNear <= options.SecondaryRepresentationMinDwellSeconds + Slack;
        if (!isCoarser || keeps)
            return;
        var factor = table.Kind[first + found.Wanted] == RepresentationKind.Hlod ? options.HlodHysteresisFactor : options.LodHysteresisFactor;
        if (found.Wanted != finest && distance.High < table.SwitchDistance[first + found.Wanted] * scale * factor * (1 - Rounding))
            fail(tile, $"its representation {found.Wanted} is wanted {distance.High:g6} m away, nearer than it is shown");
        for (var coarser = 0; coarser < found.Wanted; coarser++)
        {
            if (distance.Low > table.SwitchDistance[first + coarser] * scale * (1 + Rounding) && !HasFailed(TileOf(tile, coarser)))
                fail(tile, $"its representation {found.Wanted} is wanted {distance.Low:g6} m away, where {coarser} is shown");
        }
    }

    private double QueryRadius(ProximityTable table)
    {
        var radius = options.MaxQueryRadius;
        for (var entry = 0; entry < table.Count; entry++)
        {
            if (table.IsShared[entry])
                continue;
            var first = table.FirstRepresentation[entry];
            radius = Math.Max(radius, Math.Max(table.UnloadRadius[entry], table.SwitchDistance[first]));
        }
        return radius;
    }

    // The finest and the coarsest representation besides the full tile that can still come; −1 without.
    private int Finest(int tile, int full)
    {
        var finest = -1;
        for (var i = 0; i < full; i++)
            finest = HasFailed(TileOf(tile, i)) ? finest : i;
        return finest;
    }

    private int Coarsest(int tile, int full)
    {
        for (var i = 0; i < full; i++)
        {
            if (!HasFailed(TileOf(tile, i)))
                return i;
        }
        return -1;
    }

    // It counts as content-less: what failed for good, until a newer version of it is here.
    private bool HasFailed(int tile) => tree.Links[tile].ChildCount > 0 && !tiles.HasLiveContent(tile);

    private int TileOf(int tile, int representation)
    {
        for (; representation > 0; representation--)
            tile = tree.Links[tile].FirstChild;
        return tile;
    }

    // The interior and the floor gate; at their edges both answers are right.
    private bool MayStart(ProximityTable table, int entry, ReadOnlySpan<View> views, bool surely)
    {
        if (!table.IsInterior[entry])
            return true;
        var (inside, onFloor) = (table.InteriorZone is null, table.Floor[entry] == ProximityTable.NoFloor);
        foreach (ref readonly var view in views)
        {
            var slack = Rounding * (view.Position.Length + options.FloorProximityGate) * (surely ? -1 : 1);
            inside |= table.InteriorZone is { } zone && (surely ? zone.DistanceTo(view.Position) <= 0 : zone.DistanceTo(view.Position) <= slack);
            onFloor |= Math.Abs(Vector3d.Dot(view.Position - table.Center[entry], table.Up)) <= options.FloorProximityGate + slack;
        }
        return inside && onFloor;
    }

    private static bool IsSeen(ReadOnlySpan<View> views, in BoundingVolume volume, bool surely, double padding)
    {
        foreach (ref readonly var view in views)
        {
            if (view.Kind == ViewKind.Sphere)
            {
                if (volume.DistanceTo(view.Position) <= view.Radius)
                    return true;
                continue;
            }
            var (frustum, seen) = (view.Frustum(), true);
            var slack = Rounding * (volume.Radius + padding + (volume.Center - view.Position).Length + volume.Center.Length) * (surely ? -1 : 1);
            for (var i = 0; i < 6; i++)
                seen &= frustum[i].SignedDistance(volume.Center) + PaddedReach(volume, frustum[i].Normal, padding) + slack >= 0;
            if (seen)
                return true;
        }
        return false;
    }

    private static double PaddedReach(in BoundingVolume volume, Vector3d normal, double padding)
    {
        var half = volume.HalfLengths + new Vector3d(padding, padding, padding);
        return Math.Abs(Vector3d.Dot(normal, volume.AxisX)) * half.X + Math.Abs(Vector3d.Dot(normal, volume.AxisY)) * half.Y + Math.Abs(Vector3d.Dot(normal, volume.AxisZ)) * half.Z;
    }
}
