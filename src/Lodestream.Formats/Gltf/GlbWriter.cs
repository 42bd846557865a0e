using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Lodestream.Formats.Gltf;

/// <summary>
/// Writes one binary glTF 2.0 file (GLB): geometry goes straight into the binary chunk, the JSON describes it. Add accessors first, then
/// what refers to them; indices returned are the glTF's own. One writer can make many files, one after the other
/// (<see cref="Clear"/>), without allocating for the geometry again. Not safe for several threads at once.
/// </summary>
/// <remarks>glTF is right-handed with y up, in metres. Colours in <c>COLOR_0</c> are linear, not sRGB.</remarks>
public sealed partial class GlbWriter
{
    private const uint Magic = 0x46546C67;
    private const uint JsonChunk = 0x4E4F534A;
    private const uint BinaryChunk = 0x004E4942;
    private const int ArrayBuffer = 34962;
    private const int ElementArrayBuffer = 34963;

    private readonly ArrayBufferWriter<byte> _binary = new();
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly List<View> _views = [];
    private readonly List<Accessor> _accessors = [];
    private readonly List<GlbMaterial> _materials = [];
    private readonly List<GlbPrimitive[]> _meshes = [];
    private readonly List<GlbNode> _nodes = [];

    private readonly record struct Accessor(int View, GlbComponent Component, bool Normalized, int Count, string Type, Vector3? Min, Vector3? Max);

    // A buffer view; a target of 0 is none.
    private readonly record struct View(int Offset, int Length, int Target);

    /// <summary>What <c>asset.generator</c> says.</summary>
    public string Generator { get; set; } = "Lodestream";

    /// <summary>Adds positions, with the bounds the specification asks for.</summary>
    /// <returns>The accessor's index.</returns>
    /// <exception cref="ArgumentException">No position, or one that is not finite.</exception>
    public int AddPositions(ReadOnlySpan<Vector3> positions)
    {
        if (positions.IsEmpty)
            throw new ArgumentException("A primitive has at least one position.", nameof(positions));
        var (min, max) = (positions[0], positions[0]);
        foreach (var p in positions)
        {
            if (!float.IsFinite(p.X) || !float.IsFinite(p.Y) || !float.IsFinite(p.Z))
                throw new ArgumentException("A position must be three finite numbers.", nameof(positions));
            min = Vector3.Min(min, p);
            max = Vector3.Max(max, p);
        }
        return Add(MemoryMarshal.AsBytes(positions), ArrayBuffer, GlbComponent.Float, false, positions.Length, "VEC3", min, max);
    }

    /// <summary>Adds normals of length 1.</summary>
    /// <returns>The accessor's index.</returns>
    public int AddNormals(ReadOnlySpan<Vector3> normals) =>
        Add(MemoryMarshal.AsBytes(normals), ArrayBuffer, GlbComponent.Float, false, normals.Length, "VEC3");

    /// <summary>Adds texture coordinates; (0, 0) is the image's upper left corner.</summary>
    /// <returns>The accessor's index.</returns>
    public int AddTextureCoordinates(ReadOnlySpan<Vector2> coordinates) =>
        Add(MemoryMarshal.AsBytes(coordinates), ArrayBuffer, GlbComponent.Float, false, coordinates.Length, "VEC2");

    /// <summary>Adds vertex colours: red, green, blue and alpha, linear, 255 is 1.</summary>
    /// <returns>The accessor's index.</returns>
    public int AddColors(ReadOnlySpan<GlbColor> colors) =>
        Add(MemoryMarshal.AsBytes(colors), ArrayBuffer, GlbComponent.UnsignedByte, true, colors.Length, "VEC4");

    /// <summary>Adds feature ids, the rows of a property table: whole numbers below 2²⁴.</summary>
    /// <returns>The accessor's index.</returns>
    public int AddFeatureIds(ReadOnlySpan<float> ids) =>
        Add(MemoryMarshal.AsBytes(ids), ArrayBuffer, GlbComponent.Float, false, ids.Length, "SCALAR");

    /// <summary>Adds triangle corners. 65,535 is the restart value and may not be used.</summary>
    /// <returns>The accessor's index.</returns>
    public int AddIndices(ReadOnlySpan<ushort> indices) =>
        Add(MemoryMarshal.AsBytes(indices), ElementArrayBuffer, GlbComponent.UnsignedShort, false, indices.Length, "SCALAR");

    /// <summary>Adds triangle corners for meshes of more than 65,535 vertices.</summary>
    /// <returns>The accessor's index.</returns>
    public int AddIndices(ReadOnlySpan<uint> indices) =>
        Add(MemoryMarshal.AsBytes(indices), ElementArrayBuffer, GlbComponent.UnsignedInt, false, indices.Length, "SCALAR");

    /// <summary>Adds a material.</summary>
    /// <returns>The material's index.</returns>
    public int AddMaterial(GlbMaterial material)
    {
        _materials.Add(material);
        return _materials.Count - 1;
    }

    /// <summary>Adds a mesh.</summary>
    /// <returns>The mesh's index.</returns>
    /// <exception cref="ArgumentException">No primitive, or one that refers to accessors or a material not yet added, or whose attributes differ in length.</exception>
    public int AddMesh(params ReadOnlySpan<GlbPrimitive> primitives)
    {
        if (primitives.IsEmpty)
            throw new ArgumentException("A mesh has at least one primitive.", nameof(primitives));
        foreach (var primitive in primitives)
            Check(primitive);
        _meshes.Add(primitives.ToArray());
        return _meshes.Count - 1;
    }

    /// <summary>Adds a node at the top of the file's one scene.</summary>
    /// <returns>The node's index.</returns>
    /// <exception cref="ArgumentException">The mesh has not been added, or the translation is not finite.</exception>
    public int AddNode(GlbNode node)
    {
        if ((uint)node.Mesh >= (uint)_meshes.Count)
            throw new ArgumentException($"Mesh {node.Mesh} has not been added.", nameof(node));
        if (!node.Translation.IsFinite)
            throw new ArgumentException("A node's translation must be three finite numbers.", nameof(node));
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    /// <summary>Writes the file; what was added stays until <see cref="Clear"/>.</summary>
    /// <exception cref="InvalidOperationException">The file would exceed 4 GiB, the format's limit.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        WriteJson();
        var jsonLength = Aligned(_json.WrittenCount);
        var binaryLength = Aligned(_binary.WrittenCount);
        var total = 12L + 8 + jsonLength + (binaryLength > 0 ? 8 + binaryLength : 0);
        if (total > uint.MaxValue)
            throw new InvalidOperationException("A GLB is at most 4 GiB long.");
        WriteWords(output, [Magic, 2, (uint)total, (uint)jsonLength, JsonChunk]);
        WriteChunk(output, _json.WrittenSpan, jsonLength, (byte)' ');
        if (binaryLength == 0)
            return;
        WriteWords(output, [(uint)binaryLength, BinaryChunk]);
        WriteChunk(output, _binary.WrittenSpan, binaryLength, 0);
    }

    /// <summary>Forgets what was added, keeping the memory for the next file.</summary>
    public void Clear()
    {
        _binary.ResetWrittenCount();
        _views.Clear();
        _accessors.Clear();
        ClearMetadata();
        _materials.Clear();
        _meshes.Clear();
        _nodes.Clear();
    }

    // Each accessor has a buffer view of its own, tightly packed: readers can take it as one typed array.
    private int Add(ReadOnlySpan<byte> bytes, int target, GlbComponent component, bool normalized, int count, string type, Vector3? min = null, Vector3? max = null)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("glTF is little-endian; writing it on a big-endian machine is not supported.");
        if (count == 0)
            throw new ArgumentException("An accessor has at least one element.");
        _accessors.Add(new(AddView(bytes, target, 4), component, normalized, count, type, min, max));
        return _accessors.Count - 1;
    }

    private int AddView(ReadOnlySpan<byte> bytes, int target, int alignment)
    {
        Pad(_binary, (alignment - _binary.WrittenCount % alignment) % alignment, 0);
        _views.Add(new(_binary.WrittenCount, bytes.Length, target));
        _binary.Write(bytes);
        return _views.Count - 1;
    }

    private void Check(in GlbPrimitive primitive)
    {
        var vertices = CountOf(primitive.Positions, "positions") ?? throw new ArgumentException("A primitive has positions.");
        if (primitive.FeatureIds is not null && (uint)primitive.FeatureTable >= (uint)_tables.Count)
            throw new ArgumentException($"Property table {primitive.FeatureTable} has not been added.");
        foreach (var (accessor, name) in new[] { (primitive.Normals, "normals"), (primitive.Colors, "colours"), (primitive.TextureCoordinates, "texture coordinates"), (primitive.FeatureIds, "feature ids") })
        {
            if (CountOf(accessor, name) is { } count && count != vertices)
                throw new ArgumentException($"A primitive has {vertices} positions, but {count} {name}.");
        }
        CountOf(primitive.Indices, "indices");
        if (primitive.Material >= _materials.Count)
            throw new ArgumentException($"Material {primitive.Material} has not been added.");
    }

    private int? CountOf(int? accessor, string name)
    {
        if (accessor is not { } index)
            return null;
        return (uint)index < (uint)_accessors.Count
            ? _accessors[index].Count
            : throw new ArgumentException($"Accessor {index} ({name}) has not been added.");
    }

    private static int Aligned(int length) => (length + 3) & ~3;

    private static void WriteWords(IBufferWriter<byte> output, ReadOnlySpan<uint> words)
    {
        var span = output.GetSpan(words.Length * 4);
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(span[(i * 4)..], words[i]);
        output.Advance(words.Length * 4);
    }

    private static void WriteChunk(IBufferWriter<byte> output, ReadOnlySpan<byte> data, int length, byte padding)
    {
        output.Write(data);
        Pad(output, length - data.Length, padding);
    }

    private static void Pad(IBufferWriter<byte> output, int count, byte padding)
    {
        if (count == 0)
            return;
        output.GetSpan(count)[..count].Fill(padding);
        output.Advance(count);
    }
}
