namespace Lodestream.Simulation.Time;

/// <summary>Random numbers that are the same for the same seed on every host: splitmix64 (Steele, Lea and Flood, 2014).</summary>
public struct SeededRandom(ulong seed)
{
    private const ulong Step = 0x9e3779b97f4a7c15;

    private ulong _state = seed;

    /// <summary>Random numbers of their own for a named thing: what befalls it does not depend on what happened before.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="name">The thing, a URI for example.</param>
    /// <param name="ordinal">Which time it is.</param>
    public static SeededRandom For(ulong seed, string name, int ordinal)
    {
        // FNV-1a over the name; the mixer does the rest.
        var hash = 14695981039346656037UL ^ seed;
        foreach (var c in name)
            hash = (hash ^ c) * 1099511628211;
        return new(hash ^ (ulong)ordinal * Step);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var z = _state += Step;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [<paramref name="least"/>, <paramref name="most"/>).</summary>
    public double Between(double least, double most) => least + (most - least) * Unit();

    /// <summary>A whole number in [<paramref name="least"/>, <paramref name="most"/>].</summary>
    public int Whole(int least, int most) => least + (int)(Next() % (ulong)(most - least + 1));

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => Unit() < probability;
}
