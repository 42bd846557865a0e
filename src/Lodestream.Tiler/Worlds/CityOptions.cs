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
public sealed record CityOptions : WorldOptions
{
    /// <summary>Length of the city's side in metres, 150 to 2,000. Time and bytes grow with its square.</summary>
    public double SizeMetres { get; init; } = 400;

    /// <summary>How its tiles are divided.</summary>
    public ManifestPartitioning Partitioning { get; init; } = ManifestPartitioning.QuadtreeFloor;

    /// <summary>What its payloads are.</summary>
    public CityPayload Payload { get; init; } = CityPayload.Untold;

    internal override void Validate()
    {
        base.Validate();
        if (!(SizeMetres is >= 150 and <= 2000))
            throw Out(nameof(SizeMetres), SizeMetres, "150 to 2,000 m");
        if (!Enum.IsDefined(Partitioning))
            throw Out(nameof(Partitioning), Partitioning, "a uniform grid, a quadtree or a kd-tree for each floor");
        if (!Enum.IsDefined(Payload))
            throw Out(nameof(Payload), Payload, "untold or glb");
    }
}
