using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Lodestream.Server.Http;

/// <summary>A part of a content.</summary>
/// <param name="First">Index of its first byte.</param>
/// <param name="Length">How many bytes it has; 0 if it lies past the content's end.</param>
internal readonly record struct ByteRange(long First, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>The index of its last byte.</summary>
    public long Last => First + Length - 1;

    /// <summary>Reads a Range header (RFC 9110, 14.1.2).</summary>
    /// <returns>The part, or null where the header is to be passed over: several ranges, another unit, or not well-formed.</returns>
    public static ByteRange? Read(StringValues header, long contentLength)
    {
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;
        var range = text.AsSpan(Unit.Length).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0 || range.Contains(','))
            return null;
        var first = range[..dash].TrimEnd();
        var last = range[(dash + 1)..].TrimStart();
        if (first.IsEmpty)
        {
            if (!TryRead(last, out var suffix))
                return null;
            suffix = Math.Min(suffix, contentLength);
            return new(contentLength - suffix, suffix);
        }

        if (!TryRead(first, out var start))
            return null;
        var end = long.MaxValue;
        if (!last.IsEmpty && (!TryRead(last, out end) || end < start))
            return null;
        return start >= contentLength ? new(start, 0) : new(start, Math.Min(end, contentLength - 1) - start + 1);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
