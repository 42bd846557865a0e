using System.Globalization;
using System.Text;

namespace Lodestream.Formats.Bench;

/// <summary>
/// The bench world as an explicit tileset.json: a flat square of 16,384 m, a quadtree of REPLACE tiles, one content each.
/// </summary>
internal static class BenchWorldJson
{
    private const double Width = 16384;

    /// <summary>Tiles of a world of so many levels.</summary>
    public static int TileCount(int levels) => ((1 << (2 * levels)) - 1) / 3;

    /// <summary>The document, UTF-8.</summary>
    public static byte[] Write(int levels)
    {
        var text = new StringBuilder("""{"asset":{"version":"1.1"},"geometricError":2048,"root":""");
        AppendTile(text, 0, 0, 0, levels);
        return Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }

    private static void AppendTile(StringBuilder text, int level, int x, int y, int levels)
    {
        var size = Width / (1 << level);
        text.Append(CultureInfo.InvariantCulture,
            $$"""{"boundingVolume":{"box":[{{-Width / 2 + (x + 0.5) * size}},{{-Width / 2 + (y + 0.5) * size}},0,{{size / 2}},0,0,0,{{size / 2}},0,0,0,16]},"geometricError":{{size / 16}},""");
        if (level == 0)
            text.Append("\"refine\":\"REPLACE\",");
        text.Append(CultureInfo.InvariantCulture, $$"""
            "content":{"uri":"t/{{level}}/{{x}}_{{y}}.glb"}
            """);
        if (level + 1 < levels)
        {
            text.Append(",\"children\":[");
            for (var child = 0; child < 4; child++)
            {
                if (child > 0)
                    text.Append(',');
                AppendTile(text, level + 1, 2 * x + (child & 1), 2 * y + (child >> 1), levels);
            }
            text.Append(']');
        }
        text.Append('}');
    }
}
