using Lodestream.Geometry;
using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Worlds.Places;

/// <summary>Names provinces, settlements, peaks, lakes and rivers, and says how important each is.</summary>
internal static class Labelling
{
    private const int MostPeaks = 40, MostRivers = 24;

    /// <summary>Gives the names, to settlements and provinces too.</summary>
    /// <returns>All that has a name, the most important first.</returns>
    public static List<Label> Name(ContinentTerrain terrain, PlaceGrid grid, IReadOnlyList<Settlement> settlements, Provinces provinces, GradientNoise noise)
    {
        var names = new NameMaker(noise.Derived(0));
        var found = new List<(string Kind, string Name, double Weight, Vector3d Place)>();
        NameProvinces();
        NameSettlements();
        NamePeaks();
        NameLakes();
        NameRivers();
        return Ranked(found, terrain.Scale);

        // Tongues are spoken in broad stretches of land.
        int TongueAt(double x, double y) =>
            Math.Clamp((int)((0.5 + 0.95 * noise.Fractal(x / grid.Size * 2.2 + 7, y / grid.Size * 2.2, 2)) * NameMaker.Tongues), 0, NameMaker.Tongues - 1);

        void NameProvinces()
        {
            foreach (var province in provinces.All)
            {
                province.Name = names.Next(NameMaker.Kind.Land, TongueAt(grid.X(province.Capital.Node), grid.Y(province.Capital.Node)));
                found.Add(("province", province.Name, province.LandNodes, grid.Place(province.CenterNode)));
            }
        }

        void NameSettlements()
        {
            foreach (var settlement in settlements)
            {
                settlement.Name = names.Next(NameMaker.Kind.Town, TongueAt(grid.X(settlement.Node), grid.Y(settlement.Node)));
                var kind = settlement.Kind switch { SettlementKind.Capital => "capital", SettlementKind.Town => "town", _ => "village" };
                found.Add((kind, settlement.Name, -found.Count, grid.Place(settlement.Node)));
            }
        }

        void NamePeaks()
        {
            foreach (var node in Peaks(grid))
                found.Add(("peak", names.Next(NameMaker.Kind.Peak, TongueAt(grid.X(node), grid.Y(node))), grid.Height[node], grid.Place(node)));
        }

        void NameLakes()
        {
            foreach (var lake in terrain.Lakes.All)
            {
                int i = lake.CenterNode % (terrain.Cells + 1), j = lake.CenterNode / (terrain.Cells + 1);
                double x = i * terrain.Size / terrain.Cells - terrain.Size / 2, y = j * terrain.Size / terrain.Cells - terrain.Size / 2;
                found.Add(("lake", names.Next(NameMaker.Kind.Water, TongueAt(x, y)), lake.Area, new(x, y, lake.Level)));
            }
        }

        void NameRivers()
        {
            foreach (var course in terrain.Rivers.Courses.OrderByDescending(Length).Take(MostRivers))
            {
                var middle = course[course.Length * 2 / 3].Place;
                found.Add(("river", names.Next(NameMaker.Kind.Water, TongueAt(middle.X, middle.Y)), Length(course), middle));
            }
        }
    }

    private static double Length(RiverPoint[] course)
    {
        double length = 0;
        for (var k = 1; k < course.Length; k++)
            length += (course[k].Place - course[k - 1].Place).Length;
        return length;
    }

    // Nodes higher than all around them, the highest first, far from each other and well above the sea.
    private static List<int> Peaks(PlaceGrid grid)
    {
        var highest = grid.Height.Max();
        var candidates = Enumerable.Range(0, grid.Height.Length)
            .Where(node => grid.Landmass[node] != 0 && grid.Height[node] > 0.3 * highest && IsTop(node))
            .OrderByDescending(node => grid.Height[node]).ThenBy(node => node);
        var chosen = new List<int>();
        foreach (var node in candidates)
        {
            if (chosen.Count == MostPeaks)
                break;
            if (chosen.TrueForAll(other => grid.Distance(other, node) > grid.Size / 32))
                chosen.Add(node);
        }
        return chosen;

        bool IsTop(int node)
        {
            foreach (var step in (ReadOnlySpan<int>)[-1, 1, -grid.Nodes, grid.Nodes, -grid.Nodes - 1, -grid.Nodes + 1, grid.Nodes - 1, grid.Nodes + 1])
            {
                if (grid.Height[node + step] > grid.Height[node])
                    return false;
            }
            return true;
        }
    }

    // Ranks in bands by kind, within a kind by weight; with the rank goes the coarsest level, in metres between vertices.
    private static List<Label> Ranked(List<(string Kind, string Name, double Weight, Vector3d Place)> found, double scale)
    {
        var labels = new List<Label>();
        foreach (var kind in found.GroupBy(f => f.Kind))
        {
            var place = 0;
            foreach (var (_, name, _, at) in kind.OrderByDescending(f => f.Weight))
            {
                var (first, step, spacing) = Band(kind.Key, place);
                labels.Add(new(0, name, (byte)Math.Min(255, first + (int)(place * step)), kind.Key, at, spacing * scale));
                place++;
            }
        }
        labels.Sort((a, b) => (a.Rank, a.Kind, a.Name).CompareTo((b.Rank, b.Kind, b.Name)));
        return [.. labels.Select((label, id) => label with { Id = (uint)id })];
    }

    private static (int First, double Step, double Spacing) Band(string kind, int place) => kind switch
    {
        "province" => (1, 0.5, 1600),
        "capital" => (20, 0.5, 800),
        "peak" when place < 6 => (45, 1, 400),
        "lake" when place < 4 => (50, 1, 400),
        "river" when place < 6 => (55, 1, 400),
        "town" => (65, 0.4, 200),
        "peak" => (95, 1, 100),
        "lake" => (100, 1, 100),
        "river" => (110, 1, 100),
        _ => (140, 0.4, 50),
    };
}
