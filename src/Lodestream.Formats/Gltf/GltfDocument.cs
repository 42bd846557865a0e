using Lodestream.Geometry;

namespace Lodestream.Formats.Gltf;

/// <summary>Types of an accessor's components, by glTF's numbers.</summary>
public enum GltfComponentType
{
    /// <summary>Not one of glTF's.</summary>
    None = 0,

    /// <summary>Signed, 8 bits.</summary>
    Int8 = 5120,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8 = 5121,

    /// <summary>Signed, 16 bits.</summary>
    Int16 = 5122,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16 = 5123,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32 = 5125,

    /// <summary>IEEE 754, 32 bits.</summary>
    Float32 = 5126,
}

/// <summary>How a primitive's vertices connect, by glTF's numbers.</summary>
public enum GltfPrimitiveMode
{
    /// <summary>Points.</summary>
    Points,

    /// <summary>Pairs.</summary>
    Lines,

    /// <summary>A closed chain.</summary>
    LineLoop,

    /// <summary>A chain.</summary>
    LineStrip,

    /// <summary>Triples.</summary>
    Triangles,

    /// <summary>Each with the two before it.</summary>
    TriangleStrip,

    /// <summary>Each with the one before it and the first.</summary>
    TriangleFan,
}

/// <summary>How a material's alpha is meant.</summary>
public enum GltfAlphaMode : byte
{
    /// <summary>Ignored.</summary>
    Opaque,

    /// <summary>Below a cut-off nothing is drawn.</summary>
    Mask,

    /// <summary>Blended over what is behind.</summary>
    Blend,
}

/// <summary>A buffer: the BIN chunk, or a file.</summary>
/// <param name="ByteLength">Its length in bytes.</param>
/// <param name="Uri">Its file or data URI; null for the BIN chunk.</param>
/// <param name="IsPlaceholder">Whether it only stands for what compressed views decode to (meshopt): it has no bytes of its own.</param>
public readonly record struct GltfBuffer(int ByteLength, string? Uri, bool IsPlaceholder = false);

/// <summary>A run of a buffer's bytes.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="ByteOffset">First byte.</param>
/// <param name="ByteLength">Number of bytes.</param>
/// <param name="ByteStride">Bytes from one element to the next; 0 where they are packed.</param>
/// <param name="Meshopt">Where its bytes are in fact, compressed; null where they are as they are. The other figures then are the decompressed ones.</param>
public readonly record struct GltfBufferView(int Buffer, int ByteOffset, int ByteLength, int ByteStride, GltfMeshopt? Meshopt)
{
    /// <summary>Whether the bytes must be decompressed first.</summary>
    public bool IsCompressed => Meshopt is not null;
}

/// <summary>A run of bytes that meshoptimizer compressed (EXT_meshopt_compression).</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="ByteOffset">First byte.</param>
/// <param name="ByteLength">Number of bytes.</param>
/// <param name="ByteStride">Bytes of an element, decompressed.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Mode">ATTRIBUTES, TRIANGLES or INDICES.</param>
/// <param name="Filter">NONE, OCTAHEDRAL, QUATERNION or EXPONENTIAL.</param>
public sealed record GltfMeshopt(int Buffer, int ByteOffset, int ByteLength, int ByteStride, int Count, string Mode, string Filter);

/// <summary>Typed elements in a buffer view.</summary>
/// <param name="BufferView">The view; −1 where the elements are zero, sparse or compressed.</param>
/// <param name="ByteOffset">First byte in the view.</param>
/// <param name="ComponentType">Type of the components.</param>
/// <param name="Components">Components per element: 1 to 16.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Normalized">Whether integers stand for 0 … 1 or −1 … 1.</param>
/// <param name="Sparse">Elements that replace some of the view's, or of zeros; null where there are none.</param>
/// <param name="Bounds">Least and greatest of three components, as the file names them; null where it does not.</param>
public readonly record struct GltfAccessor(
    int BufferView, int ByteOffset, GltfComponentType ComponentType, int Components, int Count, bool Normalized, GltfSparse? Sparse = null, GltfBounds? Bounds = null)
{
    /// <summary>Whether some elements are replaced by others.</summary>
    public bool IsSparse => Sparse is not null;

    /// <summary>Bytes of a component.</summary>
    public int ComponentBytes => ComponentType switch
    {
        GltfComponentType.Int8 or GltfComponentType.UInt8 => 1,
        GltfComponentType.Int16 or GltfComponentType.UInt16 => 2,
        _ => 4,
    };

    /// <summary>Bytes of an element, packed.</summary>
    public int ElementBytes => ComponentBytes * Components;
}

/// <summary>Elements of an accessor that replace others.</summary>
/// <param name="Count">How many.</param>
/// <param name="IndicesView">Buffer view of their places.</param>
/// <param name="IndicesOffset">First byte of the places in it.</param>
/// <param name="IndicesType">Type of the places.</param>
/// <param name="ValuesView">Buffer view of the elements.</param>
/// <param name="ValuesOffset">First byte of the elements in it.</param>
public sealed record GltfSparse(int Count, int IndicesView, int IndicesOffset, GltfComponentType IndicesType, int ValuesView, int ValuesOffset);

/// <summary>What a file says of the range of an accessor with three components.</summary>
/// <param name="Min">Least of each.</param>
/// <param name="Max">Greatest of each.</param>
public sealed record GltfBounds(Vector3d Min, Vector3d Max);

/// <summary>A vertex attribute.</summary>
/// <param name="Semantic">glTF's name: POSITION, NORMAL, TEXCOORD_0, …</param>
/// <param name="Accessor">Its elements.</param>
public readonly record struct GltfAttribute(string Semantic, int Accessor);

/// <summary>Something to draw with one material.</summary>
/// <param name="Mode">How vertices connect.</param>
/// <param name="Attributes">The vertices.</param>
/// <param name="Indices">Accessor of the indices; −1 where the vertices are in order.</param>
/// <param name="Material">The material; −1 for glTF's default.</param>
/// <param name="Targets">Accessors of the morph targets.</param>
/// <param name="DracoView">The buffer view of Draco-compressed geometry; −1 where there is none.</param>
/// <param name="Features">What tells features apart, and their properties (EXT_mesh_features, EXT_structural_metadata).</param>
public sealed record GltfPrimitive(GltfPrimitiveMode Mode, GltfAttribute[] Attributes, int Indices, int Material, int[] Targets, int DracoView, GltfPrimitiveFeatures Features)
{
    /// <summary>The accessor of an attribute; −1 where the primitive has none of the name.</summary>
    public int Find(string semantic)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Semantic == semantic)
                return attribute.Accessor;
        }
        return -1;
    }
}

/// <summary>Primitives drawn together.</summary>
/// <param name="Primitives">The primitives.</param>
public sealed record GltfMesh(GltfPrimitive[] Primitives);

/// <summary>A node of the scene graph.</summary>
/// <param name="Mesh">What it draws; −1 for nothing.</param>
/// <param name="Local">From its own frame to its parent's.</param>
/// <param name="Children">Nodes beneath it.</param>
/// <param name="Instances">Accessors of its GPU instances' attributes (EXT_mesh_gpu_instancing); empty where it is drawn once.</param>
/// <param name="InstanceFeatures">What tells features apart among the instances (EXT_instance_features).</param>
public sealed record GltfNode(int Mesh, Transform3d Local, int[] Children, GltfAttribute[] Instances, GltfFeatureIds[] InstanceFeatures);

/// <summary>A texture as a material uses it.</summary>
/// <param name="Texture">The texture.</param>
/// <param name="IsColor">Whether its values are sRGB colours, not data.</param>
public readonly record struct GltfTextureUse(int Texture, bool IsColor);

/// <summary>How a texture is sampled, by WebGL's numbers.</summary>
/// <param name="MagFilter">Filter when magnified.</param>
/// <param name="MinFilter">Filter when reduced.</param>
/// <param name="WrapS">What is beyond the left and right edge.</param>
/// <param name="WrapT">What is beyond the upper and lower edge.</param>
public readonly record struct GltfSampler(int MagFilter, int MinFilter, int WrapS, int WrapT)
{
    /// <summary>What glTF leaves to the host: linear between mip levels, repeated.</summary>
    public static readonly GltfSampler Standard = new(9729, 9987, 10497, 10497);

    /// <summary>Whether the filter looks at mip levels.</summary>
    public bool NeedsMipLevels => MinFilter is not (9728 or 9729);
}

/// <summary>The basics of a material.</summary>
public sealed record GltfMaterial
{
    /// <summary>Red, green, blue and alpha factors of the base colour, linear.</summary>
    public float[] BaseColor { get; init; } = [1, 1, 1, 1];

    /// <summary>Texture of the base colour, sRGB; −1 where there is none.</summary>
    public int BaseColorTexture { get; init; } = -1;

    /// <summary>Which TEXCOORD the base colour uses.</summary>
    public int BaseColorTexCoord { get; init; }

    /// <summary>All textures it uses, the base colour's among them.</summary>
    public IReadOnlyList<GltfTextureUse> Textures { get; init; } = [];

    /// <summary>Metalness factor.</summary>
    public float Metallic { get; init; } = 1;

    /// <summary>Roughness factor.</summary>
    public float Roughness { get; init; } = 1;

    /// <summary>Red, green and blue of what the surface gives off, linear.</summary>
    public float[] Emissive { get; init; } = [0, 0, 0];

    /// <summary>What alpha means.</summary>
    public GltfAlphaMode AlphaMode { get; init; }

    /// <summary>Below this alpha nothing is drawn, in <see cref="GltfAlphaMode.Mask"/>.</summary>
    public float AlphaCutoff { get; init; } = 0.5f;

    /// <summary>Whether back faces are drawn.</summary>
    public bool DoubleSided { get; init; }

    /// <summary>Whether the base colour is shown without light (KHR_materials_unlit).</summary>
    public bool Unlit { get; init; }
}

/// <summary>An encoded image.</summary>
/// <param name="BufferView">Where it is; −1 where it is a file of its own.</param>
/// <param name="Uri">Its file or data URI; null where it is in a buffer view.</param>
public readonly record struct GltfImage(int BufferView, string? Uri);

/// <summary>What a host needs of a glTF 2.0 file: flat lists, every index checked to be in range. Made by <see cref="GltfReader"/>.</summary>
public sealed class GltfDocument
{
    /// <summary>Extensions without which the file cannot be shown.</summary>
    public IReadOnlyList<string> ExtensionsRequired { get; internal set; } = [];

    /// <summary>Buffers.</summary>
    public GltfBuffer[] Buffers { get; internal set; } = [];

    /// <summary>Buffer views.</summary>
    public GltfBufferView[] BufferViews { get; internal set; } = [];

    /// <summary>Accessors.</summary>
    public GltfAccessor[] Accessors { get; internal set; } = [];

    /// <summary>Meshes.</summary>
    public GltfMesh[] Meshes { get; internal set; } = [];

    /// <summary>Nodes; a tree, or several.</summary>
    public GltfNode[] Nodes { get; internal set; } = [];

    /// <summary>Roots of the scene to show.</summary>
    public int[] Roots { get; internal set; } = [];

    /// <summary>Materials.</summary>
    public GltfMaterial[] Materials { get; internal set; } = [];

    /// <summary>The image of each texture; −1 where it names none.</summary>
    public int[] Textures { get; internal set; } = [];

    /// <summary>How each texture is sampled.</summary>
    public GltfSampler[] TextureSamplers { get; internal set; } = [];

    /// <summary>Images.</summary>
    public GltfImage[] Images { get; internal set; } = [];

    /// <summary>What the file tells of properties (EXT_structural_metadata); null where it tells nothing.</summary>
    public GltfStructuralMetadata? Metadata { get; internal set; }

    /// <summary>Whether anything moves: skins or animations.</summary>
    public bool IsAnimated { get; internal set; }

    /// <summary>What positions are relative to (CESIUM_RTC), on the tile's axes, metres; null where the file names none.</summary>
    public Vector3d? RtcCenter { get; internal set; }

    /// <summary>The same file with one of its meshes alone, drawn by nodes of one's own.</summary>
    /// <param name="mesh">The mesh; it is mesh 0 there.</param>
    /// <param name="nodes">What draws it; without children.</param>
    internal GltfDocument WithMesh(int mesh, List<GltfNode> nodes) => new()
    {
        ExtensionsRequired = ExtensionsRequired,
        Buffers = Buffers,
        BufferViews = BufferViews,
        Accessors = Accessors,
        Meshes = [Meshes[mesh]],
        Nodes = [.. nodes],
        Roots = [.. Enumerable.Range(0, nodes.Count)],
        Materials = Materials,
        Textures = Textures,
        TextureSamplers = TextureSamplers,
        Images = Images,
        RtcCenter = RtcCenter,
    };

    /// <summary>The nodes that the scene reaches, parents first.</summary>
    public IEnumerable<int> SceneNodes()
    {
        var stack = new Stack<int>(Enumerable.Reverse(Roots));
        while (stack.TryPop(out var node))
        {
            yield return node;
            foreach (var child in Enumerable.Reverse(Nodes[node].Children))
                stack.Push(child);
        }
    }

    /// <summary>From each node's frame to the content's; nodes outside the scene have their own trees' frames.</summary>
    public Transform3d[] WorldTransforms()
    {
        var world = new Transform3d[Nodes.Length];
        var isChild = new bool[Nodes.Length];
        foreach (var node in Nodes)
        {
            foreach (var child in node.Children)
                isChild[child] = true;
        }
        var stack = new Stack<int>();
        for (var root = 0; root < Nodes.Length; root++)
        {
            if (isChild[root])
                continue;
            world[root] = Nodes[root].Local;
            stack.Push(root);
            while (stack.TryPop(out var node))
            {
                foreach (var child in Nodes[node].Children)
                {
                    world[child] = world[node] * Nodes[child].Local;
                    stack.Push(child);
                }
            }
        }
        return world;
    }
}
