using System.Buffers;
using System.Globalization;
using System.Numerics;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>
/// A manifest scene of many meshes and few materials: square tiles of 20 m, each with a floor and boxes in rows, every box a mesh of its own.
/// y up, as manifests are; the viewer has z up.
/// </summary>
/// <param name="tiles">Tiles along each side.</param>
/// <param name="boxes">Boxes in each tile: a square number.</param>
/// <param name="named">What the boxes' names begin with.</param>
/// <param name="payload">Kind of the tiles' files: <c>untold</c>, or <c>glb</c>, whose boxes share a few meshes, some of them coloured by vertex.</param>
/// <param name="coarser">Whether from 30 m on a tile is shown by an LOD, from 60 m by another, and from 100 m by its HLOD; they look as it does.</param>
/// <param name="walk">The camera file of a walk that its manifest names; null for none.</param>
internal sealed class BlockCity(int tiles, int boxes = 64, string named = "box", string payload = "untold", bool coarser = false, string? walk = null)
{
    /// <summary>Length of a tile's side, metres.</summary>
    public const double TileSide = 20;

    /// <summary>Materials of a tile: the floor's, three of boxes, and glass.</summary>
    public const int Materials = 5;

    /// <summary>Address of its manifest, for the viewer.</summary>
    public const string Scene = "/city/city.json";

    /// <summary>Meshes of a tile.</summary>
    public int MeshesPerTile => boxes + 2;

    /// <summary>The file at a path of the server; null for other paths.</summary>
    public byte[]? FileAt(string path)
    {
        if (path == Scene)
            return WriteManifest();
        if (path == "/city/tour/walk.json")
            return System.Text.Encoding.UTF8.GetBytes(walk ?? "");
        if (path == "/city/brick.png")
            return WriteBrick();
        var parts = Path.GetFileNameWithoutExtension(path).Split('_');
        return path.StartsWith("/city/t_", StringComparison.Ordinal) && parts.Length >= 3 ? WriteTile(int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture)) : null;
    }

    private string FileOf(int x, int y) => $"t_{x}_{y}.{payload}";

    private byte[] WriteManifest()
    {
        using var output = new MemoryStream();
        using (var writer = new ManifestWriter(output, new() { Partitioning = ManifestPartitioning.UniformGrid, TileSize = new(TileSide, 100, TileSide), WriteExtras = walk is null ? null : json => json.WriteString("walk", "tour/walk.json") }))
        {
            for (var x = 0; x < tiles; x++)
            {
                for (var y = 0; y < tiles; y++)
                {
                    var corner = new Vector3d(x * TileSide, 0, -(y + 1) * TileSide);
                    writer.Write(new()
                    {
                        Id = $"{x}_{y}",
                        Path = FileOf(x, y),
                        Bounds = new(corner, corner + new Vector3d(TileSide, 8, TileSide)),
                        StreamingRadius = coarser ? 30 : 1e5,
                        UnloadRadius = coarser ? 40 : 2e5,
                        LodLevels = coarser ? [new($"t_{x}_{y}_lod1.{payload}", 30), new($"t_{x}_{y}_lod2.{payload}", 60)] : [],
                        HlodLevels = coarser ? [new($"t_{x}_{y}_hlod.{payload}", 100)] : [],
                    });
                }
            }
            writer.Complete();
        }
        return output.ToArray();
    }

    private byte[] WriteTile(int x, int y) => payload == "glb" ? WriteGlb(x, y) : WriteUntold(x, y);

    private byte[] WriteGlb(int x, int y)
    {
        var writer = new GlbWriter();
        foreach (var surface in Surfaces)
            writer.AddMaterial(new() { Name = surface.Name, BaseColor = new(surface.BaseColor[0], surface.BaseColor[1], surface.BaseColor[2], 1), Metallic = surface.Metallic, Roughness = surface.Roughness });
        var (perSide, indices) = ((int)Math.Sqrt(boxes), writer.AddIndices([.. Indices.Select(i => (ushort)i)]));
        var step = TileSide / perSide;
        var meshes = Enumerable.Range(0, 9).Select(i => AddBox(writer, i % 3, indices, new((float)step * 0.5f, 1 + i % 4, (float)step * 0.4f), turn: i * 0.3f)).ToArray();
        writer.AddNode(new(AddBox(writer, 3, indices, new((float)TileSide, 0.5f, (float)TileSide), turn: 0), new(x * TileSide + TileSide / 2, -0.25, -(y + 0.5) * TileSide), "floor"));
        for (var i = 0; i < boxes; i++)
            writer.AddNode(new(meshes[(i + x + 2 * y) % 9], new(x * TileSide + (i % perSide + 0.5) * step, 0.5, -y * TileSide - (i / perSide + 0.5) * step), $"{named} {i}"));
        writer.AddNode(new(AddBox(writer, 4, indices, new((float)TileSide * 0.8f, 2, 0.1f), turn: 0), new(x * TileSide + TileSide / 2, 6, -(y + 0.5) * TileSide), "pane"));
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static int AddBox(GlbWriter writer, int material, int indices, Vector3 size, float turn)
    {
        var turned = Matrix4x4.CreateRotationY(turn);
        return writer.AddMesh(new GlbPrimitive
        {
            Positions = writer.AddPositions([.. Vertices.Select(vertex => Vector3.Transform(vertex.Position * size, turned))]),
            Normals = writer.AddNormals([.. Vertices.Select(vertex => Vector3.TransformNormal(vertex.Normal, turned))]),
            Colors = material == 0 ? writer.AddColors([.. Vertices.Select((_, i) => new GlbColor((byte)(120 + i * 5), 90, 70))]) : null,
            Indices = indices,
            Material = material,
        });
    }

    private byte[] WriteUntold(int x, int y)
    {
        var perSide = (int)Math.Sqrt(boxes);
        var step = TileSide / perSide;
        var placed = new List<UntoldPlacement> { Box("floor", 3, new(x * TileSide + TileSide / 2, -0.25, -(y + 0.5) * TileSide), new(TileSide, 0.5, TileSide), turn: 0) };
        for (var i = 0; i < boxes; i++)
        {
            var height = 1 + (i * 7 + x * 3 + y) % 5;
            var at = new Vector3d(x * TileSide + (i % perSide + 0.5) * step, height / 2.0, -y * TileSide - (i / perSide + 0.5) * step);

            // Turned, stretched, and every fifth mirrored: what a merged mesh must bring into one frame.
            placed.Add(Box($"{named} {i}", i % 3, at, new((i % 5 == 0 ? -1 : 1) * step * 0.5, height, step * 0.4), turn: i * 0.3));
        }
        placed.Add(Box("pane", 4, new(x * TileSide + TileSide / 2, 6, -(y + 0.5) * TileSide), new(TileSide * 0.8, 2, 0.1), turn: 0));
        return UntoldWriter.Write(new() { Entities = placed, Materials = Surfaces, Textures = [new("brick", "brick.png")] }, UntoldCompression.Lz4);
    }

    private static readonly UntoldMaterial[] Surfaces =
    [
        new() { Name = "brick", BaseColorTexture = 0 },
        new() { Name = "plaster", BaseColor = [0.8f, 0.75f, 0.6f, 1] },
        new() { Name = "metal", BaseColor = [0.4f, 0.5f, 0.7f, 1], Metallic = 0.5f, Roughness = 0.4f },
        new() { Name = "ground", BaseColor = [0.3f, 0.35f, 0.3f, 1] },
        new() { Name = "glass", BaseColor = [0.6f, 0.8f, 0.9f, 0.4f], Roughness = 0.1f },
    ];

    private static UntoldPlacement Box(string name, int material, Vector3d center, Vector3d size, double turn)
    {
        var (sin, cos) = Math.SinCos(turn);
        var local = new Transform3d(new Vector3d(cos, 0, -sin) * size.X, new Vector3d(0, size.Y, 0), new Vector3d(sin, 0, cos) * size.Z, center);
        return new(name, -1, local, [new(name, material, Vertices, Indices)]);
    }

    private static readonly UntoldVertex[] Vertices = [.. CubeVertices()];

    private static readonly int[] Indices = [.. Enumerable.Range(0, 6).SelectMany(face => ((int[])[0, 1, 2, 0, 2, 3]).Select(i => face * 4 + i))];

    // A cube of side 1 around the origin, each side with corners of its own.
    private static IEnumerable<UntoldVertex> CubeVertices()
    {
        foreach (var normal in (Vector3[])[Vector3.UnitX, -Vector3.UnitX, Vector3.UnitY, -Vector3.UnitY, Vector3.UnitZ, -Vector3.UnitZ])
        {
            var u = new Vector3(normal.Y, normal.Z, normal.X);
            var v = Vector3.Cross(normal, u);
            foreach (var (a, b) in ((float, float)[])[(-1, -1), (1, -1), (1, 1), (-1, 1)])
                yield return new((normal + u * a + v * b) / 2, normal, new(u, 1), new((a + 1) / 2, (b + 1) / 2), default, UntoldVertex.White);
        }
    }

    private static byte[] WriteBrick()
    {
        var rgb = new byte[8 * 8 * 3];
        for (var i = 0; i < 64; i++)
            (rgb[i * 3], rgb[i * 3 + 1], rgb[i * 3 + 2]) = (i / 8 + i) % 4 == 0 ? ((byte)200, (byte)190, (byte)180) : ((byte)170, (byte)80, (byte)60);
        var path = Path.GetTempFileName();
        try
        {
            PngFile.Write(path, new(8, 8, rgb));
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
