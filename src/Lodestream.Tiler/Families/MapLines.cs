using Lodestream.Formats.Gltf;
using Lodestream.Tiler.Meshes;
using Lodestream.Tiler.Worlds.Continent;
using Lodestream.Tiler.Worlds.Places;

namespace Lodestream.Tiler.Families;

/// <summary>What lines of a continent are drawn, and how: rivers, borders, routes.</summary>
internal static class MapLines
{
    // Rivers of such a width, metres, are in a level with this many metres between vertices for each metre of it; lesser ones are not.
    private const double SpacingPerWidth = 26;

    private static readonly RibbonStyle Border = new(Linear(0x6B2F3F), 0.085, 0.035, double.MaxValue);

    private static readonly RibbonStyle[] Routes =
    [
        new(Linear(0xF3E3B0), 0.085, 0.05, 800),
        new(Linear(0xE6D6A8), 0.06, 0.045, 200),
        new(Linear(0xCDBB8E), 0.045, 0.04, 100),
    ];

    // True half widths by kind, metres.
    private static readonly double[] RouteHalfWidths = [7, 5, 3];

    /// <summary>The rivers, where they run between banks. Broad ones are in coarse levels too.</summary>
    public static IEnumerable<RibbonLine> Rivers(ContinentTerrain terrain)
    {
        foreach (var course in terrain.Rivers.Courses)
        {
            // A river comes in piece by piece with the levels, so that each level's rivers begin where they are broad enough for it.
            for (var first = 0; first < course.Length - 1;)
            {
                var last = first;
                var bounds = SpacingOf(course[first].Width);
                while (last < course.Length - 1 && course[last].InLake == course[first].InLake && course[last].IsEstuary == course[first].IsEstuary && SpacingOf(course[last].Width) == bounds)
                    last++;
                if (!course[first].InLake)
                    yield return new(Array.ConvertAll(course[first..(last + 1)], RibbonOf), StyleOf(course[first]));
                first = last;
            }
        }

        RibbonPoint RibbonOf(RiverPoint p) => new(p.Place.X, p.Place.Y, p.Width / 2, p.Place.Z);

        // In powers of two, as levels are.
        double SpacingOf(double width)
        {
            var spacing = 1.0;
            while (spacing * 2 <= width * SpacingPerWidth)
                spacing *= 2;
            return spacing;
        }

        // Where a level's mesh has the estuary, it is the sea's.
        RibbonStyle StyleOf(RiverPoint p) => new(
            Linear(0x37789A), 0.05 + 0.07 * Ramp.Linear(8, 90, p.Width / terrain.Scale), 0.02, SpacingOf(p.Width), p.IsEstuary ? p.Width : 0, EndsAtSea: true);
    }

    /// <summary>The borders of provinces.</summary>
    public static IEnumerable<RibbonLine> Borders(PlaceModel places, ContinentTerrain terrain) =>
        places.BorderLines.Select(line => new RibbonLine(Array.ConvertAll(line, p => OnGround(p, 6 * terrain.Scale)), Border));

    /// <summary>The routes; the lesser ones only in finer levels.</summary>
    public static IEnumerable<RibbonLine> RoutesOf(PlaceModel places, ContinentTerrain terrain) => places.RouteLines.Select(route =>
        new RibbonLine(
            Array.ConvertAll(route.Line, p => OnGround(p, RouteHalfWidths[(int)route.Kind] * terrain.Scale)),
            Routes[(int)route.Kind] with { CoarsestSpacing = Routes[(int)route.Kind].CoarsestSpacing * terrain.Scale }));

    /// <summary>Height of the water at a place, which routes and borders cross above it; the sea's away from water.</summary>
    public static double WaterAt(ContinentTerrain terrain, double x, double y)
    {
        var river = terrain.Rivers.At(x + terrain.Size / 2, y + terrain.Size / 2);
        return Math.Max(terrain.WaterLevels[terrain.WaterAt(x, y)], river.Distance < 0 ? river.Level : 0);
    }

    private static RibbonPoint OnGround((double X, double Y) place, double halfWidth) => new(place.X, place.Y, halfWidth, double.NegativeInfinity);

    private static GlbColor Linear(int rgb)
    {
        var color = LinearColor.FromSrgb(rgb);
        return new(Byte(color.R), Byte(color.G), Byte(color.B));

        static byte Byte(double c) => (byte)Math.Floor(c * 255 + 0.5);
    }
}
