using Lodestream.Formats;
using Lodestream.Formats.Preparing;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>What a content holds beside meshes by the family it is of: labels, which go to the core, or a map of regions, which goes to the GPU.</summary>
internal sealed record FamilyContent(LabelSet? Labels, RegionMap? Map)
{
    // Nearly every content: read and drawn as it is.
    public static readonly FamilyContent Plain = new(null, null);

    /// <summary>Whether its models are not drawn: points that stand for labels are no points to look at.</summary>
    public bool ReplacesModels => Labels is { Labels.Length: > 0 };

    /// <summary>Bytes of the map as a texture.</summary>
    public long TextureBytes => Map is null ? 0 : 4L * Map.Width * Map.Height;

    /// <summary>Reads it, from the whole content: such contents are small.</summary>
    public static ReadOutcome Read(ContentFamily family, ContentLayout layout, BrowserPayload payload, IReadOnlyDictionary<string, BrowserPayload> files, ILabelMeasure measure, out FamilyContent content)
    {
        content = Plain;
        if (family is not (ContentFamily.Label or ContentFamily.Feature) || !layout.Parts.Any(part => part is ModelPart { Document.Metadata: not null }))
            return new(ReadStatus.Ok, null, 0);
        var bytes = new PreparedContent(BytesOf(payload), layout, [.. layout.Files.Select(file => BytesOf(files[file]))]);
        ReadOutcome outcome;
        if (family == ContentFamily.Label)
        {
            outcome = LabelReader.Read(bytes, measure, out var labels);
            content = new(labels, null);
        }
        else
        {
            outcome = RegionMapReader.Read(bytes, out var map);
            content = new(null, map);
        }
        return outcome;
    }

    private static ReadOnlyMemory<byte> BytesOf(BrowserPayload payload)
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)payload.Length);
        payload.CopyTo(0, bytes);
        return bytes;
    }
}
