using System.Buffers.Text;
using System.Security.Cryptography;

namespace Lodestream.Server.Files;

/// <summary>Strong entity tags: the first 128 bits of a SHA-256, base64url, in quotes.</summary>
internal static class EntityTag
{
    private const int TagBytes = 16;

    /// <summary>The tag of bytes in memory.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return OfHash(hash);
    }

    /// <summary>The tag of bytes with this SHA-256.</summary>
    public static string OfHash(ReadOnlySpan<byte> sha256) => $"\"{Base64Url.EncodeToString(sha256[..TagBytes])}\"";

    /// <summary>The tag of another form of the same content, such as its brotli: other bytes, hence another tag (RFC 9110, 8.8.3.3).</summary>
    public static string OfForm(string tag, string form) => $"{tag.AsSpan(..^1)}-{form}\"";
}
