using Lodestream.Formats.Gltf;
using Lodestream.Tiler.Meshes;
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
    private readonly int[] _starts;
    private readonly int[] _byTile;
    private readonly QuadtreeLayout _layout;
    private readonly int _level, _across;

    public RibbonLevel(QuadtreeLayout layout, int level, IEnumerable<RibbonLine> lines)
    {
        (_layout, _level, _across) = (layout, level, QuadtreeLayout.TilesAcross(level));
        var spacing = layout.Step(level) * layout.FinestSpacing;
        foreach (var line in lines)
        {
            if (spacing < line.Style.FinestSpacing || (spacing > line.Style.CoarsestSpacing && level < layout.Levels - 1))
                continue;
            RibbonDraper.AddTriangles(Simplified(line, spacing), line.Style.Color, line.Style.Lift * spacing, line.Style.EndsAtSea, _triangles);
        }
        (_starts, _byTile) = SortByTile();
    }

    /// <summary>Lays the ribbons that cross a tile on its mesh.</summary>
    public void AddTo(SurfaceMesh mesh, RibbonDraper draper, int tileX, int tileY)
    {
        var tile = tileY * _across + tileX;
        for (var k = _starts[tile]; k < _starts[tile + 1]; k++)
            draper.Add(mesh, _level, tileX, tileY, _triangles[_byTile[k]]);
    }

    private static RibbonPoint[] Simplified(RibbonLine line, double spacing)
    {
        var keep = new bool[line.Points.Length];
        LineNetwork.Simplify(Array.ConvertAll(line.Points, p => (p.X, p.Y)), Tolerance * spacing, keep);
        var least = line.Style.LeastHalfWidth * spacing;
        return [.. line.Points.Where((_, k) => keep[k]).Select(p => p with { HalfWidth = Math.Max(p.HalfWidth, least) })];
    }

    private (int[] Starts, int[] ByTile) SortByTile()
    {
        var starts = new int[_across * _across + 1];
        ForEachTile((tile, _) => starts[tile + 1]++);
        for (var i = 1; i < starts.Length; i++)
            starts[i] += starts[i - 1];
        var sorted = new int[starts[^1]];
        var next = (int[])starts.Clone();
        ForEachTile((tile, triangle) => sorted[next[tile]++] = triangle);
        return (starts, sorted);
    }

    private void ForEachTile(Action<int, int> visit)
    {
        var side = _layout.Size / _across;
        for (var k = 0; k < _triangles.Count; k++)
        {
            var (a, b, c) = (_triangles[k].A, _triangles[k].B, _triangles[k].C);
            int x0 = Tile(Math.Min(a.X, Math.Min(b.X, c.X))), x1 = Tile(Math.Max(a.X, Math.Max(b.X, c.X)));
            int y0 = Tile(Math.Min(a.Y, Math.Min(b.Y, c.Y))), y1 = Tile(Math.Max(a.Y, Math.Max(b.Y, c.Y)));
            for (var y = y0; y <= y1; y++)
            {
                for (var x = x0; x <= x1; x++)
                    visit(y * _across + x, k);
            }
        }

        int Tile(double metres) => Math.Clamp((int)Math.Floor((metres + _layout.Size / 2) / side), 0, _across - 1);
    }
}
