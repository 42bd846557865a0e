namespace Lodestream.Tiler.Meshes;

/// <summary>
/// A square in the plane, centred on the origin, x east and y north, divided into a quadtree of tiles, each a square grid of quads.
/// Level 0 is one tile; the vertices of every level are vertices of the next.
/// </summary>
/// <param name="Levels">Number of levels.</param>
/// <param name="TileQuads">Quads along a tile's side, even.</param>
/// <param name="FinestSpacing">Metres between vertices of the deepest level.</param>
internal sealed record QuadtreeLayout(int Levels, int TileQuads, double FinestSpacing)
{
    /// <summary>Quads along the whole side at the deepest level.</summary>
    public int FinestQuads => TileQuads << (Levels - 1);

    /// <summary>Vertices along the whole side at the deepest level.</summary>
    public int FinestNodes => FinestQuads + 1;

    /// <summary>Side of the whole square, metres.</summary>
    public double Size => FinestQuads * FinestSpacing;

    /// <summary>Tiles along the side at a level.</summary>
    public static int TilesAcross(int level) => 1 << level;

    /// <summary>Steps of the finest grid between vertices of a level.</summary>
    public int Step(int level) => 1 << (Levels - 1 - level);

    /// <summary>Metres from the centre to a line of the finest grid.</summary>
    public double Line(int finestIndex) => finestIndex * FinestSpacing - Size / 2;

    /// <summary>Index in the finest grid at which a tile begins, along either axis.</summary>
    public int TileStart(int level, int tile) => tile * TileQuads * Step(level);
}
