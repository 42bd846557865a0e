namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>
/// Raises land and lets rivers cut it down: dh/dt = uplift − K·√area·slope (the stream-power law), solved implicitly from the sea
/// upward (Braun and Willett 2013), with slopes no steeper than the rock holds. Coarse grids first: great valleys form there, and finer
/// grids add their tributaries.
/// </summary>
internal sealed class LandscapeEvolution(ContinentShape shape, double sizeMetres, GradientNoise noise)
{
    // Time is measured in units in which K·√area·slope of 1 m² cuts 1 m; a steady range is about ten times UpliftMetres high.
    private const double UpliftMetres = 430;
    private const double ReferenceSize = 49152;

    // Per grid, finest first: steps, length of a step, and after how many steps the water's ways are found anew. Fewer grids leave
    // out the first entries, not the last: the coarsest always has the long time that great valleys take.
    private static readonly (int Steps, double Step, int Reroute)[] Schedule = [(24, 0.05, 4), (40, 0.055, 4), (70, 0.07, 2), (100, 0.09, 1)];

    private readonly double _upliftMetres = UpliftMetres * sizeMetres / ReferenceSize;

    /// <summary>The land after it has been carved; heights in metres above the sea, 0 at sea.</summary>
    /// <param name="land">Above 0 where land is; decides the resolution.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="progress">Told the share that is done.</param>
    public Grid Evolve(Grid land, ParallelOptions parallel, Action<double> progress)
    {
        var grids = new List<Grid> { land };
        while (grids.Count < Schedule.Length && grids[^1].Cells > 64)
            grids.Add(grids[^1].Halved());

        Grid? heights = null;
        double done = 0, all = 0;
        for (var g = 0; g < grids.Count; g++)
            all += Cost(g);
        for (var g = grids.Count - 1; g >= 0; g--)
        {
            heights = heights is null ? FirstRelief(grids[g]) : Refined(heights, parallel);
            var (before, cost) = (done, Cost(g));
            Carve(grids[g], heights, ScheduleOf(g), parallel, share => progress((before + cost * share) / all));
            done += cost;
        }
        return heights!;

        (int Steps, double Step, int Reroute) ScheduleOf(int g) => Schedule[Schedule.Length - grids.Count + g];

        double Cost(int g) => (double)grids[g].Cells * grids[g].Cells * ScheduleOf(g).Steps * (0.2 + 1.0 / ScheduleOf(g).Reroute);
    }

    // A low dome with bumps: enough for the water to know which way to go.
    private Grid FirstRelief(Grid land)
    {
        var heights = new Grid(land.Cells);
        for (var j = 0; j < land.Nodes; j++)
        {
            for (var i = 0; i < land.Nodes; i++)
            {
                double u = (double)i / land.Cells, v = (double)j / land.Cells;
                var inland = Math.Max(0, land.Values[j * land.Nodes + i]);
                heights.Values[j * land.Nodes + i] = (float)(_upliftMetres * inland * (0.6 + 0.4 * noise.Fractal(u * 12, v * 12, 4)));
            }
        }
        return heights;
    }

    // Twice the resolution, pulled about by less than a cell: a grid's eight directions leave straight valleys and flat facets, which
    // this bends before the finer water takes them up.
    private Grid Refined(Grid heights, ParallelOptions parallel)
    {
        var (bendX, bendY) = (noise.Derived((uint)heights.Cells + 1), noise.Derived((uint)heights.Cells + 2));
        double frequency = heights.Cells / 5.0, reach = 1.1 / heights.Cells;
        return Grid.Filled(heights.Cells * 2, parallel, (u, v) => Math.Max(0, heights.Cubic(
            u + reach * bendX.Fractal(u * frequency, v * frequency, 2),
            v + reach * bendY.Fractal(u * frequency, v * frequency, 2))));
    }

    private void Carve(Grid land, Grid heights, (int Steps, double Step, int Reroute) schedule, ParallelOptions parallel, Action<double> progress)
    {
        var nodes = land.Nodes;
        var spacing = sizeMetres / land.Cells;
        var sea = new bool[land.Values.Length];
        for (var i = 0; i < sea.Length; i++)
        {
            int x = i % nodes, y = i / nodes;
            sea[i] = land.Values[i] <= 0 || x == 0 || y == 0 || x == nodes - 1 || y == nodes - 1;
            if (sea[i])
                heights.Values[i] = 0;
        }
        var uplift = Grid.Filled(land.Cells, parallel, shape.Uplift).Values;
        var erodibility = Grid.Filled(land.Cells, parallel, shape.Erodibility).Values;
        var repose = Grid.Filled(land.Cells, parallel, shape.Repose).Values;
        var settled = new float[sea.Length];
        var network = new DrainageNetwork(nodes, spacing, sea, noise.Derived((uint)land.Cells));

        for (var step = 0; step < schedule.Steps; step++)
        {
            parallel.CancellationToken.ThrowIfCancellationRequested();
            if (step % schedule.Reroute == 0)
                network.Route(heights.Values, parallel);
            Cut(network, heights.Values, uplift, erodibility, repose, schedule.Step);
            Creep(heights.Values, settled, sea, uplift, nodes, parallel);
            settled.CopyTo(heights.Values, 0);
            progress((step + 1.0) / schedule.Steps);
        }
    }

    // One implicit step: a node's new height follows from its receiver's, which the order has already given.
    private void Cut(DrainageNetwork network, float[] heights, float[] uplift, float[] erodibility, float[] repose, double step)
    {
        var rise = (float)(_upliftMetres * step);
        for (var k = 0; k < network.LandCount; k++)
        {
            var node = network.Order[k];
            var distance = network.Distance[node];
            var below = heights[network.Receiver[node]];
            var power = (float)step * erodibility[node] * MathF.Sqrt(network.Area[node]) / distance;
            var height = (heights[node] + rise * uplift[node] + power * below) / (1 + power);
            heights[node] = Math.Min(height, below + repose[node] * distance);
        }
    }

    // Soil moves from where the ground bulges to where it sags: gentle land grows round, rising rock stays sharp.
    private static void Creep(float[] heights, float[] settled, bool[] sea, float[] uplift, int nodes, ParallelOptions parallel) => Parallel.For(0, nodes, parallel, j =>
    {
        for (var i = 0; i < nodes; i++)
        {
            var k = j * nodes + i;
            if (sea[k])
            {
                settled[k] = heights[k];
                continue;
            }
            var mean = (heights[k - 1] + heights[k + 1] + heights[k - nodes] + heights[k + nodes]) / 4;
            var mobility = (float)Ramp.Lerp(0.3, 0.05, Ramp.Smooth(0.06, 0.6, uplift[k]));
            settled[k] = heights[k] + mobility * (mean - heights[k]);
        }
    });
}
