namespace Lodestream.Tiler.Worlds.Places;

/// <summary>The lines between provinces on land and across lakes; coasts are none.</summary>
internal static class Borders
{
    /// <summary>The borders, metres from the centre. Where three provinces meet, three lines end in the same point.</summary>
    public static List<(double X, double Y)[]> Between(PlaceGrid grid, byte[] regions)
    {
        // Points are the middles of cells; an edge separates two nodes beside each other.
        var edges = new List<(int, int)>();
        for (var j = 1; j < grid.Cells; j++)
        {
            for (var i = 1; i < grid.Cells; i++)
            {
                var node = j * grid.Nodes + i;
                if (IsBorder(node, node + 1))
                    edges.Add((Cell(i, j - 1), Cell(i, j)));
                if (IsBorder(node, node + grid.Nodes))
                    edges.Add((Cell(i - 1, j), Cell(i, j)));
            }
        }
        var lines = new List<(double X, double Y)[]>();
        foreach (var line in LineNetwork.Lines(edges, _ => false))
        {
            var points = Array.ConvertAll(line, cell => ((cell % grid.Cells + 0.5) * grid.Spacing - grid.Size / 2, (cell / grid.Cells + 0.5) * grid.Spacing - grid.Size / 2));
            LineNetwork.Smooth(points, 6);
            lines.Add(points);
        }
        return lines;

        int Cell(int i, int j) => j * grid.Cells + i;

        bool IsBorder(int a, int b) => grid.Water[a] != 1 && grid.Water[b] != 1 && regions[a] != regions[b];
    }
}
