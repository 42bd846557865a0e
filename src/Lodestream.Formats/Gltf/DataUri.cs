namespace Lodestream.Formats.Gltf;

/// <summary>Bytes in an URI (RFC 2397).</summary>
internal static class DataUri
{
    public static bool IsOne(string uri) => uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The bytes; null where they cannot be decoded.</summary>
    public static byte[]? Decode(string uri)
    {
        var comma = uri.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return null;
        var data = uri.AsSpan(comma + 1);
        if (!uri.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            return System.Text.Encoding.Latin1.GetBytes(Uri.UnescapeDataString(data.ToString()));

        // Three bytes for four characters, at most.
        var bytes = new byte[data.Length / 4 * 3 + 3];
        return Convert.TryFromBase64Chars(data, bytes, out var written) ? bytes[..written] : null;
    }
}
