using System.Globalization;
using System.Text.Json;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tiler.Families;
using Lodestream.Tiler.Meshes;

namespace Lodestream.Tiler.Writing;

/// <summary>
/// Writes a continent as a 3D Tiles 1.1 tileset: an implicit quadtree that refines by replacement, with a content per family where a tile
/// has something of it. Tiles' metadata gives boxes that share their borders with their siblings' and are tight in height, geometric
/// errors as measured, and raster errors. A tile that shows the surface without error has no children.
/// </summary>
internal sealed class ContinentTileset
{
    // Deeper trees come in several subtrees: the first view needs the first alone.
    private const int LevelsOfOneSubtree = 5, LevelsOfSeveral = 4;

    private readonly TerrainRaster _raster;
    private readonly TerrainErrors _errors;
    private readonly List<(int Level, int X, int Y)> _tiles = [];
    private readonly (double Min, double Max)[][] _contentHeights;
    private readonly FamilyFlags[][] _families;
    private readonly int _subtreeLevels;

    public ContinentTileset(TerrainRaster raster, TerrainErrors errors)
    {
        (_raster, _errors) = (raster, errors);
        var levels = raster.Layout.Levels;
        _subtreeLevels = levels <= LevelsOfOneSubtree ? levels : LevelsOfSeveral;
        _contentHeights = new (double, double)[levels][];
        _families = new FamilyFlags[levels][];
        for (var level = 0; level < levels; level++)
        {
            var across = QuadtreeLayout.TilesAcross(level);
            (_contentHeights[level], _families[level]) = (new (double, double)[across * across], new FamilyFlags[across * across]);
        }
        Collect(0, 0, 0);
    }

    /// <summary>Number of tiles.</summary>
    public int TileCount => _tiles.Count;

    /// <summary>Writes the tiles' contents below a folder, several at a time; memory stays within one tile per thread.</summary>
    public void WriteContents(string folder, TileFamilies families, ParallelOptions parallel, Action<int> progress)
    {
        foreach (var family in TileFamilies.Names)
        {
            for (var level = 0; level < _raster.Layout.Levels; level++)
                Directory.CreateDirectory(Path.Combine(folder, family, level.ToString(CultureInfo.InvariantCulture)));
        }
        var done = 0;
        Parallel.For(0, _tiles.Count, parallel, families.CreateWriter, (index, _, writer) =>
        {
            var (level, x, y) = _tiles[index];
            var tile = y * QuadtreeLayout.TilesAcross(level) + x;
            (_families[level][tile], _contentHeights[level][tile]) = writer.Write(folder, level, x, y, _errors.HasChildren(level, x, y));
            progress(Interlocked.Increment(ref done));
            return writer;
        }, _ => { });
    }

    /// <summary>Writes <c>tileset.json</c> and the subtrees, once the contents are written.</summary>
    public void WriteTileset(string folder, TilesetHeader header)
    {
        using (var stream = File.Create(Path.Combine(folder, "tileset.json")))
        using (var writer = new TilesetWriter(stream, header with { WriteSchema = WriteSchema, Groups = Groups() }))
        {
            writer.BeginTile(new()
            {
                Volume = BoxOf(0, 0, 0),
                GeometricError = _errors[0, 0, 0],
                Refinement = Refinement.Replace,
                Contents = Array.ConvertAll(TileFamilies.Names, family => new TilesetContent($"{family}/{{level}}/{{x}}_{{y}}.glb", Array.IndexOf(TileFamilies.Names, family))),
                Implicit = new(_subtreeLevels, _raster.Layout.Levels, "subtrees/{level}/{x}_{y}.subtree"),
            });
            writer.EndTile();
            writer.Complete();
        }
        foreach (var (level, x, y) in _tiles)
        {
            if (level % _subtreeLevels == 0)
                WriteSubtree(folder, level, x, y);
        }
    }

    private void Collect(int level, int x, int y)
    {
        _tiles.Add((level, x, y));
        if (!_errors.HasChildren(level, x, y))
            return;
        for (var child = 0; child < 4; child++)
            Collect(level + 1, 2 * x + (child & 1), 2 * y + (child >> 1));
    }

    private void WriteSubtree(string folder, int rootLevel, int rootX, int rootY)
    {
        var subtree = new SubtreeWriter(isOctree: false, _subtreeLevels, TileFamilies.Names.Length);
        Add(0, 0, 0);
        subtree.TileMetadata = MetadataOf([.. subtree.TilesInOrder().Select(t => (rootLevel + t.Level, (rootX << t.Level) + t.X, (rootY << t.Level) + t.Y))]);
        var place = Path.Combine(folder, "subtrees", rootLevel.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(place);
        File.WriteAllBytes(Path.Combine(place, string.Create(CultureInfo.InvariantCulture, $"{rootX}_{rootY}.subtree")), subtree.Write());

        void Add(int level, int x, int y)
        {
            int atLevel = rootLevel + level, atX = (rootX << level) + x, atY = (rootY << level) + y;
            if (level == _subtreeLevels)
            {
                subtree.AddSubtree(x, y);
                return;
            }
            subtree.AddTile(level, x, y);
            for (var family = 0; family < TileFamilies.Names.Length; family++)
            {
                if (((int)_families[atLevel][atY * QuadtreeLayout.TilesAcross(atLevel) + atX] >> family & 1) != 0)
                    subtree.AddTile(level, x, y, content: family);
            }
            if (!_errors.HasChildren(atLevel, atX, atY))
                return;
            for (var child = 0; child < 4; child++)
                Add(level + 1, 2 * x + (child & 1), 2 * y + (child >> 1));
        }
    }

    private PropertyTableWriter MetadataOf((int Level, int X, int Y)[] tiles)
    {
        var boxes = new double[12 * tiles.Length];
        var errors = new double[tiles.Length];
        var rasterErrors = new float[tiles.Length];
        for (var k = 0; k < tiles.Length; k++)
        {
            var (level, x, y) = tiles[k];
            var box = BoxOf(level, x, y);
            ReadOnlySpan<double> numbers = [box.Center.X, box.Center.Y, box.Center.Z, box.HalfLengths.X, 0, 0, 0, box.HalfLengths.Y, 0, 0, 0, box.HalfLengths.Z];
            numbers.CopyTo(boxes.AsSpan(12 * k));
            errors[k] = _errors[level, x, y];
            // Colours are on the vertices.
            rasterErrors[k] = (float)(_raster.Layout.Step(level) * _raster.Layout.FinestSpacing);
        }
        var table = new PropertyTableWriter("tile", tiles.Length);
        table.AddNumbers<double>("boundingBox", boxes);
        table.AddNumbers<double>("geometricError", errors);
        table.AddNumbers<float>("rasterError", rasterErrors);
        return table;
    }

    private BoundingVolume BoxOf(int level, int x, int y)
    {
        var layout = _raster.Layout;
        var (minZ, maxZ) = HeightRange(level, x, y);
        return BoundingVolume.AxisAligned(
            new(layout.Line(layout.TileStart(level, x)), layout.Line(layout.TileStart(level, y)), minZ),
            new(layout.Line(layout.TileStart(level, x + 1)), layout.Line(layout.TileStart(level, y + 1)), maxZ));
    }

    // Of the tile's contents and its descendants'.
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

    private static (string Class, Action<Utf8JsonWriter>? WriteProperties)[] Groups() =>
        Array.ConvertAll<string, (string, Action<Utf8JsonWriter>?)>(TileFamilies.Names, family => ("layer", json => json.WriteString("family"u8, family)));

    private static void WriteSchema(Utf8JsonWriter json) => SchemaWriting.Schema(
        json,
        "continent",
        ("layer", static json => SchemaWriting.Text(json, "family")),
        ("tile", static json =>
        {
            SchemaWriting.Property(json, "boundingBox", "SCALAR", "FLOAT64", 12, "TILE_BOUNDING_BOX");
            SchemaWriting.Property(json, "geometricError", "SCALAR", "FLOAT64", semantic: "TILE_GEOMETRIC_ERROR");
            SchemaWriting.Property(json, "rasterError", "SCALAR", "FLOAT32");
        }));
}
