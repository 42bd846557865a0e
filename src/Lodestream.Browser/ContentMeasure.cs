using Lodestream.Formats;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>Measures contents from the few ranges that tell; the rest of their bytes stays in the page.</summary>
internal static class ContentMeasure
{
    /// <summary>Reads what is in a payload and where, and what it will take.</summary>
    /// <param name="payload">The content.</param>
    /// <param name="upAxis">Which axis points up in its models.</param>
    /// <param name="transcoding">What the page's GPU takes of Basis textures.</param>
    /// <param name="files">The files it names, as far as they are there.</param>
    /// <param name="layout">The layout, where it went well and no file is missing.</param>
    public static ReadOutcome Read(BrowserPayload payload, UpAxis upAxis, TextureTranscoding transcoding, ContentFileSet files, out ContentLayout? layout)
    {
        if (payload.Length > int.MaxValue)
        {
            layout = null;
            return new(ReadStatus.NotSupported, "not supported yet: contents of more than 2 GB", 0);
        }
        return ContentLayoutReader.Read(new PayloadBytes(payload), upAxis, files, transcoding, out layout);
    }
}

/// <summary>A payload's bytes, copied from the page as they are asked for.</summary>
internal sealed class PayloadBytes(BrowserPayload payload) : ContentBytes
{
    // Holds every header and, of most tiles, the whole JSON: one copy from the page is enough then.
    private const int WindowBytes = 8192;

    private byte[] _window = [];
    private int _from;

    public override int Length => (int)payload.Length;

    public override ReadOnlySpan<byte> Read(ByteRange range)
    {
        if (range.Offset < _from || range.End > _from + _window.Length)
        {
            _from = range.Offset;
            _window = new byte[Math.Min(Length - _from, Math.Max(WindowBytes, range.Length))];
            payload.CopyTo(_from, _window);
        }
        return _window.AsSpan(range.Offset - _from, range.Length);
    }
}
