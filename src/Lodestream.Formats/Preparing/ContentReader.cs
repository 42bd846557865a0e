using Lodestream.Formats.Gltf;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>Opens a fetched content as far as its sizes are known: container, tables, glTF JSON, image headers. Decodes nothing.</summary>
public static class ContentReader
{
    /// <summary>Opens a content that is all in one file.</summary>
    /// <param name="payload">Its bytes; the result keeps them.</param>
    /// <param name="upAxis">Which axis points up in it, by its document (<see cref="TileTree.UpAxisOf"/>).</param>
    /// <param name="content">The content, measured, where it went well.</param>
    public static ReadOutcome Open(ReadOnlyMemory<byte> payload, UpAxis upAxis, out PreparedContent? content)
    {
        var outcome = Open(payload, upAxis, new Dictionary<string, ReadOnlyMemory<byte>>(), out content, out var missing);
        return missing.Count == 0 ? outcome : ReadOutcome.NotSupported($"contents in several files, without the others ({string.Join(", ", missing)})");
    }

    /// <summary>Opens a content.</summary>
    /// <param name="payload">Its bytes; the result keeps them.</param>
    /// <param name="upAxis">Which axis points up in it, by its document (<see cref="TileTree.UpAxisOf"/>).</param>
    /// <param name="files">The files it names that are there, by the references it names them by; the result keeps their bytes.</param>
    /// <param name="content">The content, measured, where it went well and no file is missing.</param>
    /// <param name="missing">References to the files without which it cannot be opened. More may be named in those.</param>
    public static ReadOutcome Open(
        ReadOnlyMemory<byte> payload, UpAxis upAxis, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, out PreparedContent? content, out IReadOnlyList<string> missing)
    {
        ArgumentNullException.ThrowIfNull(files);
        var set = new ContentFileSet();
        foreach (var (reference, bytes) in files)
            set.Add(reference, ContentBytes.Of(bytes));
        var outcome = Open(payload, upAxis, set, files, out content);
        missing = outcome.IsOk ? [.. set.Missing.Select(file => file.Reference)] : [];
        return outcome;
    }

    internal static ReadOutcome Open(
        ReadOnlyMemory<byte> payload, UpAxis upAxis, ContentFileSet set, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, out PreparedContent? content)
    {
        var outcome = ContentLayoutReader.Read(ContentBytes.Of(payload), upAxis, set, TextureTranscoding.Blocks, out var layout);
        content = layout is null ? null : new(payload, layout, [.. layout.Files.Select(reference => files[reference])]);
        return outcome;
    }
}
