using Lodestream.Geometry;
using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Worlds.Places;

/// <summary>
/// The land as people see it who settle and travel: on a grid, how high and steep the ground is, what water covers it and how wide a
/// river runs there. Nodes are numbered row by row from the south-west.
/// </summary>
internal sealed class PlaceGrid
{
    private const int MostCells = 512;

    private PlaceGrid(ContinentTerrain terrain, int cells)
    {
        (Cells, Nodes, Spacing, Size, Scale) = (cells, cells + 1, terrain.Size / cells, terrain.Size, terrain.Scale);
        Height = new float[Nodes * Nodes];
        Slope = new float[Nodes * Nodes];
        Water = new byte[Nodes * Nodes];
        RiverWidth = new float[Nodes * Nodes];
        ToSea = new float[Nodes * Nodes];
        Landmass = new int[Nodes * Nodes];
    }

    /// <summary>Cells along the side.</summary>
    public int Cells { get; }

    /// <summary>Nodes along the side.</summary>
    public int Nodes { get; }

    /// <summary>Metres between nodes.</summary>
    public double Spacing { get; }

    /// <summary>Side of the square, metres.</summary>
    public double Size { get; }

    /// <summary>How large the land is beside the one that heights and distances in metres were chosen for.</summary>
    public double Scale { get; }

    /// <summary>Heights of the ground, or of the standing water over it, metres.</summary>
    public float[] Height { get; }

    /// <summary>Rise over run.</summary>
    public float[] Slope { get; }

    /// <summary>0 on land, 1 at sea, 2 in a lake.</summary>
    public byte[] Water { get; }

    /// <summary>Width of the river that runs through the node's cell, metres; 0 for none.</summary>
    public float[] RiverWidth { get; }

    /// <summary>Metres to the sea, as one walks along the grid.</summary>
    public float[] ToSea { get; }

    /// <summary>Which connected dry land a node is on, from 1; 0 in water.</summary>
    public int[] Landmass { get; }

    /// <summary>Dry nodes.</summary>
    public int LandCount { get; private set; }

    /// <summary>Looks at a terrain.</summary>
    public static PlaceGrid Of(ContinentTerrain terrain, ParallelOptions parallel)
    {
        var grid = new PlaceGrid(terrain, Math.Min(MostCells, terrain.Cells));
        Parallel.For(0, grid.Nodes, parallel, j =>
        {
            for (var i = 0; i < grid.Nodes; i++)
                grid.Look(terrain, j * grid.Nodes + i);
        });
        grid.MeasureSlopes();
        grid.MeasureToSea();
        grid.FindLandmasses();
        return grid;
    }

    /// <summary>East of the centre, metres.</summary>
    public double X(int node) => node % Nodes * Spacing - Size / 2;

    /// <summary>North of the centre, metres.</summary>
    public double Y(int node) => node / Nodes * Spacing - Size / 2;

    /// <summary>A node's place, at the height of its ground.</summary>
    public Vector3d Place(int node) => new(X(node), Y(node), Height[node]);

    /// <summary>The nearest node to a place, metres from the centre.</summary>
    public int NodeAt(double x, double y)
    {
        int i = (int)Math.Floor((x + Size / 2) / Spacing + 0.5), j = (int)Math.Floor((y + Size / 2) / Spacing + 0.5);
        return Math.Clamp(j, 0, Cells) * Nodes + Math.Clamp(i, 0, Cells);
    }

    /// <summary>Metres between nodes in a straight line.</summary>
    public double Distance(int a, int b)
    {
        double dx = X(a) - X(b), dy = Y(a) - Y(b);
        return Math.Sqrt(dx * dx + dy * dy);
    }

    /// <summary>Whether a node is on the grid's rim.</summary>
    public bool OnRim(int node)
    {
        int i = node % Nodes, j = node / Nodes;
        return i == 0 || j == 0 || i == Cells || j == Cells;
    }

    private void Look(ContinentTerrain terrain, int node)
    {
        double x = X(node), y = Y(node), ground = terrain.GroundAt(x, y);
        var water = terrain.WaterAt(x, y);
        var level = terrain.WaterLevels[water];
        Water[node] = (byte)(ground >= level ? 0 : water == 0 ? 1 : 2);
        Height[node] = (float)Math.Max(ground, level);
        var river = terrain.Rivers.At(x + Size / 2, y + Size / 2);
        if (Water[node] == 0 && river.Distance < Spacing * 0.55)
            (RiverWidth[node], Height[node]) = ((float)river.Width, (float)Math.Max(ground, river.Level));
    }

    private void MeasureSlopes()
    {
        for (var j = 1; j < Cells; j++)
        {
            for (var i = 1; i < Cells; i++)
            {
                var node = j * Nodes + i;
                double dx = Height[node + 1] - Height[node - 1], dy = Height[node + Nodes] - Height[node - Nodes];
                Slope[node] = (float)(Math.Sqrt(dx * dx + dy * dy) / (2 * Spacing));
            }
        }
    }

    private void MeasureToSea()
    {
        Array.Fill(ToSea, float.MaxValue);
        var front = new Queue<int>();
        for (var node = 0; node < Water.Length; node++)
        {
            if (Water[node] != 1)
                continue;
            ToSea[node] = 0;
            front.Enqueue(node);
        }
        while (front.TryDequeue(out var node))
        {
            if (OnRim(node))
                continue;
            foreach (var step in (ReadOnlySpan<int>)[-1, 1, -Nodes, Nodes])
            {
                if (ToSea[node + step] != float.MaxValue)
                    continue;
                ToSea[node + step] = (float)(ToSea[node] + Spacing);
                front.Enqueue(node + step);
            }
        }
    }

    private void FindLandmasses()
    {
        var number = 0;
        var front = new Stack<int>();
        for (var first = 0; first < Water.Length; first++)
        {
            if (Landmass[first] != 0 || Water[first] != 0 || OnRim(first))
                continue;
            number++;
            Reach(first);
            while (front.TryPop(out var node))
            {
                LandCount++;
                foreach (var step in (ReadOnlySpan<int>)[-1, 1, -Nodes, Nodes, -Nodes - 1, -Nodes + 1, Nodes - 1, Nodes + 1])
                {
                    if (Landmass[node + step] == 0 && Water[node + step] == 0 && !OnRim(node + step))
                        Reach(node + step);
                }
            }
        }

        void Reach(int node)
        {
            Landmass[node] = number;
            front.Push(node);
        }
    }
}
