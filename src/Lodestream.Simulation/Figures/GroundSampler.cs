using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Figures;

/// <summary>What a ray finds.</summary>
/// <param name="Wanted">The wanted tile it meets; −1 when it meets none.</param>
/// <param name="DrawnLevel">Level of the finest tile drawn there; −2 when nothing is drawn.</param>
/// <param name="DrawnError">Geometric error of that tile, metres.</param>
internal readonly record struct Sample(int Wanted, int DrawnLevel, double DrawnError);

/// <summary>
/// Looks along a grid of rays, evenly spaced over the viewport, at the wanted tiles: at a flat ground where one is given (the bench
/// world), else at the nearest wanted volume each ray meets.
/// </summary>
internal sealed class GroundSampler(TileTree tree, double? ground)
{
    /// <summary>Rays across.</summary>
    public const int Columns = 64;

    /// <summary>Rays down.</summary>
    public const int Rows = 36;

    private readonly Stack<(int Visit, double From)> _open = new();

    /// <summary>Calls a reader for every ray that meets a wanted tile, with what is drawn there.</summary>
    public void Look(in View view, VisibilitySet set, Screen screen, Action<Sample> read) =>
        Look(view, set, (wanted, point) => read(Drawn(wanted, point, screen)));

    /// <summary>Calls a reader for every ray that meets a wanted tile, with the tile and the point where it does.</summary>
    public void Look(in View view, VisibilitySet set, Action<int, Vector3d> read)
    {
        var forward = view.Direction.Normalized();
        var right = Vector3d.Cross(forward, view.Up.Normalized()).Normalized();
        var up = Vector3d.Cross(right, forward);
        var tanY = DeterministicMath.Tan(view.FovY / 2);
        var tanX = tanY * view.ViewportWidth / view.ViewportHeight;
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var ray = forward + right * (tanX * ((column + 0.5) / Columns * 2 - 1)) + up * (tanY * (1 - (row + 0.5) / Rows * 2));
                var wanted = ground is { } height ? WantedOnGround(view, ray, height, set, out var point) : NearestWanted(view, ray, set, out point);
                if (wanted >= 0)
                    read(wanted, point);
            }
        }
    }

    private int WantedOnGround(in View view, Vector3d ray, double height, VisibilitySet set, out Vector3d point)
    {
        point = default;
        var along = (height - view.Position.Z) / ray.Z;
        if (!(along > 0) || along > view.Far)
            return -1;
        point = view.Position + ray * along;
        var visits = set.Visits;
        var at = 0;
        while ((visits[at].Flags & VisitFlags.Refined) != 0)
        {
            var child = -1;
            for (var c = visits[at].FirstChild; c < visits[at].FirstChild + visits[at].ChildCount && child < 0; c++)
            {
                if (tree.Volume(visits[c].Tile).DistanceTo(point) <= 0)
                    child = c;
            }
            if (child < 0)
                return -1;
            at = child;
        }
        return visits[at].Tile;
    }

    // Depth first over the visits the ray meets; a wanted leaf of the visits ends the ray where it enters the volume.
    private int NearestWanted(in View view, Vector3d ray, VisibilitySet set, out Vector3d point)
    {
        var visits = set.Visits;
        var (wanted, nearest) = (-1, double.PositiveInfinity);
        _open.Clear();
        _open.Push((0, 0));
        while (_open.TryPop(out var open))
        {
            ref readonly var visit = ref visits[open.Visit];
            if (open.From >= nearest)
                continue;
            if ((visit.Flags & VisitFlags.Refined) == 0)
            {
                (wanted, nearest) = (visit.Tile, open.From);
                continue;
            }
            for (var c = visit.FirstChild; c < visit.FirstChild + visit.ChildCount; c++)
            {
                var enters = VolumeRay.Enters(tree.Volume(visits[c].Tile), view.Position, ray);
                if (enters < nearest)
                    _open.Push((c, enters));
            }
        }
        point = wanted < 0 ? default : view.Position + ray * nearest;
        return wanted;
    }

    /// <summary>What is drawn at a point of a wanted tile.</summary>
    public Sample Drawn(int wanted, Vector3d point, Screen screen)
    {
        var (level, error) = (-2, 0.0);
        for (int tile = wanted, below = -1; tile >= 0; below = tile, tile = tree.Links[tile].Parent)
        {
            if (!screen.TryGet(tile, out var item))
                continue;
            if (below >= 0 && (item.ChildMask >> (below - tree.Links[tile].FirstChild & 7) & 1) != 0)
                continue;
            Take(item.Source, ref level, ref error);
        }
        LookBelow(wanted, point, screen, ref level, ref error);
        return new(wanted, level, error);
    }

    // Finer than wanted: what still stands from a closer view.
    private void LookBelow(int tile, Vector3d point, Screen screen, ref int level, ref double error)
    {
        while (tree.Links[tile].ChildCount > 0 && level < tree.Links[tile].Level)
        {
            var (first, end) = (tree.Links[tile].FirstChild, tree.Links[tile].FirstChild + tree.Links[tile].ChildCount);
            var next = -1;
            for (var child = first; child < end && next < 0; child++)
            {
                if (tree.Volume(child).DistanceTo(point) <= 0)
                    next = child;
            }
            if (next < 0)
                return;
            if (screen.TryGet(next, out var item))
                Take(item.Source, ref level, ref error);
            tile = next;
        }
    }

    private void Take(int source, ref int level, ref double error)
    {
        var sourceLevel = tree.Links[source].Level;
        if (sourceLevel <= level)
            return;
        (level, error) = (sourceLevel, tree.Nodes[source].GeometricError);
    }
}
