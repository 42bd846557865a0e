namespace Lodestream.Formats;

/// <summary>The three bytes that some writers put before a text in UTF-8. A JSON reader takes them for an error.</summary>
internal static class ByteOrderMark
{
    private static ReadOnlySpan<byte> Utf8 => [0xef, 0xbb, 0xbf];

    /// <summary>Bytes that a text's byte order mark takes; 0 where it has none.</summary>
    public static int LengthIn(ReadOnlySpan<byte> text) => text.StartsWith(Utf8) ? Utf8.Length : 0;
}
