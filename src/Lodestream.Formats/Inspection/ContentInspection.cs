using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Inspection;

/// <summary>A content as documents name it.</summary>
internal sealed record NamedContent(
    string Uri, ContentFormat Format, ContentFamily Family, int Level, string Place, UpAxis UpAxis, Transform3d Transform, BoundingVolume Volume, WrittenVolume Written);

/// <summary>What looking into a content gave.</summary>
internal readonly record struct ContentFacts(long? Bytes, ContentFormat Format, GltfCost? Cost, IReadOnlyList<SceneProblem> Problems);

/// <summary>Looks into a content as a host would: opens it, measures it, checks vertices and indices.</summary>
internal static class ContentInspection
{
    // Share of the volume's radius that contents may reach out by: crowns of trees whose volume was made for their stems, and the like.
    // Their box is looked at first; it is axis-aligned in the content's own frame and may be turned in the tile's, so that its corners
    // reach out where vertices do not.
    private const double Tolerance = 0.1;

    public static ContentFacts Inspect(NamedContent named, SceneFile file)
    {
        if (file.Bytes is not { } bytes)
            return new(null, named.Format, null, [Error(file.IsAbsent ? ProblemKind.MissingFile : ProblemKind.UnreadableFile, file.Error ?? $"{named.Uri}: could not be read")]);
        var problems = new List<SceneProblem>();
        var format = ContentSniffer.FormatOf(bytes.Span);
        if (format != ContentFormat.Unknown && named.Format != ContentFormat.Unknown && format != named.Format)
            problems.Add(new(ProblemSeverity.Warning, ProblemKind.FormatMismatch, named.Place, $"{named.Uri}: is named as {named.Format} and holds {format}"));
        var outcome = ContentReader.Open(bytes, named.UpAxis, out var content);
        if (!outcome.IsOk)
        {
            problems.Add(outcome.Status == ReadStatus.NotSupported
                ? new(ProblemSeverity.Error, ProblemKind.UnsupportedContent, named.Place, $"{named.Uri}: {outcome.Error}")
                : Error(ProblemKind.BrokenContent, $"{named.Uri}: {outcome.Error}"));
            return new(bytes.Length, format, null, problems);
        }
        if (content!.Verify(static () => false) is { } broken)
            problems.Add(Error(ProblemKind.BrokenContent, $"{named.Uri}: {broken}"));
        else if (content.Min.X <= content.Max.X)
        {
            var box = BoundingVolume.AxisAligned(content.Min, content.Max).Transformed(named.Transform);
            if (Containment.Excess(box, named.Volume, Tolerance) > 0 && VertexExcess.Of(content, named, Tolerance) is > 0 and var excess)
                problems.Add(new(ProblemSeverity.Warning, ProblemKind.OutsideVolume, named.Place, FormattableString.Invariant($"{named.Uri}: its vertices reach {excess:G4} m out of the tile's bounding volume")));
        }
        return new(bytes.Length, format, content.Cost, problems);

        SceneProblem Error(ProblemKind kind, string message) => new(ProblemSeverity.Error, kind, named.Place, message);
    }
}
