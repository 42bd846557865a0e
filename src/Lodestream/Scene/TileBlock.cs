using Lodestream.Geometry;

namespace Lodestream.Scene;

/// <summary>
/// The topology of one document (a tileset.json, a subtree), ready to be appended to a <see cref="TileTree"/>. Indices are relative
/// to the block; siblings are contiguous; tile 0 is the root. Made by <see cref="TileBlockBuilder"/>.
/// </summary>
public sealed class TileBlock
{
    internal TileBlock(string baseUri) => BaseUri = baseUri;

    /// <summary>Absolute URI of the document; the contents' URIs are relative to it.</summary>
    public string BaseUri { get; }

    /// <summary>Number of tiles.</summary>
    public int TileCount { get; internal set; }

    /// <summary>Number of contents.</summary>
    public int ContentCount { get; internal set; }

    /// <summary>How many tiles named a geometric error above their parent's and were clamped to it.</summary>
    public int ErrorInversions { get; internal set; }

    /// <summary>Which axis points up in the document's glTF contents.</summary>
    public UpAxis UpAxis { get; internal set; }

    /// <summary>What the reader of the document keeps of it, for those who ask later; null where it keeps nothing.</summary>
    public object? Document { get; internal set; }

    /// <summary>Whether the contents' keys are those they have in a tree: the block was copied out of one.</summary>
    internal bool HasPlacedKeys;

    /// <summary>Whether it stands for the meshes of a payload (<see cref="MeshTopology"/>).</summary>
    internal bool IsOfMeshes => ContentCount > 0 && Contents[0].Format == ContentFormat.PayloadMesh;

    internal int[] Notes = [];
    internal TileNode[] Nodes = [];
    internal TileLinks[] Links = [];
    internal int[] Transforms = [];
    internal ContentRecord[] Contents = [];
    internal ulong[] ContentHashes = [];
    internal byte[] Uris = [];
    internal int UriBytes;
    internal List<Orientation> Orientations = [Orientation.Scene];
    internal List<Transform3d> TransformTable = [Transform3d.Identity];
    internal Dictionary<int, BoundingVolume> RequestVolumes = [];
}

/// <summary>Three orthonormal axes of a bounding box.</summary>
internal readonly record struct Orientation(Vector3d X, Vector3d Y, Vector3d Z)
{
    public static readonly Orientation Scene = new(Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ);
}
