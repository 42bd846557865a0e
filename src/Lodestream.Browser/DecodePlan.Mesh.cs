using System.Text.Json;
using Lodestream.Formats;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Untold;

namespace Lodestream.Browser;

/// <summary>
/// Payloads that the page keeps, and what a worker gets of them for one mesh. Mirrored by the types in wwwroot/lodestream/copies.js: a mesh's plan
/// is { files, parts }; a file is { from, length, pieces }, a piece [offset, length, at].
/// </summary>
internal static partial class DecodePlan
{
    private const int ChunkAlignment = 16;

    /// <summary>Whether the page unpacks a payload that it keeps: once, instead of for every mesh.</summary>
    public static bool Unpacks(ContentLayout layout) => UntoldOf(layout) is { } untold && (IsPacked(untold.Document.Vertices) || IsPacked(untold.Document.Indices));

    /// <summary>Bytes of main memory that a payload takes once it is kept.</summary>
    /// <param name="layout">The content.</param>
    /// <param name="payloadBytes">Length of the payload and of the files it names.</param>
    public static long KeptBytes(ContentLayout layout, long payloadBytes) =>
        payloadBytes + (Unpacks(layout) ? (long)Aligned(UntoldOf(layout)!.Document.Vertices.DecodedBytes) + Aligned(UntoldOf(layout)!.Document.Indices.DecodedBytes) : 0);

    /// <summary>Writes what of a payload is to be unpacked.</summary>
    public static byte[] WriteKeep(ContentLayout layout)
    {
        Begin();
        Writer.WriteStartArray();
        if (Unpacks(layout))
        {
            WriteChunk(Writer, UntoldOf(layout)!.Document.Vertices);
            WriteChunk(Writer, UntoldOf(layout)!.Document.Indices);
        }
        Writer.WriteEndArray();
        return End();
    }

    /// <summary>Writes the plan of a mesh of a payload that is kept.</summary>
    /// <param name="layout">The payload.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="fileBytes">Lengths of the payload and of the files it names.</param>
    public static byte[] WriteMesh(ContentLayout layout, PartedMesh mesh, ReadOnlySpan<long> fileBytes)
    {
        Begin();
        Writer.WriteStartObject();
        if (mesh.Part.Untold is { } untold)
            WriteUntoldMesh(Writer, layout, mesh, untold, fileBytes);
        else
            WriteModelMesh(Writer, layout, mesh, fileBytes);
        Writer.WriteEndObject();
        return End();
    }

    private static void WriteUntoldMesh(Utf8JsonWriter writer, ContentLayout layout, PartedMesh mesh, UntoldGeometry untold, ReadOnlySpan<long> fileBytes)
    {
        var document = untold.Document;
        var entity = EntityOf(document, mesh.Mesh);
        var unpacks = Unpacks(layout);
        var (vertices, indices) = unpacks ? (0, Aligned(document.Vertices.DecodedBytes)) : (document.Vertices.Range.Offset, document.Indices.Range.Offset);
        var (vertexBytes, indexBytes) = (0, 0);
        writer.WriteStartArray("files");
        writer.WriteStartObject();
        writer.WriteNumber("from", 0);
        writer.WriteStartArray("pieces");
        foreach (var drawn in MeshesOf(document, entity))
        {
            WritePiece(writer, vertices + drawn.VertexOffset, drawn.VertexCount * UntoldVertex.Bytes, vertexBytes);
            vertexBytes += drawn.VertexCount * UntoldVertex.Bytes;
        }
        foreach (var drawn in MeshesOf(document, entity))
        {
            WritePiece(writer, indices + drawn.IndexOffset, drawn.IndexCount * drawn.IndexBytes, vertexBytes + indexBytes);
            indexBytes += drawn.IndexCount * drawn.IndexBytes;
        }
        writer.WriteEndArray();
        writer.WriteNumber("length", vertexBytes + indexBytes);
        writer.WriteEndObject();
        var used = ImagesOf(mesh.Part, untold);
        WriteFiles(writer, mesh.Part, used, fileBytes);
        writer.WriteEndArray();
        writer.WriteStartArray("parts");
        writer.WriteStartObject();
        WritePlace(writer, mesh.Part);
        writer.WriteString("kind", "untold");
        WriteChunk(writer, "vertices", new(new(0, vertexBytes), UntoldCompression.None, vertexBytes));
        WriteChunk(writer, "indices", new(new(vertexBytes, indexBytes), UntoldCompression.None, indexBytes));
        int[] materials = [.. mesh.Part.Document.Meshes[0].Primitives.Select(primitive => primitive.Material).Where(material => material >= 0).Distinct()];
        WriteUntoldPrimitives(writer, untold, entity, materials);
        WriteDraws(writer, mesh.Part.Document);
        WriteMaterials(writer, mesh.Part.Document, untold, materials);
        WriteTextures(writer, layout, mesh.Part, untold, image => used.Contains(image));
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteUntoldPrimitives(Utf8JsonWriter writer, UntoldGeometry untold, UntoldEntity entity, int[] materials)
    {
        writer.WriteStartArray("meshes");
        writer.WriteStartArray();
        var (vertices, indices) = (0, 0);
        for (var i = entity.FirstMesh; i < entity.FirstMesh + entity.MeshCount; i++)
        {
            var drawn = untold.Document.Meshes[i];
            WritePrimitive(writer, untold, entity, i, vertices, indices, Array.IndexOf(materials, drawn.Material));
            (vertices, indices) = (vertices + drawn.VertexCount * UntoldVertex.Bytes, indices + drawn.IndexCount * drawn.IndexBytes);
        }
        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    // A glTF's files keep their lengths, so that everything is where its JSON says; what the mesh does not need is zero.
    private static void WriteModelMesh(Utf8JsonWriter writer, ContentLayout layout, PartedMesh mesh, ReadOnlySpan<long> fileBytes)
    {
        var pieces = new HashSet<(int File, int Offset, int Length)>();
        Add(mesh.Part.Json);
        foreach (var primitive in mesh.Part.Document.Meshes[0].Primitives)
        {
            foreach (var attribute in primitive.Attributes)
                AddAccessor(attribute.Accessor);
            if (primitive.Indices >= 0)
                AddAccessor(primitive.Indices);
            if (primitive.DracoView >= 0)
                AddView(primitive.DracoView);
            foreach (var image in ImagesOf(mesh.Part.Document, primitive.Material))
                Add(mesh.Part.Images[image]);
        }
        writer.WriteStartArray("files");
        for (var file = 0; file < fileBytes.Length; file++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("from", file);
            writer.WriteNumber("length", fileBytes[file]);
            writer.WriteStartArray("pieces");
            foreach (var (from, offset, length) in pieces)
            {
                if (from == file)
                    WritePiece(writer, offset, length, offset);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("parts");
        writer.WriteStartObject();
        WritePlace(writer, mesh.Part);
        WriteModel(writer, layout, mesh.Part);
        writer.WriteNumber("only", mesh.Mesh);
        writer.WriteEndObject();
        writer.WriteEndArray();

        void Add(ContentSource source)
        {
            if (source.File >= 0 && source.Range.Length > 0)
                pieces.Add((source.File, source.Range.Offset, source.Range.Length));
        }

        void AddAccessor(int number)
        {
            var accessor = mesh.Part.Document.Accessors[number];
            if (accessor.BufferView >= 0)
                AddView(accessor.BufferView);
            if (accessor.Sparse is not { } sparse)
                return;
            AddView(sparse.IndicesView);
            AddView(sparse.ValuesView);
        }

        void AddView(int number)
        {
            var view = mesh.Part.Document.BufferViews[number];
            var (buffer, offset, length) = view.Meshopt is { } packed ? (packed.Buffer, packed.ByteOffset, packed.ByteLength) : (view.Buffer, view.ByteOffset, view.ByteLength);
            Add(mesh.Part.Buffers[buffer].Part(new(offset, length)));
        }
    }

    // Of the files beside a payload those that hold a picture the mesh needs are sent whole, the others empty.
    private static void WriteFiles(Utf8JsonWriter writer, ModelPart part, HashSet<int> used, ReadOnlySpan<long> fileBytes)
    {
        for (var file = 1; file < fileBytes.Length; file++)
        {
            var isUsed = used.Any(image => part.Images[image].File == file);
            writer.WriteStartObject();
            writer.WriteNumber("from", file);
            writer.WriteNumber("length", isUsed ? fileBytes[file] : 0);
            writer.WriteStartArray("pieces");
            if (isUsed)
                WritePiece(writer, 0, (int)fileBytes[file], 0);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    private static void WritePiece(Utf8JsonWriter writer, int offset, int length, int at)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(offset);
        writer.WriteNumberValue(length);
        writer.WriteNumberValue(at);
        writer.WriteEndArray();
    }

    private static void WritePlace(Utf8JsonWriter writer, ModelPart part)
    {
        writer.WriteStartArray("matrix");
        WriteMatrix(writer, part.Frame);
        writer.WriteEndArray();
    }

    // Images that a mesh's materials show, and those that what they show is made of.
    private static HashSet<int> ImagesOf(ModelPart part, UntoldGeometry untold)
    {
        var used = new HashSet<int>();
        foreach (var primitive in part.Document.Meshes[0].Primitives)
            used.UnionWith(ImagesOf(part.Document, primitive.Material));
        var packed = part.Images.Length - untold.Surfaces.Packed.Count;
        foreach (var made in untold.Surfaces.Packed)
        {
            if (used.Remove(packed++))
                used.UnionWith(((ReadOnlySpan<int>)[made.Roughness, made.Metallic]).ToArray().Where(image => image >= 0));
        }
        return used;
    }

    private static IEnumerable<int> ImagesOf(GltfDocument document, int material) =>
        material < 0 ? [] : document.Materials[material].Textures.Select(use => document.Textures[use.Texture]).Where(image => image >= 0);

    private static ReadOnlySpan<UntoldMesh> MeshesOf(UntoldDocument document, UntoldEntity entity) => document.Meshes.AsSpan(entity.FirstMesh, entity.MeshCount);

    // The entity that draws a mesh of the glTF that the payload would be.
    private static UntoldEntity EntityOf(UntoldDocument document, int mesh)
    {
        foreach (var entity in document.Entities)
        {
            if (entity.MeshCount > 0 && mesh-- == 0)
                return entity;
        }
        throw new ArgumentOutOfRangeException(nameof(mesh));
    }

    private static UntoldGeometry? UntoldOf(ContentLayout layout) => layout.Parts is [ModelPart { Untold: { } untold }] ? untold : null;

    private static bool IsPacked(UntoldChunk chunk) => chunk.Compression != UntoldCompression.None;

    private static int Aligned(int bytes) => (bytes + ChunkAlignment - 1) / ChunkAlignment * ChunkAlignment;
}
