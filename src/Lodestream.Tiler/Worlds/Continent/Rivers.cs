using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>What a place has to do with the nearest river.</summary>
/// <param name="Distance">Metres to the water's edge; negative in the river; infinite where no river is near.</param>
/// <param name="Level">Height of the water there, metres.</param>
/// <param name="Width">Width of the river, metres.</param>
internal readonly record struct RiverNearby(double Distance, double Level, double Width)
{
    /// <summary>How far the river's bed lies below its water, metres; 0 beside the river.</summary>
    public double Bed => (0.6 + 0.03 * Width) * Ramp.Linear(0, -0.4 * Width, Distance);
}

/// <summary>A point of a river's course: metres from the centre, z the water's height.</summary>
/// <param name="Place">Where.</param>
/// <param name="Width">Width of the river, metres.</param>
/// <param name="InLake">Whether it runs through a lake from here to the next point.</param>
internal readonly record struct RiverPoint(Vector3d Place, double Width, bool InLake)
{
    /// <summary>Whether it is an arm of the sea here.</summary>
    public bool IsEstuary => Place.Z <= 0;
}

/// <summary>
/// The rivers of a land: the ways of its water wherever enough of it comes together, as smoothed lines that only ever fall, from
/// spring to sea.
/// </summary>
internal sealed class Rivers
{
    // Width in metres per metre of √(drained area): a river of 100 km² is 50 m wide here, broad for its size so that it can be seen.
    private const double WidthFactor = 0.005;
    private const double LargestWidth = 110;

    // A river shapes its banks this far from the water, metres, plus twice its width.
    private const double BankMetres = 70;

    private readonly double _size, _seaLevel;
    private readonly List<Segment> _segments = [];
    private readonly CellLists _byCell;
    private readonly List<RiverPoint[]> _courses = [];

    private readonly record struct Segment(double X0, double Y0, double Z0, double W0, double X1, double Y1, double Z1, double W1);

    /// <param name="network">Where the water goes.</param>
    /// <param name="lakes">The lakes on their way.</param>
    /// <param name="nodes">Nodes along the network's side.</param>
    /// <param name="size">Side of the square, metres; (0, 0) is its south-west corner here.</param>
    /// <param name="seaLevel">The sea's height in the network's terms, metres; levels here count from it.</param>
    public Rivers(DrainageNetwork network, Lakes lakes, int nodes, double size, double seaLevel)
    {
        (_size, _seaLevel) = (size, seaLevel);
        Trace(network, lakes, nodes);
        var cells = (nodes - 1) / 2;
        _byCell = new(cells, size / cells, _segments.Count, s => BoundsOf(_segments[s]));
    }

    /// <summary>The rivers, each from its spring to where it meets a larger one or the sea; the last point is the larger one's.</summary>
    public IReadOnlyList<RiverPoint[]> Courses => _courses;

    /// <summary>The nearest river to a place, metres from the south-west corner.</summary>
    public RiverNearby At(double x, double y)
    {
        var nearest = new RiverNearby(double.PositiveInfinity, 0, 0);
        if (!(x >= 0 && y >= 0 && x < _size && y < _size))
            return nearest;
        foreach (var segment in _byCell[_byCell.CellOf(x), _byCell.CellOf(y)])
        {
            var s = _segments[segment];
            double dx = s.X1 - s.X0, dy = s.Y1 - s.Y0;
            var t = Math.Clamp(((x - s.X0) * dx + (y - s.Y0) * dy) / Math.Max(1e-9, dx * dx + dy * dy), 0, 1);
            double ex = x - s.X0 - t * dx, ey = y - s.Y0 - t * dy;
            var width = s.W0 + (s.W1 - s.W0) * t;
            var distance = Math.Sqrt(ex * ex + ey * ey) - width / 2;
            if (distance < nearest.Distance)
                nearest = new(distance, s.Z0 + (s.Z1 - s.Z0) * t, width);
        }
        return nearest;
    }

    /// <summary>How far from its water a river of this width shapes the ground, metres.</summary>
    public static double BankOf(double width) => BankMetres + 2 * width;

    private void Trace(DrainageNetwork network, Lakes lakes, int nodes)
    {
        var spacing = _size / (nodes - 1);
        // A spring drains about a two-thousandth of the land.
        var spring = (float)(_size * _size / 1600);
        var isRiver = new bool[nodes * nodes];
        var mainDonor = network.MainDonors();
        var list = new List<int>();
        for (var k = 0; k < network.LandCount; k++)
        {
            var node = network.Order[k];
            if (network.Area[node] < spring)
                continue;
            isRiver[node] = true;
            list.Add(node);
        }
        foreach (var node in list)
        {
            if (!isRiver[mainDonor[node]])
                mainDonor[node] = 0;
        }
        var (x, y) = Smoothed(list, network, mainDonor, nodes, spacing);
        var level = Levels(list, network, lakes);
        foreach (var node in list)
        {
            var next = network.Receiver[node];
            var (from, to) = (PointOf(node), isRiver[next] ? PointOf(next) : Mouth(next, node));
            if (!from.InLake)
                _segments.Add(new(from.Place.X + _size / 2, from.Place.Y + _size / 2, from.Place.Z, from.Width, to.Place.X + _size / 2, to.Place.Y + _size / 2, to.Place.Z, to.Width));
            if (mainDonor[node] == 0)
                _courses.Add(CourseFrom(node));
        }

        RiverPoint[] CourseFrom(int node)
        {
            var course = new List<RiverPoint>();
            while (true)
            {
                course.Add(PointOf(node));
                var next = network.Receiver[node];
                if (!isRiver[next])
                {
                    course.Add(Mouth(next, node));
                    return [.. course];
                }
                if (mainDonor[next] != node)
                {
                    course.Add(PointOf(next) with { Width = course[^1].Width });
                    return [.. course];
                }
                node = next;
            }
        }

        RiverPoint PointOf(int node) => new(
            new(x[node] - _size / 2, y[node] - _size / 2, level[node]),
            Width(network.Area[node]), lakes.Inside[node] != 0 && lakes.Inside[node] == lakes.Inside[network.Receiver[node]]);

        // At the mouth the water is the sea's.
        RiverPoint Mouth(int sea, int node) => new(new(x[sea] - _size / 2, y[sea] - _size / 2, 0), Width(network.Area[node]) * 1.3, false);

        double Width(double area) => Math.Min(LargestWidth, WidthFactor * Math.Sqrt(area));
    }

    // Within a lake the water is the lake's; elsewhere it stands as high as the ground was filled, and nowhere higher than upstream.
    private double[] Levels(List<int> river, DrainageNetwork network, Lakes lakes)
    {
        var level = new double[network.Filled.Length];
        foreach (var node in river)
            level[node] = lakes.Inside[node] is var lake and not 0 ? lakes.All[lake - 1].Level : Math.Max(0, network.Filled[node] - _seaLevel);
        for (var k = river.Count - 1; k >= 0; k--)
        {
            var next = network.Receiver[river[k]];
            level[next] = Math.Min(level[next], level[river[k]]);
        }
        return level;
    }

    // Steps of the grid become curves: each point moves between its neighbours on the main stem, several times over.
    private static (double[] X, double[] Y) Smoothed(List<int> river, DrainageNetwork network, int[] mainDonor, int nodes, double spacing)
    {
        var x = new double[nodes * nodes];
        var y = new double[nodes * nodes];
        foreach (var node in river)
        {
            Place(node);
            Place(network.Receiver[node]);
        }
        var moved = new (double X, double Y)[river.Count];
        for (var pass = 0; pass < 4; pass++)
        {
            for (var k = 0; k < river.Count; k++)
            {
                int node = river[k], up = mainDonor[node], down = network.Receiver[node];
                moved[k] = up == 0 ? (x[node], y[node]) : ((x[up] + 2 * x[node] + x[down]) / 4, (y[up] + 2 * y[node] + y[down]) / 4);
            }
            for (var k = 0; k < river.Count; k++)
                (x[river[k]], y[river[k]]) = moved[k];
        }
        return (x, y);

        void Place(int node) => (x[node], y[node]) = (node % nodes * spacing, node / nodes * spacing);
    }

    // As far as it shapes its banks.
    private static CellBounds BoundsOf(in Segment segment)
    {
        var width = Math.Max(segment.W0, segment.W1);
        var reach = width / 2 + BankOf(width);
        return new(
            Math.Min(segment.X0, segment.X1) - reach, Math.Min(segment.Y0, segment.Y1) - reach,
            Math.Max(segment.X0, segment.X1) + reach, Math.Max(segment.Y0, segment.Y1) + reach);
    }
}
