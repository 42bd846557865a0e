using Lodestream.Formats.Tiles3D;

namespace Lodestream.Formats.Inspection;

/// <summary>Options of an inspection.</summary>
public sealed record InspectionOptions
{
    /// <summary>Whether contents are read and looked into, not only counted. Default yes.</summary>
    public bool ReadContents { get; init; } = true;

    /// <summary>Contents read at the same time. Default 8, the cap of requests per host.</summary>
    public int Parallelism { get; init; } = 8;

    /// <summary>Greatest depth of tilesets within tilesets. Default 32, as in streaming.</summary>
    public int MaximumTilesetDepth { get; init; } = 32;

    /// <summary>Documents read at most: those that name each other twice over are endless for practical purposes. Default 1,000,000.</summary>
    public int MaximumDocuments { get; init; } = 1_000_000;

    /// <summary>Files known to lie with the scene, absolute URIs: those that nothing names are reported. Null where that is not known.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Versions of 3D Tiles to accept. Default <see cref="TilesetDialect.Known"/>.</summary>
    public IReadOnlyList<TilesetDialect> Dialects { get; init; } = TilesetDialect.Known;

    /// <summary>Problems of a kind that are listed; the rest are counted. Default 1000.</summary>
    public int MaximumProblemsPerKind { get; init; } = 1000;
}

/// <summary>How far an inspection is.</summary>
/// <param name="Documents">Documents read.</param>
/// <param name="ContentsDone">Contents looked into.</param>
/// <param name="Contents">Contents to look into.</param>
public readonly record struct InspectionProgress(int Documents, int ContentsDone, int Contents);
