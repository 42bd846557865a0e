namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>A lake.</summary>
/// <param name="Level">Height of its water above the sea, metres.</param>
/// <param name="Area">Square metres.</param>
/// <param name="CenterNode">The node of it that is furthest from its shore.</param>
internal sealed record Lake(double Level, double Area, int CenterNode);

/// <summary>
/// The lakes of a land: what a drainage network had to fill, where it is large and deep enough. Smaller depressions are filled with
/// ground.
/// </summary>
internal sealed class Lakes
{
    /// <summary>Most lakes there are: a byte tells them apart, with the sea.</summary>
    private const int Most = 250;

    // Nodes around a lake that know of it, so that its shore can be found between them.
    private const int Fringe = 2;

    private readonly byte[] _near;
    private readonly Grid _calm;
    private readonly int _nodes;

    private Lakes(IReadOnlyList<Lake> all, byte[] inside, byte[] near, Grid calm) =>
        (All, Inside, _near, _calm, _nodes) = (all, inside, near, calm, calm.Nodes);

    /// <summary>The lakes; number n of them is n + 1 elsewhere.</summary>
    public IReadOnlyList<Lake> All { get; }

    /// <summary>The lake a node of the grid is in; 0 for none.</summary>
    public byte[] Inside { get; }

    /// <summary>The lake that a place in [0, 1]² is in or beside; 0 for none.</summary>
    public int Near(double u, double v)
    {
        int i = Math.Clamp((int)(u * (_nodes - 1) + 0.5), 0, _nodes - 1), j = Math.Clamp((int)(v * (_nodes - 1) + 0.5), 0, _nodes - 1);
        return _near[j * _nodes + i];
    }

    /// <summary>0 on lakes and their shores, 1 away from them: finer relief would strew islands into them.</summary>
    public double Roughness(double u, double v) => _calm.Linear(u, v);

    /// <summary>Finds the lakes and fills the other depressions.</summary>
    /// <param name="network">The ways of the water over the heights.</param>
    /// <param name="heights">Heights in metres; small depressions are filled here.</param>
    /// <param name="size">Side of the square, metres.</param>
    /// <param name="seaLevel">The sea's height in the heights' terms, metres; levels count from it.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static Lakes Find(DrainageNetwork network, Grid heights, double size, double seaLevel, ParallelOptions parallel)
    {
        var spacing = size / heights.Cells;
        var scale = size / 49152;
        var inside = new byte[heights.Values.Length];
        var seen = new bool[heights.Values.Length];
        var lakes = new List<Lake>();
        var nodes = new List<int>();
        for (var k = 0; k < network.LandCount; k++)
        {
            var first = network.Order[k];
            if (seen[first] || !IsUnderWater(first))
                continue;
            Gather(first);
            double level = double.MaxValue, deepest = 0;
            foreach (var node in nodes)
            {
                level = Math.Min(level, network.Filled[node]);
                deepest = Math.Max(deepest, network.Filled[node] - heights.Values[node]);
            }
            var area = nodes.Count * spacing * spacing;
            if (lakes.Count < Most && nodes.Count >= 12 && area > size * size * 4e-5 && deepest > 3 * scale && level - seaLevel > scale)
            {
                lakes.Add(new(level - seaLevel, area, Middle()));
                // A basin that spills into this one from above is not part of it.
                foreach (var node in nodes)
                {
                    if (heights.Values[node] < level)
                        inside[node] = (byte)lakes.Count;
                    else
                        heights.Values[node] = network.Filled[node];
                }
            }
            else
            {
                foreach (var node in nodes)
                    heights.Values[node] = network.Filled[node];
            }
        }
        return new(lakes, inside, Widened(inside, heights, lakes, seaLevel), Calm(inside, heights.Cells, parallel));

        bool IsUnderWater(int node) => network.Filled[node] - heights.Values[node] > 0.05 * scale;

        void Gather(int first)
        {
            nodes.Clear();
            nodes.Add(first);
            seen[first] = true;
            for (var k = 0; k < nodes.Count; k++)
            {
                foreach (var step in (ReadOnlySpan<int>)[-1, 1, -heights.Nodes, heights.Nodes])
                {
                    var next = nodes[k] + step;
                    if (seen[next] || !IsUnderWater(next))
                        continue;
                    seen[next] = true;
                    nodes.Add(next);
                }
            }
        }

        // Peels the lake from its shore: what is left last.
        int Middle()
        {
            var left = nodes.ToHashSet();
            var middle = nodes[0];
            while (left.Count > 0)
            {
                var shore = left.Where(n => !left.Contains(n - 1) || !left.Contains(n + 1) || !left.Contains(n - heights.Nodes) || !left.Contains(n + heights.Nodes)).ToArray();
                middle = shore.Min();
                left.ExceptWith(shore);
            }
            return middle;
        }
    }

    // Not where the ground beside it is lower: that is beyond its outlet.
    private static byte[] Widened(byte[] inside, Grid heights, List<Lake> lakes, double seaLevel)
    {
        var near = (byte[])inside.Clone();
        for (var ring = 0; ring < Fringe; ring++)
        {
            var before = (byte[])near.Clone();
            for (var node = heights.Nodes; node < near.Length - heights.Nodes; node++)
            {
                if (before[node] != 0)
                    continue;
                foreach (var step in (ReadOnlySpan<int>)[-1, 1, -heights.Nodes, heights.Nodes])
                {
                    if (before[node + step] is var lake and not 0 && heights.Values[node] - seaLevel >= lakes[lake - 1].Level)
                        near[node] = lake;
                }
            }
        }
        return near;
    }

    private static Grid Calm(byte[] inside, int cells, ParallelOptions parallel)
    {
        var calm = new Grid(cells);
        for (var i = 0; i < inside.Length; i++)
            calm.Values[i] = inside[i] == 0 ? 1 : 0;
        // Nothing of the relief may be left up to a fringe from the shore.
        var blurred = calm.Blurred(4, parallel);
        for (var i = 0; i < inside.Length; i++)
            blurred.Values[i] = (float)Ramp.Smooth(0.8, 1, blurred.Values[i]);
        return blurred;
    }
}
