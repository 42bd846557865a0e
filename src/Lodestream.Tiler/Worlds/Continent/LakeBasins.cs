namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>
/// Rain alone leaves no basins: it fills or drains them. Ice does, so troughs are dug along some valleys, deeper than the valley's floor
/// further down; what water then stands in them is for <see cref="Lakes"/> to find.
/// </summary>
internal static class LakeBasins
{
    private const int Most = 16;

    /// <summary>Digs the troughs into the heights that the network was routed over.</summary>
    /// <param name="network">The ways of the water.</param>
    /// <param name="land">The plan's land values: troughs keep away from the coast.</param>
    /// <param name="heights">Heights in metres, lowered here.</param>
    /// <param name="size">Side of the square, metres.</param>
    /// <param name="seaLevel">The sea's height in the heights' terms, metres.</param>
    /// <param name="noise">Chooses places and shapes.</param>
    public static void Dig(DrainageNetwork network, Grid land, Grid heights, double size, double seaLevel, GradientNoise noise)
    {
        var donors = network.MainDonors();
        var sinking = new float[heights.Values.Length];
        var bottom = new float[heights.Values.Length];
        foreach (var outlet in Outlets(network, land, size, seaLevel, noise))
            Trough(outlet);
        for (var i = 0; i < sinking.Length; i++)
        {
            if (sinking[i] > 0 && heights.Values[i] > bottom[i])
                heights.Values[i] += sinking[i] * (bottom[i] - heights.Values[i]);
        }

        void Trough(int outlet)
        {
            var spacing = size / land.Cells;
            // Long and narrow in the mountains, short and round on the plain.
            var relief = (network.Filled[outlet] - seaLevel) / (size / 49152);
            var narrow = Ramp.Smooth(40, 350, relief);
            var radius = size * (0.016 - 0.006 * narrow) * (0.75 + 0.6 * noise.Cell(outlet, 1));
            var length = size * (0.02 + 0.06 * narrow) * (0.6 + 0.9 * noise.Cell(outlet, 2));
            var depth = Math.Min((16 + 34 * narrow) * size / 49152, (network.Filled[outlet] - seaLevel) * 0.6);
            var (lowest, walked) = ((float)(network.Filled[outlet] - depth), 0.0);
            for (var node = outlet; donors[node] != 0 && walked < radius * 1.15 + length && network.Filled[node] < network.Filled[outlet] + 2.5 * depth; node = donors[node])
            {
                walked += network.Distance[donors[node]];
                if (walked > radius * 1.15)
                    Sink(donors[node], lowest, radius, spacing);
            }
        }

        void Sink(int center, float lowest, double radius, double spacing)
        {
            int reach = (int)(radius * 1.4 / spacing) + 1, cx = center % land.Nodes, cy = center / land.Nodes;
            for (var y = Math.Max(1, cy - reach); y <= Math.Min(land.Cells - 1, cy + reach); y++)
            {
                for (var x = Math.Max(1, cx - reach); x <= Math.Min(land.Cells - 1, cx + reach); x++)
                {
                    var node = y * land.Nodes + x;
                    if (land.Values[node] <= 0.01)
                        continue;
                    double dx = (x - cx) * spacing, dy = (y - cy) * spacing;
                    var ragged = 1 + 0.4 * noise.Fractal(x * spacing / radius * 1.3, y * spacing / radius * 1.3, 4);
                    var share = (float)Ramp.Smooth(radius, radius * 0.3, Math.Sqrt(dx * dx + dy * dy) * ragged);
                    if (share <= sinking[node])
                        continue;
                    (sinking[node], bottom[node]) = (share, lowest);
                }
            }
        }
    }

    // Nodes of streams that carry some water, well inland, far from each other; the same for the same seed.
    private static List<int> Outlets(DrainageNetwork network, Grid land, double size, double seaLevel, GradientNoise noise)
    {
        var candidates = new List<int>();
        for (var k = 0; k < network.LandCount; k++)
        {
            var node = network.Order[k];
            if (network.Area[node] > size * size / 700 && land.Values[node] > 0.05 && network.Filled[node] > seaLevel + 14 * size / 49152)
                candidates.Add(node);
        }
        candidates.Sort((a, b) => (noise.Cell(a, 0), a).CompareTo((noise.Cell(b, 0), b)));
        var chosen = new List<int>();
        var apart = land.Cells / 10.0;
        foreach (var node in candidates)
        {
            if (chosen.Count == Most)
                break;
            if (chosen.TrueForAll(other => Distance(node, other) > apart))
                chosen.Add(node);
        }
        return chosen;

        double Distance(int a, int b)
        {
            double dx = a % land.Nodes - b % land.Nodes, dy = a / land.Nodes - b / land.Nodes;
            return Math.Sqrt(dx * dx + dy * dy);
        }
    }
}
