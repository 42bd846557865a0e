using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>
/// A glTF content ready for an engine: what it draws as lists, vertices and images as ranges of the payload it keeps. Positions are in
/// the content's own frame; <see cref="TileTree.Transform"/> of the tile brings them to the scene's.
/// </summary>
public sealed class PreparedContent
{
    internal PreparedContent(ReadOnlyMemory<byte> payload, ContentFormat format, GltfDocument document, ByteRange binary, ImageHeader[] images, B3dm? batched, Vector3d offset)
    {
        (Payload, Format, Document, Binary, Images, Batched, Offset) = (payload, format, document, binary, images, batched, offset);
        Cost = GltfCost.Of(document, images);
    }

    /// <summary>The bytes as they were fetched.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>What the bytes turned out to be.</summary>
    public ContentFormat Format { get; }

    /// <summary>Meshes, nodes, materials, textures.</summary>
    public GltfDocument Document { get; }

    /// <summary>The binary part within the payload.</summary>
    public ByteRange Binary { get; }

    /// <summary>Sizes of the images.</summary>
    public ImageHeader[] Images { get; }

    /// <summary>Tables of a batched model; null for plain glTF.</summary>
    public B3dm? Batched { get; }

    /// <summary>To be added to all positions in double precision: the centre that a b3dm or CESIUM_RTC names, on the content's axes, metres.</summary>
    public Vector3d Offset { get; }

    /// <summary>What it takes on the GPU and in main memory.</summary>
    public GltfCost Cost { get; }

    /// <summary>From each node's frame to the content's, without <see cref="Offset"/>. Empty until the content is prepared.</summary>
    public Transform3d[] NodeTransforms { get; private set; } = [];

    /// <summary>Least coordinates of all vertices of the scene's nodes in the content's frame, <see cref="Offset"/> added; ∞ where there are none. Instances are not counted in.</summary>
    public Vector3d Min { get; private set; } = new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>Greatest coordinates, like <see cref="Min"/>.</summary>
    public Vector3d Max { get; private set; } = new(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity);

    /// <summary>The elements of an accessor that a primitive uses.</summary>
    public GltfAccessorView View(int accessor)
    {
        var described = Document.Accessors[accessor];
        var view = Document.BufferViews[described.BufferView];
        var bytes = Binary.Of(Payload.Span).Slice(view.ByteOffset, view.ByteLength)[described.ByteOffset..];
        return new(described, bytes, Math.Max(view.ByteStride, described.ElementBytes));
    }

    /// <summary>An encoded image.</summary>
    public ReadOnlySpan<byte> EncodedImage(int image) => GltfCost.RangeOf(Document, image)!.Value.Of(Binary.Of(Payload.Span));

    /// <summary>Looks at every vertex and index: finite positions, indices within the vertices; measures the bounds.</summary>
    /// <returns>What is broken, or null.</returns>
    internal string? Verify(Func<bool> isCancelled)
    {
        NodeTransforms = Document.WorldTransforms();
        var bounds = new (Vector3d Min, Vector3d Max)[Document.Meshes.Length];
        for (var m = 0; m < bounds.Length; m++)
        {
            bounds[m] = (Min, Max);
            for (var p = 0; p < Document.Meshes[m].Primitives.Length; p++)
            {
                if (isCancelled())
                    return null;
                if (VerifyPrimitive(Document.Meshes[m].Primitives[p], ref bounds[m]) is { } error)
                    return $"meshes[{m}].primitives[{p}] {error}";
            }
        }
        MeasureBounds(bounds);
        return null;
    }

    private string? VerifyPrimitive(GltfPrimitive primitive, ref (Vector3d Min, Vector3d Max) bounds)
    {
        var position = primitive.Find("POSITION");
        if (position < 0)
            return null;
        if (Document.Accessors[position].Components != 3)
            return "has positions that are not VEC3";
        var positions = View(position);
        for (var i = 0; i < positions.Accessor.Count; i++)
        {
            var p = positions.Vector(i);
            if (!p.IsFinite)
                return $"has a position that is not finite, at vertex {i}";
            bounds = (Vector3d.Min(bounds.Min, p), Vector3d.Max(bounds.Max, p));
        }
        if (primitive.Indices < 0)
            return null;
        var indices = View(primitive.Indices);
        for (var i = 0; i < indices.Accessor.Count; i++)
        {
            if (indices.Index(i) >= (uint)positions.Accessor.Count)
                return $"has index {indices.Index(i)} at {i}, of {positions.Accessor.Count} vertices";
        }
        return null;
    }

    private void MeasureBounds((Vector3d Min, Vector3d Max)[] bounds)
    {
        var stack = new Stack<int>(Document.Roots);
        while (stack.TryPop(out var node))
        {
            var mesh = Document.Nodes[node].Mesh;
            if (mesh >= 0 && bounds[mesh].Min.X <= bounds[mesh].Max.X)
                Include(BoundingVolume.AxisAligned(bounds[mesh].Min, bounds[mesh].Max).Transformed(NodeTransforms[node]).AxisAlignedBounds());
            foreach (var child in Document.Nodes[node].Children)
                stack.Push(child);
        }
    }

    private void Include((Vector3d Min, Vector3d Max) box)
    {
        Min = Vector3d.Min(Min, box.Min + Offset);
        Max = Vector3d.Max(Max, box.Max + Offset);
    }
}
