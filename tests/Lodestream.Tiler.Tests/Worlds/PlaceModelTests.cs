using Lodestream.Tiler.Worlds.Continent;
using Lodestream.Tiler.Worlds.Places;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>What people make of a land, on several continents.</summary>
public sealed class PlaceModelTests
{
    private static readonly Dictionary<int, (ContinentTerrain Terrain, PlaceModel Places)> Made = [];

    public static TheoryData<int> Seeds => [4, 7, 21];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Water_falls_on_its_way_and_stands_level_in_lakes(int seed)
    {
        var terrain = Make(seed).Terrain;
        Assert.NotEmpty(terrain.Lakes.All);
        Assert.True(terrain.Rivers.Courses.Count > 20, $"{terrain.Rivers.Courses.Count} rivers");
        foreach (var course in terrain.Rivers.Courses)
        {
            for (var k = 1; k < course.Length; k++)
                Assert.True(course[k].Place.Z <= course[k - 1].Place.Z, $"rises at {course[k].Place}");
            foreach (var point in course.Where(p => p.InLake))
            {
                var lake = terrain.WaterAt(point.Place.X, point.Place.Y);
                if (lake > 0)
                    Assert.Equal(terrain.WaterLevels[lake], point.Place.Z, 1e-3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_ground_of_a_lake_is_below_its_water_and_that_of_a_rivers_middle_too(int seed)
    {
        var terrain = Make(seed).Terrain;
        foreach (var lake in terrain.Lakes.All)
        {
            double x = lake.CenterNode % (terrain.Cells + 1) * terrain.Size / terrain.Cells - terrain.Size / 2;
            double y = lake.CenterNode / (terrain.Cells + 1) * terrain.Size / terrain.Cells - terrain.Size / 2;
            Assert.True(terrain.GroundAt(x, y) < lake.Level, $"{lake}");
        }
        foreach (var point in terrain.Rivers.Courses.SelectMany(c => c.Skip(1).SkipLast(1)).Where(p => !p.InLake && p.Place.Z > 0.1))
            Assert.True(terrain.GroundAt(point.Place.X, point.Place.Y) <= point.Place.Z + 1e-6, $"{point}");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_dry_place_is_in_a_province_and_neighbours_differ_in_colour(int seed)
    {
        var (grid, provinces) = (Make(seed).Places.Grid, Make(seed).Places.Provinces);
        Assert.InRange(provinces.All.Count, 10, 30);
        for (var node = 0; node < grid.Landmass.Length; node++)
        {
            if (grid.Landmass[node] != 0)
                Assert.NotEqual(Provinces.None, provinces.Regions[node]);
        }
        var pairs = 0;
        for (var a = 0; a < provinces.All.Count; a++)
        {
            Assert.Equal(a, provinces.Regions[provinces.All[a].Capital.Node]);
            for (var b = 0; b < a; b++)
            {
                if (!provinces.AreNeighbours(a, b))
                    continue;
                pairs++;
                Assert.NotEqual(provinces.All[a].Color, provinces.All[b].Color);
            }
        }
        Assert.True(pairs >= provinces.All.Count / 2, $"{pairs} pairs of neighbours");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_border_is_far_from_land_of_two_provinces_and_none_is_missing(int seed)
    {
        var (grid, provinces, lines) = (Make(seed).Places.Grid, Make(seed).Places.Provinces, Make(seed).Places.BorderLines);
        var near = new HashSet<int>();
        foreach (var (x, y) in lines.SelectMany(l => l))
        {
            var node = grid.NodeAt(x, y);
            foreach (var other in Around(grid, node, 3))
                near.Add(other);
            Assert.True(Around(grid, node, 3).Select(n => provinces.Regions[n]).Distinct().Count() > 1, $"a border at ({x}, {y})");
        }
        for (var node = 0; node < grid.Landmass.Length - grid.Nodes; node++)
        {
            if (grid.Landmass[node] != 0 && grid.Landmass[node + 1] != 0 && provinces.Regions[node] != provinces.Regions[node + 1])
                Assert.Contains(node, near);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_settlement_can_be_reached_from_every_other_on_its_land(int seed)
    {
        var places = Make(seed).Places;
        var grid = places.Grid;
        Assert.All(places.Settlements, s => Assert.NotEqual(0, grid.Landmass[s.Node]));
        var neighbours = places.Routes.Edges.Keys.Concat(places.Routes.Edges.Keys.Select(e => (A: e.B, B: e.A))).ToLookup(e => e.A, e => e.B);
        foreach (var landmass in places.Settlements.GroupBy(s => grid.Landmass[s.Node]))
        {
            var reached = Reach([landmass.First().Node], node => neighbours[node]);
            Assert.All(landmass, s => Assert.Contains(s.Node, reached));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_route_is_steep_only_where_there_is_no_other_way(int seed)
    {
        var places = Make(seed).Places;
        var grid = places.Grid;
        var steep = places.Routes.Edges.Keys.Where(e => Slope(e.A, e.B) > Routes.SteepestSlope).ToArray();
        Assert.True(steep.Length < places.Routes.Edges.Count / 50, $"{steep.Length} of {places.Routes.Edges.Count}");
        foreach (var (a, b) in steep)
        {
            var reached = Reach([a], node => Routes.Directions().Where(d => Routes.IsPassable(grid, node, d.Di, d.Dj)).Select(d => node + d.Dj * grid.Nodes + d.Di).Where(next => Slope(node, next) <= Routes.SteepestSlope));
            Assert.DoesNotContain(b, reached);
        }
        Assert.All(places.Routes.Edges.Keys, e => Assert.True(grid.Landmass[e.A] != 0 && grid.Landmass[e.B] != 0, "a route through water"));

        double Slope(int a, int b) => Math.Abs(grid.Height[a] - grid.Height[b]) / grid.Distance(a, b);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Names_are_given_once_and_ranks_put_provinces_before_capitals_before_towns_before_villages(int seed)
    {
        var labels = Make(seed).Places.Labels;
        Assert.Equal(labels.Count, labels.Select(l => l.Name).Distinct().Count());
        Assert.Equal(labels.Count, labels.Select(l => l.Id).Distinct().Count());
        Assert.All(labels, l => Assert.Matches("^[A-Z][a-z]{3,17}$", l.Name));
        string[] kinds = ["province", "capital", "town", "village"];
        foreach (var (before, after) in kinds.Zip(kinds.Skip(1)))
            Assert.True(labels.Where(l => l.Kind == before).Max(l => l.Rank) < labels.Where(l => l.Kind == after).Min(l => l.Rank), $"{before} {after}");
        Assert.Superset(new HashSet<string> { "peak", "lake", "river" }, labels.Select(l => l.Kind).ToHashSet());
    }

    private static (ContinentTerrain Terrain, PlaceModel Places) Make(int seed)
    {
        lock (Made)
        {
            if (Made.TryGetValue(seed, out var made))
                return made;
            var terrain = ContinentTerrain.Make((ulong)seed, 30000, 256, new(), _ => { });
            return Made[seed] = (terrain, PlaceModel.Make((ulong)seed, terrain, new()));
        }
    }

    private static HashSet<int> Reach(IEnumerable<int> from, Func<int, IEnumerable<int>> neighbours)
    {
        var reached = from.ToHashSet();
        var front = new Stack<int>(reached);
        while (front.TryPop(out var node))
        {
            foreach (var next in neighbours(node))
            {
                if (reached.Add(next))
                    front.Push(next);
            }
        }
        return reached;
    }

    private static IEnumerable<int> Around(PlaceGrid grid, int node, int reach)
    {
        for (var dj = -reach; dj <= reach; dj++)
        {
            for (var di = -reach; di <= reach; di++)
                yield return Math.Clamp(node + dj * grid.Nodes + di, 0, grid.Landmass.Length - 1);
        }
    }
}
