using System.Numerics;
using System.Runtime.InteropServices;
using Lodestream.Geometry;

namespace Lodestream.Formats.Gltf;

/// <summary>glTF component types that <see cref="GlbWriter"/> writes, with the specification's numbers.</summary>
public enum GlbComponent
{
    /// <summary>8-bit unsigned.</summary>
    UnsignedByte = 5121,

    /// <summary>16-bit unsigned.</summary>
    UnsignedShort = 5123,

    /// <summary>32-bit unsigned.</summary>
    UnsignedInt = 5125,

    /// <summary>32-bit float.</summary>
    Float = 5126,
}

/// <summary>How a primitive's vertices connect, with the specification's numbers.</summary>
public enum GlbTopology
{
    /// <summary>Single points.</summary>
    Points = 0,

    /// <summary>Pairs of vertices.</summary>
    Lines = 1,

    /// <summary>Triples of vertices, counter-clockwise seen from the front.</summary>
    Triangles = 4,
}

/// <summary>A linear colour of four bytes; 255 is 1.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct GlbColor(byte R, byte G, byte B, byte A = 255);

/// <summary>A metallic-roughness material without textures.</summary>
public sealed record GlbMaterial
{
    /// <summary>Name, for people.</summary>
    public string? Name { get; init; }

    /// <summary>Linear factor that multiplies vertex colours.</summary>
    public Vector4 BaseColor { get; init; } = Vector4.One;

    /// <summary>0 for everything that is not metal.</summary>
    public float Metallic { get; init; }

    /// <summary>0 is a mirror, 1 is chalk.</summary>
    public float Roughness { get; init; } = 1;

    /// <summary>Whether back faces are drawn.</summary>
    public bool DoubleSided { get; init; }
}

/// <summary>What one draw call draws: indices of accessors in the file.</summary>
public readonly record struct GlbPrimitive
{
    /// <summary>Accessor of positions.</summary>
    public required int Positions { get; init; }

    /// <summary>Accessor of normals.</summary>
    public int? Normals { get; init; }

    /// <summary>Accessor of vertex colours.</summary>
    public int? Colors { get; init; }

    /// <summary>Accessor of texture coordinates.</summary>
    public int? TextureCoordinates { get; init; }

    /// <summary>Accessor of feature ids, rows of <see cref="FeatureTable"/>.</summary>
    public int? FeatureIds { get; init; }

    /// <summary>The property table of the features.</summary>
    public int FeatureTable { get; init; }

    /// <summary>Accessor of indices.</summary>
    public int? Indices { get; init; }

    /// <summary>The material.</summary>
    public int? Material { get; init; }

    /// <summary>How vertices connect; triangles unless said otherwise.</summary>
    public GlbTopology Topology { get; init; } = GlbTopology.Triangles;

    /// <summary>A primitive of triangles.</summary>
    public GlbPrimitive()
    {
    }
}

/// <summary>A mesh, placed.</summary>
/// <param name="Mesh">Index of the mesh.</param>
/// <param name="Translation">Where its origin lies, metres, y up. Doubles: the JSON keeps what 32-bit positions could not.</param>
/// <param name="Name">Name, for people.</param>
public readonly record struct GlbNode(int Mesh, Vector3d Translation = default, string? Name = null);
