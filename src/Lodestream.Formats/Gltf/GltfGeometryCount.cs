namespace Lodestream.Formats.Gltf;

/// <summary>
/// Counts the buffers a glTF's scene needs, each once however many primitives share it: attributes packed, indices of 16 bits at least,
/// strips and fans as lists. wwwroot/lodestream/glb.js makes the same buffers.
/// </summary>
internal sealed class GltfGeometryCount(GltfDocument document)
{
    // A 4 × 4 matrix of floats per instance.
    private const int InstanceBytes = 64;

    private readonly HashSet<(int Accessor, int Draco, int Mode)> _counted = [];
    private readonly HashSet<int> _instances = [];

    public long Bytes { get; private set; }

    public long Vertices { get; private set; }

    public long Triangles { get; private set; }

    /// <summary>Counts what the scene reaches.</summary>
    /// <param name="copies">Instances of the whole; null where it is not instanced.</param>
    public void AddScene(int? copies)
    {
        var counted = new bool[document.Meshes.Length];
        foreach (var number in document.SceneNodes())
        {
            var node = document.Nodes[number];
            if (node.Mesh < 0)
                continue;
            var mesh = document.Meshes[node.Mesh];
            var instances = Times(copies ?? 1, node.Instances.Length == 0 ? 1 : document.Accessors[node.Instances[0].Accessor].Count);
            foreach (var primitive in mesh.Primitives)
            {
                if (!counted[node.Mesh])
                    AddPrimitive(primitive);
                Triangles += Times(TrianglesOf(primitive), instances);
            }
            counted[node.Mesh] = true;
            if (copies is not null || node.Instances.Length > 0)
                Add(instances, InstanceBytes);
            if (copies is null)
                AddInstanceFeatures(node);
        }
        foreach (var view in document.Metadata?.TableViews ?? [])
            Add(document.BufferViews[view].ByteLength, 1);
        Add(document.Metadata?.Json.Length ?? 0, 1);
    }

    /// <summary>Whether a host draws an attribute.</summary>
    public static bool IsDrawn(string semantic) =>
        semantic is "POSITION" or "NORMAL" or "TANGENT" or "COLOR_0" or "TEXCOORD_0" or "TEXCOORD_1" or "TEXCOORD_2" or "TEXCOORD_3";

    /// <summary>Whether an attribute is kept to tell features apart or for their properties.</summary>
    public static bool IsKept(GltfDocument document, GltfPrimitive primitive, string semantic)
    {
        if (semantic is "_BATCHID")
            return true;
        foreach (var set in primitive.Features.FeatureIds)
        {
            if (set.Attribute >= 0 && semantic == $"_FEATURE_ID_{set.Attribute}")
                return true;
        }
        foreach (var number in primitive.Features.PropertyAttributes)
        {
            if (document.Metadata!.PropertyAttributes[number].Contains(semantic))
                return true;
        }
        return false;
    }

    private void AddPrimitive(GltfPrimitive primitive)
    {
        var position = primitive.Find("POSITION");
        var vertices = position < 0 ? 0 : document.Accessors[position].Count;
        if (position >= 0 && !_counted.Contains((position, primitive.DracoView, -1)))
            Vertices += vertices;

        // What moves goes to another loader, which uploads whatever there is.
        var all = document.IsAnimated || primitive.Targets.Length > 0;
        foreach (var attribute in primitive.Attributes)
        {
            if (all || IsDrawn(attribute.Semantic) || (attribute.Semantic.StartsWith('_') && IsKept(document, primitive, attribute.Semantic)))
                AddOnce(attribute.Accessor, primitive.DracoView);
        }
        foreach (var target in primitive.Targets)
            AddOnce(target, -1);
        AddIndices(primitive, vertices);
    }

    private void AddOnce(int number, int draco)
    {
        if (_counted.Add((number, draco, -1)))
            Add(document.Accessors[number].Count, document.Accessors[number].ElementBytes);
    }

    private void AddIndices(GltfPrimitive primitive, int vertices)
    {
        var isList = primitive.Mode is not (GltfPrimitiveMode.TriangleStrip or GltfPrimitiveMode.TriangleFan);
        if (primitive.Indices < 0)
        {
            if (!isList)
                Add(3L * Math.Max(0, vertices - 2), vertices > 65535 ? 4 : 2);
            return;
        }
        if (!_counted.Add((primitive.Indices, primitive.DracoView, isList ? 0 : (int)primitive.Mode)))
            return;
        var indices = document.Accessors[primitive.Indices];

        // GPUs take no 8-bit indices gladly (WebGPU and Metal none at all): they are widened.
        if (isList)
            Add(indices.Count, Math.Max(2, indices.ComponentBytes));
        else
            Add(3L * Math.Max(0, indices.Count - 2), vertices > 65535 ? 4 : 2);
    }

    private void AddInstanceFeatures(GltfNode node)
    {
        foreach (var set in node.InstanceFeatures)
        {
            foreach (var attribute in node.Instances)
            {
                if (attribute.Semantic == $"_FEATURE_ID_{set.Attribute}" && _instances.Add(attribute.Accessor))
                    Add(document.Accessors[attribute.Accessor].Count, document.Accessors[attribute.Accessor].ElementBytes);
            }
        }
    }

    private long TrianglesOf(GltfPrimitive primitive)
    {
        var corners = primitive.Indices >= 0 ? document.Accessors[primitive.Indices].Count
            : primitive.Attributes.Length > 0 ? document.Accessors[primitive.Attributes[0].Accessor].Count : 0;
        return primitive.Mode switch
        {
            GltfPrimitiveMode.Triangles => corners / 3,
            GltfPrimitiveMode.TriangleStrip or GltfPrimitiveMode.TriangleFan => Math.Max(0, corners - 2),
            _ => 0,
        };
    }

    private void Add(long count, long bytes) => Bytes = Math.Min(long.MaxValue / 4, Bytes + Times(count, bytes));

    // Counts come from files: a product that overflows is as good as infinite.
    private static long Times(long a, long b) => (long)decimal.Min(long.MaxValue / 8, (decimal)a * b);
}
