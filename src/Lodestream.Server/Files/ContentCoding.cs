using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Lodestream.Server.Files;

/// <summary>The content codings served.</summary>
internal enum ContentCoding
{
    /// <summary>The bytes as they are.</summary>
    Identity,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>Brotli (RFC 7932).</summary>
    Brotli,
}

/// <summary>Reads Accept-Encoding (RFC 9110, 12.5.3).</summary>
/// <param name="Brotli">Weight of brotli, 0 where it is not accepted.</param>
/// <param name="Gzip">Weight of gzip, 0 where it is not accepted.</param>
/// <param name="Identity">Weight of the plain bytes if they were named, else 0: acceptable, but only for want of a coding.</param>
internal readonly record struct AcceptedCodings(float Brotli, float Gzip, float Identity)
{
    /// <summary>
    /// Reads the header. Without one anything would be acceptable by the letter; clients that send none are scripts which write
    /// what they get to a file, so they get plain bytes.
    /// </summary>
    public static AcceptedCodings Read(StringValues header)
    {
        var accepted = default(AcceptedCodings);
        float? any = null;
        bool hasBrotli = false, hasGzip = false;
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var item = line.AsSpan(range).Trim();
                var semicolon = item.IndexOf(';');
                var name = semicolon < 0 ? item : item[..semicolon].TrimEnd();
                var weight = semicolon < 0 ? 1 : WeightOf(item[(semicolon + 1)..]);
                if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
                    (accepted, hasBrotli) = (accepted with { Brotli = weight }, true);
                else if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
                    (accepted, hasGzip) = (accepted with { Gzip = weight }, true);
                else if (name.Equals("identity", StringComparison.OrdinalIgnoreCase))
                    accepted = accepted with { Identity = weight };
                else if (name.Equals("*", StringComparison.Ordinal))
                    any = weight;
            }
        }

        return accepted with { Brotli = hasBrotli ? accepted.Brotli : any ?? 0, Gzip = hasGzip ? accepted.Gzip : any ?? 0 };
    }

    /// <summary>The coding the client likes best; of those it likes the same, the smaller.</summary>
    /// <param name="hasBrotli">Brotli can be had.</param>
    /// <param name="hasGzip">gzip can be had.</param>
    public ContentCoding Best(bool hasBrotli, bool hasGzip)
    {
        var brotli = hasBrotli ? Brotli : 0;
        var gzip = hasGzip ? Gzip : 0;
        if (brotli > 0 && brotli >= gzip && brotli >= Identity)
            return ContentCoding.Brotli;
        return gzip > 0 && gzip >= Identity ? ContentCoding.Gzip : ContentCoding.Identity;
    }

    /// <summary>The weight in the parameters of an item; a weight that cannot be read counts as a refusal.</summary>
    private static float WeightOf(ReadOnlySpan<char> parameters)
    {
        var text = parameters.Trim();
        if (!text.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            return 1;
        return float.TryParse(text[2..].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is >= 0 and <= 1 ? weight : 0;
    }
}
