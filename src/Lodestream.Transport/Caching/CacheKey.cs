using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Lodestream.Transport.Caching;

/// <summary>Names an entry: SHA-256, in hex, of the URL with its query and of what the requests prove who asks with. Neither can be read from it.</summary>
internal readonly record struct CacheKey
{
    private const int HexLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private CacheKey(string hex) => Hex = hex;

    public string Hex { get; }

    /// <summary>Which of the 256 folders the entry lies in.</summary>
    public int Shard => Convert.ToInt32(Hex[..2], 16);

    /// <param name="uri">Absolute URL; the fragment does not count.</param>
    /// <param name="credentials">Who asks: what one may see another need not.</param>
    /// <param name="part">Which part of the file; null for the file.</param>
    public static CacheKey Of(string uri, string? credentials, string? part = null)
    {
        var fragment = uri.IndexOf('#', StringComparison.Ordinal);

        // Neither a URL nor a header holds a line break: no two different things make the same text.
        return new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{(fragment < 0 ? uri : uri[..fragment])}\n{credentials}\n{part}"))));
    }

    public static CacheKey? FromFileName(string name) =>
        name.Length == HexLength && !name.AsSpan().ContainsAnyExcept(HexDigits) ? new(name) : null;
}
