namespace Lodestream.Scene;

/// <summary>How a tile relates to its children.</summary>
public enum Refinement : byte
{
    /// <summary>The children replace the tile.</summary>
    Replace,

    /// <summary>The children are drawn in addition to the tile.</summary>
    Add,
}

/// <summary>What a content holds, for residency gates and layer toggles.</summary>
public enum ContentFamily : byte
{
    /// <summary>Meshes of any kind: the family of everything that is not told apart.</summary>
    Mesh,

    /// <summary>Terrain surface.</summary>
    Terrain,

    /// <summary>Features with their properties.</summary>
    Feature,

    /// <summary>Seas, lakes and rivers.</summary>
    Water,

    /// <summary>Boundaries.</summary>
    Border,

    /// <summary>Roads and routes.</summary>
    Route,

    /// <summary>Labels.</summary>
    Label,
}

/// <summary>How a content is encoded, as far as its URI or its first bytes tell.</summary>
public enum ContentFormat : byte
{
    /// <summary>Not told by the URI; the first bytes decide.</summary>
    Unknown,

    /// <summary>Binary glTF.</summary>
    Glb,

    /// <summary>glTF as JSON.</summary>
    Gltf,

    /// <summary>3D Tiles 1.0 batched model.</summary>
    B3dm,

    /// <summary>3D Tiles 1.0 instanced model.</summary>
    I3dm,

    /// <summary>3D Tiles 1.0 point cloud.</summary>
    Pnts,

    /// <summary>3D Tiles 1.0 composite.</summary>
    Cmpt,

    /// <summary>A tileset.json or a scene manifest: topology, not something to draw.</summary>
    Tileset,

    /// <summary>The payload of a manifest scene's tile (<c>.untold</c>).</summary>
    Untold,

    /// <summary>One mesh of a payload that was admitted out of core (<see cref="MeshTopology"/>): it is never fetched, whoever prepared the payload has it.</summary>
    PayloadMesh,
}

/// <summary>Facts about a tile.</summary>
[Flags]
public enum TileFlags : ushort
{
    /// <summary>None of the below.</summary>
    None = 0,

    /// <summary>The children are drawn in addition (ADD); without it they replace the tile.</summary>
    Add = 1,

    /// <summary>The volume is a sphere.</summary>
    Sphere = 2,

    /// <summary>The volume's axes are the scene's.</summary>
    AxisAligned = 4,

    /// <summary>A content is topology that has not been expanded: the tile is not drawable and always refined.</summary>
    Unexpanded = 8,

    /// <summary>The topology below was appended from another document and can be unloaded again.</summary>
    Expanded = 16,

    /// <summary>Something to draw is named by the tile.</summary>
    HasContent = 32,

    /// <summary>The content failed for good, and the tile has children: it counts as content-less.</summary>
    ContentFailed = 64,

    /// <summary>A view outside the tile's viewer request volume does not see it.</summary>
    HasRequestVolume = 128,

    /// <summary>The children were verified to be disjoint: the tile can carry a child mask.</summary>
    Maskable = 256,

    /// <summary>The tile is the root of a tileset.</summary>
    Root = 512,

    /// <summary>Somewhere below is a tile whose children can be drawn under a coarser ancestor only all together or after it: a maskless one, or an ADD tile with content.</summary>
    GatedBelow = 1024,

    /// <summary>The geometric error was above the parent's and was clamped to it.</summary>
    ErrorClamped = 2048,

    /// <summary>The content was admitted out of core: what it shows are its children, one for each mesh, and it counts as content-less.</summary>
    OutOfCore = 4096,
}
