using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;

namespace Lodestream.Formats.Inspection;

/// <summary>
/// How far a content's vertices themselves reach out of its tile's volume. The box around them says too much where the content's axes are
/// not the volume's: a city's in ECEF, for one, whose corners are hundreds of metres under the ground.
/// </summary>
internal sealed class VertexExcess
{
    private readonly NamedContent _named;
    private double _greatest;

    private VertexExcess(NamedContent named) => _named = named;

    /// <summary>The farthest of them, metres; 0 where that is within the tolerance.</summary>
    /// <param name="content">The content, verified.</param>
    /// <param name="named">Where it lies.</param>
    /// <param name="tolerance">What is let pass, as a share of the volume's radius.</param>
    public static double Of(PreparedContent content, NamedContent named, double tolerance)
    {
        var excess = new VertexExcess(named);
        foreach (var model in content.Models)
            excess.Include(model);
        foreach (var points in content.PointClouds)
        {
            for (var i = 0; i < points.Count && !points.IsCompressed; i++)
                excess.Include(named.Transform.Point(points.Position(i)));
        }
        return excess._greatest <= tolerance * named.Volume.Radius + 1e-3 ? 0 : excess._greatest;
    }

    private void Include(PreparedModel model)
    {
        var positionsOf = new Dictionary<int, (List<Vector3d> Positions, BoundingVolume Box)>();
        foreach (var number in model.Document.SceneNodes())
        {
            var node = model.Document.Nodes[number];
            if (node.Mesh < 0)
                continue;
            if (!positionsOf.TryGetValue(node.Mesh, out var mesh))
                positionsOf.Add(node.Mesh, mesh = PositionsOf(model, model.Document.Meshes[node.Mesh]));
            if (mesh.Positions.Count > 0)
                IncludeInstances(model, number, mesh.Positions, mesh.Box);
        }
    }

    private void IncludeInstances(PreparedModel model, int number, List<Vector3d> positions, in BoundingVolume box)
    {
        var node = model.Document.Nodes[number];
        for (var i = 0; i < model.InstanceCount; i++)
        {
            var place = _named.Transform * model.InstanceTransform(i) * model.NodeTransforms[number];
            for (var j = 0; j < model.NodeInstanceCount(node); j++)
            {
                // Of a forest only the trees at its edge are looked at vertex by vertex.
                var toScene = place * model.NodeInstanceTransform(node, j);
                if (Containment.Excess(box.Transformed(toScene), _named.Volume) == 0)
                    continue;
                foreach (var position in positions)
                    Include(toScene.Point(position));
            }
        }
    }

    private void Include(Vector3d point)
    {
        var written = _named.Written;
        var excess = written.Kind == VolumeKind.Region ? Containment.RegionExcess(point, written.Numbers) : _named.Volume.DistanceTo(point);
        _greatest = Math.Max(_greatest, excess);
    }

    private static (List<Vector3d> Positions, BoundingVolume Box) PositionsOf(PreparedModel model, GltfMesh mesh)
    {
        var positions = new List<Vector3d>();
        foreach (var primitive in mesh.Primitives)
        {
            if (primitive.Find("POSITION") is >= 0 and var accessor)
                AddPositions(model, primitive, accessor, positions);
        }
        var (min, max) = positions.Count == 0 ? default : (positions[0], positions[0]);
        foreach (var position in positions)
            (min, max) = (Vector3d.Min(min, position), Vector3d.Max(max, position));
        return (positions, BoundingVolume.AxisAligned(min, max));
    }

    private static void AddPositions(PreparedModel model, GltfPrimitive primitive, int number, List<Vector3d> positions)
    {
        var accessor = model.Document.Accessors[number];
        if (model.IsCompressed(primitive))
        {
            // What the file says of them is all there is before they are decompressed: the corners of their box.
            if (PreparedModel.StoredBounds(accessor) is { } said)
            {
                for (var corner = 0; corner < 8; corner++)
                    positions.Add(new((corner & 1) == 0 ? said.Min.X : said.Max.X, (corner & 2) == 0 ? said.Min.Y : said.Max.Y, (corner & 4) == 0 ? said.Min.Z : said.Max.Z));
            }
            return;
        }
        var view = model.View(number);
        if (accessor.BufferView >= 0)
        {
            for (var i = 0; i < accessor.Count; i++)
                positions.Add(view.Vector(i));
            return;
        }

        // Zeros but for the sparse ones: as many as the file likes, and all in one place.
        if (accessor.Count > 0)
            positions.Add(Vector3d.Zero);
        for (var i = 0; i < (accessor.Sparse?.Count ?? 0); i++)
            positions.Add(view.Vector((int)view.Place(accessor.Sparse!, i)));
    }
}
