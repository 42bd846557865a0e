namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>A square field of samples, nodes on the corners of cells: <c>Cells + 1</c> along each side, row by row from the south-west.</summary>
internal sealed class Grid
{
    public Grid(int cells)
    {
        Cells = cells;
        Values = new float[(cells + 1) * (cells + 1)];
    }

    /// <summary>Cells along the side.</summary>
    public int Cells { get; }

    /// <summary>Nodes along the side.</summary>
    public int Nodes => Cells + 1;

    /// <summary>The samples, x fastest.</summary>
    public float[] Values { get; }

    /// <summary>Fills the field from a function of the place in [0, 1]², rows in parallel.</summary>
    public static Grid Filled(int cells, ParallelOptions parallel, Func<double, double, double> value)
    {
        var grid = new Grid(cells);
        Parallel.For(0, grid.Nodes, parallel, j =>
        {
            for (var i = 0; i <= cells; i++)
                grid.Values[j * (cells + 1) + i] = (float)value((double)i / cells, (double)j / cells);
        });
        return grid;
    }

    /// <summary>The value between nodes, bilinear, at a place in [0, 1]².</summary>
    public double Linear(double u, double v)
    {
        var (i, j, fx, fy) = Cell(u, v);
        var k = j * Nodes + i;
        double a = Values[k], b = Values[k + 1], c = Values[k + Nodes], d = Values[k + Nodes + 1];
        var low = a + (b - a) * fx;
        return low + (c + (d - c) * fx - low) * fy;
    }

    /// <summary>The value between nodes along Catmull and Rom's cubic, through the nodes and with a continuous slope, at a place in [0, 1]².</summary>
    public double Cubic(double u, double v)
    {
        var (i, j, fx, fy) = Cell(u, v);
        int x0 = Math.Max(0, i - 1), x3 = Math.Min(Cells, i + 2);
        return Spline(Row(Math.Max(0, j - 1)), Row(j), Row(j + 1), Row(Math.Min(Cells, j + 2)), fy);

        double Row(int row)
        {
            var k = row * Nodes;
            return Spline(Values[k + x0], Values[k + i], Values[k + i + 1], Values[k + x3], fx);
        }
    }

    /// <summary>Every second node.</summary>
    public Grid Halved()
    {
        var coarse = new Grid(Cells / 2);
        for (var j = 0; j < coarse.Nodes; j++)
        {
            for (var i = 0; i < coarse.Nodes; i++)
                coarse.Values[j * coarse.Nodes + i] = Values[2 * j * Nodes + 2 * i];
        }
        return coarse;
    }

    /// <summary>The field averaged over a square of <c>2·radius + 1</c> nodes, the edge repeated outside.</summary>
    public Grid Blurred(int radius, ParallelOptions parallel)
    {
        var rows = new Grid(Cells);
        var both = new Grid(Cells);
        Parallel.For(0, Nodes, parallel, j => Blur(Values, rows.Values, j * Nodes, 1, radius));
        Parallel.For(0, Nodes, parallel, i => Blur(rows.Values, both.Values, i, Nodes, radius));
        return both;
    }

    private void Blur(float[] from, float[] to, int start, int stride, int radius)
    {
        double sum = 0;
        for (var i = -radius; i <= radius; i++)
            sum += At(i);
        for (var i = 0; i < Nodes; i++)
        {
            to[start + i * stride] = (float)(sum / (2 * radius + 1));
            sum += At(i + radius + 1) - At(i - radius);
        }

        double At(int i) => from[start + Math.Clamp(i, 0, Cells) * stride];
    }

    private (int I, int J, double Fx, double Fy) Cell(double u, double v)
    {
        double x = Math.Clamp(u, 0, 1) * Cells, y = Math.Clamp(v, 0, 1) * Cells;
        int i = Math.Min((int)x, Cells - 1), j = Math.Min((int)y, Cells - 1);
        return (i, j, x - i, y - j);
    }

    private static double Spline(double a, double b, double c, double d, double t) =>
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
