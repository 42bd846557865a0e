using Lodestream.Geometry;
using Lodestream.Tiler.Meshes;

namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>
/// The continent's ground as a function of the place: the carved land and the floor of the sea, finer relief where it is steep, rivers
/// in their beds, and which water stands where. Places are metres from the centre, x east and y north; the sea is at height 0.
/// </summary>
internal sealed class ContinentTerrain : ISurface
{
    // The sea stands this high in the carved land and drowns the mouths of its valleys, metres.
    private const double SeaRise = 3;

    // Ground lower than this is sea whatever the finer relief adds, metres.
    private const double CertainSea = -30;

    // The sea floor is not shown deeper than this, metres: nobody sees it, and what is flat needs no detail.
    private const double FloorDepth = 24;

    // A river's bed stays above the sea, metres, which would stand in it otherwise.
    private const double LowestBed = 0.05;

    private readonly double _size, _scale, _detailFrequency;
    private readonly Grid _land, _ground, _roughness, _hollow;
    private readonly double[] _waterLevels;
    private readonly GradientNoise _detail, _crags;
    private readonly TerrainPalette _palette;

    private ContinentTerrain(ulong seed, double size, Grid land, Grid ground, Rivers rivers, Lakes lakes, ParallelOptions parallel)
    {
        (_size, _land, _ground, Rivers, Lakes) = (size, land, ground, rivers, lakes);
        _waterLevels = [0, .. lakes.All.Select(lake => lake.Level)];
        _scale = size / 49152;
        var noise = new GradientNoise(seed).Derived(20);
        (_detail, _crags) = (noise.Derived(0), noise.Derived(1));
        // The first octave of finer relief is four cells of the carved grid long; those below are what the grid cannot hold.
        _detailFrequency = ground.Cells / 4.0;
        _roughness = Roughness(ground, size);
        _hollow = Hollows(ground, size, parallel);
        _palette = new(noise.Derived(2), _scale);
    }

    /// <summary>The rivers.</summary>
    public Rivers Rivers { get; }

    /// <summary>The lakes.</summary>
    public Lakes Lakes { get; }

    /// <summary>Side of the square, metres.</summary>
    public double Size => _size;

    /// <summary>How large the land is beside the one that its heights in metres were chosen for.</summary>
    public double Scale => _scale;

    /// <summary>Cells of the carved grid along the side.</summary>
    public int Cells => _ground.Cells;

    /// <inheritdoc/>
    public IReadOnlyList<double> WaterLevels => _waterLevels;

    /// <summary>Makes the land: its plan, its carving, its lakes and rivers.</summary>
    public static ContinentTerrain Make(ulong seed, double size, int cells, ParallelOptions parallel, Action<double> progress)
    {
        var shape = new ContinentShape(seed);
        var noise = new GradientNoise(seed).Derived(10);
        var land = Grid.Filled(cells, parallel, shape.Land);
        CloseInlandSeas(land);
        var heights = new LandscapeEvolution(shape, size, noise).Evolve(land, parallel, progress);
        var seaLevel = SeaRise * size / 49152;
        LakeBasins.Dig(FinalDrainage(land, heights, size, noise.Derived(1), parallel), land, heights, size, seaLevel, noise.Derived(2));
        var network = FinalDrainage(land, heights, size, noise.Derived(1), parallel);
        var lakes = Lakes.Find(network, heights, size, seaLevel, parallel);
        var rivers = new Rivers(network, lakes, land.Nodes, size, seaLevel);
        return new(seed, size, land, GroundAndSeaFloor(land, heights, size), rivers, lakes, parallel);
    }

    /// <inheritdoc/>
    public double HeightAt(double x, double y)
    {
        var ground = GroundAt(x, y);
        if (ground >= 0)
            return ground;
        // Falls like the floor at first, and ever less, to where it is flat.
        var depth = Math.Min(-ground, 2 * FloorDepth * _scale);
        return depth * depth / (4 * FloorDepth * _scale) - depth;
    }

    /// <inheritdoc/>
    public int WaterAt(double x, double y) => Lakes.Near(x / _size + 0.5, y / _size + 0.5);

    /// <inheritdoc/>
    public LinearColor WaterColorAt(double x, double y, int water)
    {
        double u = x / _size + 0.5, v = y / _size + 0.5;
        return water == 0 ? _palette.Sea(u, v, Math.Max(0, -GroundAt(x, y))) : _palette.Lake(Math.Max(0, _waterLevels[water] - GroundAt(x, y)));
    }

    /// <summary>Height of the ground, under water too, metres.</summary>
    public double GroundAt(double x, double y)
    {
        double u = x / _size + 0.5, v = y / _size + 0.5;
        var ground = _ground.Cubic(u, v);
        if (ground < CertainSea * _scale)
            return ground;
        ground += Detail(u, v) * Ramp.Smooth(-4 * _scale, 12 * _scale, ground) * Lakes.Roughness(u, v);
        var lake = Lakes.Near(u, v);
        if (lake != 0 && ground < _waterLevels[lake])
            return ground;
        var river = Rivers.At(x + _size / 2, y + _size / 2);
        if (river.Distance >= Rivers.BankOf(river.Width))
            return ground;
        // An estuary is sea: it is cut, not filled.
        var bed = river.Level - river.Bed;
        return river.Level > 0
            ? Ramp.Lerp(Math.Max(LowestBed, bed), ground, Ramp.Smooth(0, Rivers.BankOf(river.Width), river.Distance))
            : Math.Min(ground, Ramp.Lerp(bed, ground, Ramp.Smooth(0, Rivers.BankOf(river.Width), river.Distance)));
    }

    /// <inheritdoc/>
    public LinearColor ColorAt(double x, double y, double height, Vector3d normal)
    {
        double u = x / _size + 0.5, v = y / _size + 0.5;
        var depth = _waterLevels[Lakes.Near(u, v)] - height;
        if (depth >= 0)
            return _palette.Floor(u, v, depth);
        var river = Rivers.At(x + _size / 2, y + _size / 2);
        return _palette.Land(u, v, height, normal, _hollow.Linear(u, v), _land.Linear(u, v), river);
    }

    private double Detail(double u, double v)
    {
        var rough = _roughness.Linear(u, v);
        var rolling = _detail.Fractal(u * _detailFrequency, v * _detailFrequency, 4, 0.55);
        var amplitude = (1.6 + 9 * rough) * _scale;
        if (rough < 0.05)
            return amplitude * rolling;
        var crags = _crags.Ridged(u * _detailFrequency * 0.7, v * _detailFrequency * 0.7, 5) - 0.42;
        return amplitude * rolling + 62 * _scale * Ramp.Smooth(0.05, 1, rough) * crags;
    }

    // Sea is what the rim's water reaches; a pocket inland becomes low ground, which the rain then drains.
    private static void CloseInlandSeas(Grid land)
    {
        const float low = 0.004f;
        var reached = new bool[land.Values.Length];
        var front = new Stack<int>();
        Reach(0);
        while (front.TryPop(out var node))
        {
            int x = node % land.Nodes, y = node / land.Nodes;
            if (x > 0)
                Reach(node - 1);
            if (x < land.Cells)
                Reach(node + 1);
            if (y > 0)
                Reach(node - land.Nodes);
            if (y < land.Cells)
                Reach(node + land.Nodes);
        }
        for (var i = 0; i < reached.Length; i++)
        {
            if (!reached[i])
                land.Values[i] = Math.Max(low, land.Values[i]);
        }

        void Reach(int node)
        {
            if (reached[node] || land.Values[node] > 0)
                return;
            reached[node] = true;
            front.Push(node);
        }
    }

    private static DrainageNetwork FinalDrainage(Grid land, Grid heights, double size, GradientNoise jitter, ParallelOptions parallel)
    {
        var sea = new bool[land.Values.Length];
        for (var i = 0; i < sea.Length; i++)
            sea[i] = land.Values[i] <= 0 || heights.Values[i] <= 0;
        var network = new DrainageNetwork(land.Nodes, size / land.Cells, sea, jitter);
        network.Route(heights.Values, parallel);
        return network;
    }

    private static Grid GroundAndSeaFloor(Grid land, Grid heights, double size)
    {
        var scale = size / 49152;
        var ground = new Grid(land.Cells);
        for (var i = 0; i < ground.Values.Length; i++)
        {
            double away = Math.Max(0, -land.Values[i]);
            var floor = 60 * away / (0.06 + away) + 220 * away + 1400 * Ramp.Smooth(0.16, 0.8, away);
            ground.Values[i] = (float)(land.Values[i] > 0 ? heights.Values[i] - SeaRise * scale : (-SeaRise - floor) * scale);
        }
        return ground;
    }

    // 0 on plains, 1 on the steepest slopes.
    private static Grid Roughness(Grid ground, double size)
    {
        var roughness = new Grid(ground.Cells);
        var across = 2 * size / ground.Cells;
        for (var j = 1; j < ground.Cells; j++)
        {
            for (var i = 1; i < ground.Cells; i++)
            {
                var k = j * ground.Nodes + i;
                double dx = (ground.Values[k + 1] - ground.Values[k - 1]) / across, dy = (ground.Values[k + ground.Nodes] - ground.Values[k - ground.Nodes]) / across;
                roughness.Values[k] = (float)Ramp.Smooth(0.12, 0.95, Math.Sqrt(dx * dx + dy * dy));
            }
        }
        return roughness.Blurred(1, new() { MaxDegreeOfParallelism = 1 });
    }

    // Above 0 in hollows, below on crests, about −1 to 1: light reaches crests more.
    private static Grid Hollows(Grid ground, double size, ParallelOptions parallel)
    {
        var near = ground.Blurred(3, parallel);
        var far = ground.Blurred(14, parallel);
        var cell = size / ground.Cells;
        var hollow = new Grid(ground.Cells);
        for (var i = 0; i < hollow.Values.Length; i++)
        {
            var deep = (near.Values[i] - ground.Values[i]) / (cell * 0.9) + (far.Values[i] - ground.Values[i]) / (cell * 5);
            hollow.Values[i] = (float)Math.Clamp(deep, -1, 1);
        }
        return hollow;
    }
}
