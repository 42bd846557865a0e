using System.Buffers;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;
using Lodestream.Tiler.Meshes;
using Lodestream.Tiler.Worlds.Places;
using Lodestream.Tiler.Writing;

namespace Lodestream.Tiler.Families;

/// <summary>
/// The feature contents: for a tile, a map of the provinces under it, one byte a pixel, and their names and colours. A tile that lies in
/// one province, like the tile above it, has none: what is above says it already.
/// </summary>
internal sealed class RegionMap(PlaceModel places, QuadtreeLayout layout)
{
    private const int MostPixels = 64;

    private readonly byte[] _pixels = new byte[MostPixels * MostPixels];
    private readonly byte[] _rows = new byte[256];
    private readonly List<int> _regions = [];
    private readonly ArrayBufferWriter<byte> _png = new();

    /// <summary>Puts a tile's map into a file.</summary>
    /// <returns>False, and nothing was added, where the tile needs none.</returns>
    public bool AddTo(GlbWriter glb, int level, int x, int y)
    {
        var pixels = Sample(level, x, y);
        if (_regions.Count == 0)
            return false;
        if (pixels == 1)
        {
            var region = _regions[0];
            if (level > 0 && Sample(level - 1, x / 2, y / 2) == 1)
                return false;
            _regions.Clear();
            _regions.Add(region);
            (_pixels[0], pixels) = ((byte)region, 1);
        }
        else
        {
            Sample(level, x, y);
        }
        Number(pixels);
        _png.ResetWrittenCount();
        PngWriter.Write(_png, pixels, _pixels.AsSpan(0, pixels * pixels));
        glb.WriteSchema = WriteSchema;
        glb.AddPropertyTable(Table());
        glb.AddPropertyTexture("regionMap", "region", glb.AddPngTexture(_png.WrittenSpan));
        return true;
    }

    // Pixels along the side, 1 where all are the same; rows from the north, provinces in the order in which they come.
    private int Sample(int level, int x, int y)
    {
        var grid = places.Grid;
        var side = layout.Size / QuadtreeLayout.TilesAcross(level);
        var pixels = MostPixels;
        while (pixels > 4 && side / pixels < grid.Spacing / 2)
            pixels /= 2;
        double west = x * side - layout.Size / 2, south = y * side - layout.Size / 2;
        _regions.Clear();
        var uniform = true;
        for (var j = 0; j < pixels; j++)
        {
            for (var i = 0; i < pixels; i++)
            {
                var region = places.Provinces.Regions[grid.NodeAt(west + (i + 0.5) * side / pixels, south + (pixels - j - 0.5) * side / pixels)];
                _pixels[j * pixels + i] = region;
                uniform &= region == _pixels[0];
                if (region != Provinces.None && !_regions.Contains(region))
                    _regions.Add(region);
            }
        }
        return uniform ? 1 : pixels;
    }

    // From provinces to rows of the table.
    private void Number(int pixels)
    {
        _regions.Sort();
        Array.Fill(_rows, Provinces.None);
        for (var row = 0; row < _regions.Count; row++)
            _rows[_regions[row]] = (byte)row;
        foreach (ref var pixel in _pixels.AsSpan(0, pixels * pixels))
            pixel = _rows[pixel];
    }

    private PropertyTableWriter Table()
    {
        var table = new PropertyTableWriter("region", _regions.Count);
        table.AddStrings("name", _regions.ConvertAll(region => places.Provinces.All[region].Name));
        Span<byte> colors = stackalloc byte[_regions.Count * 3];
        for (var row = 0; row < _regions.Count; row++)
            (colors[3 * row], colors[3 * row + 1], colors[3 * row + 2]) = places.Provinces.All[_regions[row]].Color;
        table.AddNumbers<byte>("color", colors);
        return table;
    }

    private static void WriteSchema(Utf8JsonWriter json) => SchemaWriting.Schema(
        json,
        "regions",
        ("region", static json =>
        {
            SchemaWriting.Text(json, "name");
            SchemaWriting.Property(json, "color", "VEC3", "UINT8");
        }),
        ("regionMap", static json => SchemaWriting.Property(json, "region", "SCALAR", "UINT8")));
}
