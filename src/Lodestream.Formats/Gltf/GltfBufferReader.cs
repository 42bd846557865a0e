using Lodestream.Geometry;

namespace Lodestream.Formats.Gltf;

/// <summary>Reads what a glTF file says of its bytes: <c>accessors</c>, <c>bufferViews</c>, <c>buffers</c>, <c>textures</c> and <c>images</c>.</summary>
internal static class GltfBufferReader
{
    public static GltfAccessor[] ReadAccessors(ref JsonWalker walker)
    {
        var accessors = new List<GltfAccessor>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            int view = -1, offset = 0, type = 0, components = 0, count = -1;
            var normalized = false;
            GltfSparse? sparse = null;
            Vector3d? min = null, max = null;
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
                else if (walker.Is("sparse"u8))
                    sparse = ReadSparse(ref walker);
                else if (walker.Is("min"u8))
                    min = ReadVector(ref walker);
                else if (walker.Is("max"u8))
                    max = ReadVector(ref walker);
                else
                    walker.SkipValue();
            }
            var bounds = min is { } least && max is { } greatest ? new GltfBounds(least, greatest) : null;
            accessors.Add(new(view, offset, (GltfComponentType)type, components, count, normalized, sparse, bounds));
        }
        return [.. accessors];
    }

    private static Vector3d? ReadVector(ref JsonWalker walker)
    {
        Span<double> numbers = stackalloc double[3];
        return walker.Numbers(numbers) == 3 ? new(numbers[0], numbers[1], numbers[2]) : null;
    }

    private static GltfSparse? ReadSparse(ref JsonWalker walker)
    {
        var count = -1;
        (int View, int Offset, int Type) indices = (-1, 0, 0), values = (-1, 0, 0);
        if (!walker.EnterObject())
            return null;
        while (walker.NextProperty())
        {
            if (walker.Is("count"u8))
                count = walker.Integer(-1);
            else if (walker.Is("indices"u8))
                indices = ReadSparsePart(ref walker);
            else if (walker.Is("values"u8))
                values = ReadSparsePart(ref walker);
            else
                walker.SkipValue();
        }
        return new(count, indices.View, indices.Offset, (GltfComponentType)indices.Type, values.View, values.Offset);
    }

    private static (int View, int Offset, int Type) ReadSparsePart(ref JsonWalker walker)
    {
        (int View, int Offset, int Type) part = (-1, 0, 0);
        if (!walker.EnterObject())
            return part;
        while (walker.NextProperty())
        {
            if (walker.Is("bufferView"u8))
                part.View = walker.Integer(-1);
            else if (walker.Is("byteOffset"u8))
                part.Offset = walker.Integer(-1);
            else if (walker.Is("componentType"u8))
                part.Type = walker.Integer(0);
            else
                walker.SkipValue();
        }
        return part;
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

    public static GltfBufferView[] ReadBufferViews(ref JsonWalker walker)
    {
        var views = new List<GltfBufferView>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            int buffer = -1, offset = 0, length = -1, stride = 0;
            GltfMeshopt? meshopt = null;
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
                    meshopt = ReadMeshopt(ref walker);
                else
                    walker.SkipValue();
            }
            views.Add(new(buffer, offset, length, stride, meshopt));
        }
        return [.. views];
    }

    // The extension has a name of the vendors' and one of Khronos's; what they say is the same.
    private static GltfMeshopt? ReadMeshopt(ref JsonWalker walker)
    {
        GltfMeshopt? meshopt = null;
        if (!walker.EnterObject())
            return null;
        while (walker.NextProperty())
        {
            if (!walker.Is("EXT_meshopt_compression"u8) && !walker.Is("KHR_meshopt_compression"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
                meshopt = ReadMeshoptProperties(ref walker);
        }
        return meshopt;
    }

    private static GltfMeshopt ReadMeshoptProperties(ref JsonWalker walker)
    {
        int buffer = -1, offset = 0, length = -1, stride = -1, count = -1;
        string mode = "", filter = "NONE";
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
            else if (walker.Is("count"u8))
                count = walker.Integer(-1);
            else if (walker.Is("mode"u8))
                mode = walker.String() ?? "";
            else if (walker.Is("filter"u8))
                filter = walker.String() ?? "";
            else
                walker.SkipValue();
        }
        return new(buffer, offset, length, stride, count, mode, filter);
    }

    public static GltfBuffer[] ReadBuffers(ref JsonWalker walker)
    {
        var buffers = new List<GltfBuffer>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            var length = -1;
            string? uri = null;
            var placeholder = false;
            while (walker.NextProperty())
            {
                if (walker.Is("byteLength"u8))
                    length = walker.Integer(-1);
                else if (walker.Is("uri"u8))
                    uri = walker.String();
                else if (walker.Is("extensions"u8))
                    placeholder = IsFallback(ref walker);
                else
                    walker.SkipValue();
            }
            buffers.Add(new(length, uri, placeholder && uri is null));
        }
        return [.. buffers];
    }

    private static bool IsFallback(ref JsonWalker walker)
    {
        var fallback = false;
        if (!walker.EnterObject())
            return false;
        while (walker.NextProperty())
        {
            if (!walker.Is("EXT_meshopt_compression"u8) && !walker.Is("KHR_meshopt_compression"u8))
            {
                walker.SkipValue();
                continue;
            }
            if (!walker.EnterObject())
                continue;
            while (walker.NextProperty())
            {
                if (walker.Is("fallback"u8))
                    fallback = walker.Flag();
                else
                    walker.SkipValue();
            }
        }
        return fallback;
    }

    // Where an extension names another image for the texture (WebP, KTX2), that is the one to show.
    public static (int[] Images, int[] Samplers) ReadTextures(ref JsonWalker walker)
    {
        List<int> images = [], samplers = [];
        if (!walker.EnterArray())
            return ([], []);
        while (walker.NextObject())
        {
            int source = -1, better = -1, sampler = -1;
            while (walker.NextProperty())
            {
                if (walker.Is("source"u8))
                    source = walker.Integer(-1);
                else if (walker.Is("sampler"u8))
                    sampler = walker.Integer(-1);
                else if (walker.Is("extensions"u8))
                    better = ReadTextureExtensions(ref walker);
                else
                    walker.SkipValue();
            }
            images.Add(better >= 0 ? better : source);
            samplers.Add(sampler);
        }
        return ([.. images], [.. samplers]);
    }

    public static GltfSampler[] ReadSamplers(ref JsonWalker walker)
    {
        var samplers = new List<GltfSampler>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            var sampler = GltfSampler.Standard;
            while (walker.NextProperty())
            {
                if (walker.Is("magFilter"u8))
                    sampler = sampler with { MagFilter = walker.Integer(sampler.MagFilter) };
                else if (walker.Is("minFilter"u8))
                    sampler = sampler with { MinFilter = walker.Integer(sampler.MinFilter) };
                else if (walker.Is("wrapS"u8))
                    sampler = sampler with { WrapS = walker.Integer(sampler.WrapS) };
                else if (walker.Is("wrapT"u8))
                    sampler = sampler with { WrapT = walker.Integer(sampler.WrapT) };
                else
                    walker.SkipValue();
            }
            samplers.Add(sampler);
        }
        return [.. samplers];
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

    public static GltfImage[] ReadImages(ref JsonWalker walker)
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
}
