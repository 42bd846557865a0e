using System.Text.Json;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D;

public class TilesetWriterTests
{
    private static readonly BoundingVolume Box = BoundingVolume.AxisAligned(new(-1, -2, -3), new(1, 2, 4));

    [Fact]
    public void Tiles_nest_as_they_were_begun_and_ended()
    {
        var json = Write(new() { GeometricError = 100 }, writer =>
        {
            writer.BeginTile(new() { Volume = Box, GeometricError = 10, Refinement = Refinement.Replace, Contents = [new("a.glb")] });
            writer.BeginTile(new() { Volume = Box, GeometricError = 5, Refinement = Refinement.Add });
            writer.BeginTile(new() { Volume = Box, GeometricError = 0, Contents = [new("c.glb")] });
            writer.EndTile();
            writer.EndTile();
            writer.BeginTile(new() { Volume = Box, GeometricError = 1 });
            writer.EndTile();
            writer.EndTile();
        });
        Assert.Equal("1.1", json.GetProperty("asset").GetProperty("version").GetString());
        Assert.Equal(100, json.GetProperty("geometricError").GetDouble());
        var root = json.GetProperty("root");
        Assert.Equal("REPLACE", root.GetProperty("refine").GetString());
        Assert.Equal("a.glb", root.GetProperty("content").GetProperty("uri").GetString());
        Assert.False(root.TryGetProperty("transform", out _));
        Assert.Equal(2, root.GetProperty("children").GetArrayLength());
        Assert.Equal("ADD", root.GetProperty("children")[0].GetProperty("refine").GetString());
        Assert.Equal("c.glb", root.GetProperty("children")[0].GetProperty("children")[0].GetProperty("content").GetProperty("uri").GetString());
        Assert.False(root.GetProperty("children")[1].TryGetProperty("children", out _));
        Assert.False(root.GetProperty("children")[1].TryGetProperty("refine", out _));
    }

    [Fact]
    public void Numbers_read_back_as_the_same_doubles()
    {
        var volume = BoundingVolume.Sphere(new(0.1, 1.0 / 3, 6378137.0000000009), Math.PI);
        var transform = new Transform3d(new(0, 1, 0), new(-1, 0, 0), new(0, 0, 1), new(1e-300, -0.7, 4841181.5));
        var json = Write(new() { GeometricError = double.Epsilon }, writer =>
        {
            writer.BeginTile(new() { Volume = volume, GeometricError = 0.1 + 0.2, Refinement = Refinement.Add, Transform = transform });
            writer.EndTile();
        });
        var root = json.GetProperty("root");
        Assert.Equal([0.1, 1.0 / 3, 6378137.0000000009, Math.PI], root.GetProperty("boundingVolume").GetProperty("sphere").EnumerateArray().Select(e => e.GetDouble()));
        Assert.Equal(0.1 + 0.2, root.GetProperty("geometricError").GetDouble());
        Assert.Equal(double.Epsilon, json.GetProperty("geometricError").GetDouble());
        Assert.Equal(transform, Transform3d.FromColumnMajor([.. root.GetProperty("transform").EnumerateArray().Select(e => e.GetDouble())]));
    }

    [Fact]
    public void A_box_is_written_as_centre_and_half_axes()
    {
        var json = Write(new() { GeometricError = 1 }, writer =>
        {
            writer.BeginTile(new() { Volume = Box, GeometricError = 1, Refinement = Refinement.Add });
            writer.EndTile();
        });
        var box = json.GetProperty("root").GetProperty("boundingVolume").GetProperty("box");
        Assert.Equal("[0,0,0.5,1,0,0,0,2,0,0,0,3.5]", box.GetRawText());
    }

    [Fact]
    public void Several_contents_belong_to_groups_of_a_schema()
    {
        var json = Write(new()
        {
            GeometricError = 1,
            TilesetVersion = "7",
            WriteAssetExtras = j => j.WriteNumber("seed", 3),
            WriteSchema = j => j.WriteString("id", "layers"),
            Groups = [("layer", j => j.WriteString("family", "terrain")), ("layer", null)],
        }, writer =>
        {
            writer.BeginTile(new() { Volume = Box, GeometricError = 1, Refinement = Refinement.Replace, Contents = [new("t.glb", 0), new("w.glb", 1)] });
            writer.EndTile();
        });
        Assert.Equal("7", json.GetProperty("asset").GetProperty("tilesetVersion").GetString());
        Assert.Equal(3, json.GetProperty("asset").GetProperty("extras").GetProperty("seed").GetInt32());
        Assert.Equal("layers", json.GetProperty("schema").GetProperty("id").GetString());
        Assert.Equal("terrain", json.GetProperty("groups")[0].GetProperty("properties").GetProperty("family").GetString());
        Assert.Equal(["t.glb", "w.glb"], json.GetProperty("root").GetProperty("contents").EnumerateArray().Select(c => c.GetProperty("uri").GetString()));
        Assert.Equal([0, 1], json.GetProperty("root").GetProperty("contents").EnumerateArray().Select(c => c.GetProperty("group").GetInt32()));
    }

    [Fact]
    public void Trees_deeper_than_a_thousand_levels_can_be_written()
    {
        var bytes = Bytes(new() { GeometricError = 1 }, writer =>
        {
            for (var level = 0; level < 1500; level++)
                writer.BeginTile(new() { Volume = Box, GeometricError = 1, Refinement = level == 0 ? Refinement.Add : null });
            for (var level = 0; level < 1500; level++)
                writer.EndTile();
        });
        using var json = JsonDocument.Parse(bytes, new() { MaxDepth = 4000 });
        Assert.Equal("1.1", json.RootElement.GetProperty("asset").GetProperty("version").GetString());
    }

    [Fact]
    public void What_would_make_an_invalid_tileset_is_refused()
    {
        using var writer = new TilesetWriter(new MemoryStream(), new() { GeometricError = 1 });
        Assert.Throws<InvalidOperationException>(writer.Complete);
        Assert.Throws<InvalidOperationException>(writer.EndTile);
        Assert.Throws<InvalidOperationException>(() => writer.BeginTile(new() { Volume = Box, GeometricError = 1 }));
        writer.BeginTile(new() { Volume = Box, GeometricError = 1, Refinement = Refinement.Add });
        Assert.Throws<InvalidOperationException>(writer.Complete);
        writer.EndTile();
        Assert.Throws<InvalidOperationException>(() => writer.BeginTile(new() { Volume = Box, GeometricError = 1, Refinement = Refinement.Add }));
        Assert.Throws<ArgumentException>(() => Write(new() { GeometricError = double.NaN }, _ => { }));
        Assert.Throws<ArgumentException>(() => Write(new() { GeometricError = 1 }, w => w.BeginTile(new() { Volume = Box, GeometricError = 1, Refinement = Refinement.Add, Contents = [new("a", 0)] })));
    }

    private static JsonElement Write(TilesetHeader header, Action<TilesetWriter> write)
    {
        using var json = JsonDocument.Parse(Bytes(header, write));
        return json.RootElement.Clone();
    }

    private static byte[] Bytes(TilesetHeader header, Action<TilesetWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new TilesetWriter(stream, header))
        {
            write(writer);
            writer.Complete();
        }
        return stream.ToArray();
    }
}
