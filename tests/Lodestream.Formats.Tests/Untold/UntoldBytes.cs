using System.Buffers.Binary;
using System.Numerics;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;

namespace Lodestream.Formats.Tests.Untold;

/// <summary>Small payloads, and places in them.</summary>
internal static class UntoldBytes
{
    public const int Header = 204;

    private static readonly Vector2[] Corners = [new(0, 0), new(1, 0), new(1, 1), new(0, 1)];

    /// <summary>Two entities, the second below the first and with a mesh of two triangles; a material with textures beside it.</summary>
    public static UntoldModel Model() => new()
    {
        Entities =
        [
            new("house", -1, Transform3d.Identity with { Translation = new(100, 0, 0) }, []),
            new("wall", 0, Transform3d.Identity with { Translation = new(0, 10, 0) }, [Wall(0)]),
        ],
        Materials = [new() { Name = "brick", BaseColor = [0.5f, 0.25f, 1, 1], Metallic = 0.25f, Roughness = 0.75f, Emissive = [1, 2, 3], BaseColorTexture = 0, RoughnessTexture = 1, RoughnessChannel = 2 }],
        Textures = [new("base", "../textures/brick base.png") { Flags = UntoldTextureFlags.Srgb, Width = 8, Height = 4, MipLevels = 1 }, new("rough", "rough.png")],
    };

    /// <summary>A square of one metre that looks along z.</summary>
    public static UntoldTriangles Wall(int material) => new(
        "wall", material,
        [.. Corners.Select(p => new UntoldVertex(new(p.X, p.Y, 0), Vector3.UnitZ, new(1, 0, 0, -1), p, Vector2.Zero, UntoldVertex.White))],
        [0, 1, 2, 0, 2, 3]);

    /// <summary>The same without textures.</summary>
    public static UntoldModel Plain() => Model() with { Textures = [], Materials = [new() { Name = "brick" }] };

    /// <summary>Where a chunk's entry in the table is.</summary>
    public static int Entry(byte[] file, int type)
    {
        for (var at = Header; ; at += 40)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at)) == type)
                return at;
        }
    }

    /// <summary>Where a chunk's bytes are.</summary>
    public static int Chunk(byte[] file, int type) => (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(Entry(file, type) + 8));

    /// <summary>A copy with a word changed.</summary>
    public static byte[] With(byte[] file, int at, uint word)
    {
        var copy = file.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(at), word);
        return copy;
    }

    /// <summary>A model of random meshes, some beneath others, without textures.</summary>
    public static UntoldModel Random(Random random)
    {
        var entities = new List<UntoldPlacement>();
        var materials = Enumerable.Range(0, random.Next(4)).Select(i => new UntoldMaterial
        {
            Name = $"m{i}", BaseColor = [random.NextSingle(), 1, 0, 1], Roughness = random.NextSingle(), Metallic = random.NextSingle(), AlphaCutoff = random.NextSingle(),
            Flags = (UntoldMaterialFlags)random.Next(8), RoughnessChannel = random.Next(4), MetallicChannel = random.Next(4),
        }).ToArray();
        for (var i = random.Next(6); i >= 0; i--)
        {
            UntoldTriangles[] meshes = [.. Enumerable.Range(0, random.Next(3)).Select(m => Mesh(random, $"mesh {m} ü", random.Next(materials.Length + 1) - 1))];
            entities.Add(new(random.Next(2) == 0 ? "" : $"e{i}", random.Next(entities.Count + 1) - 1, Transform3d.Identity with { Translation = new(random.Next(100), i, -1) }, meshes));
        }
        return new() { FileType = (UntoldFileType)random.Next(1, 5), Entities = entities, Materials = materials, RootTransform = Transform3d.Identity with { Translation = new(1, 2, 3) } };
    }

    private static UntoldTriangles Mesh(Random random, string name, int material)
    {
        // Few of them have more vertices than 16 bits count.
        var count = random.Next(300) == 0 ? 66_000 : random.Next(3, 60);
        var vertices = new UntoldVertex[count];
        for (var i = 0; i < count; i++)
        {
            var normal = Vector3.Normalize(new(random.NextSingle() - 0.5f, random.NextSingle() - 0.5f, random.NextSingle() + 0.1f));
            vertices[i] = new(new(random.NextSingle() * 100, i, -random.NextSingle()), normal, new(normal.Y, normal.Z, normal.X, random.Next(2) * 2 - 1), new(random.NextSingle(), i % 512 / 64f), Vector2.One, (uint)random.Next());
        }
        return new(name, material, vertices, [.. Enumerable.Range(0, random.Next(50) * 3).Select(_ => random.Next(count))]);
    }
}
