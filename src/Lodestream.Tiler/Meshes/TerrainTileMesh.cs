using System.Numerics;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Meshes;

/// <summary>
/// Builds the mesh of one terrain tile after another in the same arrays: a grid of quads, skirts around it and, where the tile has
/// children, skirts along the lines on which the children meet. The latter stay out of sight unless a host draws the tile around some of
/// its children; then the cut edge is closed too.
/// </summary>
internal sealed class TerrainTileMesh
{
    // Skirts of neighbouring quadrants lean away from the line they share by this part of a quad, so that a host that cuts along the
    // line keeps the one and discards the other.
    private const double InnerLean = 1 / 64.0;

    private readonly TerrainRaster _raster;
    private readonly int _quads, _side;
    private readonly Vector3[] _positions, _normals;
    private readonly GlbColor[] _colors;
    private readonly ushort[] _indices;
    private readonly double[] _depths;
    private readonly int _outerIndices;
    private int _level, _x, _y, _vertices, _indexCount;
    private double _minZ, _maxZ;

    public TerrainTileMesh(TerrainRaster raster)
    {
        _raster = raster;
        _quads = raster.Layout.TileQuads;
        _side = _quads + 1;
        var vertices = _side * _side + 8 * _side;
        _positions = new Vector3[vertices];
        _normals = new Vector3[vertices];
        _colors = new GlbColor[vertices];
        _depths = new double[_side];
        _indices = new ushort[6 * _quads * (_quads + 8)];
        _outerIndices = WriteGridIndices();
    }

    /// <summary>Centre of the tile in the scene's frame (z up), a multiple of the height unit in z; positions are relative to it.</summary>
    public Vector3d Center { get; private set; }

    /// <summary>The box of the tile and its skirts in the scene's frame.</summary>
    public (Vector3d Min, Vector3d Max) Bounds { get; private set; }

    /// <summary>Positions relative to <see cref="Center"/>, metres, y up as in glTF: (x, z, −y) of the scene.</summary>
    public ReadOnlySpan<Vector3> Positions => _positions.AsSpan(0, _vertices);

    /// <summary>Normals, y up.</summary>
    public ReadOnlySpan<Vector3> Normals => _normals.AsSpan(0, _vertices);

    /// <summary>Linear colours.</summary>
    public ReadOnlySpan<GlbColor> Colors => _colors.AsSpan(0, _vertices);

    /// <summary>Triangles, counter-clockwise from above and, for skirts, from outside.</summary>
    public ReadOnlySpan<ushort> Indices => _indices.AsSpan(0, _indexCount);

    /// <summary>Builds a tile.</summary>
    public void Build(int level, int x, int y, bool hasChildren)
    {
        (_level, _x, _y) = (level, x, y);
        (_vertices, _indexCount) = (0, _outerIndices);
        PlaceCenter();
        AddSurface();
        AddOuterSkirts();
        if (hasChildren)
            AddInnerSkirts();
        var layout = _raster.Layout;
        Bounds = (
            new(layout.Line(layout.TileStart(level, x)), layout.Line(layout.TileStart(level, y)), _minZ),
            new(layout.Line(layout.TileStart(level, x + 1)), layout.Line(layout.TileStart(level, y + 1)), _maxZ));
    }

    private void PlaceCenter()
    {
        var layout = _raster.Layout;
        (_minZ, _maxZ) = (double.MaxValue, double.MinValue);
        for (var j = 0; j < _side; j++)
        {
            for (var i = 0; i < _side; i++)
            {
                double height = HeightAt(i, j);
                _minZ = Math.Min(_minZ, height);
                _maxZ = Math.Max(_maxZ, height);
            }
        }
        Center = new(
            (layout.Line(layout.TileStart(_level, _x)) + layout.Line(layout.TileStart(_level, _x + 1))) / 2,
            (layout.Line(layout.TileStart(_level, _y)) + layout.Line(layout.TileStart(_level, _y + 1))) / 2,
            Math.Floor((_minZ + _maxZ) / 2 * TerrainRaster.HeightUnits) / TerrainRaster.HeightUnits);
    }

    private void AddSurface()
    {
        for (var j = 0; j < _side; j++)
        {
            for (var i = 0; i < _side; i++)
                AddVertex(i, j, 0, 0, 0);
        }
    }

    private void AddOuterSkirts()
    {
        // In the order that goes counter-clockwise around the tile, so that the walls face outward.
        AddSkirt(false, true, 0, 0, 0, 0);
        AddSkirt(false, false, _quads, 0, 0, 0);
        AddSkirt(false, true, _quads, -1, 0, 0);
        AddSkirt(false, false, 0, -1, 0, 0);
    }

    private void AddInnerSkirts()
    {
        var middle = _quads / 2;
        AddSkirt(true, true, middle, 0, 0, InnerLean);
        AddSkirt(true, true, middle, -1, 0, -InnerLean);
        AddSkirt(true, false, middle, 0, -InnerLean, 0);
        AddSkirt(true, false, middle, -1, InnerLean, 0);
    }

    // A wall below a line of the grid, seen from its right as one walks east or north along it (side 0) or from its left (side −1).
    private void AddSkirt(bool inner, bool alongX, int line, int side, double leanX, double leanY)
    {
        MeasureDepths(inner, alongX, line);
        var first = _vertices;
        for (var k = 0; k < _side; k++)
        {
            var (i, j) = alongX ? (k, line) : (line, k);
            AddVertex(i, j, _depths[k], leanX, leanY);
        }
        for (var k = 0; k < _quads; k++)
        {
            var a = alongX ? line * _side + k : k * _side + line;
            var b = alongX ? a + 1 : a + _side;
            int below = first + k, next = first + k + 1;
            if (side == 0)
                AddWall(below, next, b, a);
            else
                AddWall(next, below, a, b);
        }
    }

    private void MeasureDepths(bool inner, bool alongX, int line)
    {
        var layout = _raster.Layout;
        var step = layout.Step(_level);
        int startX = layout.TileStart(_level, _x), startY = layout.TileStart(_level, _y);
        var (start, finestLine) = alongX ? (startX, startY + line * step) : (startY, startX + line * step);
        if (inner)
            SkirtDepths.Inner(_raster, _level, start, finestLine, alongX, _depths);
        else
            SkirtDepths.Outer(_raster, _level, start, finestLine, alongX, _depths);
    }

    private void AddWall(int a, int b, int c, int d)
    {
        ReadOnlySpan<int> corners = [a, b, c, a, c, d];
        foreach (var corner in corners)
            _indices[_indexCount++] = (ushort)corner;
    }

    private void AddVertex(int i, int j, double depth, double leanX, double leanY)
    {
        var layout = _raster.Layout;
        var spacing = layout.Step(_level) * layout.FinestSpacing;
        var height = HeightAt(i, j) - depth;
        _minZ = Math.Min(_minZ, height);
        var (east, north) = ((i - _quads / 2 + leanX) * spacing, (j - _quads / 2 + leanY) * spacing);
        _positions[_vertices] = new((float)east, (float)(height - Center.Z), (float)-north);

        int column = _x * _quads + i, row = _y * _quads + j;
        var normal = _raster.Shading[_level].Normal(column, row);
        _normals[_vertices] = Vector3.Normalize(new((float)normal.X, (float)normal.Z, (float)-normal.Y));
        _colors[_vertices] = Dithered(_raster.Shading[_level].Color(column, row), column, row);
        _vertices++;
    }

    private double HeightAt(int i, int j)
    {
        var layout = _raster.Layout;
        var step = layout.Step(_level);
        return _raster.Heights[(layout.TileStart(_level, _y) + j * step) * layout.FinestNodes + layout.TileStart(_level, _x) + i * step];
    }

    // Linear bytes are coarse in the dark: a fixed pattern in rounding hides the steps, and belongs to the place, not to the tile.
    private static GlbColor Dithered(LinearColor color, int column, int row)
    {
        var h = (uint)column * 0x9E3779B1 ^ (uint)row * 0x85EBCA77;
        h = (h ^ (h >> 15)) * 0x2C1B3C6D;
        var threshold = 0.25 + (h >> 16) / 131072.0;
        return new(Byte(color.R), Byte(color.G), Byte(color.B));

        byte Byte(double c) => (byte)Math.Clamp(Math.Floor(c * 255 + threshold), 0, 255);
    }

    private int WriteGridIndices()
    {
        _indexCount = 0;
        for (var j = 0; j < _quads; j++)
        {
            for (var i = 0; i < _quads; i++)
            {
                int a = j * _side + i, b = a + 1, c = a + _side, d = c + 1;
                ReadOnlySpan<int> corners = [a, b, d, a, d, c];
                foreach (var corner in corners)
                    _indices[_indexCount++] = (ushort)corner;
            }
        }
        return _indexCount;
    }
}
