namespace Lodestream.Tiler.Worlds.City;

/// <summary>Random numbers (SplitMix64, Steele and others 2014): integer arithmetic alone, the same on every machine. What is drawn apart from the rest takes a stream of its own, so that order does not matter.</summary>
internal sealed class CityRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream for one thing among many.</summary>
    public static CityRandom For(ulong seed, int kind, int number) =>
        new(Mix(seed + 0x9E3779B97F4A7C15 * (ulong)(uint)kind) + 0xD1B54A32D192ED03 * (ulong)(uint)number);

    /// <summary>In [0, 1).</summary>
    public double Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>In [from, to).</summary>
    public double Next(double from, double to) => from + (to - from) * Next();

    /// <summary>0 to <paramref name="count"/> − 1.</summary>
    public int Pick(int count) => (int)(Next() * count);

    /// <summary>True that often.</summary>
    public bool Chance(double share) => Next() < share;

    private static ulong Mix(ulong x)
    {
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }
}
