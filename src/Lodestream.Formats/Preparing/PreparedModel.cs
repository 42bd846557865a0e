using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;

namespace Lodestream.Formats.Preparing;

/// <summary>A glTF model, or what is as good as one, ready for an engine.</summary>
public sealed class PreparedModel
{
    private readonly ReadOnlyMemory<byte>[] _files;
    private byte[]? _unpacked;

    internal PreparedModel(ModelPart part, ReadOnlyMemory<byte>[] files) => (Part, _files) = (part, files);

    /// <summary>A mesh of this model, which is prepared, alone: it looks into the same bytes.</summary>
    internal PreparedModel With(ModelPart part) => new(part, _files) { _unpacked = _unpacked, NodeTransforms = part.Document.WorldTransforms() };

    /// <summary>What it is, and what it takes.</summary>
    public ModelPart Part { get; }

    /// <summary>Meshes, nodes, materials, textures.</summary>
    public GltfDocument Document => Part.Document;

    /// <summary>From each node's frame to the part's; <see cref="ContentPart.Frame"/> goes on to the content's. Empty until the content is prepared.</summary>
    public Transform3d[] NodeTransforms { get; private set; } = [];

    /// <summary>How often the whole model is drawn (i3dm): each time by <see cref="InstanceTransform"/>. 1 where it is not instanced.</summary>
    public int InstanceCount => Part.Instances?.Count ?? 1;

    /// <summary>From the model's own frame, on its axes, to the content's.</summary>
    /// <param name="index">The instance.</param>
    public Transform3d InstanceTransform(int index) => Part.Instances is { } instances
        ? Part.Frame * instances.Transform(_files[0].Span, index) * ContentFrame.ToTile(Part.UpAxis)
        : Part.Frame;

    /// <summary>An instance's row of the batch table (i3dm).</summary>
    public uint InstanceBatchId(int index) => Part.Instances?.BatchIds is { } ids ? ids.Id(_files[0].Span, index) : (uint)index;

    /// <summary>How often a node is drawn (EXT_mesh_gpu_instancing); 1 where it is not instanced, or its instances are compressed.</summary>
    public int NodeInstanceCount(GltfNode node) => IsInstanced(node) ? Document.Accessors[node.Instances[0].Accessor].Count : 1;

    /// <summary>From an instance of a node's mesh to the node's frame.</summary>
    public Transform3d NodeInstanceTransform(GltfNode node, int index)
    {
        if (!IsInstanced(node))
            return Transform3d.Identity;
        Span<double> translation = [0, 0, 0], rotation = [0, 0, 0, 1], scale = [1, 1, 1];
        foreach (var attribute in node.Instances)
        {
            var into = attribute.Semantic switch
            {
                "TRANSLATION" => translation,
                "ROTATION" => rotation,
                "SCALE" => scale,
                _ => [],
            };
            for (var c = 0; c < into.Length; c++)
                into[c] = View(attribute.Accessor).Component(index, c);
        }
        return GltfReader.FromParts(translation, rotation, scale);
    }

    private bool IsInstanced(GltfNode node) => node.Instances.Length > 0 && !node.Instances.Any(a => IsCompressed(a.Accessor));

    /// <summary>Whether a primitive's vertices must be decompressed first (Draco, meshopt): then <see cref="View"/> has nothing to show.</summary>
    public bool IsCompressed(GltfPrimitive primitive)
    {
        if (primitive.DracoView >= 0)
            return true;
        foreach (var attribute in primitive.Attributes)
        {
            if (IsCompressed(attribute.Accessor))
                return true;
        }
        return primitive.Indices >= 0 && IsCompressed(primitive.Indices);
    }

    /// <summary>The elements of an accessor.</summary>
    /// <exception cref="InvalidOperationException">They are compressed.</exception>
    public GltfAccessorView View(int accessor)
    {
        var described = Document.Accessors[accessor];
        if (IsCompressed(accessor))
            throw new InvalidOperationException($"Accessor {accessor} is compressed: its buffer view must be decompressed first.");
        ReadOnlySpan<byte> bytes = described.BufferView < 0 ? [] : BytesOf(described.BufferView)[described.ByteOffset..];
        var stride = described.BufferView < 0 ? 0 : Math.Max(Document.BufferViews[described.BufferView].ByteStride, described.ElementBytes);
        return described.Sparse is { } sparse
            ? new(described, bytes, stride, BytesOf(sparse.IndicesView)[sparse.IndicesOffset..], BytesOf(sparse.ValuesView)[sparse.ValuesOffset..])
            : new(described, bytes, stride);
    }

    /// <summary>The bytes of a buffer view: compressed ones where it is compressed.</summary>
    public ReadOnlySpan<byte> BytesOf(int view)
    {
        var described = Document.BufferViews[view];
        var (buffer, offset, length) = described.Meshopt is { } meshopt
            ? (meshopt.Buffer, meshopt.ByteOffset, meshopt.ByteLength)
            : (described.Buffer, described.ByteOffset, described.ByteLength);
        return BytesOf(Part.Buffers[buffer]).Slice(offset, length);
    }

    /// <summary>Reads the batch table; null where there is none, or <paramref name="error"/> tells what is wrong with it.</summary>
    public BatchTable? ReadBatchTable(out string? error) => BatchTable.Read(_files[0], Part.BatchTable, out error);

    /// <summary>The feature that a vertex or an instance is of, by a set of feature ids that names an attribute or none; −1 where it is of no feature.</summary>
    /// <param name="set">A set of feature ids.</param>
    /// <param name="attributes">The primitive's attributes, or the node's instance attributes.</param>
    /// <param name="index">The vertex, or the instance.</param>
    /// <remarks>Where the ids are in a texture, the host looks there: <see cref="FeatureIdOf"/> makes them of its channels.</remarks>
    public long FeatureId(GltfFeatureIds set, GltfAttribute[] attributes, int index)
    {
        ArgumentNullException.ThrowIfNull(set);
        long id = index;
        foreach (var attribute in attributes)
        {
            if (set.Attribute >= 0 && attribute.Semantic == $"_FEATURE_ID_{set.Attribute}")
                id = (long)View(attribute.Accessor).Component(index, 0);
        }
        return id == set.NullFeatureId ? -1 : id;
    }

    /// <summary>The feature that a pixel's channels name; −1 for none.</summary>
    /// <param name="set">A set of feature ids with a texture.</param>
    /// <param name="pixel">The pixel: red, green, blue and alpha.</param>
    public static long FeatureIdOf(GltfFeatureIds set, ReadOnlySpan<byte> pixel)
    {
        ArgumentNullException.ThrowIfNull(set);
        long id = 0;
        var shift = 0;
        foreach (var channel in set.Texture?.Channels ?? [])
        {
            id |= (long)pixel[channel] << shift;
            shift += 8;
        }
        return id == set.NullFeatureId ? -1 : id;
    }

    /// <summary>Reads what the model tells of its features; null where it tells nothing, or <paramref name="error"/> says what is wrong with it.</summary>
    /// <param name="error">What is wrong; null when nothing is.</param>
    /// <param name="decompressed">The bytes of a compressed buffer view; null where the host has none, then their tables are empty.</param>
    public ModelMetadata? ReadMetadata(out string? error, Func<int, ReadOnlyMemory<byte>>? decompressed = null)
    {
        error = null;
        if (Document.Metadata is not { } described)
            return null;
        var outcome = ModelMetadata.Read(
            MemoryOf(Part.Json).Slice(described.Json.Offset, described.Json.Length), Part.Schema is { } file ? MemoryOf(file) : default, ViewBytes, out var metadata);
        error = outcome.Error;
        return metadata;

        ReadOnlyMemory<byte> ViewBytes(int view)
        {
            var bytes = Document.BufferViews[view];
            return !bytes.IsCompressed ? MemoryOf(Part.Buffers[bytes.Buffer]).Slice(bytes.ByteOffset, bytes.ByteLength)
                : decompressed is null ? default : decompressed(view);
        }
    }

    /// <summary>Bytes of main memory that its arrays take once they are unpacked; 0 where they are used as they were fetched.</summary>
    public int UnpackedBytes => Part.Untold?.UnpackedBytes ?? 0;

    internal ReadOnlyMemory<byte> MemoryOf(ContentSource source) =>
        source.File == ContentSource.Unpacked
            ? (_unpacked ?? throw new InvalidOperationException("The content is not prepared: its arrays are still packed.")).AsMemory(source.Range.Offset, source.Range.Length)
            : source.Inline is { } data ? data.AsMemory(source.Range.Offset, source.Range.Length) : _files[source.File].Slice(source.Range.Offset, source.Range.Length);

    private ReadOnlySpan<byte> BytesOf(ContentSource source) => MemoryOf(source).Span;

    private bool IsCompressed(int accessor)
    {
        var described = Document.Accessors[accessor];
        return (described.BufferView >= 0 && Document.BufferViews[described.BufferView].IsCompressed)
            || (described.Sparse is { } sparse && (Document.BufferViews[sparse.IndicesView].IsCompressed || Document.BufferViews[sparse.ValuesView].IsCompressed));
    }

    internal string? Verify(Func<bool> isCancelled, Action<Vector3d, Vector3d> include)
    {
        NodeTransforms = Document.WorldTransforms();
        if (Part.Untold is { } packed && packed.Unpack(_files[0].Span, isCancelled, out _unpacked) is { } broken)
            return broken;
        var bounds = new (Vector3d Min, Vector3d Max)[Document.Meshes.Length];
        var seen = new Seen([], []);
        for (var m = 0; m < bounds.Length; m++)
        {
            bounds[m] = (Infinite, -Infinite);
            for (var p = 0; p < Document.Meshes[m].Primitives.Length; p++)
            {
                if (isCancelled())
                    return null;
                if (VerifyPrimitive(Document.Meshes[m].Primitives[p], ref bounds[m], seen) is { } error)
                    return $"meshes[{m}].primitives[{p}] {error}";
            }
        }
        return MeasureBounds(bounds, isCancelled, include);
    }

    private static readonly Vector3d Infinite = new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);

    // What primitives share is looked at once, however many they are: positions with their bounds, indices with the vertices they are for.
    private readonly record struct Seen(Dictionary<int, (Vector3d Min, Vector3d Max)> Positions, HashSet<(int Indices, int Vertices)> Indices);

    private string? VerifyPrimitive(GltfPrimitive primitive, ref (Vector3d Min, Vector3d Max) bounds, in Seen seen)
    {
        var position = primitive.Find("POSITION");
        if (position < 0)
            return null;
        var accessor = Document.Accessors[position];
        if (accessor.Components != 3)
            return "has positions that are not VEC3";
        if (IsCompressed(primitive))
        {
            // What the file says of them is all there is before they are decompressed.
            if (StoredBounds(accessor) is { } said)
                bounds = (Vector3d.Min(bounds.Min, said.Min), Vector3d.Max(bounds.Max, said.Max));
            return null;
        }
        if (!seen.Positions.TryGetValue(position, out var own))
        {
            if (MeasurePositions(position, out own) is { } error)
                return error;
            seen.Positions.Add(position, own);
        }
        bounds = (Vector3d.Min(bounds.Min, own.Min), Vector3d.Max(bounds.Max, own.Max));
        return primitive.Indices >= 0 && seen.Indices.Add((primitive.Indices, accessor.Count)) ? VerifyIndices(View(primitive.Indices), accessor.Count) : null;
    }

    private string? MeasurePositions(int position, out (Vector3d Min, Vector3d Max) bounds)
    {
        bounds = (Infinite, -Infinite);
        var accessor = Document.Accessors[position];
        var positions = View(position);
        var isZero = accessor.BufferView < 0;
        if (isZero && accessor.Count > 0)
            bounds = (Vector3d.Min(bounds.Min, Vector3d.Zero), Vector3d.Max(bounds.Max, Vector3d.Zero));
        for (var i = 0; i < (isZero ? accessor.Sparse?.Count ?? 0 : accessor.Count); i++)
        {
            var at = isZero ? positions.Place(accessor.Sparse!, i) : i;
            if (at >= accessor.Count)
                return $"has a sparse position for vertex {at} of {accessor.Count}";
            var p = positions.Vector((int)at);
            if (!p.IsFinite)
                return $"has a position that is not finite, at vertex {at}";
            bounds = (Vector3d.Min(bounds.Min, p), Vector3d.Max(bounds.Max, p));
        }
        return null;
    }

    private static string? VerifyIndices(GltfAccessorView indices, int vertices)
    {
        if (indices.Accessor is { BufferView: < 0, IsSparse: false })
            return indices.Accessor.Count > 0 && vertices == 0 ? "has index 0 at 0, of 0 vertices" : null;
        for (var i = 0; i < indices.Accessor.Count; i++)
        {
            if (indices.Index(i) >= (uint)vertices)
                return $"has index {indices.Index(i)} at {i}, of {vertices} vertices";
        }
        return null;
    }

    /// <summary>The bounds that the file says an accessor has; null where it says none, or none that are finite.</summary>
    internal static (Vector3d Min, Vector3d Max)? StoredBounds(GltfAccessor accessor) =>
        accessor.Bounds is { } said && said.Min.IsFinite && said.Max.IsFinite ? (Stored(accessor, said.Min), Stored(accessor, said.Max)) : null;

    // Bounds are named as they are stored; normalized integers stand for shares.
    private static Vector3d Stored(GltfAccessor accessor, Vector3d bound) => !accessor.Normalized ? bound : accessor.ComponentType switch
    {
        GltfComponentType.Int8 => bound / 127,
        GltfComponentType.UInt8 => bound / 255,
        GltfComponentType.Int16 => bound / 32767,
        GltfComponentType.UInt16 => bound / 65535,
        _ => bound,
    };

    private string? MeasureBounds((Vector3d Min, Vector3d Max)[] bounds, Func<bool> isCancelled, Action<Vector3d, Vector3d> include)
    {
        foreach (var number in Document.SceneNodes())
        {
            var node = Document.Nodes[number];
            if (node.Mesh < 0 || !(bounds[node.Mesh].Min.X <= bounds[node.Mesh].Max.X))
                continue;
            var box = BoundingVolume.AxisAligned(bounds[node.Mesh].Min, bounds[node.Mesh].Max);
            for (var i = 0; i < InstanceCount; i++)
            {
                var place = InstanceTransform(i) * NodeTransforms[number];
                for (var j = 0; j < NodeInstanceCount(node); j++)
                {
                    if (((i + j) & 0xfff) == 0 && isCancelled())
                        return null;
                    var (least, greatest) = box.Transformed(place * NodeInstanceTransform(node, j)).AxisAlignedBounds();
                    if (!least.IsFinite || !greatest.IsFinite)
                        return $"has instances whose place is not finite: nodes[{number}], instance {Math.Max(i, j)}";
                    include(least, greatest);
                }
            }
        }
        return null;
    }
}
