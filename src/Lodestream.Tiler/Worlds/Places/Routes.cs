using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Worlds.Places;

/// <summary>How important a route is.</summary>
internal enum RouteKind
{
    /// <summary>Between capitals.</summary>
    Main,

    /// <summary>To a town.</summary>
    Secondary,

    /// <summary>To a village.</summary>
    Track,
}

/// <summary>
/// Routes between settlements: ways of least cost over the slopes, along valleys, seldom over rivers and never through standing water;
/// what follows a route that is there already costs less, so that routes join instead of running side by side.
/// </summary>
internal sealed class Routes
{
    /// <summary>Rise over run between two nodes that a route takes only where there is no other way.</summary>
    public const double SteepestSlope = 0.28;

    // A slope of this doubles the cost of a way.
    private const double TiringSlope = 0.07;

    // Cost of a way along a route beside one across country.
    private const double OnRoute = 0.4;

    // A route between neighbouring capitals is built where the way along others is this much more costly.
    private const double WorthwhileDetour = 1.5;

    private readonly PlaceGrid _grid;
    private readonly float[] _uneven;
    private readonly Dictionary<(int A, int B), RouteKind> _edges = [];
    private readonly bool[] _on;
    private readonly double[] _cost;
    private readonly int[] _from, _run;
    private readonly (int Di, int Dj, double Length)[] _steps;
    private int _runs;

    private Routes(PlaceGrid grid, GradientNoise noise)
    {
        _grid = grid;
        // Fields, woods and fords nobody has mapped: without them routes on a plain would be ruled.
        _uneven = new float[grid.Nodes * grid.Nodes];
        for (var node = 0; node < _uneven.Length; node++)
            _uneven[node] = (float)(1 + 0.7 * noise.Fractal(grid.X(node) / grid.Size * 48, grid.Y(node) / grid.Size * 48, 3));
        var nodes = grid.Nodes * grid.Nodes;
        (_on, _cost, _from, _run) = (new bool[nodes], new double[nodes], new int[nodes], new int[nodes]);
        _steps = [.. Directions().Select(d => (d.Di, d.Dj, Math.Sqrt(d.Di * d.Di + d.Dj * d.Dj) * grid.Spacing))];
    }

    /// <summary>The routes' pieces between nodes of the grid, the lower number first, with what they belong to at best.</summary>
    public IReadOnlyDictionary<(int A, int B), RouteKind> Edges => _edges;

    /// <summary>Builds the routes.</summary>
    public static Routes Build(PlaceGrid grid, IReadOnlyList<Settlement> settlements, Provinces provinces, GradientNoise noise)
    {
        var routes = new Routes(grid, noise);
        foreach (var landmass in settlements.GroupBy(s => grid.Landmass[s.Node]).OrderBy(g => g.Key))
            routes.Connect([.. landmass]);
        routes.AddShortcuts(provinces);
        return routes;
    }

    /// <summary>The routes as lines, metres from the centre, each of one kind; where routes meet, lines end.</summary>
    public List<(RouteKind Kind, (double X, double Y)[] Line)> Lines(IReadOnlyList<Settlement> settlements)
    {
        var ends = settlements.Select(s => s.Node).ToHashSet();
        var kinds = new Dictionary<int, int>();
        foreach (var ((a, b), kind) in _edges)
        {
            kinds[a] = kinds.GetValueOrDefault(a) | 1 << (int)kind;
            kinds[b] = kinds.GetValueOrDefault(b) | 1 << (int)kind;
        }
        var lines = new List<(RouteKind, (double X, double Y)[])>();
        foreach (var kind in Enum.GetValues<RouteKind>())
        {
            var edges = _edges.Where(e => e.Value == kind).Select(e => e.Key).Order();
            // Also where a lesser route leaves this one: the lesser one ends in a point that must not move.
            foreach (var nodes in LineNetwork.Lines(edges, node => ends.Contains(node) || kinds[node] != 1 << (int)kind))
            {
                var points = Array.ConvertAll(nodes, node => (_grid.X(node), _grid.Y(node)));
                LineNetwork.Smooth(points, 3);
                lines.Add((kind, points));
            }
        }
        return lines;
    }

    /// <summary>Whether a route may go from a node to another a step away: through no standing water, off the grid's rim.</summary>
    public static bool IsPassable(PlaceGrid grid, int from, int di, int dj)
    {
        int i = from % grid.Nodes + di, j = from / grid.Nodes + dj;
        if (i <= 0 || j <= 0 || i >= grid.Cells || j >= grid.Cells || grid.Landmass[from + dj * grid.Nodes + di] == 0)
            return false;
        // A long step passes between two nodes.
        return Math.Abs(di) + Math.Abs(dj) < 3 ||
            (grid.Landmass[from + dj / 2 * grid.Nodes + di / 2] != 0 && grid.Landmass[from + (dj - dj / 2) * grid.Nodes + di - di / 2] != 0);
    }

    /// <summary>The sixteen steps from a node.</summary>
    public static IEnumerable<(int Di, int Dj)> Directions()
    {
        for (var dj = -2; dj <= 2; dj++)
        {
            for (var di = -2; di <= 2; di++)
            {
                if (Math.Abs(di) + Math.Abs(dj) == 3 || (Math.Max(Math.Abs(di), Math.Abs(dj)) == 1))
                    yield return (di, dj);
            }
        }
    }

    // Settlements come with the most important first.
    private void Connect(List<Settlement> settlements)
    {
        _on[settlements[0].Node] = true;
        foreach (var settlement in settlements.Skip(1))
        {
            if (_on[settlement.Node])
                continue;
            var kind = settlement.Kind switch { SettlementKind.Capital => RouteKind.Main, SettlementKind.Town => RouteKind.Secondary, _ => RouteKind.Track };
            var reached = Reach(settlement.Node, -1, steep: false);
            if (reached < 0)
                reached = Reach(settlement.Node, -1, steep: true);
            Lay(settlement.Node, reached, kind);
        }
    }

    private void AddShortcuts(Provinces provinces)
    {
        for (var a = 0; a < provinces.All.Count; a++)
        {
            for (var b = a + 1; b < provinces.All.Count; b++)
            {
                int from = provinces.All[a].Capital.Node, to = provinces.All[b].Capital.Node;
                if (!provinces.AreNeighbours(a, b) || _grid.Landmass[from] != _grid.Landmass[to] || Reach(from, to, steep: false) < 0)
                    continue;
                // Where it saves little, what is there is taken.
                if (CostAlongRoutes(from, to) > WorthwhileDetour * CostOfWay(from, to))
                    Lay(from, to, RouteKind.Main);
                else
                    Raise(from, to);
            }
        }
    }

    // Dijkstra from a node until a goal, or any node of a route, is reached; −1 where that cannot be.
    private int Reach(int start, int goal, bool steep, bool routesOnly = false)
    {
        _runs++;
        var front = new PriorityQueue<int, (double, int)>();
        (_run[start], _cost[start], _from[start]) = (_runs, 0, -1);
        front.Enqueue(start, (0, start));
        while (front.TryDequeue(out var node, out var key))
        {
            if (key.Item1 > _cost[node])
                continue;
            if (node == goal || (goal < 0 && _on[node] && node != start))
                return node;
            foreach (var (di, dj, length) in _steps)
            {
                if (!IsPassable(_grid, node, di, dj))
                    continue;
                var next = node + dj * _grid.Nodes + di;
                var slope = Math.Abs(_grid.Height[next] - _grid.Height[node]) / length;
                var isRoute = _edges.ContainsKey(Key(node, next));
                if ((slope > SteepestSlope && !steep) || (routesOnly && !isRoute))
                    continue;
                var cost = _cost[node] + Effort(node, next, length, slope) * (isRoute ? OnRoute : 1);
                if (_run[next] == _runs && _cost[next] <= cost)
                    continue;
                (_run[next], _cost[next], _from[next]) = (_runs, cost, node);
                front.Enqueue(next, (cost, next));
            }
        }
        return -1;
    }

    private double Effort(int from, int to, double length, double slope)
    {
        var tiring = slope / TiringSlope;
        var effort = length * (1 + tiring * tiring + (slope > SteepestSlope ? 1000 : 0));
        // Across the slope it is no rise, but a cut in the hillside.
        effort *= _uneven[to] * (1 + 1.5 * _grid.Slope[to]);
        // A bridge, not a way along the bed.
        return _grid.RiverWidth[to] > 0 ? effort * 3 + (_grid.RiverWidth[from] > 0 ? 0 : 4 * _grid.Spacing + 8 * _grid.RiverWidth[to]) : effort;
    }

    private void Lay(int start, int end, RouteKind kind)
    {
        for (var node = end; node >= 0; node = _from[node])
        {
            _on[node] = true;
            if (_from[node] < 0)
                continue;
            var key = Key(node, _from[node]);
            _edges[key] = _edges.TryGetValue(key, out var there) && there < kind ? there : kind;
        }
        _on[start] = true;
    }

    // Cost without what routes save.
    private double CostOfWay(int start, int end)
    {
        double cost = 0;
        for (var node = end; node != start; node = _from[node])
        {
            var length = _grid.Distance(node, _from[node]);
            cost += Effort(_from[node], node, length, Math.Abs(_grid.Height[node] - _grid.Height[_from[node]]) / length);
        }
        return cost;
    }

    private double CostAlongRoutes(int from, int to)
    {
        var way = Reach(from, to, steep: true, routesOnly: true) < 0 ? double.MaxValue : CostOfWay(from, to);
        Reach(from, to, steep: false);
        return way;
    }

    // The way between neighbouring capitals is a main route, whatever it was built for.
    private void Raise(int from, int to)
    {
        if (Reach(from, to, steep: true, routesOnly: true) >= 0)
            Lay(from, to, RouteKind.Main);
    }

    private static (int, int) Key(int a, int b) => a < b ? (a, b) : (b, a);
}
