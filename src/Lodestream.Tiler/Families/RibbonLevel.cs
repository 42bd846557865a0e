using Lodestream.Formats.Gltf;
using Lodestream.Tiler.Meshes;
using Lodestream.Tiler.Worlds.Continent;
using Lodestream.Tiler.Worlds.Places;

namespace Lodestream.Tiler.Families;

/// <summary>A line to be drawn as a ribbon on the ground.</summary>
/// <param name="Points">Metres from the centre; half widths and floors as they are in nature.</param>
/// <param name="Style">How it looks.</param>
internal sealed record RibbonLine(RibbonPoint[] Points, RibbonStyle Style);

/// <summary>How a kind of line looks.</summary>
/// <param name="Color">Linear.</param>
/// <param name="LeastHalfWidth">Half width that it has at least, as a share of the distance between a level's vertices: coarse levels draw it wider than it is, so that it stays visible.</param>
/// <param name="Lift">How far above the ground it lies, as a share of the distance between a level's vertices: enough that it does not flicker from as far as the level is seen.</param>
/// <param name="CoarsestSpacing">Metres between vertices of the coarsest level that shows it.</param>
/// <param name="FinestSpacing">The same of the finest level that shows it.</param>
/// <param name="EndsAtSea">Whether it is left out at sea.</param>
internal sealed record RibbonStyle(GlbColor Color, double LeastHalfWidth, double Lift, double CoarsestSpacing, double FinestSpacing = 0, bool EndsAtSea = false);

/// <summary>The ribbons of a level, simplified as it needs, in triangles by tile.</summary>
internal sealed class RibbonLevel
{
    // A line may be this far off at most, as a share of the distance between vertices: a pixel or two.
    private const double Tolerance = 0.15;

    private readonly List<RibbonTriangle> _triangles = [];
    private readonly CellLists _byTile;
    private readonly int _level;

    public RibbonLevel(QuadtreeLayout layout, int level, IEnumerable<RibbonLine> lines)
    {
        _level = level;
        var spacing = layout.Step(level) * layout.FinestSpacing;
        foreach (var line in lines)
        {
            if (spacing < line.Style.FinestSpacing || (spacing > line.Style.CoarsestSpacing && level < layout.Levels - 1))
                continue;
            RibbonDraper.AddTriangles(Simplified(line, spacing), line.Style.Color, line.Style.Lift * spacing, line.Style.EndsAtSea, _triangles);
        }
        var across = QuadtreeLayout.TilesAcross(level);
        _byTile = new(across, layout.Size / across, _triangles.Count, k => BoundsOf(_triangles[k], layout.Size / 2));
    }

    /// <summary>Lays the ribbons that cross a tile on its mesh.</summary>
    public void AddTo(SurfaceMesh mesh, RibbonDraper draper, int tileX, int tileY)
    {
        foreach (var triangle in _byTile[tileX, tileY])
            draper.Add(mesh, _level, tileX, tileY, _triangles[triangle]);
    }

    private static RibbonPoint[] Simplified(RibbonLine line, double spacing)
    {
        var keep = new bool[line.Points.Length];
        LineNetwork.Simplify(Array.ConvertAll(line.Points, p => (p.X, p.Y)), Tolerance * spacing, keep);
        var least = line.Style.LeastHalfWidth * spacing;
        return [.. line.Points.Where((_, k) => keep[k]).Select(p => p with { HalfWidth = Math.Max(p.HalfWidth, least) })];
    }

    private static CellBounds BoundsOf(in RibbonTriangle t, double half) => new(
        Math.Min(t.A.X, Math.Min(t.B.X, t.C.X)) + half, Math.Min(t.A.Y, Math.Min(t.B.Y, t.C.Y)) + half,
        Math.Max(t.A.X, Math.Max(t.B.X, t.C.X)) + half, Math.Max(t.A.Y, Math.Max(t.B.Y, t.C.Y)) + half);
}
