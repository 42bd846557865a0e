using Lodestream.Formats.Gltf;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>One mesh of a content that is streamed mesh by mesh, with all nodes that draw it.</summary>
/// <param name="Mesh">Its number among the model's meshes.</param>
/// <param name="Shape">Its box, in the content's frame, and its geometry.</param>
/// <param name="Part">The model with that mesh alone: the whole model's buffers, images and materials, and the nodes that draw the mesh, each where it stands.</param>
public sealed record PartedMesh(int Mesh, PayloadMesh Shape, ModelPart Part);

/// <summary>Parts contents into meshes, for full tiles that are admitted out of core. Decodes nothing: boxes are those that the file names.</summary>
public static class PartedContent
{
    /// <summary>How many meshes a content can be parted into: as many as <see cref="Of"/> gives.</summary>
    /// <param name="layout">The content.</param>
    public static int CountOf(ContentLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return Find(layout).Count;
    }

    /// <summary>
    /// The meshes of a content, in the order in which its scene first draws them. None where it has none, or is more than one model, or what belongs to all of it cannot be told apart:
    /// instances, animations, tables of features, positions whose range the file does not name. Each is worked out when it is asked for.
    /// </summary>
    /// <param name="layout">The content.</param>
    /// <param name="transcoding">What the host turns Basis textures into.</param>
    public static IEnumerable<PartedMesh> Of(ContentLayout layout, TextureTranscoding transcoding = TextureTranscoding.Blocks)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return Find(layout) is { Count: > 0 } found ? Part((ModelPart)layout.Parts[0], found, transcoding) : [];
    }

    // The meshes that the scene draws, each with the nodes that draw it.
    private static List<(int Mesh, List<int> Nodes)> Find(ContentLayout layout)
    {
        if (layout.Parts is not [ModelPart { Instances: null, BatchTable.Json.Length: 0, Document: { IsAnimated: false, Metadata: null } document }])
            return [];
        var (nodesOf, found) = (new List<int>?[document.Meshes.Length], new List<(int Mesh, List<int> Nodes)>());
        foreach (var number in document.SceneNodes())
        {
            var node = document.Nodes[number];
            if (node.Mesh < 0)
                continue;
            if (node.Instances.Length > 0 || (nodesOf[node.Mesh] is null && BoundsOf(document, document.Meshes[node.Mesh]) is null))
                return [];
            if (nodesOf[node.Mesh] is null)
                found.Add((node.Mesh, nodesOf[node.Mesh] = []));
            nodesOf[node.Mesh]!.Add(number);
        }
        return found;
    }

    private static IEnumerable<PartedMesh> Part(ModelPart model, List<(int Mesh, List<int> Nodes)> found, TextureTranscoding transcoding)
    {
        var transforms = model.Document.WorldTransforms();
        foreach (var (mesh, nodes) in found)
            yield return Part(model, mesh, BoundsOf(model.Document, model.Document.Meshes[mesh])!.Value, nodes.ConvertAll(number => new GltfNode(0, transforms[number], [], [], [])), transcoding);
    }

    private static PartedMesh Part(ModelPart model, int mesh, in BoundingVolume bounds, List<GltfNode> nodes, TextureTranscoding transcoding)
    {
        var document = model.Document.WithMesh(mesh, nodes);
        var (min, max) = (new Vector3d(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new Vector3d(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));
        foreach (var node in nodes)
        {
            var (least, greatest) = bounds.Transformed(model.Frame * node.Local).AxisAlignedBounds();
            (min, max) = (Vector3d.Min(min, least), Vector3d.Max(max, greatest));
        }
        var cost = GltfCost.Of(document, model.ImageHeaders, null, transcoding);
        var part = new ModelPart
        {
            Format = model.Format,
            Frame = model.Frame,
            Cost = cost,
            Json = model.Json,
            Document = document,
            Buffers = model.Buffers,
            Images = model.Images,
            ImageHeaders = model.ImageHeaders,
            UpAxis = model.UpAxis,
            Untold = model.Untold,
        };
        return new(mesh, new(min, max, cost.GeometryBytes), part);
    }

    // Of all positions of a mesh, as the file names it; null where it does not, for one that draws something.
    private static BoundingVolume? BoundsOf(GltfDocument document, GltfMesh mesh)
    {
        var (min, max) = (new Vector3d(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new Vector3d(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));
        foreach (var primitive in mesh.Primitives)
        {
            if (primitive.Find("POSITION") is not (>= 0 and var positions) || PreparedModel.StoredBounds(document.Accessors[positions]) is not { } named || !(named.Min.X <= named.Max.X && named.Min.Y <= named.Max.Y && named.Min.Z <= named.Max.Z))
                return null;
            (min, max) = (Vector3d.Min(min, named.Min), Vector3d.Max(max, named.Max));
        }
        return min.X <= max.X ? BoundingVolume.AxisAligned(min, max) : null;
    }
}
