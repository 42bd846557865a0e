using Lodestream.Formats.Metadata;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>A buffer as a subtree names it: a file of its own, or, without URI, the subtree's binary part.</summary>
internal readonly record struct SubtreeBuffer(string? Uri, long ByteLength);

/// <summary>A range of a buffer.</summary>
internal readonly record struct SubtreeBufferView(int Buffer, long ByteOffset, long ByteLength);

/// <summary>The bytes of a subtree's buffers: those of its own file, and those that have to be fetched.</summary>
internal sealed class SubtreeBuffers
{
    private readonly IReadOnlyList<SubtreeBuffer> _buffers;
    private readonly IReadOnlyList<SubtreeBufferView> _views;
    private readonly ReadOnlyMemory<byte>?[] _bytes;

    private SubtreeBuffers(IReadOnlyList<SubtreeBuffer> buffers, IReadOnlyList<SubtreeBufferView> views) =>
        (_buffers, _views, _bytes) = (buffers, views, new ReadOnlyMemory<byte>?[buffers.Count]);

    /// <summary>Checks what the JSON says against what there is.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="views">Their ranges.</param>
    /// <param name="binary">The subtree's binary part.</param>
    /// <param name="error">What is wrong, with its place; null where nothing is.</param>
    public static SubtreeBuffers Make(IReadOnlyList<SubtreeBuffer> buffers, IReadOnlyList<SubtreeBufferView> views, ReadOnlyMemory<byte> binary, out string? error)
    {
        error = null;
        var made = new SubtreeBuffers(buffers, views);
        for (var i = 0; i < buffers.Count; i++)
        {
            var (uri, length) = buffers[i];
            if (length < 0 || length > int.MaxValue)
                error ??= $"buffers[{i}] has a byteLength of {length}";
            else if (uri is null && length > binary.Length)
                error ??= $"buffers[{i}] is the binary part and has {length} bytes; the file has {binary.Length} of them";
            else if (uri is null)
                made._bytes[i] = binary[..(int)length];
            else if (uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            {
                made._bytes[i] = Decode(uri, length);
                if (made._bytes[i] is null)
                    error ??= $"buffers[{i}] is a data URI that is not base64 of {length} bytes";
            }
            else if (uri.Length > MessageText.LongestUri)
                error ??= $"buffers[{i}] names its file by a URI of {uri.Length} characters; {MessageText.LongestUri} at most are read";
        }
        for (var i = 0; i < views.Count; i++)
        {
            var view = views[i];
            if ((uint)view.Buffer >= (uint)buffers.Count)
                error ??= $"bufferViews[{i}] is of buffer {view.Buffer}; there are {buffers.Count}";
            else if (view.ByteOffset < 0 || view.ByteLength < 0 || view.ByteOffset > buffers[view.Buffer].ByteLength - view.ByteLength)
                error ??= $"bufferViews[{i}] is bytes {view.ByteOffset} to {view.ByteOffset + view.ByteLength} of a buffer of {buffers[view.Buffer].ByteLength}";
        }
        return made;
    }

    /// <summary>The file a view's bytes are in; null where they are here, or there is no such view.</summary>
    /// <param name="view">Index of the view.</param>
    /// <param name="subtreeUri">URI of the subtree, which buffers' URIs are relative to.</param>
    public string? FileOf(int view, string subtreeUri) =>
        (uint)view < (uint)_views.Count && _bytes[_views[view].Buffer] is null && _buffers[_views[view].Buffer].Uri is { } uri ? SceneUri.Resolve(subtreeUri, uri) : null;

    /// <summary>Takes fetched files in.</summary>
    /// <param name="files">The files.</param>
    /// <param name="subtreeUri">URI of the subtree.</param>
    /// <returns>What is wrong; null where nothing is. A file that is missing is not.</returns>
    public string? Supply(IReadOnlyList<DependencyFile> files, string subtreeUri)
    {
        for (var i = 0; i < _buffers.Count; i++)
        {
            if (_bytes[i] is not null || _buffers[i].Uri is not { } uri)
                continue;
            var address = SceneUri.Resolve(subtreeUri, uri);
            foreach (var file in files)
            {
                if (file.Uri != address || Payloads.BytesOf(file.Payload) is not { } bytes)
                    continue;
                if (bytes.Length < _buffers[i].ByteLength)
                    return $"{address}: has {bytes.Length} bytes; buffers[{i}] of {subtreeUri} has {_buffers[i].ByteLength}";
                _bytes[i] = bytes;
            }
        }
        return null;
    }

    /// <summary>The bytes of a view; null where they are not here, or there is no such view.</summary>
    public ReadOnlyMemory<byte>? Of(int view)
    {
        if ((uint)view >= (uint)_views.Count)
            return null;
        var (buffer, offset, length) = _views[view];
        return _bytes[buffer]?.Slice((int)offset, (int)length);
    }

    /// <summary>The bytes of a column; empty where they are not here.</summary>
    public ColumnBytes Of(PropertyColumn column) => new(
        (Of(column.ValuesView) ?? default).Span, (Of(column.ArrayOffsetsView) ?? default).Span, (Of(column.StringOffsetsView) ?? default).Span);

    private static ReadOnlyMemory<byte>? Decode(string uri, long length)
    {
        var comma = uri.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !uri[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[(uri.Length - comma) / 4 * 3 + 3];
        if (!Convert.TryFromBase64String(uri[(comma + 1)..], bytes, out var written) || written < length)
            return null;
        return bytes.AsMemory(0, written);
    }
}
