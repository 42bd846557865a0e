using System.Buffers;
using System.Numerics;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Writes objects as payloads of one kind or the other. Every payload has the same materials, in the same order.</summary>
internal static class CityPayloads
{
    /// <summary>What the payloads' names end in.</summary>
    public static string ExtensionOf(CityPayload payload) => payload == CityPayload.Untold ? ".untold" : ".glb";

    /// <summary>A payload's bytes.</summary>
    public static byte[] Write(CityPayload payload, UntoldFileType type, IReadOnlyList<CityMesh> meshes) =>
        payload == CityPayload.Untold ? WriteUntold(type, meshes) : WriteGlb(meshes);

    /// <summary>The box around objects, y up; null where they hold nothing.</summary>
    public static ManifestBounds? BoundsOf(IEnumerable<CityMesh> meshes)
    {
        var (min, max) = (new Vector3d(double.MaxValue, double.MaxValue, double.MaxValue), new Vector3d(double.MinValue, double.MinValue, double.MinValue));
        foreach (var mesh in meshes)
        {
            var origin = YUp(mesh.Origin);
            foreach (var (_, part) in PartsOf(mesh))
            {
                foreach (var vertex in part.Vertices)
                {
                    var p = origin + new Vector3d(vertex.Position.X, vertex.Position.Y, vertex.Position.Z);
                    (min, max) = (Vector3d.Min(min, p), Vector3d.Max(max, p));
                }
            }
        }
        return min.X > max.X ? null : new(min, max);
    }

    /// <summary>From the scene's frame to the files'.</summary>
    public static Vector3d YUp(Vector3d p) => new(p.X, p.Z, -p.Y);

    private static IEnumerable<(CityMaterial Material, CityTriangles Part)> PartsOf(CityMesh mesh)
    {
        for (var material = 0; material < CityMaterials.Count; material++)
        {
            if (mesh.Part((CityMaterial)material) is { } part)
                yield return ((CityMaterial)material, part);
        }
    }

    private static byte[] WriteUntold(UntoldFileType type, IReadOnlyList<CityMesh> meshes)
    {
        var entities = new List<UntoldPlacement>(meshes.Count);
        foreach (var mesh in meshes)
        {
            var triangles = PartsOf(mesh).Select(part => new UntoldTriangles(CityMaterials.LookOf(part.Material).Name, (int)part.Material,
                part.Part.Vertices.ConvertAll(vertex => new UntoldVertex(vertex.Position, vertex.Normal, new(1, 0, 0, 1), Vector2.Zero, Vector2.Zero, vertex.Color)), part.Part.Indices));
            entities.Add(new(mesh.Name, -1, Transform3d.Identity with { Translation = YUp(mesh.Origin) }, [.. triangles]));
        }
        var model = new UntoldModel { FileType = type, Entities = entities, Materials = [.. Materials().Select(UntoldMaterialOf)] };
        return UntoldWriter.Write(model, UntoldCompression.Lz4);
    }

    private static UntoldMaterial UntoldMaterialOf(CityMaterialLook look) =>
        new() { Name = look.Name, BaseColor = [look.Color.X, look.Color.Y, look.Color.Z, 1], Roughness = look.Roughness, Metallic = look.Metallic };

    private static byte[] WriteGlb(IReadOnlyList<CityMesh> meshes)
    {
        var glb = new GlbWriter { Generator = CityWorld.GeneratorName };
        foreach (var look in Materials())
            glb.AddMaterial(new() { Name = look.Name, BaseColor = new(look.Color, 1), Roughness = look.Roughness, Metallic = look.Metallic });
        foreach (var mesh in meshes)
            glb.AddNode(new(glb.AddMesh([.. PartsOf(mesh).Select(part => PrimitiveOf(glb, part.Material, part.Part))]), YUp(mesh.Origin), mesh.Name));
        var output = new ArrayBufferWriter<byte>();
        glb.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static GlbPrimitive PrimitiveOf(GlbWriter glb, CityMaterial material, CityTriangles part) => new()
    {
        Positions = glb.AddPositions(part.Vertices.Select(vertex => vertex.Position).ToArray()),
        Normals = glb.AddNormals(part.Vertices.Select(vertex => vertex.Normal).ToArray()),
        Colors = glb.AddColors(part.Vertices.Select(vertex => ColorOf(vertex.Color)).ToArray()),
        Indices = part.Vertices.Count < ushort.MaxValue
            ? glb.AddIndices(part.Indices.Select(index => (ushort)index).ToArray())
            : glb.AddIndices(part.Indices.Select(index => (uint)index).ToArray()),
        Material = (int)material,
    };

    private static GlbColor ColorOf(uint packed) => new((byte)packed, (byte)(packed >> 8), (byte)(packed >> 16), (byte)(packed >> 24));

    private static IEnumerable<CityMaterialLook> Materials()
    {
        for (var i = 0; i < CityMaterials.Count; i++)
            yield return CityMaterials.LookOf((CityMaterial)i);
    }
}
