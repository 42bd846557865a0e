namespace Lodestream.Formats.Gltf;

/// <summary>What a glTF content will take on the GPU and in main memory, known before anything is decoded.</summary>
/// <param name="GeometryBytes">Vertex and index buffers, as they sit on the GPU.</param>
/// <param name="TextureBytes">Textures with all mip levels.</param>
/// <param name="DecodedBytes">Main memory that decoded buffers and images take at once, before they go to the GPU.</param>
/// <param name="Vertices">Vertices of all meshes, once each.</param>
/// <param name="Triangles">Triangles drawn, over all nodes and instances of the scene.</param>
/// <param name="UnknownImages">Images whose size is not known, because they are files of their own.</param>
public readonly record struct GltfCost(long GeometryBytes, long TextureBytes, long DecodedBytes, long Vertices, long Triangles, int UnknownImages)
{
    // A 4 × 4 matrix of floats per instance.
    private const int InstanceBytes = 64;

    // Basis-compressed textures are transcoded to formats of one byte per pixel (BC7, ASTC 4×4, ETC2); others are RGBA, 8 bits each.
    private const int PixelBytes = 4, TranscodedPixelBytes = 1;

    /// <summary>Reads the sizes of all images that are in the binary part.</summary>
    /// <param name="document">The file.</param>
    /// <param name="binary">The BIN chunk.</param>
    /// <param name="images">The sizes; default where the image is a file of its own.</param>
    public static ReadOutcome ReadImages(GltfDocument document, ReadOnlySpan<byte> binary, out ImageHeader[] images)
    {
        images = new ImageHeader[document.Images.Length];
        for (var i = 0; i < images.Length; i++)
        {
            if (RangeOf(document, i) is not { } range)
                continue;
            if (range.End > binary.Length)
                return ReadOutcome.Malformed($"images[{i}] is bytes {range.Offset} to {range.End} of a binary part of {binary.Length}");
            var outcome = ImageHeader.Read(range.Of(binary), range.Length, out images[i]);
            if (!outcome.IsOk)
                return outcome with { Error = $"images[{i}] {outcome.Error}" };
        }
        return ReadOutcome.Ok;
    }

    /// <summary>Where an image lies in the binary part, for hosts that look at its first bytes there; null where it is a file of its own.</summary>
    public static ByteRange? RangeOf(GltfDocument document, int image)
    {
        var named = document.Images[image];
        if (named.Uri is not null || document.Buffers[document.BufferViews[named.BufferView].Buffer].Uri is not null)
            return null;
        var view = document.BufferViews[named.BufferView];
        return new(view.ByteOffset, view.ByteLength);
    }

    /// <summary>Adds up what the file will take.</summary>
    /// <param name="document">The file.</param>
    /// <param name="images">Sizes of its images, in order; default where unknown.</param>
    public static GltfCost Of(GltfDocument document, ReadOnlySpan<ImageHeader> images)
    {
        var geometry = new GeometryCounter(document);
        foreach (var mesh in document.Meshes)
        {
            foreach (var primitive in mesh.Primitives)
                geometry.Add(primitive);
        }
        var instances = 0L;
        foreach (var node in document.Nodes)
            instances += node.Mesh < 0 ? 0 : geometry.AddInstances(node);
        long texture = 0, decoded = 0;
        var unknown = 0;
        var isTexture = new bool[document.Images.Length];
        foreach (var image in document.Textures)
        {
            if (image >= 0)
                isTexture[image] = true;
        }
        for (var i = 0; i < isTexture.Length; i++)
        {
            if (!isTexture[i])
                continue;
            if (images[i].Encoding == ImageEncoding.Unknown)
            {
                unknown++;
                continue;
            }
            texture += TextureBytesOf(images[i]);
            decoded += (long)images[i].Width * images[i].Height * (images[i].Encoding == ImageEncoding.Ktx2 ? TranscodedPixelBytes : PixelBytes);
        }
        return new(geometry.Bytes + instances, texture, geometry.Bytes + instances + decoded, geometry.Vertices, TrianglesOf(document), unknown);
    }

    /// <summary>Bytes of a texture with its mip levels down to one pixel; of a KTX2 file's own levels where it names more than none.</summary>
    public static long TextureBytesOf(in ImageHeader image)
    {
        var perPixel = image.Encoding == ImageEncoding.Ktx2 ? TranscodedPixelBytes : PixelBytes;
        var levels = image.Levels == 0 ? int.MaxValue : image.Levels;
        long bytes = 0, width = image.Width, height = image.Height;
        for (var level = 0; level < levels; level++)
        {
            bytes += width * height * perPixel;
            if (width == 1 && height == 1)
                break;
            (width, height) = (Math.Max(1, width / 2), Math.Max(1, height / 2));
        }
        return bytes;
    }

    private static long TrianglesOf(GltfDocument document)
    {
        var ofMesh = new long[document.Meshes.Length];
        for (var m = 0; m < ofMesh.Length; m++)
        {
            foreach (var primitive in document.Meshes[m].Primitives)
                ofMesh[m] += TrianglesOf(document, primitive);
        }
        long triangles = 0;
        var stack = new Stack<int>(document.Roots);
        while (stack.TryPop(out var n))
        {
            var node = document.Nodes[n];
            if (node.Mesh >= 0)
                triangles += ofMesh[node.Mesh] * (node.Instances.Length == 0 ? 1 : document.Accessors[node.Instances[0].Accessor].Count);
            foreach (var child in node.Children)
                stack.Push(child);
        }
        return triangles;
    }

    private static long TrianglesOf(GltfDocument document, GltfPrimitive primitive)
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

    // Every accessor once, however many primitives share it; attributes that are interleaved in one run of a view once together.
    private sealed class GeometryCounter(GltfDocument document)
    {
        private readonly bool[] _counted = new bool[document.Accessors.Length];
        private readonly HashSet<(int View, int Slice, int Count)> _interleaved = [];

        public long Bytes { get; private set; }

        public long Vertices { get; private set; }

        public void Add(GltfPrimitive primitive)
        {
            if (primitive.Find("POSITION") is var position and >= 0 && !_counted[position])
                Vertices += document.Accessors[position].Count;
            foreach (var attribute in primitive.Attributes)
                AddVertices(attribute.Accessor);
            foreach (var target in primitive.Targets)
                AddVertices(target);
            if (primitive.Indices >= 0 && !_counted[primitive.Indices])
            {
                _counted[primitive.Indices] = true;
                var indices = document.Accessors[primitive.Indices];

                // GPUs take no 8-bit indices gladly (WebGPU and Metal none at all): they are widened.
                Bytes += (long)indices.Count * Math.Max(2, indices.ComponentBytes);
            }
        }

        public long AddInstances(GltfNode node) => node.Instances.Length == 0 ? 0 : (long)document.Accessors[node.Instances[0].Accessor].Count * InstanceBytes;

        private void AddVertices(int number)
        {
            if (_counted[number])
                return;
            _counted[number] = true;
            var accessor = document.Accessors[number];
            var stride = accessor.BufferView < 0 ? 0 : document.BufferViews[accessor.BufferView].ByteStride;
            if (stride <= accessor.ElementBytes)
                Bytes += (long)accessor.Count * accessor.ElementBytes;
            else if (_interleaved.Add((accessor.BufferView, accessor.ByteOffset / stride, accessor.Count)))
                Bytes += (long)accessor.Count * stride;
        }
    }
}
