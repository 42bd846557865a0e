using System.Text.Json;
using Lodestream.Geometry;

namespace Lodestream.Formats.Gltf;

/// <summary>Reads a glTF 2.0 JSON text to a <see cref="GltfDocument"/>, once through, and checks what refers to what.</summary>
public static class GltfReader
{
    /// <summary>Reads the JSON.</summary>
    /// <param name="json">The JSON text or chunk, UTF-8; padding at its end is ignored.</param>
    /// <param name="document">The document, where it went well.</param>
    public static ReadOutcome Read(ReadOnlySpan<byte> json, out GltfDocument document)
    {
        document = new();
        try
        {
            var walker = new JsonWalker(json.TrimEnd("\0 \n\r\t"u8));
            if (!walker.EnterObject())
                return ReadOutcome.Malformed("its glTF is not a JSON object");
            if (ReadDocument(ref walker, document) is { Status: not ReadStatus.Ok } refused)
                return refused;
        }
        catch (JsonException e)
        {
            var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            return ReadOutcome.Malformed($"its glTF is not valid JSON: {(end < 0 ? e.Message : e.Message[..end])} (byte {e.BytePositionInLine ?? 0} of line {(e.LineNumber ?? 0) + 1})");
        }
        return GltfReferences.Check(document) is { } error ? ReadOutcome.Malformed($"its glTF is broken: {error}") : ReadOutcome.Ok;
    }

    private static ReadOutcome ReadDocument(ref JsonWalker walker, GltfDocument document)
    {
        var scene = 0;
        string? version = null;
        var scenes = new List<int[]>();
        while (walker.NextProperty())
        {
            if (walker.Is("asset"u8))
                version = ReadVersion(ref walker);
            else if (walker.Is("extensionsRequired"u8))
                document.ExtensionsRequired = Strings(ref walker);
            else if (walker.Is("scene"u8))
                scene = walker.Integer(0);
            else if (walker.Is("scenes"u8))
                ReadScenes(ref walker, scenes);
            else if (walker.Is("nodes"u8))
                document.Nodes = ReadNodes(ref walker);
            else if (walker.Is("meshes"u8))
                document.Meshes = ReadMeshes(ref walker);
            else if (walker.Is("accessors"u8))
                document.Accessors = ReadAccessors(ref walker);
            else if (walker.Is("bufferViews"u8))
                document.BufferViews = ReadBufferViews(ref walker);
            else if (walker.Is("buffers"u8))
                document.Buffers = ReadBuffers(ref walker);
            else if (walker.Is("materials"u8))
                document.Materials = GltfMaterialReader.Read(ref walker);
            else if (walker.Is("textures"u8))
                document.Textures = ReadTextures(ref walker);
            else if (walker.Is("images"u8))
                document.Images = ReadImages(ref walker);
            else if (walker.Is("extensions"u8))
                ReadExtensions(ref walker, document);
            else
                walker.SkipValue();
        }
        if (version is null || !version.StartsWith("2.", StringComparison.Ordinal))
            return version?.StartsWith("1.", StringComparison.Ordinal) == true
                ? ReadOutcome.NotSupported($"glTF {version}")
                : ReadOutcome.Malformed($"its asset.version is {(version is null ? "missing" : $"\"{version}\"")}; known is 2.0");

        // Without scenes everything is shown.
        document.Roots = scenes.Count > 0 && (uint)scene < (uint)scenes.Count ? scenes[scene] : RootsOf(document.Nodes);
        return ReadOutcome.Ok;
    }

    private static string? ReadVersion(ref JsonWalker walker)
    {
        string? version = null;
        if (!walker.EnterObject())
            return null;
        while (walker.NextProperty())
        {
            if (walker.Is("version"u8))
                version = walker.String();
            else
                walker.SkipValue();
        }
        return version;
    }

    private static void ReadScenes(ref JsonWalker walker, List<int[]> scenes)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            int[] nodes = [];
            while (walker.NextProperty())
            {
                if (walker.Is("nodes"u8))
                    nodes = Integers(ref walker);
                else
                    walker.SkipValue();
            }
            scenes.Add(nodes);
        }
    }

    private static GltfNode[] ReadNodes(ref JsonWalker walker)
    {
        var nodes = new List<GltfNode>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
            nodes.Add(ReadNode(ref walker));
        return [.. nodes];
    }

    private static GltfNode ReadNode(ref JsonWalker walker)
    {
        var mesh = -1;
        int[] children = [];
        GltfAttribute[] instances = [];
        Span<double> matrix = stackalloc double[16], translation = [0, 0, 0], rotation = [0, 0, 0, 1], scale = [1, 1, 1];
        var hasMatrix = false;
        while (walker.NextProperty())
        {
            if (walker.Is("mesh"u8))
                mesh = walker.Integer(-1);
            else if (walker.Is("children"u8))
                children = Integers(ref walker);
            else if (walker.Is("matrix"u8))
                hasMatrix = walker.Numbers(matrix) == 16;
            else if (walker.Is("translation"u8))
                walker.Numbers(translation);
            else if (walker.Is("rotation"u8))
                walker.Numbers(rotation);
            else if (walker.Is("scale"u8))
                walker.Numbers(scale);
            else if (walker.Is("extensions"u8))
                instances = ReadInstances(ref walker);
            else
                walker.SkipValue();
        }
        var local = hasMatrix ? Transform3d.FromColumnMajor(matrix) : FromParts(translation, rotation, scale);
        return new(mesh, local, children, instances);
    }

    // Translation · rotation · scale; the rotation is a unit quaternion (x, y, z, w).
    private static Transform3d FromParts(ReadOnlySpan<double> t, ReadOnlySpan<double> q, ReadOnlySpan<double> s)
    {
        var (x, y, z, w) = (q[0], q[1], q[2], q[3]);
        return new(
            new Vector3d(1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)) * s[0],
            new Vector3d(2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)) * s[1],
            new Vector3d(2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)) * s[2],
            new Vector3d(t[0], t[1], t[2]));
    }

    private static GltfAttribute[] ReadInstances(ref JsonWalker walker)
    {
        GltfAttribute[] attributes = [];
        if (!walker.EnterObject())
            return attributes;
        while (walker.NextProperty())
        {
            if (!walker.Is("EXT_mesh_gpu_instancing"u8))
            {
                walker.SkipValue();
                continue;
            }
            if (!walker.EnterObject())
                continue;
            while (walker.NextProperty())
            {
                if (walker.Is("attributes"u8))
                    attributes = ReadAttributes(ref walker);
                else
                    walker.SkipValue();
            }
        }
        return attributes;
    }

    private static GltfMesh[] ReadMeshes(ref JsonWalker walker)
    {
        var meshes = new List<GltfMesh>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            var primitives = new List<GltfPrimitive>();
            while (walker.NextProperty())
            {
                if (!walker.Is("primitives"u8))
                    walker.SkipValue();
                else if (walker.EnterArray())
                {
                    while (walker.NextObject())
                        primitives.Add(ReadPrimitive(ref walker));
                }
            }
            meshes.Add(new([.. primitives]));
        }
        return [.. meshes];
    }

    private static GltfPrimitive ReadPrimitive(ref JsonWalker walker)
    {
        int indices = -1, material = -1, mode = (int)GltfPrimitiveMode.Triangles, draco = -1;
        GltfAttribute[] attributes = [];
        var targets = new List<int>();
        while (walker.NextProperty())
        {
            if (walker.Is("attributes"u8))
                attributes = ReadAttributes(ref walker);
            else if (walker.Is("indices"u8))
                indices = walker.Integer(-1);
            else if (walker.Is("material"u8))
                material = walker.Integer(-1);
            else if (walker.Is("mode"u8))
                mode = walker.Integer(mode);
            else if (walker.Is("extensions"u8))
                draco = ReadDraco(ref walker);
            else if (walker.Is("targets"u8))
                ReadTargets(ref walker, targets);
            else
                walker.SkipValue();
        }
        return new((GltfPrimitiveMode)mode, attributes, indices, material, [.. targets], draco);
    }

    private static void ReadTargets(ref JsonWalker walker, List<int> targets)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            while (walker.NextProperty())
                targets.Add(walker.Integer(-1));
        }
    }

    private static GltfAttribute[] ReadAttributes(ref JsonWalker walker)
    {
        var attributes = new List<GltfAttribute>();
        if (!walker.EnterObject())
            return [];
        while (walker.NextProperty())
        {
            var name = walker.Is("POSITION"u8) ? "POSITION" : walker.Is("NORMAL"u8) ? "NORMAL" : walker.Is("TEXCOORD_0"u8) ? "TEXCOORD_0" : walker.Name();
            attributes.Add(new(name, walker.Integer(-1)));
        }
        return [.. attributes];
    }

    private static int ReadDraco(ref JsonWalker walker)
    {
        var view = -1;
        if (!walker.EnterObject())
            return view;
        while (walker.NextProperty())
        {
            if (!walker.Is("KHR_draco_mesh_compression"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
            {
                while (walker.NextProperty())
                {
                    if (walker.Is("bufferView"u8))
                        view = walker.Integer(-1);
                    else
                        walker.SkipValue();
                }
            }
        }
        return view;
    }

    private static GltfAccessor[] ReadAccessors(ref JsonWalker walker)
    {
        var accessors = new List<GltfAccessor>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            int view = -1, offset = 0, type = 0, components = 0, count = -1;
            bool normalized = false, sparse = false;
            while (walker.NextProperty())
            {
                if (walker.Is("bufferView"u8))
                    view = walker.Integer(-1);
                else if (walker.Is("byteOffset"u8))
                    offset = walker.Integer(-1);
                else if (walker.Is("componentType"u8))
                    type = walker.Integer(0);
                else if (walker.Is("count"u8))
                    count = walker.Integer(-1);
                else if (walker.Is("type"u8))
                    components = ComponentsOf(walker.String());
                else if (walker.Is("normalized"u8))
                    normalized = walker.Flag();
                else
                {
                    sparse |= walker.Is("sparse"u8);
                    walker.SkipValue();
                }
            }
            accessors.Add(new(view, offset, (GltfComponentType)type, components, count, normalized, sparse));
        }
        return [.. accessors];
    }

    private static int ComponentsOf(string? type) => type switch
    {
        "SCALAR" => 1,
        "VEC2" => 2,
        "VEC3" => 3,
        "VEC4" or "MAT2" => 4,
        "MAT3" => 9,
        "MAT4" => 16,
        _ => 0,
    };

    private static GltfBufferView[] ReadBufferViews(ref JsonWalker walker)
    {
        var views = new List<GltfBufferView>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            int buffer = -1, offset = 0, length = -1, stride = 0;
            var compressed = false;
            while (walker.NextProperty())
            {
                if (walker.Is("buffer"u8))
                    buffer = walker.Integer(-1);
                else if (walker.Is("byteOffset"u8))
                    offset = walker.Integer(-1);
                else if (walker.Is("byteLength"u8))
                    length = walker.Integer(-1);
                else if (walker.Is("byteStride"u8))
                    stride = walker.Integer(-1);
                else if (walker.Is("extensions"u8))
                    compressed = NamesMeshopt(ref walker);
                else
                    walker.SkipValue();
            }
            views.Add(new(buffer, offset, length, stride, compressed));
        }
        return [.. views];
    }

    private static bool NamesMeshopt(ref JsonWalker walker)
    {
        var named = false;
        if (!walker.EnterObject())
            return false;
        while (walker.NextProperty())
        {
            named |= walker.Is("EXT_meshopt_compression"u8) || walker.Is("KHR_meshopt_compression"u8);
            walker.SkipValue();
        }
        return named;
    }

    private static GltfBuffer[] ReadBuffers(ref JsonWalker walker)
    {
        var buffers = new List<GltfBuffer>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            var length = -1;
            string? uri = null;
            while (walker.NextProperty())
            {
                if (walker.Is("byteLength"u8))
                    length = walker.Integer(-1);
                else if (walker.Is("uri"u8))
                    uri = walker.String();
                else
                    walker.SkipValue();
            }
            buffers.Add(new(length, uri));
        }
        return [.. buffers];
    }

    // Where an extension names another image for the texture (WebP, KTX2), that is the one to show.
    private static int[] ReadTextures(ref JsonWalker walker)
    {
        var images = new List<int>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            int source = -1, better = -1;
            while (walker.NextProperty())
            {
                if (walker.Is("source"u8))
                    source = walker.Integer(-1);
                else if (walker.Is("extensions"u8))
                    better = ReadTextureExtensions(ref walker);
                else
                    walker.SkipValue();
            }
            images.Add(better >= 0 ? better : source);
        }
        return [.. images];
    }

    private static int ReadTextureExtensions(ref JsonWalker walker)
    {
        var source = -1;
        if (!walker.EnterObject())
            return source;
        while (walker.NextProperty())
        {
            if (!walker.Is("KHR_texture_basisu"u8) && !walker.Is("EXT_texture_webp"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
            {
                while (walker.NextProperty())
                {
                    if (walker.Is("source"u8))
                        source = walker.Integer(-1);
                    else
                        walker.SkipValue();
                }
            }
        }
        return source;
    }

    private static GltfImage[] ReadImages(ref JsonWalker walker)
    {
        var images = new List<GltfImage>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            var view = -1;
            string? uri = null;
            while (walker.NextProperty())
            {
                if (walker.Is("bufferView"u8))
                    view = walker.Integer(-1);
                else if (walker.Is("uri"u8))
                    uri = walker.String();
                else
                    walker.SkipValue();
            }
            images.Add(new(view, uri));
        }
        return [.. images];
    }

    private static void ReadExtensions(ref JsonWalker walker, GltfDocument document)
    {
        if (!walker.EnterObject())
            return;
        Span<double> center = stackalloc double[3];
        while (walker.NextProperty())
        {
            if (!walker.Is("CESIUM_RTC"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
            {
                while (walker.NextProperty())
                {
                    if (!walker.Is("center"u8))
                        walker.SkipValue();
                    else if (walker.Numbers(center) == 3)
                        document.RtcCenter = new(center[0], center[1], center[2]);
                }
            }
        }
    }

    private static int[] RootsOf(GltfNode[] nodes)
    {
        var isRoot = new bool[nodes.Length];
        Array.Fill(isRoot, true);
        foreach (var node in nodes)
        {
            foreach (var child in node.Children)
            {
                if ((uint)child < (uint)nodes.Length)
                    isRoot[child] = false;
            }
        }
        return [.. Enumerable.Range(0, nodes.Length).Where(n => isRoot[n])];
    }

    private static int[] Integers(ref JsonWalker walker)
    {
        var list = new List<int>();
        walker.Integers(list);
        return [.. list];
    }

    private static List<string> Strings(ref JsonWalker walker)
    {
        var list = new List<string>();
        walker.Strings(list);
        return list;
    }
}
