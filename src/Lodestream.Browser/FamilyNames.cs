using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>Families as the page names them: terrain, feature, water, border, route, mesh, label.</summary>
internal static class FamilyNames
{
    public static string Text(ContentFamily family) => family.ToString().ToLowerInvariant();

    public static bool TryParse(string? text, out ContentFamily family) => Enum.TryParse(text, ignoreCase: true, out family) && Enum.IsDefined(family);
}
