namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>
/// Two-dimensional gradient noise after Perlin (2002), over the whole plane, one of 2⁶⁴ by seed. Made of + − × and integer hashing
/// alone: the same bits on every machine.
/// </summary>
internal readonly struct GradientNoise(ulong seed)
{
    private readonly uint _low = (uint)Mix(seed), _high = (uint)(Mix(seed) >> 32);

    /// <summary>Another noise, independent of this one.</summary>
    public GradientNoise Derived(uint stream) => new(((ulong)_high << 32 | _low) + (stream + 1UL) * 0x9E3779B97F4A7C15);

    /// <summary>Noise in about [−1, 1], zero on whole-numbered points, features about one unit across.</summary>
    public double At(double x, double y)
    {
        double fx = Math.Floor(x), fy = Math.Floor(y);
        int ix = (int)fx, iy = (int)fy;
        double dx = x - fx, dy = y - fy;
        var a = Slope(ix, iy, dx, dy);
        var b = Slope(ix + 1, iy, dx - 1, dy);
        var c = Slope(ix, iy + 1, dx, dy - 1);
        var d = Slope(ix + 1, iy + 1, dx - 1, dy - 1);
        double u = Fade(dx), v = Fade(dy);
        var top = a + (b - a) * u;
        return (top + (c + (d - c) * u - top) * v) * 1.5;
    }

    /// <summary>Octaves of noise, each of twice the frequency and <paramref name="gain"/> times the height; in about [−1, 1].</summary>
    public double Fractal(double x, double y, int octaves, double gain = 0.5)
    {
        double sum = 0, amplitude = 1, total = 0;
        for (var i = 0; i < octaves; i++)
        {
            sum += amplitude * At(x, y);
            total += amplitude;
            amplitude *= gain;
            // An odd offset keeps the octaves' zeros from falling on each other.
            (x, y) = (x * 2 + 17.31, y * 2 - 5.77);
        }
        return sum / total;
    }

    /// <summary>Octaves of noise folded into sharp crests, the finer ones strongest on the coarser ones' crests; in [0, 1].</summary>
    public double Ridged(double x, double y, int octaves)
    {
        double sum = 0, amplitude = 1, total = 0, crest = 1;
        for (var i = 0; i < octaves; i++)
        {
            var n = 1 - Math.Min(1, Math.Abs(At(x, y)) * 1.3);
            n *= n * crest;
            sum += amplitude * n;
            total += amplitude;
            crest = Math.Min(1, n * 1.6);
            amplitude *= 0.5;
            (x, y) = (x * 2.03 + 11.7, y * 2.03 + 3.1);
        }
        return sum / total;
    }

    /// <summary>A number in [0, 1) that belongs to a point of the integer grid.</summary>
    public double Cell(int x, int y) => Hash(x, y) * (1.0 / 4294967296.0);

    private double Slope(int ix, int iy, double dx, double dy)
    {
        var h = Hash(ix, iy);
        // Gradients from the whole square rather than eight directions: no streaks along the axes and diagonals.
        var gx = (int)(h & 0xFFFF) * (1 / 32768.0) - 1;
        var gy = (int)(h >> 16) * (1 / 32768.0) - 1;
        return gx * dx + gy * dy;
    }

    private uint Hash(int x, int y)
    {
        var h = ((uint)x * 0x9E3779B1) ^ _low;
        h ^= h >> 15;
        h *= 0x2C1B3C6D;
        h ^= ((uint)y * 0x85EBCA77) ^ _high;
        h ^= h >> 13;
        h *= 0x297A2D39;
        h ^= h >> 16;
        h *= 0x7FEB352D;
        return h ^ (h >> 15);
    }

    private static double Fade(double t) => t * t * t * (t * (t * 6 - 15) + 10);

    // Finaliser of SplitMix64.
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
