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

    public static GltfBufferView[] ReadBufferViews(ref JsonWalker walker)
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

    public static GltfBuffer[] ReadBuffers(ref JsonWalker walker)
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
    public static int[] ReadTextures(ref JsonWalker walker)
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
