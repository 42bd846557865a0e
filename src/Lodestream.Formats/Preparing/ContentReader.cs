using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>Opens a fetched content as far as its sizes are known: container, tables, glTF JSON, image headers. Decodes nothing.</summary>
public static class ContentReader
{
    // What these add does not change where vertices are, or is handed through.
    private static readonly HashSet<string> Supported =
    [
        "KHR_materials_unlit", "KHR_mesh_quantization", "EXT_texture_webp", "CESIUM_RTC", "EXT_mesh_features", "EXT_structural_metadata",
    ];

    /// <summary>Opens a content.</summary>
    /// <param name="payload">Its bytes; the result keeps them.</param>
    /// <param name="upAxis">Which axis points up in it, by its document (<see cref="TileTree.UpAxisOf"/>).</param>
    /// <param name="content">The content, measured, where it went well.</param>
    public static ReadOutcome Open(ReadOnlyMemory<byte> payload, UpAxis upAxis, out PreparedContent? content)
    {
        content = null;
        var format = ContentSniffer.FormatOf(payload.Span);
        var whole = new ByteRange(0, payload.Length);
        switch (format)
        {
            case ContentFormat.Glb:
                return OpenGlb(payload, format, whole, null, upAxis, out content);
            case ContentFormat.B3dm:
                var outcome = B3dmReader.Read(payload.Span, payload.Length, out var b3dm);
                return outcome.IsOk ? OpenGlb(payload, format, b3dm.Glb, b3dm, upAxis, out content) : outcome;
            case ContentFormat.Gltf:
                return OpenGltf(payload, format, whole, default, null, upAxis, out content);
            case ContentFormat.Tileset:
                return ReadOutcome.Malformed("is a tileset, though its URI does not end in .json: only what the URI tells to be one is expanded");
            case ContentFormat.Unknown:
                return ReadOutcome.Malformed(payload.IsEmpty ? "is empty" : $"begins with {Start(payload.Span)}, which is no known content");
            default:
                return ReadOutcome.NotSupported($"{format.ToString().ToLowerInvariant()} contents");
        }
    }

    private static ReadOutcome OpenGlb(ReadOnlyMemory<byte> payload, ContentFormat format, ByteRange glb, B3dm? batched, UpAxis upAxis, out PreparedContent? content)
    {
        content = null;
        var outcome = GlbContainer.Read(glb.Of(payload.Span), glb.Length, out var container);
        return outcome.IsOk
            ? OpenGltf(payload, format, Shifted(container.Json, glb.Offset), Shifted(container.Binary, glb.Offset), batched, upAxis, out content)
            : outcome with { Error = batched is null ? outcome.Error : $"its model, at byte {glb.Offset}, {outcome.Error}" };
    }

    private static ReadOutcome OpenGltf(
        ReadOnlyMemory<byte> payload, ContentFormat format, ByteRange json, ByteRange binary, B3dm? batched, UpAxis upAxis, out PreparedContent? content)
    {
        content = null;
        var outcome = GltfReader.Read(json.Of(payload.Span), out var document);
        if (!outcome.IsOk)
            return outcome;
        if (MissingFeature(document) is { } feature)
            return ReadOutcome.NotSupported(feature);
        if (document.Buffers.Length > 1 || (document.Buffers.Length == 1 && document.Buffers[0].ByteLength > binary.Length))
            return ReadOutcome.Malformed($"names {document.Buffers.Length} buffers of {document.Buffers.Sum(b => (long)b.ByteLength)} bytes, its binary part has {binary.Length}");
        outcome = GltfCost.ReadImages(document, binary.Of(payload.Span), out var images);
        if (!outcome.IsOk)
            return outcome;
        var center = (batched?.RtcCenter ?? Vector3d.Zero) + (document.RtcCenter ?? Vector3d.Zero);
        content = new(payload, format, document, binary, images, batched, ContentFrame.FromTile(upAxis, center));
        return ReadOutcome.Ok;
    }

    private static string? MissingFeature(GltfDocument document)
    {
        foreach (var extension in document.ExtensionsRequired)
        {
            if (!Supported.Contains(extension))
                return $"the glTF extension {extension}";
        }
        if (document.Buffers.Any(b => b.Uri is not null))
            return "glTF buffers in files of their own";
        if (document.Images.Any(i => i.Uri is not null))
            return "glTF images in files of their own";
        if (document.BufferViews.Any(v => v.IsCompressed))
            return "the glTF extension EXT_meshopt_compression";
        foreach (var mesh in document.Meshes)
        {
            foreach (var primitive in mesh.Primitives)
            {
                if (primitive.DracoView >= 0)
                    return "the glTF extension KHR_draco_mesh_compression";
                var accessors = primitive.Attributes.Select(a => a.Accessor).Concat(primitive.Targets).Append(primitive.Indices).Where(a => a >= 0);
                if (accessors.Any(a => document.Accessors[a].IsSparse || document.Accessors[a].BufferView < 0))
                    return "glTF accessors that are sparse or have no buffer view";
            }
        }
        return null;
    }

    private static ByteRange Shifted(ByteRange range, int by) => range with { Offset = range.Offset + by };

    // The first bytes, as text where they are some.
    private static string Start(ReadOnlySpan<byte> bytes)
    {
        var start = bytes[..Math.Min(8, bytes.Length)];
        return start.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) ? $"bytes {Convert.ToHexString(start)}" : $"\"{System.Text.Encoding.ASCII.GetString(start)}\"";
    }
}
