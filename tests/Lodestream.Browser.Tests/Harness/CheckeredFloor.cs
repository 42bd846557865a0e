using System.Buffers;
using System.Numerics;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>One tile, ten metres of floor in fields of a quarter of a metre, z up, which can lie anywhere: what is seen from a metre above it tells where it is drawn.</summary>
internal sealed class CheckeredFloor(Transform3d place)
{
    /// <summary>Address of its tileset, for the viewer.</summary>
    public const string Scene = "/floor/tileset.json";

    private const int Fields = 40;
    private const float Field = 0.25f;

    /// <summary>The file at a path of the server; null for other paths.</summary>
    public byte[]? FileAt(string path) => path switch
    {
        Scene => WriteDocument(),
        "/floor/floor.glb" => WriteFloor(),
        _ => null,
    };

    private byte[] WriteDocument()
    {
        using var stream = new MemoryStream();
        using (var writer = new TilesetWriter(stream, new() { GeometricError = 1 }))
        {
            const double half = Fields * Field / 2;
            writer.BeginTile(new()
            {
                Volume = BoundingVolume.AxisAligned(new(-half, -half, -0.5), new(half, half, 0.5)),
                GeometricError = 0,
                Refinement = Refinement.Replace,
                Transform = place,
                Contents = [new("floor.glb")],
            });
            writer.EndTile();
            writer.Complete();
        }
        return stream.ToArray();
    }

    private static byte[] WriteFloor()
    {
        var (positions, normals, colors, indices) = (new List<Vector3>(), new List<Vector3>(), new List<GlbColor>(), new List<uint>());
        for (var field = 0; field < Fields * Fields; field++)
        {
            var (x, y) = ((field % Fields - Fields / 2) * Field, (field / Fields - Fields / 2) * Field);
            var first = (uint)positions.Count;
            var color = (field % Fields + field / Fields) % 2 == 0 ? new GlbColor(240, 240, 240) : new GlbColor(20, 60, 20);
            // y up in the file: north is −z.
            positions.AddRange([new(x, 0, -y), new(x + Field, 0, -y), new(x + Field, 0, -y - Field), new(x, 0, -y - Field)]);
            normals.AddRange(Enumerable.Repeat(Vector3.UnitY, 4));
            colors.AddRange(Enumerable.Repeat(color, 4));
            indices.AddRange([first, first + 1, first + 2, first, first + 2, first + 3]);
        }
        var glb = new GlbWriter();
        var mesh = glb.AddMesh([new()
        {
            Positions = glb.AddPositions([.. positions]),
            Normals = glb.AddNormals([.. normals]),
            Colors = glb.AddColors([.. colors]),
            Indices = glb.AddIndices([.. indices]),
            Material = glb.AddMaterial(new()),
        }]);
        glb.AddNode(new(mesh, Vector3d.Zero));
        var output = new ArrayBufferWriter<byte>();
        glb.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
