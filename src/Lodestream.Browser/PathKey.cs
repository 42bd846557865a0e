using System.Globalization;

namespace Lodestream.Browser;

/// <summary>A tile's stable path key as text: sixteen hexadecimal digits.</summary>
internal static class PathKey
{
    public static string Text(ulong key) => key.ToString("x16", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out ulong key) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key) && text.Length == 16;
}
