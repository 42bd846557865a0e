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
            return ReadOutcome.Malformed($"its glTF is not valid JSON: {MessageText.ReasonOf(e)} (byte {e.BytePositionInLine ?? 0} of line {(e.LineNumber ?? 0) + 1})");
        }
        return GltfReferences.Check(document) is { } error ? ReadOutcome.Malformed($"its glTF is broken: {error}") : ReadOutcome.Ok;
    }

    private static ReadOutcome ReadDocument(ref JsonWalker walker, GltfDocument document)
    {
        var scene = 0;
        string? version = null;
        int[] samplerOf = [];
        GltfSampler[] samplers = [];
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
                document.Meshes = GltfMeshReader.Read(ref walker);
            else if (walker.Is("accessors"u8))
                document.Accessors = GltfBufferReader.ReadAccessors(ref walker);
            else if (walker.Is("bufferViews"u8))
                document.BufferViews = GltfBufferReader.ReadBufferViews(ref walker);
            else if (walker.Is("buffers"u8))
                document.Buffers = GltfBufferReader.ReadBuffers(ref walker);
            else if (walker.Is("materials"u8))
                document.Materials = GltfMaterialReader.Read(ref walker);
            else if (walker.Is("textures"u8))
                (document.Textures, samplerOf) = GltfBufferReader.ReadTextures(ref walker);
            else if (walker.Is("samplers"u8))
                samplers = GltfBufferReader.ReadSamplers(ref walker);
            else if (walker.Is("images"u8))
                document.Images = GltfBufferReader.ReadImages(ref walker);
            else if (walker.Is("extensions"u8))
                ReadExtensions(ref walker, document);
            else if (walker.Is("skins"u8) || walker.Is("animations"u8))
                document.IsAnimated |= HasItems(ref walker);
            else
                walker.SkipValue();
        }
        document.TextureSamplers = [.. samplerOf.Select(s => (uint)s < (uint)samplers.Length ? samplers[s] : GltfSampler.Standard)];
        if (version is null || !version.StartsWith("2.", StringComparison.Ordinal))
            return version?.StartsWith("1.", StringComparison.Ordinal) == true
                ? ReadOutcome.NotSupported($"glTF {version}")
                : ReadOutcome.Malformed($"its asset.version is {(version is null ? "missing" : MessageText.Quoted(version))}; known is 2.0");

        // Without scenes everything is shown.
        document.Roots = scenes.Count > 0 && (uint)scene < (uint)scenes.Count ? scenes[scene] : RootsOf(document.Nodes);
        return ReadOutcome.Ok;
    }

    private static bool HasItems(ref JsonWalker walker)
    {
        var any = false;
        if (!walker.EnterArray())
            return false;
        while (walker.NextObject())
        {
            any = true;
            while (walker.NextProperty())
                walker.SkipValue();
        }
        return any;
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
        GltfFeatureIds[] features = [];
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
                ReadNodeExtensions(ref walker, ref instances, ref features);
            else
                walker.SkipValue();
        }
        var local = hasMatrix ? Transform3d.FromColumnMajor(matrix) : FromParts(translation, rotation, scale);
        return new(mesh, local, children, instances, features);
    }

    // Translation · rotation · scale; the rotation is a unit quaternion (x, y, z, w).
    internal static Transform3d FromParts(ReadOnlySpan<double> t, ReadOnlySpan<double> q, ReadOnlySpan<double> s)
    {
        var (x, y, z, w) = (q[0], q[1], q[2], q[3]);
        return new(
            new Vector3d(1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)) * s[0],
            new Vector3d(2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)) * s[1],
            new Vector3d(2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)) * s[2],
            new Vector3d(t[0], t[1], t[2]));
    }

    private static void ReadNodeExtensions(ref JsonWalker walker, ref GltfAttribute[] instances, ref GltfFeatureIds[] features)
    {
        if (!walker.EnterObject())
            return;
        while (walker.NextProperty())
        {
            if (walker.Is("EXT_instance_features"u8))
                features = GltfFeatureReader.ReadFeatureIds(ref walker);
            else if (!walker.Is("EXT_mesh_gpu_instancing"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
            {
                while (walker.NextProperty())
                {
                    if (walker.Is("attributes"u8))
                        instances = GltfMeshReader.ReadAttributes(ref walker);
                    else
                        walker.SkipValue();
                }
            }
        }
    }

    private static void ReadExtensions(ref JsonWalker walker, GltfDocument document)
    {
        if (!walker.EnterObject())
            return;
        Span<double> center = stackalloc double[3];
        while (walker.NextProperty())
        {
            if (walker.Is("EXT_structural_metadata"u8))
                document.Metadata = GltfFeatureReader.ReadMetadata(ref walker);
            else if (!walker.Is("CESIUM_RTC"u8))
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
