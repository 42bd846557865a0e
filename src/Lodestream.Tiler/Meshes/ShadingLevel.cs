using Lodestream.Geometry;

namespace Lodestream.Tiler.Meshes;

/// <summary>Normals and colours on the vertices of one level of the quadtree.</summary>
internal sealed class ShadingLevel
{
    private const double NormalUnit = 32767, ColorUnit = 65535;

    private readonly Packed[] _values;

    // The normal's x and y (z is what is left, upward) and the linear colour.
    private record struct Packed(short X, short Y, ushort R, ushort G, ushort B);

    public ShadingLevel(int nodes)
    {
        Nodes = nodes;
        _values = new Packed[nodes * nodes];
    }

    /// <summary>Vertices along the side.</summary>
    public int Nodes { get; }

    public void Set(int i, int j, Vector3d normal, LinearColor color) => _values[j * Nodes + i] = new(
        (short)Math.Floor(normal.X * NormalUnit + 0.5), (short)Math.Floor(normal.Y * NormalUnit + 0.5),
        Quantized(color.R), Quantized(color.G), Quantized(color.B));

    public Vector3d Normal(int i, int j)
    {
        var value = _values[j * Nodes + i];
        double x = value.X / NormalUnit, y = value.Y / NormalUnit;
        return new(x, y, Math.Sqrt(Math.Max(0, 1 - x * x - y * y)));
    }

    public LinearColor Color(int i, int j)
    {
        var value = _values[j * Nodes + i];
        return new(value.R / ColorUnit, value.G / ColorUnit, value.B / ColorUnit);
    }

    /// <summary>
    /// The level above: each vertex takes the mean of its surroundings (weights 1 2 1 both ways), so that coarse tiles show the finer
    /// ones' average and not a few picked points of it.
    /// </summary>
    public ShadingLevel Coarser(ParallelOptions parallel)
    {
        var coarse = new ShadingLevel((Nodes - 1) / 2 + 1);
        Parallel.For(0, coarse.Nodes, parallel, j =>
        {
            for (var i = 0; i < coarse.Nodes; i++)
                AverageInto(coarse, i, j);
        });
        return coarse;
    }

    private void AverageInto(ShadingLevel coarse, int i, int j)
    {
        var normal = Vector3d.Zero;
        double r = 0, g = 0, b = 0;
        for (var dj = -1; dj <= 1; dj++)
        {
            for (var di = -1; di <= 1; di++)
            {
                int x = Math.Clamp(2 * i + di, 0, Nodes - 1), y = Math.Clamp(2 * j + dj, 0, Nodes - 1);
                var weight = (2 - Math.Abs(di)) * (2 - Math.Abs(dj)) / 16.0;
                normal += Normal(x, y) * weight;
                var color = Color(x, y);
                r += color.R * weight;
                g += color.G * weight;
                b += color.B * weight;
            }
        }
        coarse.Set(i, j, normal.Normalized(), new(r, g, b));
    }

    private static ushort Quantized(double c) => (ushort)Math.Floor(Math.Clamp(c, 0, 1) * ColorUnit + 0.5);
}
