using Lodestream.Formats.Gltf;

namespace Lodestream.Tiler.Meshes;

/// <summary>
/// The surfaces of sea and lakes over a tile: flat, and cut along the line in which they meet the tile's own mesh, so that water ends
/// where the level's land begins. Where it is all water, quads are drawn together.
/// </summary>
internal sealed class WaterSurface(TerrainRaster raster, ISurface surface)
{
    // A block this many quads wide is drawn as one where the ground is lost from sight, the other where it may show in the colours.
    private const int LargestBlock = 8, ShallowBlock = 2;

    private readonly byte[] _waters = new byte[raster.Layout.TileQuads * raster.Layout.TileQuads];
    private readonly Point[] _corners = new Point[3], _cut = new Point[4];
    private int _level, _column, _row, _step;

    private record struct Point(double X, double Y, double Depth);

    /// <summary>Adds a tile's standing waters to a mesh.</summary>
    public void AddTo(SurfaceMesh mesh, int level, int tileX, int tileY)
    {
        var quads = raster.Layout.TileQuads;
        (_level, _step) = (level, raster.Layout.Step(level));
        (_column, _row) = (tileX * quads, tileY * quads);
        for (var j = 0; j < quads; j++)
        {
            for (var i = 0; i < quads; i++)
                _waters[j * quads + i] = WaterOf(i, j);
        }
        for (var j = 0; j < quads; j += LargestBlock)
        {
            for (var i = 0; i < quads; i += LargestBlock)
                AddBlock(mesh, i, j, LargestBlock);
        }
    }

    // What a quad is: none of it water, some of it (with which one is asked of the corners), or all of it one.
    private const byte Dry = 254, Mixed = 255;

    private byte WaterOf(int i, int j)
    {
        var wet = 0;
        var water = Dry;
        for (var k = 0; k < 4; k++)
        {
            var node = Node(i + (k & 1), j + (k >> 1));
            if (!(raster.Heights[node] < surface.WaterLevels[raster.Water[node]]))
                continue;
            wet++;
            water = water == Dry || water == raster.Water[node] ? raster.Water[node] : Mixed;
        }
        return wet is 0 or 4 ? water : Mixed;
    }

    private void AddBlock(SurfaceMesh mesh, int i, int j, int size)
    {
        var quads = raster.Layout.TileQuads;
        if (i >= quads || j >= quads)
            return;
        if (i + size <= quads && j + size <= quads && IsOne(i, j, size, out var water))
        {
            if (water != Dry)
                AddSquare(mesh, i, j, size, water);
            return;
        }
        if (size == 1)
        {
            AddShore(mesh, i, j);
            return;
        }
        var half = size / 2;
        for (var k = 0; k < 4; k++)
            AddBlock(mesh, i + (k & 1) * half, j + (k >> 1) * half, half);
    }

    private bool IsOne(int i, int j, int size, out byte water)
    {
        var quads = raster.Layout.TileQuads;
        water = _waters[j * quads + i];
        if (water == Mixed)
            return false;
        var ground = raster.Heights[Node(i, j)];
        for (var y = j; y < j + size; y++)
        {
            for (var x = i; x < i + size; x++)
            {
                if (_waters[y * quads + x] != water || (water != Dry && size > ShallowBlock && raster.Heights[Node(x + 1, y + 1)] != ground))
                    return false;
            }
        }
        return true;
    }

    private void AddSquare(SurfaceMesh mesh, int i, int j, int size, byte water)
    {
        uint a = Vertex(mesh, At(i, j), water), b = Vertex(mesh, At(i + size, j), water);
        uint c = Vertex(mesh, At(i, j + size), water), d = Vertex(mesh, At(i + size, j + size), water);
        mesh.Triangle(a, b, d);
        mesh.Triangle(a, d, c);
    }

    private void AddShore(SurfaceMesh mesh, int i, int j)
    {
        Span<byte> here = stackalloc byte[4];
        for (var k = 0; k < 4; k++)
            here[k] = raster.Water[Node(i + (k & 1), j + (k >> 1))];
        for (var k = 0; k < 4; k++)
        {
            if (here[..k].Contains(here[k]))
                continue;
            AddShore(mesh, i, j, here[k], i + 1, j);
            AddShore(mesh, i, j, here[k], i, j + 1);
        }
    }

    // The part of a triangle of the ground that lies under a water: a corner of another water counts as land.
    private void AddShore(SurfaceMesh mesh, int i, int j, byte water, int sideI, int sideJ)
    {
        _corners[0] = At(i, j, water);
        (_corners[1], _corners[2]) = sideI > i ? (At(sideI, sideJ, water), At(i + 1, j + 1, water)) : (At(i + 1, j + 1, water), At(sideI, sideJ, water));
        var count = 0;
        for (var k = 0; k < 3; k++)
        {
            Point p = _corners[k], q = _corners[(k + 1) % 3];
            if (p.Depth > 0)
                _cut[count++] = p;
            if (p.Depth > 0 == q.Depth > 0)
                continue;
            var t = p.Depth / (p.Depth - q.Depth);
            _cut[count++] = new(p.X + t * (q.X - p.X), p.Y + t * (q.Y - p.Y), 0);
        }
        for (var k = 2; k < count; k++)
            mesh.Triangle(Vertex(mesh, _cut[0], water), Vertex(mesh, _cut[k - 1], water), Vertex(mesh, _cut[k], water));
    }

    private uint Vertex(SurfaceMesh mesh, Point at, byte water)
    {
        var color = surface.WaterColorAt(at.X, at.Y, water);
        return mesh.Vertex(at.X, at.Y, surface.WaterLevels[water], new(Byte(color.R), Byte(color.G), Byte(color.B)));

        static byte Byte(double c) => (byte)Math.Clamp(Math.Floor(c * 255 + 0.5), 0, 255);
    }

    private Point At(int i, int j) => new(raster.Layout.Line((_column + i) * _step), raster.Layout.Line((_row + j) * _step), 1);

    private Point At(int i, int j, byte water)
    {
        var node = Node(i, j);
        var depth = surface.WaterLevels[water] - raster.Heights[node];
        return At(i, j) with { Depth = raster.Water[node] == water ? depth : -Math.Max(0.5, Math.Abs(depth)) };
    }

    private int Node(int i, int j) => (_row + j) * _step * raster.Layout.FinestNodes + (_column + i) * _step;
}
