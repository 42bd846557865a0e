using Lodestream.Formats.Gltf;
using Lodestream.Formats.Tiles3D;
using Lodestream.Formats.Untold;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>Payloads of manifest scenes.</summary>
public sealed partial class ContentLayoutReader
{
    private ReadOutcome ReadUntold(ByteRange range)
    {
        var outcome = UntoldReader.Read(_bytes, range, out var document);
        if (!outcome.IsOk || !FindTextures(document!, out var images, out var leftOut))
            return outcome;
        var surfaces = UntoldSurfaces.Of(document!, images, leftOut);
        outcome = UntoldGeometry.LayOut(document!, surfaces, out var geometry);
        if (!outcome.IsOk)
            return outcome;
        var cost = GltfCost.Of(surfaces.Document, surfaces.Headers, null, _transcoding);
        _parts.Add(new ModelPart
        {
            Format = ContentFormat.Untold,

            // Payloads are y up whatever the document says of glTF.
            Frame = FromTile() * ContentFrame.ToTile(UpAxis.Y),
            Cost = cost with { DecodedBytes = cost.DecodedBytes + geometry!.DecompressedBytes + surfaces.PackingBytes },
            Json = default,
            Document = surfaces.Document,
            Buffers = [new(ContentSource.Unpacked, new(0, geometry.UnpackedBytes))],
            Images = surfaces.Sources,
            ImageHeaders = surfaces.Headers,
            UpAxis = UpAxis.Y,
            Untold = geometry,
        });
        return ReadOutcome.Ok;
    }

    // Textures are asked for and not insisted on: what is missing, or is no image that hosts decode, is drawn without. False while some are on their way.
    private bool FindTextures(UntoldDocument document, out (ContentSource, ImageHeader)[] images, out List<string> leftOut)
    {
        images = new (ContentSource, ImageHeader)[document.Textures.Length];
        leftOut = [];
        var (isComplete, used) = (true, Used(document));
        for (var i = 0; i < images.Length; i++)
        {
            if (document.Textures[i].Uri.Length == 0 || !used[i])
                continue;
            var reference = FileReference.Of(document.Textures[i].Uri);
            if (_files.Find(reference, isOptional: true) is not { } file)
            {
                if (_files.IsAbsent(reference))
                    leftOut.Add($"its texture {reference} is not there");
                else
                    isComplete = false;
                continue;
            }
            var source = new ContentSource(file, new(0, _files.Bytes(file).Length));
            if (ReadHeader(source, out var header) is { IsOk: false } unread)
                leftOut.Add($"its texture {reference} {unread.Error}");
            else
                images[i] = (source, header);
        }
        return isComplete;
    }

    private static bool[] Used(UntoldDocument document)
    {
        var used = new bool[document.Textures.Length];
        foreach (var m in document.Materials)
        {
            foreach (var texture in (ReadOnlySpan<int>)[m.BaseColorTexture, m.NormalTexture, m.MetallicTexture, m.RoughnessTexture, m.EmissiveTexture, m.OcclusionTexture])
            {
                if (texture >= 0)
                    used[texture] = true;
            }
        }
        return used;
    }
}
