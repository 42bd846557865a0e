using System.Globalization;
using Lodestream.Formats.Manifest;
using Lodestream.Scene;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>A tile to be: what it holds of which sites.</summary>
/// <param name="Id">Its name, and its files'.</param>
/// <param name="Node">Its node in its floor's tree; null in a uniform grid.</param>
/// <param name="Floor">Its floor; −1 for what has none, in a uniform grid.</param>
/// <param name="Tier">What it holds; none for everything.</param>
/// <param name="IsInterior">Whether it is inside buildings.</param>
/// <param name="Sites">Whose.</param>
internal sealed record CityTile(string Id, string? Node, int Floor, SemanticTier Tier, bool IsInterior, IReadOnlyList<CitySite> Sites);

/// <summary>Divides the city's sites into tiles.</summary>
internal static class CityTiling
{
    /// <summary>Length of a tile's side in a uniform grid, and what a quadtree's leaves do not exceed, metres.</summary>
    public const double TileSize = 50;

    // A kd-tree's leaves hold this many sites at most.
    private const int LeafSites = 14;

    private static readonly (SemanticTier Tier, string Name)[] InteriorTiers =
        [(SemanticTier.StructuralInterior, "structure"), (SemanticTier.RoomContents, "contents"), (SemanticTier.FineProps, "props")];

    /// <summary>All tiles, in an order of their own.</summary>
    public static List<CityTile> Divide(CityPlan plan, ManifestPartitioning partitioning) =>
        partitioning == ManifestPartitioning.UniformGrid ? Grid(plan) : Floors(plan, partitioning == ManifestPartitioning.KdtreeFloor);

    private static List<CityTile> Grid(CityPlan plan) =>
    [
        .. plan.Sites.GroupBy(site => (Y: Cell(site.Center.Y), X: Cell(site.Center.X))).OrderBy(cell => cell.Key)
            .Select(cell => new CityTile(Named($"tile_{cell.Key.X}_{cell.Key.Y}"), null, -1, SemanticTier.None, false, [.. cell])),
    ];

    private static int Cell(double x) => (int)Math.Floor(x / TileSize);

    private static List<CityTile> Floors(CityPlan plan, bool isKdtree)
    {
        var tiles = new List<CityTile>();
        var top = plan.Buildings.Max(building => building.Floors);
        for (var floor = 0; floor < top; floor++)
        {
            CitySite[] sites = [.. plan.Sites.Where(site => floor == 0 || site.Floors > floor)];
            var root = Named($"F{floor:00}_{(isKdtree ? "K" : "Q")}");
            if (isKdtree)
                SplitAtMedian(floor, root, sites, tiles);
            else
                SplitInFour(floor, root, -plan.Size / 2, -plan.Size / 2, plan.Size, sites, tiles);
        }
        return tiles;
    }

    private static void SplitInFour(int floor, string node, double x, double y, double size, CitySite[] sites, List<CityTile> tiles)
    {
        if (sites.Length == 0)
            return;
        if (size <= TileSize)
        {
            AddTiles(floor, node, sites, tiles);
            return;
        }
        var half = size / 2;
        for (var child = 0; child < 4; child++)
        {
            var (isEast, isNorth) = ((child & 1) != 0, (child & 2) != 0);
            CitySite[] own = [.. sites.Where(site => site.Center.X >= x + half == isEast && site.Center.Y >= y + half == isNorth)];
            SplitInFour(floor, Named($"{node}_{child}"), isEast ? x + half : x, isNorth ? y + half : y, half, own, tiles);
        }
    }

    private static void SplitAtMedian(int floor, string node, CitySite[] sites, List<CityTile> tiles)
    {
        if (sites.Length <= LeafSites)
        {
            AddTiles(floor, node, sites, tiles);
            return;
        }
        var width = sites.Max(site => site.Center.X) - sites.Min(site => site.Center.X);
        var depth = sites.Max(site => site.Center.Y) - sites.Min(site => site.Center.Y);

        // The sort is stable: what lies in one line stays in the plan's order.
        CitySite[] sorted = [.. sites.OrderBy(site => width >= depth ? site.Center.X : site.Center.Y)];
        SplitAtMedian(floor, node + "_0", sorted[..(sorted.Length / 2)], tiles);
        SplitAtMedian(floor, node + "_1", sorted[(sorted.Length / 2)..], tiles);
    }

    private static void AddTiles(int floor, string node, CitySite[] sites, List<CityTile> tiles)
    {
        if (floor == 0)
        {
            tiles.Add(new($"{node}_shell", node, 0, SemanticTier.ExteriorShell, false, sites));
            tiles.Add(new($"{node}_street", node, 0, SemanticTier.FineProps, false, sites));
        }
        CitySite[] buildings = [.. sites.Where(site => site.Floors > floor)];
        if (buildings.Length == 0)
            return;
        foreach (var (tier, name) in InteriorTiers)
            tiles.Add(new($"{node}_{name}", node, floor, tier, true, buildings));
    }

    private static string Named(FormattableString name) => name.ToString(CultureInfo.InvariantCulture);
}
