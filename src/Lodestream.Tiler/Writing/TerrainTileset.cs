using System.Buffers;
using System.Globalization;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tiler.Meshes;

namespace Lodestream.Tiler.Writing;

/// <summary>
/// Writes a terrain as an explicit 3D Tiles 1.1 tileset: a quadtree that refines by replacement, a GLB for every tile, boxes that share
/// their borders with their siblings' and are tight in height. A tile that shows the surface without error has no children.
/// </summary>
internal sealed class TerrainTileset
{
    private readonly TerrainRaster _raster;
    private readonly TerrainErrors _errors;
    private readonly string _generator;
    private readonly List<(int Level, int X, int Y)> _tiles = [];
    private readonly (double Min, double Max)[][] _contentHeights;

    public TerrainTileset(TerrainRaster raster, TerrainErrors errors, string generator)
    {
        (_raster, _errors, _generator) = (raster, errors, generator);
        _contentHeights = new (double, double)[raster.Layout.Levels][];
        for (var level = 0; level < _contentHeights.Length; level++)
            _contentHeights[level] = new (double, double)[QuadtreeLayout.TilesAcross(level) * QuadtreeLayout.TilesAcross(level)];
        Collect(0, 0, 0);
    }

    /// <summary>Number of tiles, each with one content.</summary>
    public int TileCount => _tiles.Count;

    /// <summary>Writes the tiles' contents below a folder, several at a time; memory stays within one tile per thread.</summary>
    public void WriteContents(string folder, ParallelOptions parallel, Action<int> progress)
    {
        for (var level = 0; level < _raster.Layout.Levels; level++)
            Directory.CreateDirectory(Path.Combine(folder, "tiles", level.ToString(CultureInfo.InvariantCulture)));
        var done = 0;
        Parallel.For(0, _tiles.Count, parallel, () => new ContentWriter(this), (index, _, writer) =>
        {
            writer.Write(folder, _tiles[index]);
            progress(Interlocked.Increment(ref done));
            return writer;
        }, _ => { });
    }

    /// <summary>Writes <c>tileset.json</c>, once the contents are written.</summary>
    public void WriteTileset(string folder, TilesetHeader header)
    {
        using var stream = File.Create(Path.Combine(folder, "tileset.json"));
        using var writer = new TilesetWriter(stream, header);
        WriteTile(writer, 0, 0, 0);
        writer.Complete();
    }

    private void Collect(int level, int x, int y)
    {
        _tiles.Add((level, x, y));
        if (!_errors.HasChildren(level, x, y))
            return;
        for (var child = 0; child < 4; child++)
            Collect(level + 1, 2 * x + (child & 1), 2 * y + (child >> 1));
    }

    private void WriteTile(TilesetWriter writer, int level, int x, int y)
    {
        var layout = _raster.Layout;
        var (minZ, maxZ) = HeightRange(level, x, y);
        writer.BeginTile(new()
        {
            Volume = BoundingVolume.AxisAligned(
                new(layout.Line(layout.TileStart(level, x)), layout.Line(layout.TileStart(level, y)), minZ),
                new(layout.Line(layout.TileStart(level, x + 1)), layout.Line(layout.TileStart(level, y + 1)), maxZ)),
            GeometricError = _errors[level, x, y],
            Refinement = level == 0 ? Refinement.Replace : null,
            Contents = [new(UriOf(level, x, y))],
        });
        if (_errors.HasChildren(level, x, y))
        {
            for (var child = 0; child < 4; child++)
                WriteTile(writer, level + 1, 2 * x + (child & 1), 2 * y + (child >> 1));
        }
        writer.EndTile();
    }

    // Of the tile's content and its descendants'.
    private (double Min, double Max) HeightRange(int level, int x, int y)
    {
        var (min, max) = _contentHeights[level][y * QuadtreeLayout.TilesAcross(level) + x];
        if (!_errors.HasChildren(level, x, y))
            return (min, max);
        for (var child = 0; child < 4; child++)
        {
            var below = HeightRange(level + 1, 2 * x + (child & 1), 2 * y + (child >> 1));
            (min, max) = (Math.Min(min, below.Min), Math.Max(max, below.Max));
        }
        return (min, max);
    }

    private static string UriOf(int level, int x, int y) => string.Create(CultureInfo.InvariantCulture, $"tiles/{level}/{x}_{y}.glb");

    // One thread's arrays and buffers.
    private sealed class ContentWriter(TerrainTileset tileset)
    {
        private static readonly GlbMaterial Ground = new() { Name = "ground", Metallic = 0, Roughness = 0.95f };

        private readonly TerrainTileMesh _mesh = new(tileset._raster);
        private readonly GlbWriter _glb = new() { Generator = tileset._generator };
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public void Write(string folder, (int Level, int X, int Y) tile)
        {
            _mesh.Build(tile.Level, tile.X, tile.Y, tileset._errors.HasChildren(tile.Level, tile.X, tile.Y));
            _glb.Clear();
            var primitive = new GlbPrimitive
            {
                Positions = _glb.AddPositions(_mesh.Positions),
                Normals = _glb.AddNormals(_mesh.Normals),
                Colors = _glb.AddColors(_mesh.Colors),
                Indices = _glb.AddIndices(_mesh.Indices),
                Material = _glb.AddMaterial(Ground),
            };
            _glb.AddNode(new(_glb.AddMesh(primitive), new(_mesh.Center.X, _mesh.Center.Z, 0.0 - _mesh.Center.Y)));
            _bytes.ResetWrittenCount();
            _glb.WriteTo(_bytes);
            using (var file = File.OpenHandle(Path.Combine(folder, UriOf(tile.Level, tile.X, tile.Y)), FileMode.Create, FileAccess.Write, preallocationSize: _bytes.WrittenCount))
                RandomAccess.Write(file, _bytes.WrittenSpan, 0);
            tileset._contentHeights[tile.Level][tile.Y * QuadtreeLayout.TilesAcross(tile.Level) + tile.X] = (_mesh.Bounds.Min.Z, _mesh.Bounds.Max.Z);
        }
    }
}
