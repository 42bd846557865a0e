using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>What a block of the city is.</summary>
internal enum BlockUse
{
    /// <summary>Buildings round a court.</summary>
    Built,

    /// <summary>Lawns, paths and trees.</summary>
    Park,

    /// <summary>Paved, with trees in rows.</summary>
    Square,
}

/// <summary>A block: all within its kerbs, scene frame, metres.</summary>
internal sealed record CityBlock(BlockUse Use, double X0, double X1, double Y0, double Y1)
{
    public Vector3d Center => new((X0 + X1) / 2, (Y0 + Y1) / 2, 0);

    /// <summary>Its four sides: along the kerb, with the sidewalk to the left, and their lengths; south, east, north, west.</summary>
    public (PlanFrame Frame, double Length)[] Sides() =>
    [
        (new(new(X0, Y0, 0), Vector3d.UnitX, Vector3d.UnitY), X1 - X0),
        (new(new(X1, Y0, 0), Vector3d.UnitY, -Vector3d.UnitX), Y1 - Y0),
        (new(new(X1, Y1, 0), -Vector3d.UnitX, -Vector3d.UnitY), X1 - X0),
        (new(new(X0, Y1, 0), -Vector3d.UnitY, Vector3d.UnitX), Y1 - Y0),
    ];
}

/// <summary>The city's plan: streets in a grid of uneven steps with an avenue through the middle, blocks between them, lots along their sides, a building on each.</summary>
internal sealed class CityPlan
{
    /// <summary>Height of the kerb, and of the buildings' ground floors above the streets.</summary>
    public const double Kerb = 0.15, GroundFloor = 0.18;

    /// <summary>Width of the sidewalk.</summary>
    public const double Sidewalk = 3.6;

    /// <summary>Between kerbs.</summary>
    public const double StreetWidth = 8.5, AvenueWidth = 19;

    /// <summary>Width of the strip along the avenue's middle.</summary>
    public const double Median = 3;

    private const double BlockLength = 68, LotWidth = 16, Alley = 5, LeastCourt = 8;

    private const int LayoutStream = 100, BuildingStream = 101;

    private CityPlan(double size, double[] xs, double[] ys, IReadOnlyList<CityBlock> blocks, IReadOnlyList<CitySite> sites) =>
        (Size, StreetXs, StreetYs, Blocks, Sites) = (size, xs, ys, blocks, sites);

    /// <summary>Length of its side.</summary>
    public double Size { get; }

    /// <summary>Middles of the streets that run north; the avenue is <see cref="AvenueX"/>.</summary>
    public double[] StreetXs { get; }

    /// <summary>Middles of the streets that run east.</summary>
    public double[] StreetYs { get; }

    /// <summary>Middle of the avenue.</summary>
    public double AvenueX => StreetXs[StreetXs.Length / 2];

    public IReadOnlyList<CityBlock> Blocks { get; }

    /// <summary>Everything that stands in it.</summary>
    public IReadOnlyList<CitySite> Sites { get; }

    public IEnumerable<BuildingPlan> Buildings => Sites.OfType<BuildingSite>().Select(site => site.Plan);

    /// <summary>Plans a city.</summary>
    public static CityPlan Make(ulong seed, double size)
    {
        var random = CityRandom.For(seed, LayoutStream, 0);
        var count = Math.Max(2, (int)(size / BlockLength + 0.5));
        var (xs, ys) = (Steps(size, count, true, random), Steps(size, count, false, random));
        var blocks = MakeBlocks(count, xs, ys, random);
        return new(size, Middles(xs), Middles(ys), blocks, MakeSites(seed, size, blocks, xs[count].To - xs[count].From));
    }

    // Streets as spans, one more than blocks; the outermost run round the city.
    private static (double From, double To)[] Steps(double size, int count, bool hasAvenue, CityRandom random)
    {
        var widths = new double[count + 1];
        for (var i = 0; i <= count; i++)
            widths[i] = hasAvenue && i == (count + 1) / 2 ? AvenueWidth : StreetWidth;
        var shares = new double[count];
        for (var i = 0; i < count; i++)
            shares[i] = random.Next(0.86, 1.14);
        var scale = (size - widths.Sum()) / shares.Sum();
        var (steps, at) = (new (double, double)[count + 1], -size / 2);
        for (var i = 0; i <= count; i++)
        {
            steps[i] = (at, at + widths[i]);
            at += widths[i] + (i < count ? shares[i] * scale : 0);
        }
        return steps;
    }

    private static double[] Middles((double From, double To)[] steps) => [.. steps.Select(step => (step.From + step.To) / 2)];

    private static List<CityBlock> MakeBlocks(int count, (double From, double To)[] xs, (double From, double To)[] ys, CityRandom random)
    {
        var blocks = new List<CityBlock>();

        // Beside the avenue, in the middle: the park; others here and there.
        var (parkX, parkY) = ((count + 1) / 2, count / 2);
        for (var y = 0; y < count; y++)
        {
            for (var x = 0; x < count; x++)
            {
                var chance = random.Next();
                var use = x == parkX && y == parkY || chance < 0.03 ? BlockUse.Park : chance < 0.07 ? BlockUse.Square : BlockUse.Built;
                blocks.Add(new(use, xs[x].To, xs[x + 1].From, ys[y].To, ys[y + 1].From));
            }
        }
        return blocks;
    }

    private static List<CitySite> MakeSites(ulong seed, double size, List<CityBlock> blocks, double outerStreet)
    {
        var sites = new List<CitySite>();
        var buildings = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            if (block.Use == BlockUse.Built)
            {
                foreach (var (frame, width, left, right) in Lots(block, CityRandom.For(seed, LayoutStream, 1 + i)))
                {
                    var random = CityRandom.For(seed, BuildingStream, buildings);
                    var middle = frame.Point(width / 2, 0, 0);
                    var tallness = 1 - Math.Sqrt(middle.X * middle.X + middle.Y * middle.Y) / (size * 0.7);
                    sites.Add(new BuildingSite(new(buildings++, frame.Moved(0, 0, GroundFloor), width, (left, right), tallness, random)));
                }
            }
            sites.Add(new OpenSite(i, block, seed));
            var sides = block.Sides();
            for (var side = 0; side < sides.Length; side++)
            {
                var across = side == 3 && Math.Abs(Across(block, blocks) - AvenueWidth) < 0.5 ? AvenueWidth : StreetWidth;
                sites.Add(new StreetSite(i * 4 + side, sides[side].Frame, sides[side].Length, side is 0 or 3 ? across : 0, seed));
            }
        }
        return sites;

        // Width of the street at a block's west.
        double Across(CityBlock block, List<CityBlock> all) =>
            block.X0 - all.Where(other => other.X1 < block.X0).Select(other => other.X1).DefaultIfEmpty(block.X0 - outerStreet).Max();
    }

    // Rows along the south and the north, and between their backs columns along the east and the west where there is room.
    private static IEnumerable<(PlanFrame Frame, double Width, bool Left, bool Right)> Lots(CityBlock block, CityRandom random)
    {
        var (x0, x1, y0, y1, depth) = (block.X0 + Sidewalk, block.X1 - Sidewalk, block.Y0 + Sidewalk, block.Y1 - Sidewalk, BuildingPlan.Depth);
        var rows = new List<(PlanFrame Frame, double Length)> { (new(new(x0, y0, 0), Vector3d.UnitX, Vector3d.UnitY), x1 - x0) };
        if (y1 - y0 >= 2 * depth + LeastCourt)
            rows.Add((new(new(x1, y1, 0), -Vector3d.UnitX, -Vector3d.UnitY), x1 - x0));
        var column = y1 - y0 - 2 * (depth + Alley);
        if (column >= LotWidth * 0.7 && x1 - x0 >= 2 * depth + LeastCourt)
        {
            rows.Add((new(new(x1, y0 + depth + Alley, 0), Vector3d.UnitY, -Vector3d.UnitX), column));
            rows.Add((new(new(x0, y1 - depth - Alley, 0), -Vector3d.UnitY, Vector3d.UnitX), column));
        }
        foreach (var (frame, length) in rows)
        {
            var count = Math.Max(1, (int)(length / LotWidth + 0.5));
            var shares = new double[count];
            for (var i = 0; i < count; i++)
                shares[i] = random.Next(0.85, 1.15);
            var (scale, at) = (length / shares.Sum(), 0.0);
            for (var i = 0; i < count; i++)
            {
                yield return (frame.Moved(at, 0), shares[i] * scale, i == 0, i == count - 1);
                at += shares[i] * scale;
            }
        }
    }
}
