namespace Lodestream.Tiler.Worlds.Places;

/// <summary>Joins the edges of a graph to lines: each runs from one fork or end to the next, or around.</summary>
internal static class LineNetwork
{
    /// <summary>The lines through edges of one kind.</summary>
    /// <param name="edges">Pairs of points.</param>
    /// <param name="isFork">Whether a line ends at a point even though only two edges meet there.</param>
    public static List<int[]> Lines(IEnumerable<(int A, int B)> edges, Func<int, bool> isFork)
    {
        var at = new SortedDictionary<int, List<int>>();
        foreach (var (a, b) in edges)
        {
            Neighbours(a).Add(b);
            Neighbours(b).Add(a);
        }
        foreach (var neighbours in at.Values)
            neighbours.Sort();
        var walked = new HashSet<(int, int)>();
        var lines = new List<int[]>();
        foreach (var (point, neighbours) in at)
        {
            if (IsEnd(point))
                WalkFrom(point, neighbours);
        }
        // What is left are rings.
        foreach (var (point, neighbours) in at)
            WalkFrom(point, neighbours);
        return lines;

        List<int> Neighbours(int point)
        {
            if (!at.TryGetValue(point, out var neighbours))
                at.Add(point, neighbours = []);
            return neighbours;
        }

        bool IsEnd(int point) => at[point].Count != 2 || isFork(point);

        void WalkFrom(int point, List<int> neighbours)
        {
            foreach (var next in neighbours)
            {
                if (walked.Contains((point, next)))
                    continue;
                var line = new List<int> { point };
                int from = point, to = next;
                while (true)
                {
                    walked.Add((from, to));
                    walked.Add((to, from));
                    line.Add(to);
                    if (to == point || IsEnd(to))
                        break;
                    (from, to) = (to, at[to][0] == from ? at[to][1] : at[to][0]);
                }
                lines.Add([.. line]);
            }
        }
    }

    /// <summary>Moves the points of a line between their neighbours, the ends staying: steps of a grid become curves.</summary>
    public static void Smooth(Span<(double X, double Y)> line, int passes)
    {
        var closed = line.Length > 3 && line[0] == line[^1];
        for (var pass = 0; pass < passes; pass++)
        {
            var (first, before) = (line[0], line[0]);
            for (var k = 1; k < line.Length - 1; k++)
            {
                var here = line[k];
                line[k] = ((before.X + 2 * here.X + line[k + 1].X) / 4, (before.Y + 2 * here.Y + line[k + 1].Y) / 4);
                before = here;
            }
            if (closed)
                line[0] = line[^1] = ((before.X + 2 * first.X + line[1].X) / 4, (before.Y + 2 * first.Y + line[1].Y) / 4);
        }
    }

    /// <summary>Which points of a line are needed to keep within a distance of it (Douglas and Peucker 1973); the ends always are.</summary>
    public static void Simplify(ReadOnlySpan<(double X, double Y)> line, double tolerance, Span<bool> keep)
    {
        keep.Clear();
        keep[0] = keep[line.Length - 1] = true;
        var open = new Stack<(int From, int To)>();
        open.Push((0, line.Length - 1));
        while (open.TryPop(out var part))
        {
            var (furthest, worst) = (-1, tolerance);
            for (var k = part.From + 1; k < part.To; k++)
            {
                var distance = Distance(line[k], line[part.From], line[part.To]);
                if (distance > worst)
                    (furthest, worst) = (k, distance);
            }
            if (furthest < 0)
                continue;
            keep[furthest] = true;
            open.Push((part.From, furthest));
            open.Push((furthest, part.To));
        }
    }

    private static double Distance((double X, double Y) p, (double X, double Y) a, (double X, double Y) b)
    {
        double dx = b.X - a.X, dy = b.Y - a.Y;
        var t = Math.Clamp(((p.X - a.X) * dx + (p.Y - a.Y) * dy) / Math.Max(1e-12, dx * dx + dy * dy), 0, 1);
        double ex = p.X - a.X - t * dx, ey = p.Y - a.Y - t * dy;
        return Math.Sqrt(ex * ex + ey * ey);
    }
}
