using Lodestream.Geometry;

namespace Lodestream.Formats.Untold;

/// <summary>What a payload is for.</summary>
public enum UntoldFileType
{
    /// <summary>A tile.</summary>
    Tile = 1,

    /// <summary>A coarser model of a tile.</summary>
    Lod = 2,

    /// <summary>A merged proxy.</summary>
    Hlod = 3,

    /// <summary>What spans many tiles.</summary>
    Shared = 4,

    /// <summary>Animation clips: nothing to draw.</summary>
    Animation = 5,
}

/// <summary>Parts of a payload; others are passed over.</summary>
internal enum UntoldChunkType
{
    Strings = 1,
    Entities = 2,
    Meshes = 3,
    Materials = 4,
    Textures = 5,
    Vertices = 6,
    Indices = 7,
}

/// <summary>How a chunk is stored.</summary>
public enum UntoldCompression
{
    /// <summary>As it is.</summary>
    None = 0,

    /// <summary>A single LZ4 block.</summary>
    Lz4 = 1,
}

/// <summary>What the engine that made a texture keeps it as. What its file holds is told by the file.</summary>
public enum UntoldTextureFormat
{
    /// <summary>Not told.</summary>
    Unknown = 0,

    /// <summary>Eight bits for each of four channels.</summary>
    Rgba8 = 1,

    /// <summary>BC7.</summary>
    Bc7 = 2,

    /// <summary>BC5.</summary>
    Bc5 = 3,

    /// <summary>ASTC 4 × 4.</summary>
    Astc4x4 = 4,

    /// <summary>ASTC 5 × 5.</summary>
    Astc5x5 = 5,

    /// <summary>ASTC 6 × 6.</summary>
    Astc6x6 = 6,

    /// <summary>ASTC 8 × 8.</summary>
    Astc8x8 = 7,

    /// <summary>Half floats for each of four channels.</summary>
    Rgba16F = 8,
}

/// <summary>Flags of a material. The format leaves their places open, and its exporter writes none; these are ours.</summary>
[Flags]
public enum UntoldMaterialFlags : uint
{
    /// <summary>Opaque, one-sided; blended where its base colour's alpha is below 1.</summary>
    None = 0,

    /// <summary>Back faces are drawn.</summary>
    DoubleSided = 1,

    /// <summary>Below the cut-off of alpha nothing is drawn.</summary>
    Mask = 2,

    /// <summary>Blended over what is behind.</summary>
    Blend = 4,
}

/// <summary>Flags of a texture.</summary>
[Flags]
public enum UntoldTextureFlags : uint
{
    /// <summary>Data as they are.</summary>
    None = 0,

    /// <summary>Its values are sRGB colours.</summary>
    Srgb = 1,

    /// <summary>It is a normal map.</summary>
    NormalMap = 2,
}

/// <summary>A box, y up, metres.</summary>
/// <param name="Min">Least coordinates.</param>
/// <param name="Max">Greatest coordinates.</param>
public readonly record struct UntoldBounds(Vector3d Min, Vector3d Max);

/// <summary>Something that is placed: a node of the payload's tree.</summary>
/// <param name="Id">Its number, one of its own.</param>
/// <param name="Parent">Place of its parent in the list; −1 for none.</param>
/// <param name="Name">Its name; empty for none.</param>
/// <param name="FirstMesh">First of its meshes.</param>
/// <param name="MeshCount">How many they are.</param>
/// <param name="Local">From its own frame to its parent's.</param>
public sealed record UntoldEntity(uint Id, int Parent, string Name, int FirstMesh, int MeshCount, Transform3d Local);

/// <summary>Triangles of one material. Offsets are into the decompressed vertex and index chunks.</summary>
/// <param name="Name">Its name; empty for none.</param>
/// <param name="Material">Its material; −1 for none.</param>
/// <param name="VertexOffset">First byte of its vertices.</param>
/// <param name="VertexCount">How many they are.</param>
/// <param name="IndexOffset">First byte of its indices.</param>
/// <param name="IndexCount">How many they are.</param>
/// <param name="IndexBytes">Bytes of an index: 2 or 4.</param>
/// <param name="Bounds">As the file says; not looked at.</param>
public sealed record UntoldMesh(string Name, int Material, int VertexOffset, int VertexCount, int IndexOffset, int IndexCount, int IndexBytes, UntoldBounds Bounds);

/// <summary>A metallic-roughness material; textures are places in the list, −1 for none. Factors are linear.</summary>
public sealed record UntoldMaterial
{
    /// <summary>Its name; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Alpha and sides.</summary>
    public UntoldMaterialFlags Flags { get; init; }

    /// <summary>Red, green, blue, alpha.</summary>
    public float[] BaseColor { get; init; } = [1, 1, 1, 1];

    /// <summary>Red, green, blue of what the surface gives off; from version 2 on with its strength.</summary>
    public float[] Emissive { get; init; } = [0, 0, 0];

    /// <summary>Scale of the normal map.</summary>
    public float NormalScale { get; init; } = 1;

    /// <summary>Metalness.</summary>
    public float Metallic { get; init; }

    /// <summary>Roughness.</summary>
    public float Roughness { get; init; } = 1;

    /// <summary>Strength of the occlusion map.</summary>
    public float OcclusionStrength { get; init; } = 1;

    /// <summary>Below this alpha nothing is drawn, with <see cref="UntoldMaterialFlags.Mask"/>.</summary>
    public float AlphaCutoff { get; init; } = 0.5f;

    /// <summary>Texture of the base colour.</summary>
    public int BaseColorTexture { get; init; } = -1;

    /// <summary>Normal map.</summary>
    public int NormalTexture { get; init; } = -1;

    /// <summary>Texture with the metalness in <see cref="MetallicChannel"/>.</summary>
    public int MetallicTexture { get; init; } = -1;

    /// <summary>Texture with the roughness in <see cref="RoughnessChannel"/>.</summary>
    public int RoughnessTexture { get; init; } = -1;

    /// <summary>Texture of what it gives off.</summary>
    public int EmissiveTexture { get; init; } = -1;

    /// <summary>Occlusion map, in its red channel.</summary>
    public int OcclusionTexture { get; init; } = -1;

    /// <summary>Channel of the metalness: 0 red to 3 alpha.</summary>
    public int MetallicChannel { get; init; }

    /// <summary>Channel of the roughness: 0 red to 3 alpha.</summary>
    public int RoughnessChannel { get; init; }
}

/// <summary>A texture in a file of its own.</summary>
/// <param name="Name">Its name; empty for none.</param>
/// <param name="Uri">Path of its file, relative to the payload; empty for none.</param>
public sealed record UntoldTexture(string Name, string Uri)
{
    /// <summary>What the engine that made it keeps it as.</summary>
    public UntoldTextureFormat Format { get; init; }

    /// <summary>What its values are.</summary>
    public UntoldTextureFlags Flags { get; init; }

    /// <summary>Pixels across, as the payload says.</summary>
    public int Width { get; init; }

    /// <summary>Pixels down, as the payload says.</summary>
    public int Height { get; init; }

    /// <summary>Mip levels, as the payload says.</summary>
    public int MipLevels { get; init; }
}

/// <summary>A chunk's bytes.</summary>
/// <param name="Range">Where they are in the file.</param>
/// <param name="Compression">How they are stored.</param>
/// <param name="DecodedBytes">Their number, decompressed.</param>
public readonly record struct UntoldChunk(ByteRange Range, UntoldCompression Compression, int DecodedBytes);

/// <summary>A payload without its vertices and indices: everything it says of them, checked to be in range. Made by <see cref="UntoldReader"/>.</summary>
public sealed class UntoldDocument
{
    /// <summary>Version of the format: 1 to 4.</summary>
    public required int Version { get; init; }

    /// <summary>What it is for.</summary>
    public required UntoldFileType FileType { get; init; }

    /// <summary>Box around all of it, as the file says; not looked at.</summary>
    public required UntoldBounds WorldBounds { get; init; }

    /// <summary>From the entities without a parent to the payload's frame.</summary>
    public required Transform3d RootTransform { get; init; }

    /// <summary>SHA-256 of everything behind the header; empty where the file does not say.</summary>
    public required byte[] ContentHash { get; init; }

    /// <summary>Bytes of the header.</summary>
    public required int HeaderBytes { get; init; }

    /// <summary>What is placed.</summary>
    public required UntoldEntity[] Entities { get; init; }

    /// <summary>What is drawn.</summary>
    public required UntoldMesh[] Meshes { get; init; }

    /// <summary>What it looks like.</summary>
    public required UntoldMaterial[] Materials { get; init; }

    /// <summary>Its textures.</summary>
    public required UntoldTexture[] Textures { get; init; }

    /// <summary>Vertices of all meshes, 32 bytes each (<see cref="UntoldVertex"/>).</summary>
    public required UntoldChunk Vertices { get; init; }

    /// <summary>Indices of all meshes.</summary>
    public required UntoldChunk Indices { get; init; }
}
