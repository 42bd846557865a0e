namespace Lodestream.Tiler.Meshes;

/// <summary>
/// How far a tile's edges must hang down so that no gap shows beside a neighbour of any other level. Along an edge every level's
/// surface is a chain of straight pieces between vertices of the finest grid, so the greatest gap lies on one of those.
/// </summary>
internal static class SkirtDepths
{
    /// <summary>Depths for an outer edge, beside which any level may be drawn.</summary>
    /// <param name="raster">The heights.</param>
    /// <param name="level">The tile's level.</param>
    /// <param name="start">Index in the finest grid of the edge's first vertex, along the edge.</param>
    /// <param name="line">Index in the finest grid of the edge's line.</param>
    /// <param name="alongX">Whether the edge runs along x.</param>
    /// <param name="depths">A depth in metres per vertex of the edge, in whole height units.</param>
    public static void Outer(TerrainRaster raster, int level, int start, int line, bool alongX, Span<double> depths) =>
        Measure(raster, level, 0, start, line, alongX, depths);

    /// <summary>Depths for the line on which four children meet, beside which only deeper levels are drawn (where the host masks some of the children).</summary>
    public static void Inner(TerrainRaster raster, int level, int start, int line, bool alongX, Span<double> depths) =>
        Measure(raster, level, level + 1, start, line, alongX, depths);

    private static void Measure(TerrainRaster raster, int level, int coarsest, int start, int line, bool alongX, Span<double> depths)
    {
        var layout = raster.Layout;
        var step = layout.Step(level);
        var (origin, stride) = alongX ? (line * layout.FinestNodes, 1) : (line, layout.FinestNodes);
        // Beside an equal neighbour rounding alone may open a hairline; a sixteenth of a quad is more than that from any distance.
        depths.Fill(step * layout.FinestSpacing / 16);
        for (var other = coarsest; other < layout.Levels; other++)
        {
            // A level whose grid the line is not on has no border here.
            if (other == level || line % layout.Step(other) != 0)
                continue;
            for (var quad = 0; quad < depths.Length - 1; quad++)
            {
                double gap = 0;
                for (var k = start + quad * step; k <= start + (quad + 1) * step; k++)
                    gap = Math.Max(gap, On(raster.Heights, step, k) - On(raster.Heights, layout.Step(other), k));
                depths[quad] = Math.Max(depths[quad], gap);
                depths[quad + 1] = Math.Max(depths[quad + 1], gap);
            }
        }
        foreach (ref var depth in depths)
            depth = Math.Ceiling(depth * TerrainRaster.HeightUnits + 1) / TerrainRaster.HeightUnits;

        // A level's height at an index along the line.
        double On(float[] heights, int spacing, int k)
        {
            var before = k / spacing * spacing;
            double low = heights[origin + before * stride];
            return before == k ? low : low + (heights[origin + (before + spacing) * stride] - low) * (k - before) / spacing;
        }
    }
}
