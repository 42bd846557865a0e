using System.Buffers.Binary;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Formats.Untold;

/// <summary>Where a mesh's arrays are once they are unpacked: byte offsets in one buffer.</summary>
/// <param name="Positions">Three floats for each vertex.</param>
/// <param name="Normals">Three normalized 16-bit components for each vertex, and one that is 0: GPUs like vertices of whole words.</param>
/// <param name="Tangents">Four normalized 16-bit components for each vertex; −1 where no normal map asks for them.</param>
/// <param name="Uvs">Two floats for each vertex.</param>
/// <param name="Colors">Four normalized bytes for each vertex.</param>
/// <param name="Indices">Of two bytes or four, as in the payload.</param>
public readonly record struct UntoldArrays(int Positions, int Normals, int Tangents, int Uvs, int Colors, int Indices);

/// <summary>
/// A payload's vertices and indices as arrays that GPUs and glTF's readers take, and the payload as the glTF it would be.
/// wwwroot/lodestream/untold.js makes the same arrays.
/// </summary>
public sealed class UntoldGeometry
{
    private UntoldGeometry(UntoldDocument document, UntoldSurfaces surfaces, UntoldArrays[] arrays, int bytes) =>
        (Document, Surfaces, Arrays, UnpackedBytes) = (document, surfaces, arrays, bytes);

    /// <summary>The payload.</summary>
    public UntoldDocument Document { get; }

    /// <summary>Materials and textures.</summary>
    public UntoldSurfaces Surfaces { get; }

    /// <summary>Where each mesh's arrays are.</summary>
    public IReadOnlyList<UntoldArrays> Arrays { get; }

    /// <summary>Bytes of all arrays.</summary>
    public int UnpackedBytes { get; }

    /// <summary>Main memory that decompressed chunks take while they are unpacked, bytes.</summary>
    public long DecompressedBytes => Held(Document.Vertices) + Held(Document.Indices);

    /// <summary>Lays the arrays out.</summary>
    /// <param name="document">The payload.</param>
    /// <param name="surfaces">Its materials and textures.</param>
    /// <param name="geometry">The layout.</param>
    internal static ReadOutcome LayOut(UntoldDocument document, UntoldSurfaces surfaces, out UntoldGeometry? geometry)
    {
        geometry = null;
        var arrays = new UntoldArrays[document.Meshes.Length];
        long at = 0;
        for (var i = 0; i < arrays.Length; i++)
        {
            var mesh = document.Meshes[i];
            var hasTangents = mesh.Material >= 0 && surfaces.Document.Textures[document.Materials[mesh.Material].NormalTexture is >= 0 and var map ? map : surfaces.NoTexture] >= 0;
            long n = mesh.VertexCount, normals = at + 12 * n, tangents = normals + 8 * n, uvs = hasTangents ? tangents + 8 * n : tangents, colors = uvs + 8 * n, indices = colors + 4 * n;
            var end = (indices + (long)mesh.IndexCount * mesh.IndexBytes + 3) / 4 * 4;
            if (end > int.MaxValue / 2)
                return ReadOutcome.Malformed($"has meshes that take more than {int.MaxValue / 2} bytes unpacked");
            arrays[i] = new((int)at, (int)normals, hasTangents ? (int)tangents : -1, (int)uvs, (int)colors, (int)indices);
            at = end;
        }
        geometry = new(document, surfaces, arrays, (int)at);
        geometry.Describe();
        return ReadOutcome.Ok;
    }

    /// <summary>Unpacks vertices and indices.</summary>
    /// <param name="file">The payload's file.</param>
    /// <param name="isCancelled">Asked from time to time.</param>
    /// <param name="unpacked">The arrays.</param>
    /// <returns>What is broken; null where nothing is.</returns>
    internal string? Unpack(ReadOnlySpan<byte> file, Func<bool> isCancelled, out byte[] unpacked)
    {
        unpacked = new byte[UnpackedBytes];
        if (Open(file, Document.Vertices, out var vertices) is { } brokenVertices)
            return $"has vertices that {brokenVertices}";
        if (Open(file, Document.Indices, out var indices) is { } brokenIndices)
            return $"has indices that {brokenIndices}";
        for (var i = 0; i < Arrays.Count && !isCancelled(); i++)
        {
            var mesh = Document.Meshes[i];
            Unpack(vertices[mesh.VertexOffset..], mesh.VertexCount, Arrays[i], unpacked);
            indices.Slice(mesh.IndexOffset, mesh.IndexCount * mesh.IndexBytes).CopyTo(unpacked.AsSpan(Arrays[i].Indices));
        }
        return null;
    }

    private static string? Open(ReadOnlySpan<byte> file, UntoldChunk chunk, out ReadOnlySpan<byte> bytes)
    {
        bytes = chunk.Range.Of(file);
        if (chunk.Compression == UntoldCompression.None)
            return null;
        var error = UntoldReader.Decode(bytes, chunk, out var decoded);
        bytes = decoded;
        return error;
    }

    private static void Unpack(ReadOnlySpan<byte> vertices, int count, UntoldArrays arrays, Span<byte> into)
    {
        for (var i = 0; i < count; i++)
        {
            var vertex = vertices.Slice(i * UntoldVertex.Bytes, UntoldVertex.Bytes);
            vertex[..12].CopyTo(into[(arrays.Positions + i * 12)..]);
            var (normal, tangent) = (BinaryPrimitives.ReadUInt32LittleEndian(vertex[12..]), BinaryPrimitives.ReadUInt32LittleEndian(vertex[16..]));
            WriteDirection(into[(arrays.Normals + i * 8)..], normal, 0);
            if (arrays.Tangents >= 0)
                WriteDirection(into[(arrays.Tangents + i * 8)..], tangent, (int)tangent >> 30 < 0 ? (short)-32767 : (short)32767);
            BinaryPrimitives.WriteSingleLittleEndian(into[(arrays.Uvs + i * 8)..], (float)BinaryPrimitives.ReadHalfLittleEndian(vertex[20..]));
            BinaryPrimitives.WriteSingleLittleEndian(into[(arrays.Uvs + i * 8 + 4)..], (float)BinaryPrimitives.ReadHalfLittleEndian(vertex[22..]));
            vertex[28..].CopyTo(into[(arrays.Colors + i * 4)..]);
        }
    }

    private static void WriteDirection(Span<byte> into, uint packed, short fourth)
    {
        for (var c = 0; c < 3; c++)
            BinaryPrimitives.WriteInt16LittleEndian(into[(c * 2)..], UntoldVertex.Widened(packed, c * 10));
        BinaryPrimitives.WriteInt16LittleEndian(into[6..], fourth);
    }

    // The payload as the glTF it would be: a buffer with a view and an accessor for each array, a mesh for each entity that draws one.
    private void Describe()
    {
        var gltf = Surfaces.Document;
        var (views, accessors) = (new List<GltfBufferView>(), new List<GltfAccessor>());
        var primitives = new GltfPrimitive[Arrays.Count];
        for (var i = 0; i < primitives.Length; i++)
        {
            var (mesh, arrays, count) = (Document.Meshes[i], Arrays[i], Document.Meshes[i].VertexCount);
            var attributes = new List<GltfAttribute>
            {
                new("POSITION", Add(arrays.Positions, GltfComponentType.Float32, 3, count, false, new(mesh.Bounds.Min, mesh.Bounds.Max))),
                new("NORMAL", Add(arrays.Normals, GltfComponentType.Int16, 4, count, true)),
                new("TEXCOORD_0", Add(arrays.Uvs, GltfComponentType.Float32, 2, count, false)),
                new("COLOR_0", Add(arrays.Colors, GltfComponentType.UInt8, 4, count, true)),
            };
            if (arrays.Tangents >= 0)
                attributes.Add(new("TANGENT", Add(arrays.Tangents, GltfComponentType.Int16, 4, count, true)));
            var indices = Add(arrays.Indices, mesh.IndexBytes == 2 ? GltfComponentType.UInt16 : GltfComponentType.UInt32, 1, mesh.IndexCount, false);
            primitives[i] = new(GltfPrimitiveMode.Triangles, [.. attributes], indices, mesh.Material, [], -1, GltfPrimitiveFeatures.None);
        }
        gltf.Buffers = [new(UnpackedBytes, null)];
        (gltf.BufferViews, gltf.Accessors) = ([.. views], [.. accessors]);
        AddNodes(gltf, primitives);

        int Add(int offset, GltfComponentType type, int components, int count, bool normalized, GltfBounds? bounds = null)
        {
            var accessor = new GltfAccessor(views.Count, 0, type, components, count, normalized, Bounds: bounds);
            views.Add(new(0, offset, accessor.ElementBytes * count, 0, null));
            accessors.Add(accessor);
            return accessors.Count - 1;
        }
    }

    private void AddNodes(GltfDocument gltf, GltfPrimitive[] primitives)
    {
        var entities = Document.Entities;
        var children = new List<int>[entities.Length + 1];
        for (var i = 0; i < children.Length; i++)
            children[i] = [];
        for (var i = 0; i < entities.Length; i++)
            children[entities[i].Parent < 0 ? entities.Length : entities[i].Parent].Add(i);
        var meshes = new List<GltfMesh>();
        var nodes = new GltfNode[entities.Length + 1];
        for (var i = 0; i < entities.Length; i++)
        {
            var mesh = -1;
            if (entities[i].MeshCount > 0)
            {
                mesh = meshes.Count;
                meshes.Add(new(primitives[entities[i].FirstMesh..(entities[i].FirstMesh + entities[i].MeshCount)]));
            }
            nodes[i] = new(mesh, entities[i].Local, [.. children[i]], [], []);
        }
        nodes[^1] = new(-1, Document.RootTransform, [.. children[^1]], [], []);
        (gltf.Meshes, gltf.Nodes, gltf.Roots) = ([.. meshes], nodes, [nodes.Length - 1]);
    }

    private static long Held(UntoldChunk chunk) => chunk.Compression == UntoldCompression.None ? 0 : chunk.DecodedBytes;
}
