namespace Lodestream.Selection;

/// <summary>How full tiles of a manifest are admitted.</summary>
public enum AdmissionPolicy : byte
{
    /// <summary>Out of core from so many meshes, or so much geometry, on (<see cref="TileAdmission"/>).</summary>
    Auto,

    /// <summary>Every tile is one drawable.</summary>
    Whole,

    /// <summary>Every tile is streamed mesh by mesh.</summary>
    OutOfCore,
}

/// <summary>
/// The second tier of manifest scenes: a full tile that is large is kept in main memory once it is parsed, and its meshes go to the GPU one by one.
/// What is said to be ours has no value in the specification of manifest scenes; everything else has the one it names.
/// </summary>
public sealed record OutOfCoreOptions
{
    /// <summary>How full tiles are admitted. Default: by their size.</summary>
    public AdmissionPolicy Policy { get; init; } = AdmissionPolicy.Auto;

    /// <summary>A tile of so many meshes is admitted out of core. Default 50.</summary>
    public int MinimumMeshes { get; init; } = 50;

    /// <summary>A tile whose geometry takes more than this share of its budget (<see cref="ProximityMemoryOptions.GeometryBudgetBytes"/>) is admitted out of core. Default 0.3.</summary>
    public double MaximumGeometryShare { get; init; } = 0.3;

    /// <summary>A mesh is wanted where its box, padded by this, is in view. Default 5 m.</summary>
    public double FrustumGatePadding { get; init; } = 5;

    /// <summary>Meshes nearer than this share of their tile's streaming radius are in the near band. Default 0.33.</summary>
    public double NearBandShare { get; init; } = 0.33;

    /// <summary>Meshes on their way to the GPU at once, at most. Default 3.</summary>
    public int MaxConcurrentLoads { get; init; } = 3;

    /// <summary>Of these, meshes of the near band: the nearest goes first. Default 1.</summary>
    public int NearBandMaxConcurrentLoads { get; init; } = 1;

    /// <summary>Meshes torn down in one pass, at most. Default 12.</summary>
    public int MaxUnloadsPerUpdate { get; init; } = 12;

    /// <summary>Longest the preparation of a mesh may take, waiting for memory excluded; then it is given up and tried again. Default 60 s.</summary>
    public double MeshLoadTimeoutSeconds { get; init; } = 60;

    /// <summary>Share of its meshes from which on a tile is usable. Default 0.5.</summary>
    public double UsableShare { get; init; } = 0.5;

    /// <summary>Throws when an option makes no sense, naming it.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names option, value and range.</exception>
    internal void Validate()
    {
        const string Share = "more than 0, 1 at most";
        Require(Enum.IsDefined(Policy), nameof(Policy), Policy, "Auto, Whole or OutOfCore");
        Require(MinimumMeshes >= 1, nameof(MinimumMeshes), MinimumMeshes, "at least 1");
        Require(MaximumGeometryShare is > 0 and <= 1, nameof(MaximumGeometryShare), MaximumGeometryShare, Share);
        Require(FrustumGatePadding is >= 0 and < double.PositiveInfinity, nameof(FrustumGatePadding), FrustumGatePadding, "0 m or more");
        Require(NearBandShare is >= 0 and <= 1, nameof(NearBandShare), NearBandShare, "0 to 1");
        Require(MaxConcurrentLoads >= 1, nameof(MaxConcurrentLoads), MaxConcurrentLoads, "at least 1");
        Require(NearBandMaxConcurrentLoads >= 1 && NearBandMaxConcurrentLoads <= MaxConcurrentLoads, nameof(NearBandMaxConcurrentLoads), NearBandMaxConcurrentLoads, "1 to MaxConcurrentLoads");
        Require(MaxUnloadsPerUpdate >= 1, nameof(MaxUnloadsPerUpdate), MaxUnloadsPerUpdate, "at least 1");
        Require(MeshLoadTimeoutSeconds is > 0 and <= 1e6, nameof(MeshLoadTimeoutSeconds), MeshLoadTimeoutSeconds, "more than 0 s, 1,000,000 s at most");
        Require(UsableShare is > 0 and <= 1, nameof(UsableShare), UsableShare, Share);

        static void Require(bool holds, string option, object value, string range) => OptionCheck.Require(holds, nameof(OutOfCoreOptions), option, value, range);
    }
}

/// <summary>By what a tile is admitted out of core, or whole: the same answer for every preparer.</summary>
/// <param name="Options">The rule.</param>
/// <param name="GeometryBudgetBytes">Vertex and index buffers that all tiles together may take, bytes.</param>
public readonly record struct TileAdmission(OutOfCoreOptions Options, long GeometryBudgetBytes)
{
    /// <summary>Whether a tile is to be admitted out of core.</summary>
    /// <param name="meshes">Meshes it would be parted into; a tile without any is never parted.</param>
    /// <param name="geometryBytes">Vertex and index buffers of all of it, bytes.</param>
    public bool IsOutOfCore(int meshes, long geometryBytes) => meshes > 0 && Options.Policy switch
    {
        AdmissionPolicy.Whole => false,
        AdmissionPolicy.OutOfCore => true,
        _ => meshes >= Options.MinimumMeshes || geometryBytes > Options.MaximumGeometryShare * GeometryBudgetBytes,
    };
}
