using Lodestream.Geometry;

namespace Lodestream.Presentation.Batching;

/// <summary>What keeps a mesh out of batches.</summary>
[Flags]
public enum BatchObstacles : byte
{
    /// <summary>Nothing: it can be merged with others.</summary>
    None = 0,

    /// <summary>It is blended, and blended things are drawn in order of their distances.</summary>
    Transparent = 1,

    /// <summary>It moves or deforms.</summary>
    Animated = 2,

    /// <summary>Its name says that it is to be told from others (<c>NM_…</c>).</summary>
    KeepsIdentity = 4,

    /// <summary>It is points or lines.</summary>
    NotTriangles = 8,

    /// <summary>One call draws it many times already.</summary>
    Instanced = 16,
}

/// <summary>A mesh of a content as a host reports it: one draw call.</summary>
/// <param name="Material">Meshes of the same number look the same and have the same vertex layout, whatever content they are of; the host numbers them.</param>
/// <param name="Vertices">Number of vertices.</param>
/// <param name="Indices">Number of indices.</param>
/// <param name="Bytes">What it adds to a batch's buffers.</param>
/// <param name="Min">Least coordinates, metres, content frame.</param>
/// <param name="Max">Greatest coordinates, metres, content frame.</param>
/// <param name="Obstacles">What keeps it out of batches.</param>
public readonly record struct BatchMesh(int Material, int Vertices, int Indices, long Bytes, Vector3d Min, Vector3d Max, BatchObstacles Obstacles = BatchObstacles.None);

/// <summary>A mesh, by its content and its place in what the host reported of that.</summary>
/// <param name="Content">The content.</param>
/// <param name="Mesh">Place in the report.</param>
public readonly record struct BatchMember(int Content, int Mesh);

/// <summary>A cell of the grid by which meshes are batched.</summary>
/// <param name="X">Place along x, or the number of the tile that is the cell.</param>
/// <param name="Y">Place along y.</param>
/// <param name="Z">Place along z.</param>
/// <param name="Grid">Which grid: 0 for that of full tiles, more for those of coarser ones, whose cells are larger.</param>
public readonly record struct BatchCell(int X, int Y, int Z, int Grid = 0)
{
    // Where there is no grid; no grid reaches so far.
    private const int NoGrid = int.MinValue;

    /// <summary>The cell that holds a point.</summary>
    /// <param name="point">Metres, scene frame.</param>
    /// <param name="size">Size of a cell, metres; along an axis without one that is finite and above 0 there is one cell.</param>
    /// <param name="grid">Which grid.</param>
    public static BatchCell Containing(Vector3d point, Vector3d size, int grid = 0) => new(Along(point.X, size.X), Along(point.Y, size.Y), Along(point.Z, size.Z), grid);

    /// <summary>The cell that is a tile.</summary>
    /// <param name="tile">The tile.</param>
    public static BatchCell OfTile(int tile) => new(tile, NoGrid, NoGrid);

    private static int Along(double at, double size) => size > 0 && double.IsFinite(size) ? (int)Math.Clamp(Math.Floor(at / size), -1e9, 1e9) : 0;
}

/// <summary>What keeps meshes of one cell and material apart.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Lod">Which level of detail: 0 for the full tile, 1 and more for coarser ones.</param>
/// <param name="Channel">What is switched on and off together: the content's family.</param>
public readonly record struct BatchPlace(BatchCell Cell, int Lod, int Channel);

/// <summary>What a host is to do.</summary>
public enum BatchCommandKind : byte
{
    /// <summary>Merge the members into one mesh, aside, and answer with <see cref="BatchPlanner.Built"/> or <see cref="BatchPlanner.Failed"/>. Nothing changes on screen.</summary>
    Build,

    /// <summary>Draw the batch in place of its members, in this frame.</summary>
    SwapIn,

    /// <summary>Draw the members themselves again, in this frame, and the batch no more; its buffers stay until they are released. If it is still being built, stop, and answer.</summary>
    Drop,

    /// <summary>Free the buffers, if there are any. The batch's number may be given to another afterwards.</summary>
    Release,
}

/// <summary>A step for the host. Steps are done in order.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Batch">The batch; <see cref="BatchPlanner.MembersOf"/> names its members.</param>
/// <param name="Epoch">State of the cell that the batch was begun for; goes back with the answer.</param>
public readonly record struct BatchCommand(BatchCommandKind Kind, int Batch, int Epoch);

/// <summary>Axis-aligned box around a batch: one test for all of it.</summary>
/// <param name="Min">Least coordinates, metres, scene frame.</param>
/// <param name="Max">Greatest coordinates.</param>
public readonly record struct BatchBounds(Vector3d Min, Vector3d Max)
{
    /// <summary>Around nothing.</summary>
    public static readonly BatchBounds Nothing = new(
        new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));

    /// <summary>Whether it is around nothing.</summary>
    public bool IsNothing => Min.X > Max.X;

    /// <summary>Around both.</summary>
    public BatchBounds With(in BatchBounds other) => new(Vector3d.Min(Min, other.Min), Vector3d.Max(Max, other.Max));
}
