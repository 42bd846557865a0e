using Lodestream.Formats;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>What is known of a content before it is decoded.</summary>
/// <param name="Glb">Where its binary glTF lies in the payload.</param>
/// <param name="Origin">Where the glTF's origin lies in its tile's content frame, metres.</param>
/// <param name="CpuBytes">Main memory it takes when decoded.</param>
/// <param name="GeometryBytes">Vertex and index buffers.</param>
/// <param name="TextureBytes">Textures with their mip levels.</param>
internal readonly record struct MeasuredContent(ByteRange Glb, Vector3d Origin, long CpuBytes, long GeometryBytes, long TextureBytes);

/// <summary>Reads containers, glTF's JSON and image headers from the ranges of a payload that hold them; the rest stays in the page.</summary>
internal static class ContentMeasure
{
    // Holds every header and, of most tiles, the whole JSON: one copy from the page is enough then.
    private const int FirstBytes = 8192;

    // Enough for an image's header, unless a JPEG has metadata before it.
    private const int ImageBytes = 512;

    public static ReadOutcome Read(BrowserPayload payload, ContentFormat format, UpAxis upAxis, out MeasuredContent content)
    {
        content = default;
        var start = Copy(payload, 0, FirstBytes, int.MaxValue);
        var glb = new ByteRange(0, checked((int)payload.Length));
        Vector3d? center = null;
        switch (ContentSniffer.FormatOf(start))
        {
            case ContentFormat.Glb:
                break;
            case ContentFormat.B3dm:
                B3dm b3dm;
                ReadOutcome outcome;
                while ((outcome = B3dmReader.Read(start, payload.Length, out b3dm)).Status == ReadStatus.NeedMore)
                    start = Copy(payload, 0, outcome.NeededBytes, int.MaxValue);
                if (!outcome.IsOk)
                    return outcome;
                (glb, center) = (b3dm.Glb, b3dm.RtcCenter);
                break;
            case ContentFormat.Unknown:
                return new(ReadStatus.Malformed, $"begins like no content that is known{(format == ContentFormat.Unknown ? "" : $", though its name says {format}")} (byte 0)", 0);
            case var other:
                return new(ReadStatus.NotSupported, $"not supported yet: {other} contents", 0);
        }
        return ReadGlb(payload, glb, center, upAxis, out content);
    }

    private static ReadOutcome ReadGlb(BrowserPayload payload, ByteRange glb, Vector3d? center, UpAxis upAxis, out MeasuredContent content)
    {
        content = default;
        var start = Copy(payload, glb.Offset, FirstBytes, glb.Length);
        GlbContainer chunks;
        ReadOutcome outcome;
        while ((outcome = GlbContainer.Read(start, glb.Length, out chunks)).Status == ReadStatus.NeedMore)
            start = Copy(payload, glb.Offset, outcome.NeededBytes, glb.Length);
        if (!outcome.IsOk)
            return outcome;
        if (chunks.Json.End > start.Length)
            start = Copy(payload, glb.Offset, chunks.Json.End, glb.Length);
        outcome = GltfReader.Read(chunks.Json.Of(start), out var document);
        if (!outcome.IsOk)
            return outcome;
        outcome = ReadImages(payload, new(glb.Offset + chunks.Binary.Offset, chunks.Binary.Length), document, out var images);
        if (!outcome.IsOk)
            return outcome;
        var cost = GltfCost.Of(document, images);
        var origin = ContentFrame.FromTile(upAxis, (center ?? Vector3d.Zero) + (document.RtcCenter ?? Vector3d.Zero));
        content = new(glb, origin, cost.DecodedBytes, cost.GeometryBytes, cost.TextureBytes);
        return ReadOutcomes.Ok;
    }

    private static ReadOutcome ReadImages(BrowserPayload payload, ByteRange binary, GltfDocument document, out ImageHeader[] images)
    {
        images = new ImageHeader[document.Images.Length];
        for (var i = 0; i < images.Length; i++)
        {
            if (GltfCost.RangeOf(document, i) is not { } range)
                continue;
            if (range.End > binary.Length)
                return new(ReadStatus.Malformed, $"images[{i}] is bytes {range.Offset} to {range.End} of a binary part of {binary.Length}", 0);
            ReadOutcome outcome;
            var needed = ImageBytes;
            while ((outcome = ImageHeader.Read(Copy(payload, binary.Offset + range.Offset, needed, range.Length), range.Length, out images[i])).Status == ReadStatus.NeedMore)
                needed = outcome.NeededBytes;
            if (!outcome.IsOk)
                return outcome with { Error = $"images[{i}] {outcome.Error}" };
        }
        return ReadOutcomes.Ok;
    }

    private static byte[] Copy(BrowserPayload payload, int offset, int wanted, int available)
    {
        var bytes = new byte[Math.Min(wanted, Math.Min(available, (int)payload.Length - offset))];
        payload.CopyTo(offset, bytes);
        return bytes;
    }

    private static class ReadOutcomes
    {
        public static readonly ReadOutcome Ok = new(ReadStatus.Ok, null, 0);
    }
}
