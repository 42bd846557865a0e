using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Formats.Untold;

/// <summary>Triangles to write.</summary>
/// <param name="Name">Name, for people.</param>
/// <param name="Material">Place of its material in the model; −1 for none.</param>
/// <param name="Vertices">The vertices.</param>
/// <param name="Indices">Three for each triangle, counter-clockwise seen from the front.</param>
public sealed record UntoldTriangles(string Name, int Material, IReadOnlyList<UntoldVertex> Vertices, IReadOnlyList<int> Indices);

/// <summary>Something to place.</summary>
/// <param name="Name">Name, for people.</param>
/// <param name="Parent">Place of its parent in the model, before it; −1 for none.</param>
/// <param name="Local">From its own frame to its parent's.</param>
/// <param name="Meshes">What it draws.</param>
public sealed record UntoldPlacement(string Name, int Parent, Transform3d Local, IReadOnlyList<UntoldTriangles> Meshes);

/// <summary>What a payload is written of. y up, metres.</summary>
public sealed record UntoldModel
{
    /// <summary>What it is for.</summary>
    public UntoldFileType FileType { get; init; } = UntoldFileType.Tile;

    /// <summary>From the entities without a parent to the payload's frame.</summary>
    public Transform3d RootTransform { get; init; } = Transform3d.Identity;

    /// <summary>What is placed.</summary>
    public IReadOnlyList<UntoldPlacement> Entities { get; init; } = [];

    /// <summary>What it looks like.</summary>
    public IReadOnlyList<UntoldMaterial> Materials { get; init; } = [];

    /// <summary>Its textures, in files beside it.</summary>
    public IReadOnlyList<UntoldTexture> Textures { get; init; } = [];
}

/// <summary>
/// Writes payloads of manifest scenes, version 1. The content hash is the SHA-256 of everything behind the header: chunk table, padding
/// and chunks.
/// </summary>
public sealed class UntoldWriter
{
    private const uint None = uint.MaxValue;
    private const int Alignment = 16;

    private readonly UntoldModel _model;
    private readonly ArrayBufferWriter<byte> _strings = new();
    private readonly Dictionary<string, uint> _offsets = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _entities = new(), _meshes = new(), _materials = new(), _textures = new(), _vertices = new(), _indices = new();
    private int _meshCount;
    private Bounds _world = Bounds.Nothing;

    private record struct Bounds(Vector3d Min, Vector3d Max)
    {
        public static readonly Bounds Nothing = new(
            new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));

        public void Include(Vector3d point) => (Min, Max) = (Vector3d.Min(Min, point), Vector3d.Max(Max, point));

        public void Include(in Bounds other) => (Min, Max) = (Vector3d.Min(Min, other.Min), Vector3d.Max(Max, other.Max));
    }

    private UntoldWriter(UntoldModel model) => _model = model;

    /// <summary>Writes a payload.</summary>
    /// <param name="model">What it holds.</param>
    /// <param name="compression">How vertices and indices are stored; the tables, which are read first, stay as they are.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">An index, material, texture or parent out of range, or a number that is not finite.</exception>
    public static byte[] Write(UntoldModel model, UntoldCompression compression = UntoldCompression.None)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.FileType is < UntoldFileType.Tile or > UntoldFileType.Shared)
            throw new ArgumentException($"Payloads of type {model.FileType} are not written.");
        var writer = new UntoldWriter(model);
        writer.WriteTextures();
        writer.WriteMaterials();
        writer.WriteEntities();
        return writer.Assemble(compression);
    }

    private void WriteTextures()
    {
        foreach (var texture in _model.Textures)
            Words(_textures, Offset(texture.Name), Offset(texture.Uri), (uint)texture.Format, (uint)texture.Flags, (uint)texture.Width, (uint)texture.Height, (uint)texture.MipLevels, 0);
    }

    private void WriteMaterials()
    {
        foreach (var material in _model.Materials)
        {
            Words(_materials, Offset(material.Name), (uint)material.Flags);
            Singles(_materials, [.. material.BaseColor, .. material.Emissive, material.NormalScale, material.Metallic, material.Roughness, material.OcclusionStrength, material.AlphaCutoff]);
            Words(_materials, Texture(material.BaseColorTexture), Texture(material.NormalTexture), Texture(material.MetallicTexture), Texture(material.RoughnessTexture), Texture(material.EmissiveTexture), Texture(material.OcclusionTexture));
            if (material is not { MetallicChannel: >= 0 and <= 3, RoughnessChannel: >= 0 and <= 3 })
                throw new ArgumentException($"Material {material.Name} has a channel that is not 0 to 3.");
            Words(_materials, (uint)(material.RoughnessChannel | material.MetallicChannel << 2), 0);
        }
    }

    private uint Texture(int index) => index < 0 ? None : index < _model.Textures.Count ? (uint)index
        : throw new ArgumentException($"Texture {index} is not one of the model's {_model.Textures.Count}.");

    private void WriteEntities()
    {
        var world = new Transform3d[_model.Entities.Count];
        for (var i = 0; i < world.Length; i++)
        {
            var entity = _model.Entities[i];
            if (entity.Parent >= i)
                throw new ArgumentException($"Entity {i} comes before its parent {entity.Parent}.");
            world[i] = (entity.Parent < 0 ? _model.RootTransform : world[entity.Parent]) * entity.Local;
            var (first, local, outer) = (_meshCount, Bounds.Nothing, Bounds.Nothing);
            foreach (var mesh in entity.Meshes)
                WriteMesh(mesh, i, world[i], ref local, ref outer);
            _world.Include(outer);
            Words(_entities, (uint)i, entity.Parent < 0 ? None : (uint)entity.Parent, Offset(entity.Name), (uint)first, (uint)entity.Meshes.Count, 0);
            Write(_entities, local);
            Write(_entities, outer);
            Write(_entities, entity.Local);
        }
    }

    private void WriteMesh(UntoldTriangles mesh, int entity, in Transform3d world, ref Bounds local, ref Bounds outer)
    {
        if (mesh.Material >= _model.Materials.Count)
            throw new ArgumentException($"Mesh {mesh.Name} is of material {mesh.Material} of {_model.Materials.Count}.");
        if (mesh.Indices.Count % 3 != 0)
            throw new ArgumentException($"Mesh {mesh.Name} has {mesh.Indices.Count} indices, which are no triangles.");
        var (isShort, own) = (mesh.Vertices.Count <= ushort.MaxValue, Bounds.Nothing);
        Pad(_indices, 4);
        var (vertexOffset, indexOffset) = (_vertices.WrittenCount, _indices.WrittenCount);
        Span<byte> bytes = stackalloc byte[UntoldVertex.Bytes];
        foreach (var vertex in mesh.Vertices)
        {
            var position = new Vector3d(vertex.Position.X, vertex.Position.Y, vertex.Position.Z);
            if (!position.IsFinite)
                throw new ArgumentException($"Mesh {mesh.Name} has a position that is not finite.");
            own.Include(position);
            outer.Include(world.Point(position));
            vertex.Write(bytes);
            _vertices.Write(bytes);
        }
        foreach (var index in mesh.Indices)
        {
            if ((uint)index >= (uint)mesh.Vertices.Count)
                throw new ArgumentException($"Mesh {mesh.Name} has index {index} of {mesh.Vertices.Count} vertices.");
            BinaryPrimitives.WriteInt32LittleEndian(bytes, index);
            _indices.Write(bytes[..(isShort ? 2 : 4)]);
        }
        local.Include(own);
        var (vertexBytes, indexBytes) = (_vertices.WrittenCount - vertexOffset, _indices.WrittenCount - indexOffset);
        Words(_meshes, (uint)entity, Offset(mesh.Name), mesh.Material < 0 ? None : (uint)mesh.Material, isShort ? 1u : 2u, (uint)mesh.Vertices.Count, (uint)mesh.Indices.Count, UntoldVertex.Bytes, 0);
        Longs(_meshes, vertexOffset, indexOffset, vertexBytes, indexBytes, vertexBytes + indexBytes, 0);
        Write(_meshes, own);
        _meshCount++;
    }

    private byte[] Assemble(UntoldCompression compression)
    {
        (UntoldChunkType Type, ArrayBufferWriter<byte> Bytes, int Count, bool MayCompress)[] chunks =
        [
            (UntoldChunkType.Strings, _strings, _offsets.Count, false), (UntoldChunkType.Entities, _entities, _model.Entities.Count, false), (UntoldChunkType.Meshes, _meshes, _meshCount, false),
            (UntoldChunkType.Materials, _materials, _model.Materials.Count, false), (UntoldChunkType.Textures, _textures, _model.Textures.Count, false),
            (UntoldChunkType.Vertices, _vertices, 0, true), (UntoldChunkType.Indices, _indices, 0, true),
        ];
        var (file, table) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        file.Write(new byte[UntoldReader.HeaderBytes + chunks.Length * UntoldReader.ChunkBytes]);
        foreach (var (type, bytes, count, mayCompress) in chunks)
        {
            var plain = bytes.WrittenSpan.ToArray();
            var stored = mayCompress && compression == UntoldCompression.Lz4 ? Lz4Block.Encode(plain) : plain;
            var isCompressed = stored.Length < plain.Length;
            Pad(file, Alignment);
            Words(table, (uint)type, isCompressed ? 1u : 0u);
            Longs(table, file.WrittenCount, isCompressed ? stored.Length : plain.Length, plain.Length);
            Words(table, (uint)count, 0);
            file.Write(isCompressed ? stored : plain);
        }
        var written = file.WrittenSpan.ToArray();
        table.WrittenSpan.CopyTo(written.AsSpan(UntoldReader.HeaderBytes));
        Header(chunks.Length, SHA256.HashData(written.AsSpan(UntoldReader.HeaderBytes))).CopyTo(written, 0);
        return written;
    }

    private byte[] Header(int chunks, byte[] hash)
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write(UntoldReader.Magic);
        Words(header, 1, (uint)_model.FileType, 0, UntoldReader.HeaderBytes, (uint)chunks, (uint)_meshCount, (uint)_model.Materials.Count, (uint)_model.Textures.Count, (uint)_model.Entities.Count, 1, 0);
        Write(header, _world);
        Write(header, _model.RootTransform);
        header.Write(hash);
        header.Write(new byte[32]);
        return header.WrittenSpan.ToArray();
    }

    private uint Offset(string text)
    {
        if (text.Length == 0)
            return None;
        if (_offsets.TryGetValue(text, out var offset))
            return offset;
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A name or path holds a zero.");
        _offsets[text] = offset = (uint)_strings.WrittenCount;
        _strings.Write(Encoding.UTF8.GetBytes(text));
        _strings.Write<byte>([0]);
        return offset;
    }

    private static void Words(ArrayBufferWriter<byte> into, params ReadOnlySpan<uint> words)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            into.Write(bytes);
        }
    }

    private static void Longs(ArrayBufferWriter<byte> into, params ReadOnlySpan<long> longs)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var number in longs)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            into.Write(bytes);
        }
    }

    private static void Singles(ArrayBufferWriter<byte> into, params ReadOnlySpan<float> numbers)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var number in numbers)
        {
            if (!float.IsFinite(number))
                throw new ArgumentException("A payload holds finite numbers only.");
            BinaryPrimitives.WriteSingleLittleEndian(bytes, number);
            into.Write(bytes);
        }
    }

    // What holds nothing has a box of nothing at the origin.
    private static void Write(ArrayBufferWriter<byte> into, in Bounds bounds)
    {
        var (min, max) = bounds.Min.X > bounds.Max.X ? (Vector3d.Zero, Vector3d.Zero) : (bounds.Min, bounds.Max);
        Singles(into, (float)min.X, (float)min.Y, (float)min.Z, (float)max.X, (float)max.Y, (float)max.Z);
    }

    private static void Write(ArrayBufferWriter<byte> into, in Transform3d transform)
    {
        Span<double> matrix = stackalloc double[16];
        transform.CopyColumnMajor(matrix);
        foreach (var number in matrix)
            Singles(into, (float)number);
    }

    private static void Pad(ArrayBufferWriter<byte> stream, int alignment)
    {
        while (stream.WrittenCount % alignment != 0)
            stream.Write<byte>([0]);
    }
}
