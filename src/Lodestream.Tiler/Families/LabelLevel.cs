using System.Numerics;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;
using Lodestream.Geometry;
using Lodestream.Tiler.Meshes;
using Lodestream.Tiler.Worlds.Places;

namespace Lodestream.Tiler.Families;

/// <summary>The labels of a level by tile: a point each, with its name, rank and kind.</summary>
internal sealed class LabelLevel
{
    private readonly Dictionary<(int X, int Y), List<(Label Label, Vector3d Place)>> _byTile = [];

    public LabelLevel(TerrainRaster raster, int level, IEnumerable<Label> labels)
    {
        var layout = raster.Layout;
        var spacing = layout.Step(level) * layout.FinestSpacing;
        foreach (var label in labels)
        {
            if (spacing > label.CoarsestSpacing && level < layout.Levels - 1)
                continue;
            var tile = (TileOf(label.Place.X), TileOf(label.Place.Y));
            if (!_byTile.TryGetValue(tile, out var here))
                _byTile.Add(tile, here = []);
            // A coarse level's ground may be higher than the place is.
            here.Add((label, label.Place with { Z = Math.Max(label.Place.Z, raster.HeightOnMesh(level, label.Place.X, label.Place.Y)) }));
        }

        int TileOf(double metres) =>
            Math.Clamp((int)Math.Floor((metres + layout.Size / 2) / (layout.Size / QuadtreeLayout.TilesAcross(level))), 0, QuadtreeLayout.TilesAcross(level) - 1);
    }

    /// <summary>Puts a tile's labels into a file.</summary>
    /// <returns>Their lowest and highest place, metres; null, and nothing was added, where there are none.</returns>
    public (double Min, double Max)? AddTo(GlbWriter glb, int x, int y, Vector3d center)
    {
        if (!_byTile.TryGetValue((x, y), out var labels))
            return null;
        var positions = new Vector3[labels.Count];
        var rows = new float[labels.Count];
        for (var k = 0; k < labels.Count; k++)
        {
            var place = labels[k].Place - center;
            (positions[k], rows[k]) = (new((float)place.X, (float)place.Z, (float)-place.Y), k);
        }
        glb.WriteSchema = WriteSchema;
        var primitive = new GlbPrimitive
        {
            Positions = glb.AddPositions(positions),
            FeatureTable = glb.AddPropertyTable(Table(labels.ConvertAll(l => l.Label))),
            FeatureIds = glb.AddFeatureIds(rows),
            Topology = GlbTopology.Points,
        };
        glb.AddNode(new(glb.AddMesh(primitive), new(center.X, center.Z, 0.0 - center.Y)));
        return (center.Z + positions.Min(p => p.Y), center.Z + positions.Max(p => p.Y));
    }

    private static PropertyTableWriter Table(List<Label> labels)
    {
        var table = new PropertyTableWriter("label", labels.Count);
        table.AddNumbers<uint>("id", labels.Select(l => l.Id).ToArray());
        table.AddStrings("name", labels.ConvertAll(l => l.Name));
        table.AddNumbers<byte>("rank", labels.Select(l => l.Rank).ToArray());
        table.AddStrings("kind", labels.ConvertAll(l => l.Kind));
        return table;
    }

    private static void WriteSchema(Utf8JsonWriter json) => SchemaWriting.Schema(json, "labels", ("label", static json =>
    {
        SchemaWriting.Property(json, "id", "SCALAR", "UINT32");
        SchemaWriting.Text(json, "name");
        SchemaWriting.Property(json, "rank", "SCALAR", "UINT8");
        SchemaWriting.Text(json, "kind");
    }));
}
