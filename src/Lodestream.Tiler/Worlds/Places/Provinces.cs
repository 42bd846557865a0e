using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Worlds.Places;

/// <summary>A province.</summary>
/// <param name="Capital">Its seat.</param>
internal sealed record Province(Settlement Capital)
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its colour on a map, sRGB.</summary>
    public (byte R, byte G, byte B) Color { get; set; }

    /// <summary>A node far inside it, where its name stands.</summary>
    public int CenterNode { get; set; }

    /// <summary>Nodes of land it has.</summary>
    public int LandNodes { get; set; }
}

/// <summary>
/// Provinces grown around their capitals over the cost of the way: rivers and ridges cost much, so that where two provinces meet there
/// is mostly one or the other.
/// </summary>
internal sealed class Provinces
{
    /// <summary>What a node belongs to that belongs to no province: the open sea.</summary>
    public const byte None = 255;

    // Told apart, and none of them loud.
    private static readonly (byte, byte, byte)[] Palette =
    [
        (0xC4, 0x8A, 0x5A), (0x7E, 0x9C, 0xB8), (0xB5, 0x7A, 0x88), (0x84, 0xA5, 0x6E), (0x9B, 0x86, 0xB8), (0xC9, 0xB0, 0x62), (0x68, 0xA3, 0x9C), (0xA8, 0x6A, 0x5B), (0x8A, 0x8F, 0x5A),
    ];

    // Nodes of sea along the coast that count to the land beside them, so that a coarse map's land has a province everywhere.
    private const int CoastNodes = 4;

    private Provinces(List<Province> all, byte[] regions, bool[] neighbours) => (All, Regions, _neighbours) = (all, regions, neighbours);

    private readonly bool[] _neighbours;

    /// <summary>The provinces.</summary>
    public IReadOnlyList<Province> All { get; }

    /// <summary>The province of each node, an index into <see cref="All"/> or <see cref="None"/>.</summary>
    public byte[] Regions { get; }

    /// <summary>Whether two provinces share a border on land.</summary>
    public bool AreNeighbours(int a, int b) => _neighbours[a * All.Count + b];

    /// <summary>Grows the provinces.</summary>
    public static Provinces Grow(PlaceGrid grid, IReadOnlyList<Settlement> settlements, GradientNoise noise)
    {
        var all = settlements.Where(s => s.Kind == SettlementKind.Capital).Select(s => new Province(s)).ToList();
        var (regions, cost) = Spread(grid, all, noise);
        KeepToTheCoast(grid, regions);
        var provinces = new Provinces(all, regions, NeighboursIn(grid, regions, all.Count));
        provinces.Paint();
        provinces.FindCenters(grid);
        return provinces;
    }

    // Dijkstra from all capitals at once, over land and, at a price, over water, so that islands fall to the nearest coast.
    private static (byte[] Regions, double[] Cost) Spread(PlaceGrid grid, List<Province> all, GradientNoise noise)
    {
        var regions = new byte[grid.Nodes * grid.Nodes];
        var cost = new double[regions.Length];
        Array.Fill(regions, None);
        Array.Fill(cost, double.MaxValue);
        var front = new PriorityQueue<int, (double, int)>();
        for (var p = 0; p < all.Count; p++)
        {
            var node = all[p].Capital.Node;
            (regions[node], cost[node]) = ((byte)p, 0);
            front.Enqueue(node, (0, node));
        }
        while (front.TryDequeue(out var node, out var key))
        {
            if (key.Item1 > cost[node] || grid.OnRim(node))
                continue;
            for (var dj = -1; dj <= 1; dj++)
            {
                for (var di = -1; di <= 1; di++)
                {
                    var next = node + dj * grid.Nodes + di;
                    var reached = cost[node] + (di != 0 && dj != 0 ? 1.4142135623730951 : 1) * Effort(grid, node, next, noise);
                    if (reached >= cost[next])
                        continue;
                    (cost[next], regions[next]) = (reached, regions[node]);
                    front.Enqueue(next, (reached, next));
                }
            }
        }
        return (regions, cost);
    }

    private static double Effort(PlaceGrid grid, int from, int to, GradientNoise noise)
    {
        if (grid.Water[to] != 0)
            return grid.Water[to] == 1 ? 7 : 4;
        var uneven = 1 + 0.35 * noise.Fractal(grid.X(to) / grid.Size * 24, grid.Y(to) / grid.Size * 24, 4);
        var climb = Math.Max(0, grid.Height[to] - grid.Height[from]) / grid.Spacing;
        var crossing = grid.RiverWidth[to] > 0 && grid.RiverWidth[from] == 0 ? 22 * Ramp.Linear(8, 60, grid.RiverWidth[to] / grid.Scale) : 0;
        return uneven * (1 + 5 * grid.Slope[to] + 9 * climb) + crossing;
    }

    private static void KeepToTheCoast(PlaceGrid grid, byte[] regions)
    {
        var toLand = new int[regions.Length];
        Array.Fill(toLand, int.MaxValue);
        var front = new Queue<int>();
        for (var node = 0; node < regions.Length; node++)
        {
            if (grid.Water[node] == 1)
                continue;
            toLand[node] = 0;
            front.Enqueue(node);
        }
        while (front.TryDequeue(out var node))
        {
            if (toLand[node] == CoastNodes || grid.OnRim(node))
                continue;
            foreach (var step in (ReadOnlySpan<int>)[-1, 1, -grid.Nodes, grid.Nodes])
            {
                var next = node + step;
                if (toLand[next] != int.MaxValue)
                    continue;
                (toLand[next], regions[next]) = (toLand[node] + 1, regions[node]);
                front.Enqueue(next);
            }
        }
        for (var node = 0; node < regions.Length; node++)
        {
            if (toLand[node] == int.MaxValue)
                regions[node] = None;
        }
    }

    private static bool[] NeighboursIn(PlaceGrid grid, byte[] regions, int count)
    {
        var neighbours = new bool[count * count];
        for (var node = 0; node < regions.Length - grid.Nodes; node++)
        {
            foreach (var next in (ReadOnlySpan<int>)[node + 1, node + grid.Nodes])
            {
                if (grid.Water[node] == 1 || grid.Water[next] == 1 || regions[node] == regions[next])
                    continue;
                neighbours[regions[node] * count + regions[next]] = neighbours[regions[next] * count + regions[node]] = true;
            }
        }
        return neighbours;
    }

    // Those with most neighbours choose first; each takes the colour that is least used among those no neighbour has.
    private void Paint()
    {
        var colors = new int[All.Count];
        Array.Fill(colors, -1);
        var used = new int[Palette.Length];
        foreach (var p in Enumerable.Range(0, All.Count).OrderByDescending(p => Enumerable.Range(0, All.Count).Count(q => AreNeighbours(p, q))).ThenBy(p => p))
        {
            var best = -1;
            for (var color = 0; color < Palette.Length; color++)
            {
                var taken = Enumerable.Range(0, All.Count).Any(q => AreNeighbours(p, q) && colors[q] == color);
                if (!taken && (best < 0 || used[color] < used[best]))
                    best = color;
            }
            colors[p] = Math.Max(0, best);
            used[colors[p]]++;
            All[p].Color = Palette[colors[p]];
        }
    }

    // Furthest from the province's edge, by walking inward from it.
    private void FindCenters(PlaceGrid grid)
    {
        var inward = new int[Regions.Length];
        var front = new Queue<int>();
        for (var node = 0; node < Regions.Length; node++)
        {
            if (Regions[node] == None || grid.Water[node] == 1 || grid.OnRim(node))
                continue;
            All[Regions[node]].LandNodes++;
            inward[node] = int.MaxValue;
            foreach (var step in (ReadOnlySpan<int>)[-1, 1, -grid.Nodes, grid.Nodes])
            {
                if (inward[node] == int.MaxValue && (Regions[node + step] != Regions[node] || grid.Water[node + step] == 1))
                {
                    inward[node] = 1;
                    front.Enqueue(node);
                }
            }
        }
        foreach (var province in All)
            province.CenterNode = province.Capital.Node;
        var deepest = new int[All.Count];
        while (front.TryDequeue(out var node))
        {
            if (inward[node] > deepest[Regions[node]] && grid.Water[node] == 0)
                (deepest[Regions[node]], All[Regions[node]].CenterNode) = (inward[node], node);
            foreach (var step in (ReadOnlySpan<int>)[-1, 1, -grid.Nodes, grid.Nodes])
            {
                if (inward[node + step] != int.MaxValue)
                    continue;
                inward[node + step] = inward[node] + 1;
                front.Enqueue(node + step);
            }
        }
    }
}
