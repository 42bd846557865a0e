using System.Security.Cryptography;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Formats.Untold;
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

    // Files within files, at most: a model that names another, which names its images.
    private const int MostRounds = 8;

    /// <summary>Looks into a content.</summary>
    /// <param name="named">The content.</param>
    /// <param name="file">Its file.</param>
    /// <param name="files">Reads the files that it names.</param>
    /// <param name="cancellation">Calls the reading off.</param>
    public static async Task<ContentFacts> InspectAsync(NamedContent named, SceneFile file, SceneFileSource files, CancellationToken cancellation)
    {
        var (set, others) = (new ContentFileSet(), new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal));
        for (var round = 0; file.Bytes is { } bytes && round < MostRounds; round++)
        {
            if (!ContentReader.Open(bytes, named.UpAxis, set, others, out _).IsOk || set.Missing.Count == 0)
                break;
            foreach (var missing in set.Missing.ToArray())
            {
                var found = (await files(SceneUri.Resolve(named.Uri, missing.Reference), cancellation).ConfigureAwait(false)).Bytes;
                set.Add(missing.Reference, found is { } there ? ContentBytes.Of(there) : null);
                if (found is { } memory)
                    others[missing.Reference] = memory;
            }
        }
        return Inspect(named, file, set, others);
    }

    private static ContentFacts Inspect(NamedContent named, SceneFile file, ContentFileSet set, Dictionary<string, ReadOnlyMemory<byte>> others)
    {
        if (file.Bytes is not { } bytes)
            return new(null, named.Format, null, [Error(file.IsAbsent ? ProblemKind.MissingFile : ProblemKind.UnreadableFile, file.Error ?? $"{named.Uri}: could not be read")]);
        var problems = new List<SceneProblem>();
        var format = ContentSniffer.FormatOf(bytes.Span);
        if (format != ContentFormat.Unknown && named.Format != ContentFormat.Unknown && format != named.Format)
            problems.Add(new(ProblemSeverity.Warning, ProblemKind.FormatMismatch, named.Place, $"{named.Uri}: is named as {named.Format} and holds {format}"));
        var outcome = ContentReader.Open(bytes, named.UpAxis, set, others, out var content);
        if (outcome.IsOk && content is null)
            outcome = ReadOutcome.NotSupported("contents whose files name files, and so on");
        if (!outcome.IsOk)
        {
            problems.Add(outcome.Status == ReadStatus.NotSupported
                ? new(ProblemSeverity.Error, ProblemKind.UnsupportedContent, named.Place, $"{named.Uri}: {outcome.Error}")
                : Error(ProblemKind.BrokenContent, $"{named.Uri}: {outcome.Error}"));
            return new(bytes.Length, format, null, problems);
        }
        foreach (var untold in content!.Models.Select(model => model.Part.Untold).OfType<UntoldGeometry>())
            InspectUntold(untold, bytes.Span, named, problems);
        if (content.Verify(static () => false) is { } broken)
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

    // What the hash covers is our reading of the format: another's does not stop a payload from being drawn.
    private static void InspectUntold(UntoldGeometry untold, ReadOnlySpan<byte> file, NamedContent named, List<SceneProblem> problems)
    {
        foreach (var leftOut in untold.Surfaces.LeftOut)
            problems.Add(new(ProblemSeverity.Warning, ProblemKind.MissingFile, named.Place, $"{named.Uri}: {leftOut}; it is drawn without"));
        var hash = untold.Document.ContentHash;
        if (hash.Length > 0 && !SHA256.HashData(file[untold.Document.HeaderBytes..]).AsSpan().SequenceEqual(hash))
            problems.Add(new(ProblemSeverity.Warning, ProblemKind.BrokenContent, named.Place, $"{named.Uri}: its content hash is not that of its bytes behind the header"));
    }
}
