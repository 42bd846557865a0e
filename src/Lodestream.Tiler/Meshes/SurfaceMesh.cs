using System.Numerics;
using System.Runtime.InteropServices;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Meshes;

/// <summary>
/// Triangles that lie on a surface seen from above, gathered for one content after another in the same memory: vertices are shared where
/// place and colour are the same. Normals point up: what is drawn on a map has the same light everywhere.
/// </summary>
internal sealed class SurfaceMesh
{
    private readonly Dictionary<(Vector3 Position, GlbColor Color), uint> _numbers = [];
    private readonly List<Vector3> _positions = [];
    private readonly List<GlbColor> _colors = [];
    private readonly List<uint> _indices = [];
    private Vector3[] _normals = [];
    private ushort[] _shortIndices = [];

    /// <summary>Origin of the positions in the scene's frame (z up), metres.</summary>
    public Vector3d Center { get; private set; }

    /// <summary>Lowest and highest vertex, metres.</summary>
    public (double Min, double Max) Heights { get; private set; }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => _indices.Count == 0;

    /// <summary>Forgets all triangles.</summary>
    public void Begin(Vector3d center)
    {
        Center = center;
        Heights = (double.MaxValue, double.MinValue);
        _numbers.Clear();
        _positions.Clear();
        _colors.Clear();
        _indices.Clear();
    }

    /// <summary>The number of a vertex, scene frame.</summary>
    public uint Vertex(double x, double y, double z, GlbColor color)
    {
        // Adding zero turns −0 into 0.
        var position = new Vector3((float)(x - Center.X), (float)(z - Center.Z), (float)(Center.Y - y) + 0f);
        var height = Center.Z + position.Y;
        Heights = (Math.Min(Heights.Min, height), Math.Max(Heights.Max, height));
        if (_numbers.TryGetValue((position, color), out var number))
            return number;
        number = (uint)_positions.Count;
        _numbers.Add((position, color), number);
        _positions.Add(position);
        _colors.Add(color);
        return number;
    }

    /// <summary>Adds a triangle, counter-clockwise from above; one without area is left out.</summary>
    public void Triangle(uint a, uint b, uint c)
    {
        if (a == b || b == c || c == a)
            return;
        _indices.Add(a);
        _indices.Add(b);
        _indices.Add(c);
    }

    /// <summary>Puts the mesh into a file.</summary>
    public void AddTo(GlbWriter glb, GlbMaterial material)
    {
        if (_normals.Length < _positions.Count)
        {
            _normals = new Vector3[_positions.Count * 2];
            Array.Fill(_normals, Vector3.UnitY);
        }
        var primitive = new GlbPrimitive
        {
            Positions = glb.AddPositions(CollectionsMarshal.AsSpan(_positions)),
            Normals = glb.AddNormals(_normals.AsSpan(0, _positions.Count)),
            Colors = glb.AddColors(CollectionsMarshal.AsSpan(_colors)),
            Indices = AddIndices(glb),
            Material = glb.AddMaterial(material),
        };
        glb.AddNode(new(glb.AddMesh(primitive), new(Center.X, Center.Z, 0.0 - Center.Y)));
    }

    private int AddIndices(GlbWriter glb)
    {
        if (_positions.Count > ushort.MaxValue)
            return glb.AddIndices(CollectionsMarshal.AsSpan(_indices));
        if (_shortIndices.Length < _indices.Count)
            _shortIndices = new ushort[_indices.Count * 2];
        for (var i = 0; i < _indices.Count; i++)
            _shortIndices[i] = (ushort)_indices[i];
        return glb.AddIndices(_shortIndices.AsSpan(0, _indices.Count));
    }
}
