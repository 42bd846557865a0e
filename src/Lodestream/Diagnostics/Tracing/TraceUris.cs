using System.Globalization;
using System.Text;
using Lodestream.Scene;

namespace Lodestream.Diagnostics;

/// <summary>A URI that a recording knows by its hash.</summary>
/// <param name="Hash">Of the whole URI.</param>
internal sealed record TracedUri(ulong Hash)
{
    /// <summary>The hash of the URI that a message brings: in a session its text, in a replay what is known of it.</summary>
    public static ulong HashOf(object? payload) => payload is TracedUri traced ? traced.Hash : UriHash.Of((string)payload!);
}

/// <summary>
/// Takes out of URIs what may be secret: user names, passwords, queries, fragments, and data that a URI holds itself. A number takes the place of
/// each, so that two URIs that differed in it alone still do.
/// </summary>
internal sealed class TraceUris
{
    private const int LongestText = 2000;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Whether a URI, or any of several one behind the other, may hold something to take out.</summary>
    public static bool MayHoldSecrets(ReadOnlySpan<byte> uris) => uris.IndexOfAny("?#@"u8) >= 0 || HoldsData(uris);

    // Schemes know no case.
    private static bool HoldsData(ReadOnlySpan<byte> uris)
    {
        for (var colon = uris.IndexOf((byte)':'); colon >= 0;)
        {
            if (colon >= 4 && System.Text.Ascii.EqualsIgnoreCase(uris.Slice(colon - 4, 4), "data"u8))
                return true;
            var next = uris[(colon + 1)..].IndexOf((byte)':');
            colon = next < 0 ? -1 : colon + 1 + next;
        }
        return false;
    }

    /// <summary>The URI without what may be secret.</summary>
    public string Strip(string uri)
    {
        if (uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            return $"data:{Number(uri)}";
        var tail = uri.AsSpan().IndexOfAny('?', '#');
        if (tail >= 0)
            uri = $"{uri.AsSpan(0, tail)}?{Number(uri[tail..])}";
        var (start, at) = FindUser(uri);
        return at < 0 ? uri : $"{uri.AsSpan(0, start)}{Number(uri[start..at])}@{uri.AsSpan(at + 1)}";
    }

    /// <summary>A text for people without what may be secret in the URIs it names.</summary>
    public static string StripText(string text)
    {
        var stripped = new StringBuilder();
        foreach (var word in text.Length > LongestText ? text[..LongestText].Split(' ') : text.Split(' '))
        {
            var (start, at) = FindUser(word);
            var kept = at < 0 ? word : word[..start] + word[(at + 1)..];
            if (kept.IndexOf("data:", StringComparison.OrdinalIgnoreCase) is >= 0 and var data)
                kept = kept[..(data + 5)] + "…";
            var tail = kept.IndexOfAny(kept.Contains("//", StringComparison.Ordinal) ? ['?', '#'] : ['?']);
            stripped.Append(stripped.Length > 0 ? " " : "").Append(tail >= 0 && tail < kept.Length - 1 ? kept[..(tail + 1)] + "…" : kept);
        }
        return stripped.ToString();
    }

    // Where user name and password stand in an authority, and the @ that ends them.
    private static (int Start, int At) FindUser(string uri)
    {
        var slashes = uri.IndexOf("//", StringComparison.Ordinal);
        if (slashes < 0 || (slashes > 0 && uri[slashes - 1] != ':'))
            return (0, -1);
        var start = slashes + 2;
        var end = uri.IndexOfAny(['/', '?', '#'], start);
        var at = uri.AsSpan(start, (end < 0 ? uri.Length : end) - start).LastIndexOf('@');
        return (start, at < 0 ? -1 : start + at);
    }

    private string Number(string secret)
    {
        if (!_numbers.TryGetValue(secret, out var number))
            _numbers[secret] = number = _numbers.Count + 1;
        return number.ToString(CultureInfo.InvariantCulture);
    }
}
