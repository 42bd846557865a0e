using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Worlds.Places;

/// <summary>How large a settlement is.</summary>
internal enum SettlementKind
{
    /// <summary>Seat of a province.</summary>
    Capital,

    /// <summary>A town.</summary>
    Town,

    /// <summary>A village.</summary>
    Village,
}

/// <summary>A place where people live.</summary>
/// <param name="Node">Where, on the grid.</param>
/// <param name="Kind">How large.</param>
internal sealed record Settlement(int Node, SettlementKind Kind)
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";
}

/// <summary>Finds where people would settle: level ground, not high, by a river or the sea, at some distance from each other.</summary>
internal static class Settlements
{
    // Towns and villages per province.
    private const int TownsEach = 3, VillagesEach = 8;

    /// <summary>The settlements: capitals first, then towns, then villages, each kind from the best place down.</summary>
    public static List<Settlement> Find(PlaceGrid grid, GradientNoise noise)
    {
        var candidates = Candidates(grid, noise);
        var chosen = new List<Settlement>();
        var area = grid.LandCount * grid.Spacing * grid.Spacing;
        var provinces = ProvincesOn(grid);
        Choose(SettlementKind.Capital, provinces, Math.Sqrt(area / provinces) * 0.66);
        Choose(SettlementKind.Town, provinces * TownsEach, Math.Sqrt(area / (provinces * (1 + TownsEach))) * 0.6);
        Choose(SettlementKind.Village, provinces * VillagesEach, Math.Sqrt(area / (provinces * (1 + TownsEach + VillagesEach))) * 0.6);
        return chosen;

        // Where there isn't room for as many as there should be, they move together.
        void Choose(SettlementKind kind, int wanted, double apart)
        {
            var before = chosen.Count;
            for (var tries = 0; tries < 12 && chosen.Count - before < wanted; tries++, apart *= 0.8)
            {
                foreach (var node in candidates)
                {
                    if (chosen.Count - before == wanted)
                        break;
                    if (chosen.TrueForAll(other => grid.Distance(other.Node, node) >= apart))
                        chosen.Add(new(node, kind));
                }
            }
        }
    }

    /// <summary>How many provinces a continent has, 10 to 30, more the more land there is.</summary>
    private static int ProvincesOn(PlaceGrid grid) => Math.Clamp((int)Math.Floor(46.0 * grid.LandCount / ((double)grid.Nodes * grid.Nodes) + 0.5), 10, 30);

    private static List<int> Candidates(PlaceGrid grid, GradientNoise noise)
    {
        var scored = new List<(double Score, int Node)>();
        for (var node = 0; node < grid.Landmass.Length; node++)
        {
            if (grid.Landmass[node] == 0 || grid.Slope[node] > 0.22)
                continue;
            scored.Add((-Appeal(grid, node, noise), node));
        }
        scored.Sort();
        return scored.ConvertAll(s => s.Node);
    }

    private static double Appeal(PlaceGrid grid, int node, GradientNoise noise)
    {
        var appeal = 1 - grid.Slope[node] / 0.11 - 0.8 * Ramp.Linear(250, 900, grid.Height[node] / grid.Scale);
        double river = 0;
        for (var dj = -2; dj <= 2; dj++)
        {
            for (var di = -2; di <= 2; di++)
            {
                var near = node + dj * grid.Nodes + di;
                if ((uint)near < (uint)grid.RiverWidth.Length)
                    river = Math.Max(river, grid.RiverWidth[near]);
            }
        }
        // On the bank, not in the river.
        appeal += 0.9 * Ramp.Linear(8, 70, river / grid.Scale) - (grid.RiverWidth[node] > 0 ? 0.5 : 0);
        appeal += 0.5 * Ramp.Smooth(10 * grid.Spacing, 2 * grid.Spacing, grid.ToSea[node]) - (grid.ToSea[node] < 1.5 * grid.Spacing ? 0.4 : 0);
        // Larger lands draw more people than islets.
        return appeal + 0.5 * noise.Fractal(grid.X(node) / grid.Size * 40, grid.Y(node) / grid.Size * 40, 3) + 0.2 * noise.Cell(node, 7);
    }
}
