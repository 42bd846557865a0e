using Lodestream.Geometry;

namespace Lodestream.Tiler.Meshes;

/// <summary>
/// A surface sampled on the vertices of the quadtree's deepest level, and its shading on those of every level. Heights are whole numbers
/// of 1/256 m: small enough not to be seen, and exact in 32-bit floats whatever centre they are taken relative to, so that
/// neighbouring tiles meet to the bit.
/// </summary>
internal sealed class TerrainRaster
{
    /// <summary>The heights' unit is 1 / this, metres.</summary>
    public const double HeightUnits = 256;

    private readonly double[] _finestTileErrors;

    private TerrainRaster(QuadtreeLayout layout)
    {
        Layout = layout;
        Heights = new float[layout.FinestNodes * layout.FinestNodes];
        Water = new byte[layout.FinestNodes * layout.FinestNodes];
        Shading = new ShadingLevel[layout.Levels];
        Shading[^1] = new(layout.FinestNodes);
        var across = QuadtreeLayout.TilesAcross(layout.Levels - 1);
        _finestTileErrors = new double[across * across];
    }

    /// <summary>The quadtree.</summary>
    public QuadtreeLayout Layout { get; }

    /// <summary>Heights in metres, row by row from the south-west, <see cref="QuadtreeLayout.FinestNodes"/> to a row.</summary>
    public float[] Heights { get; }

    /// <summary>The standing water over each vertex, as <see cref="ISurface.WaterAt"/> counts them.</summary>
    public byte[] Water { get; }

    /// <summary>Normals and colours per level.</summary>
    public ShadingLevel[] Shading { get; }

    /// <summary>Samples a surface. Takes about 15 bytes per vertex of the deepest level.</summary>
    public static TerrainRaster Sample(ISurface surface, QuadtreeLayout layout, ParallelOptions parallel, Action<int, int> progress)
    {
        var raster = new TerrainRaster(layout);
        var rows = QuadtreeLayout.TilesAcross(layout.Levels - 1);
        var done = 0;
        Parallel.For(0, rows, parallel, () => new HalfGrid(layout), (row, _, half) =>
        {
            half.Sample(surface, row);
            raster.TakeHeights(half, row);
            raster.TakeShading(surface, half, row);
            raster.MeasureTiles(half, row);
            progress(Interlocked.Increment(ref done), rows);
            return half;
        }, _ => { });
        for (var level = layout.Levels - 2; level >= 0; level--)
            raster.Shading[level] = raster.Shading[level + 1].Coarser(parallel);
        return raster;
    }

    /// <summary>Greatest vertical distance in metres between the deepest level's mesh and the surface within a tile of that level, measured at the middles of quads and of their edges.</summary>
    public double FinestTileError(int x, int y) => _finestTileErrors[y * QuadtreeLayout.TilesAcross(Layout.Levels - 1) + x];

    /// <summary>Height in metres of a level's mesh at (x, y), metres from the centre.</summary>
    public double HeightOnMesh(int level, double x, double y)
    {
        var step = Layout.Step(level);
        var quads = Layout.FinestQuads / step;
        double column = (x + Layout.Size / 2) / (step * Layout.FinestSpacing), row = (y + Layout.Size / 2) / (step * Layout.FinestSpacing);
        int i = Math.Clamp((int)Math.Floor(column), 0, quads - 1), j = Math.Clamp((int)Math.Floor(row), 0, quads - 1);
        double fx = Math.Clamp(column - i, 0, 1), fy = Math.Clamp(row - j, 0, 1);
        var corner = j * step * Layout.FinestNodes + i * step;
        double a = Heights[corner], b = Heights[corner + step];
        double c = Heights[corner + step * Layout.FinestNodes], d = Heights[corner + step * Layout.FinestNodes + step];
        return fx >= fy ? a + fx * (b - a) + fy * (d - b) : a + fy * (c - a) + fx * (d - c);
    }

    private void TakeHeights(HalfGrid half, int row)
    {
        for (var j = half.FirstRow; j <= half.LastOwnRow(row); j++)
        {
            for (var i = 0; i < Layout.FinestNodes; i++)
                Heights[j * Layout.FinestNodes + i] = (float)(Math.Floor(half[2 * i, 2 * j] * HeightUnits + 0.5) / HeightUnits);
        }
    }

    private void TakeShading(ISurface surface, HalfGrid half, int row)
    {
        for (var j = half.FirstRow; j <= half.LastOwnRow(row); j++)
        {
            for (var i = 0; i < Layout.FinestNodes; i++)
            {
                var normal = new Vector3d(
                    (half[2 * i - 1, 2 * j] - half[2 * i + 1, 2 * j]) / Layout.FinestSpacing,
                    (half[2 * i, 2 * j - 1] - half[2 * i, 2 * j + 1]) / Layout.FinestSpacing,
                    1).Normalized();
                var color = surface.ColorAt(Layout.Line(i), Layout.Line(j), half[2 * i, 2 * j], normal);
                Shading[^1].Set(i, j, normal, color);
                Water[j * Layout.FinestNodes + i] = (byte)surface.WaterAt(Layout.Line(i), Layout.Line(j));
            }
        }
    }

    private void MeasureTiles(HalfGrid half, int row)
    {
        var quads = Layout.TileQuads;
        var across = QuadtreeLayout.TilesAcross(Layout.Levels - 1);
        for (var tile = 0; tile < across; tile++)
        {
            double worst = 0;
            for (var j = 2 * row * quads; j <= 2 * (row + 1) * quads; j++)
            {
                for (var i = 2 * tile * quads; i <= 2 * (tile + 1) * quads; i++)
                    worst = Math.Max(worst, Math.Abs(half[i, j] - OnMesh(half, i, j)));
            }
            _finestTileErrors[row * across + tile] = worst;
        }
    }

    // The mesh halfway between vertices: the mean of an edge's ends; a quad's middle lies on its diagonal, south-west to north-east.
    private static double OnMesh(HalfGrid half, int i, int j)
    {
        int dx = i & 1, dy = j & 1;
        var low = Math.Floor(half[i - dx, j - dy] * HeightUnits + 0.5);
        var high = Math.Floor(half[i + dx, j + dy] * HeightUnits + 0.5);
        return (low + high) / (2 * HeightUnits);
    }

    // The surface at half the deepest level's spacing over one row of tiles and half a step around it.
    private sealed class HalfGrid(QuadtreeLayout layout)
    {
        private readonly int _columns = 2 * layout.FinestQuads + 3;
        private readonly double[] _values = new double[(2 * layout.FinestQuads + 3) * (2 * layout.TileQuads + 3)];
        private int _firstHalfRow;

        public int FirstRow { get; private set; }

        public double this[int halfColumn, int halfRow] => _values[(halfRow - _firstHalfRow) * _columns + halfColumn + 1];

        // The northern edge belongs to the row north of it, the last one's to itself.
        public int LastOwnRow(int row) =>
            (row + 1) * layout.TileQuads - (row + 1 == QuadtreeLayout.TilesAcross(layout.Levels - 1) ? 0 : 1);

        public void Sample(ISurface surface, int row)
        {
            FirstRow = row * layout.TileQuads;
            _firstHalfRow = 2 * FirstRow - 1;
            for (var j = 0; j < 2 * layout.TileQuads + 3; j++)
            {
                var y = (_firstHalfRow + j) * (layout.FinestSpacing / 2) - layout.Size / 2;
                for (var i = 0; i < _columns; i++)
                    _values[j * _columns + i] = surface.HeightAt((i - 1) * (layout.FinestSpacing / 2) - layout.Size / 2, y);
            }
        }
    }
}
