using System.Numerics;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>A manifest scene of one tile: ten metres of floor in fields of a quarter of a metre, one half of them of plain colours, the other under a texture; the texture lies in a file of its own.</summary>
internal sealed class UntoldFloor(UntoldCompression compression, byte[]? texture)
{
    /// <summary>Address of its manifest, for the viewer.</summary>
    public const string Scene = "/floor/scene.json";

    private const int Fields = 40;
    private const float Field = 0.25f, Half = Fields * Field / 2;

    /// <summary>The file at a path of the server; null for other paths, and for the texture where there is none.</summary>
    public byte[]? FileAt(string path) => path switch
    {
        Scene => WriteManifest(),
        "/floor/tiles/floor.untold" => WriteFloor(),
        "/floor/textures/stone.png" => texture,
        _ => null,
    };

    private byte[] WriteManifest()
    {
        using var stream = new MemoryStream();
        using (var writer = new ManifestWriter(stream, new()
        {
            Partitioning = ManifestPartitioning.QuadtreeFloor,
            WriteExtras = json =>
            {
                json.WriteStartArray("views");
                json.WriteStartObject();
                json.WriteString("name", "from above");
                json.WriteStartArray("position");
                foreach (var x in (double[])[0, -0.5, 6])
                    json.WriteNumberValue(x);
                json.WriteEndArray();
                json.WriteStartArray("direction");
                foreach (var x in (double[])[0, 0.08, -1])
                    json.WriteNumberValue(x);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
            },
        }))
        {
            writer.Write(new() { Id = "floor", Path = "tiles/floor.untold", FileBytes = WriteFloor().Length, Bounds = new(new(-Half, -0.5, -Half), new(Half, 0.5, Half)), Floor = 0, NodeId = "F00_Q" });
            writer.Complete();
        }
        return stream.ToArray();
    }

    private byte[] WriteFloor()
    {
        UntoldTriangles plain = Mesh("plain", 0, -Half, textured: false), stone = Mesh("stone", 1, 0, textured: true);
        return UntoldWriter.Write(new()
        {
            Entities =
            [
                new("floor", -1, Transform3d.Identity with { Translation = new(0, -1, 0) }, []),
                new("fields", 0, Transform3d.Identity with { Translation = new(0, 1, 0) }, [plain, stone]),
            ],
            Materials = [new() { Name = "paint" }, new() { Name = "stone", BaseColorTexture = 0, RoughnessTexture = 0, RoughnessChannel = 1, NormalTexture = 0 }],
            Textures = [new("stone", "../textures/stone.png") { Format = UntoldTextureFormat.Rgba8, Flags = UntoldTextureFlags.Srgb, Width = 16, Height = 16, MipLevels = 1 }],
        }, compression);
    }

    private static UntoldTriangles Mesh(string name, int material, float left, bool textured)
    {
        var (vertices, indices) = (new List<UntoldVertex>(), new List<int>());
        for (var field = 0; field < Fields * Fields / 2; field++)
        {
            var (x, z, first) = (left + field % (Fields / 2) * Field, Half - field / (Fields / 2) * Field, vertices.Count);
            var color = textured ? UntoldVertex.White : (field % (Fields / 2) + field / (Fields / 2)) % 2 == 0 ? 0xff2020f0u : 0xff104010u;
            foreach (var (dx, dz) in (ReadOnlySpan<(float, float)>)[(0, 0), (Field, 0), (Field, -Field), (0, -Field)])
                vertices.Add(new(new(x + dx, 0, z + dz), Vector3.UnitY, new(1, 0, 0, 1), new(dx / Field, -dz / Field), Vector2.Zero, color));
            indices.AddRange([first, first + 1, first + 2, first, first + 2, first + 3]);
        }
        return new(name, material, vertices, indices);
    }
}
