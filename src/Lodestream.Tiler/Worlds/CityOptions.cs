using Lodestream.Formats.Manifest;

namespace Lodestream.Tiler.Worlds;

/// <summary>What a city's payloads are written as.</summary>
public enum CityPayload : byte
{
    /// <summary>Payloads of manifest scenes, vertices and indices compressed.</summary>
    Untold,

    /// <summary>Binary glTF.</summary>
    Glb,
}

/// <summary>What city to make. The same options (threads aside) always give the same bytes.</summary>
public sealed record CityOptions
{
    /// <summary>Which of all cities.</summary>
    public ulong Seed { get; init; } = 4;

    /// <summary>Length of the city's side in metres, 150 to 2,000. Time and bytes grow with its square.</summary>
    public double SizeMetres { get; init; } = 400;

    /// <summary>How its tiles are divided.</summary>
    public ManifestPartitioning Partitioning { get; init; } = ManifestPartitioning.QuadtreeFloor;

    /// <summary>What its payloads are.</summary>
    public CityPayload Payload { get; init; } = CityPayload.Untold;

    /// <summary>Threads to use; 0 means one per processor.</summary>
    public int Threads { get; init; }

    internal int EffectiveThreads => Threads == 0 ? Environment.ProcessorCount : Threads;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal void Validate()
    {
        if (!(SizeMetres is >= 150 and <= 2000))
            throw Out(nameof(SizeMetres), SizeMetres, "150 to 2,000 m");
        if (!Enum.IsDefined(Partitioning))
            throw Out(nameof(Partitioning), Partitioning, "a uniform grid, a quadtree or a kd-tree for each floor");
        if (!Enum.IsDefined(Payload))
            throw Out(nameof(Payload), Payload, "untold or glb");
        if (Threads is < 0 or > 1024)
            throw Out(nameof(Threads), Threads, "0 to 1024");
    }

    private static ArgumentException Out(string name, object value, string range) =>
        new($"{name} is {FormattableString.Invariant($"{value}")}; it must be {range}.", name);
}
