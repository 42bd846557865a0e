namespace Lodestream.Tiler.Meshes;

/// <summary>
/// Geometric errors of the tiles of a raster, metres: the greatest vertical distance between a tile's mesh and the deepest level's, and
/// for the deepest level, which has nothing below it, the distance to the surface it was sampled from. Both meshes are flat on every
/// triangle of the finer grid (their diagonals run the same way), so that the greatest distance between them lies on one of its vertices:
/// measuring there is exact.
/// </summary>
/// <remarks>
/// Colours and normals sit on the vertices too, and a plain with woods and a shore is flat long before it is sharp. So a tile that has
/// children counts as at least <c>sharpness</c> times the distance between its vertices off, wherever the next level shows
/// a contrast that can be seen; less where the contrast is less.
/// </remarks>
internal sealed class TerrainErrors
{
    // Contrast from which on an edge of colour counts in full; a tenth of the way from black to white is plain to see.
    private const double PlainContrast = 0.1;

    private readonly double[][] _errors;
    private readonly bool[][] _divided;

    private TerrainErrors(int levels) => (_errors, _divided) = (new double[levels][], new bool[levels][]);

    /// <summary>Measures every tile of every level.</summary>
    /// <param name="raster">The surface.</param>
    /// <param name="sharpness">Weight of what colours are smeared; 0 leaves the vertical distance alone.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static TerrainErrors Measure(TerrainRaster raster, double sharpness, ParallelOptions parallel)
    {
        var measured = new TerrainErrors(raster.Layout.Levels);
        for (var level = raster.Layout.Levels - 1; level >= 0; level--)
        {
            var (own, across) = (level, QuadtreeLayout.TilesAcross(level));
            measured._errors[level] = new double[across * across];
            measured._divided[level] = new bool[across * across];
            Parallel.For(0, across, parallel, y =>
            {
                for (var x = 0; x < across; x++)
                    measured.MeasureTile(raster, sharpness, own, x, y);
            });
        }
        return measured;
    }

    /// <summary>A tile's error, metres: never less than its children's.</summary>
    public double this[int level, int x, int y] => _errors[level][y * QuadtreeLayout.TilesAcross(level) + x];

    /// <summary>Whether children would show more than the tile does: flat water needs none, not even for its shades.</summary>
    public bool HasChildren(int level, int x, int y) => _divided[level][y * QuadtreeLayout.TilesAcross(level) + x];

    private void MeasureTile(TerrainRaster raster, double sharpness, int level, int x, int y)
    {
        var tile = y * QuadtreeLayout.TilesAcross(level) + x;
        if (level == _errors.Length - 1)
        {
            _errors[level][tile] = raster.FinestTileError(x, y);
            return;
        }
        var vertical = FromDeepest(raster, level, x, y);
        _divided[level][tile] = vertical > 0;
        _errors[level][tile] = Math.Max(LargestChild(level, x, y), vertical == 0 ? 0 : Math.Max(vertical, sharpness * Smear(raster, level, x, y)));
    }

    /// <summary>Greatest vertical distance between a tile's mesh and the deepest level's, metres.</summary>
    private static double FromDeepest(TerrainRaster raster, int level, int x, int y)
    {
        var (layout, heights) = (raster.Layout, raster.Heights);
        int step = layout.Step(level), nodes = layout.FinestNodes;
        int startX = layout.TileStart(level, x), startY = layout.TileStart(level, y);
        double worst = 0;
        for (var qj = 0; qj < layout.TileQuads; qj++)
        {
            for (var qi = 0; qi < layout.TileQuads; qi++)
            {
                var corner = (startY + qj * step) * nodes + startX + qi * step;
                double a = heights[corner], b = heights[corner + step];
                double c = heights[corner + step * nodes], d = heights[corner + step * nodes + step];
                for (var j = 0; j <= step; j++)
                {
                    for (var i = 0; i <= step; i++)
                    {
                        double fx = (double)i / step, fy = (double)j / step;
                        var mesh = fx >= fy ? a + fx * (b - a) + fy * (d - b) : a + fy * (c - a) + fx * (d - c);
                        worst = Math.Max(worst, Math.Abs(mesh - heights[corner + j * nodes + i]));
                    }
                }
            }
        }
        return worst;
    }

    private double LargestChild(int level, int x, int y) => Math.Max(
        Math.Max(this[level + 1, 2 * x, 2 * y], this[level + 1, 2 * x + 1, 2 * y]),
        Math.Max(this[level + 1, 2 * x, 2 * y + 1], this[level + 1, 2 * x + 1, 2 * y + 1]));

    // Metres, by the greatest difference between the tile's colours and the next level's.
    private static double Smear(TerrainRaster raster, int level, int x, int y)
    {
        var (coarse, fine, quads) = (raster.Shading[level], raster.Shading[level + 1], raster.Layout.TileQuads);
        double contrast = 0;
        for (var j = 0; j <= 2 * quads; j++)
        {
            for (var i = 0; i <= 2 * quads; i++)
            {
                int column = 2 * x * quads + i, row = 2 * y * quads + j;
                // Halfway between two vertices of this level, which for the middle of a quad are the ends of its diagonal.
                var shown = LinearColor.Lerp(coarse.Color(column / 2, row / 2), coarse.Color((column + 1) / 2, (row + 1) / 2), 0.5);
                contrast = Math.Max(contrast, LinearColor.Contrast(shown, fine.Color(column, row)));
            }
        }
        return Math.Min(1, contrast / PlainContrast) * raster.Layout.Step(level) * raster.Layout.FinestSpacing;
    }
}
