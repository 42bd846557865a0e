using Lodestream.Geometry;

namespace Lodestream.Presentation.Batching;

/// <summary>Options of a <see cref="BatchPlanner"/>. Defaults are those of the format's reference engine where nothing else is said.</summary>
public sealed record BatchOptions
{
    /// <summary>Size of a cell along the scene's axes, metres. Null (default): the manifest's tile size, and where it names none, a cell for each tile (ours).</summary>
    public Vector3d? CellSize { get; init; }

    /// <summary>
    /// In a manifest's scene, cells of LOD1 are so many times as long as those of full tiles, and cells of LOD2, of what is coarser and of
    /// HLODs so many times that. Default 2 (ours): the coarser a tile is the fewer meshes it has, and alone in its cell a mesh is merged with nothing.
    /// 1 for cells of one size.
    /// </summary>
    public double CoarseCellScale { get; init; } = 2;

    /// <summary>A group of fewer meshes stays as it is. Default 2.</summary>
    public int LeastMeshes { get; init; } = 2;

    /// <summary>Changed cells looked at per tick. Default 8.</summary>
    public int CellsPerTick { get; init; } = 8;

    /// <summary>Builds started per tick. Default 4.</summary>
    public int BuildsPerTick { get; init; } = 4;

    /// <summary>Results swapped in per tick. Default 4.</summary>
    public int SwapsPerTick { get; init; } = 4;

    /// <summary>Vertices of the builds started in a tick. Default 120,000. A group that has more by itself is never built.</summary>
    public int VerticesPerTick { get; init; } = 120_000;

    /// <summary>Indices of the builds started in a tick. Default 220,000. A group that has more by itself is never built.</summary>
    public int IndicesPerTick { get; init; } = 220_000;

    /// <summary>Bytes of the builds started in a tick. Default 6 MB. A group that has more by itself is never built.</summary>
    public long BytesPerTick { get; init; } = 6_000_000;

    /// <summary>A cell of more vertices stays unbatched. Default 160,000.</summary>
    public int CellVertices { get; init; } = 160_000;

    /// <summary>A cell of more indices stays unbatched. Default 300,000.</summary>
    public int CellIndices { get; init; } = 300_000;

    /// <summary>A cell of more bytes stays unbatched. Default 8 MB.</summary>
    public long CellBytes { get; init; } = 8_000_000;

    /// <summary>So many frames after it was seen last a cell goes before those that were not seen for longer. Default 120.</summary>
    public int RecentFrames { get; init; } = 120;

    /// <summary>Frames for which a cell must not have changed before it is built; not waited for by a tile that arrived whole. Default 1.</summary>
    public int QuiescenceFrames { get; init; } = 1;

    /// <summary>Frames after which the buffers of what is not drawn any more are released: the GPU may still read them. Default 3.</summary>
    public int ReleaseFrames { get; init; } = 3;

    /// <summary>Memory all batches may hold, those being built and those not yet released among them, bytes. Default 64 MiB (ours). What does not fit stays unbatched.</summary>
    public long MemoryBytes { get; init; } = 64L << 20;

    /// <summary>Throws when an option makes no sense, naming it.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names option, value and range.</exception>
    public void Validate()
    {
        if (CellSize is { } size)
            Require(size.IsFinite && size.X > 0 && size.Y > 0 && size.Z > 0, nameof(CellSize), size, "finite lengths of more than 0 m, or null");
        Require(CoarseCellScale is >= 1 and <= 64, nameof(CoarseCellScale), CoarseCellScale, "1 to 64");
        Require(LeastMeshes >= 2, nameof(LeastMeshes), LeastMeshes, "2 or more");
        AtLeast(1, CellsPerTick, nameof(CellsPerTick));
        AtLeast(1, BuildsPerTick, nameof(BuildsPerTick));
        AtLeast(1, SwapsPerTick, nameof(SwapsPerTick));
        AtLeast(1, VerticesPerTick, nameof(VerticesPerTick));
        AtLeast(1, IndicesPerTick, nameof(IndicesPerTick));
        AtLeast(1, BytesPerTick, nameof(BytesPerTick));
        AtLeast(1, CellVertices, nameof(CellVertices));
        AtLeast(1, CellIndices, nameof(CellIndices));
        AtLeast(1, CellBytes, nameof(CellBytes));
        AtLeast(0, RecentFrames, nameof(RecentFrames));
        AtLeast(0, QuiescenceFrames, nameof(QuiescenceFrames));
        AtLeast(0, ReleaseFrames, nameof(ReleaseFrames));
        AtLeast(0, MemoryBytes, nameof(MemoryBytes));

        static void AtLeast(long least, long value, string option) => Require(value >= least, option, value, least == 0 ? "0 or more" : "1 or more");

        static void Require(bool holds, string option, object value, string range) => OptionCheck.Require(holds, nameof(BatchOptions), option, value, range);
    }
}
