using System.Numerics;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>A vertex, y up, relative to its object's origin.</summary>
internal readonly record struct CityVertex(Vector3 Position, Vector3 Normal, uint Color);

/// <summary>Triangles of one material.</summary>
internal sealed class CityTriangles
{
    public List<CityVertex> Vertices { get; } = [];

    public List<int> Indices { get; } = [];
}

/// <summary>Something with a name and a place: a building, a room, a street; its triangles by material.</summary>
/// <param name="name">Its name.</param>
/// <param name="origin">Its place, scene frame (z up): vertices are relative to it, so that they are small numbers.</param>
internal sealed class CityMesh(string name, Vector3d origin)
{
    private readonly CityTriangles?[] _parts = new CityTriangles?[CityMaterials.Count];

    public string Name => name;

    public Vector3d Origin => origin;

    /// <summary>The triangles of a material; null where there are none.</summary>
    public CityTriangles? Part(CityMaterial material) => _parts[(int)material];

    public bool IsEmpty => Array.TrueForAll(_parts, part => part is null);

    public int TriangleCount => _parts.Sum(part => part is null ? 0 : part.Indices.Count / 3);

    /// <summary>A vertex.</summary>
    /// <param name="material">Of what.</param>
    /// <param name="point">Where, scene frame.</param>
    /// <param name="normal">Length 1, scene frame.</param>
    /// <param name="tint">Linear; multiplies the material's colour.</param>
    /// <returns>Its number among those of the material.</returns>
    public int Vertex(CityMaterial material, Vector3d point, Vector3d normal, Vector3 tint)
    {
        var part = _parts[(int)material] ??= new();
        var p = point - origin;
        part.Vertices.Add(new(new((float)p.X, (float)p.Z, (float)-p.Y), new((float)normal.X, (float)normal.Z, (float)-normal.Y), Tints.Pack(tint)));
        return part.Vertices.Count - 1;
    }

    /// <summary>A triangle of three vertices, counter-clockwise seen from the front.</summary>
    public void Triangle(CityMaterial material, int a, int b, int c) => _parts[(int)material]!.Indices.AddRange([a, b, c]);

    /// <summary>A flat four-cornered face, counter-clockwise seen from the front, with a tint for each corner.</summary>
    public void Quad(CityMaterial material, Vector3d a, Vector3d b, Vector3d c, Vector3d d, Vector3 tintA, Vector3 tintB, Vector3 tintC, Vector3 tintD) =>
        Face(material, Vector3d.Cross(c - a, d - b).Normalized(), a, b, c, d, tintA, tintB, tintC, tintD);

    /// <summary>A flat four-cornered face of one tint.</summary>
    public void Quad(CityMaterial material, Vector3d a, Vector3d b, Vector3d c, Vector3d d, Vector3 tint) => Quad(material, a, b, c, d, tint, tint, tint, tint);

    /// <summary>A flat four-cornered face of one tint that is lit as if it were turned another way.</summary>
    public void QuadLitFrom(CityMaterial material, Vector3d normal, Vector3d a, Vector3d b, Vector3d c, Vector3d d, Vector3 tint) =>
        Face(material, normal, a, b, c, d, tint, tint, tint, tint);

    private void Face(CityMaterial material, Vector3d normal, Vector3d a, Vector3d b, Vector3d c, Vector3d d, Vector3 tintA, Vector3 tintB, Vector3 tintC, Vector3 tintD)
    {
        var first = Vertex(material, a, normal, tintA);
        Vertex(material, b, normal, tintB);
        Vertex(material, c, normal, tintC);
        Vertex(material, d, normal, tintD);
        Triangle(material, first, first + 1, first + 2);
        Triangle(material, first, first + 2, first + 3);
    }
}
