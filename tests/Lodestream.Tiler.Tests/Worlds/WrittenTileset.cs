using System.Runtime.InteropServices;
using System.Text.Json;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>Reads a written tileset back from its files alone, with code of its own.</summary>
internal sealed class WrittenTileset
{
    private readonly string _folder;

    public WrittenTileset(string folder)
    {
        _folder = folder;
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tileset.json")));
        Json = document.RootElement.Clone();
        Root = Read(Json.GetProperty("root"), null);
        Tiles = Root.Descendants().ToArray();
    }

    public JsonElement Json { get; }

    public Tile Root { get; }

    public Tile[] Tiles { get; }

    public sealed record Tile(Tile? Parent, int Level, Vector3d Min, Vector3d Max, double Error, string Uri)
    {
        private Mesh? _mesh;

        public List<Tile> Children { get; } = [];

        public IEnumerable<Tile> Descendants() => Children.SelectMany(c => c.Descendants()).Prepend(this);

        public Mesh Load(string folder) => _mesh ??= Mesh.Read(Path.Combine(folder, Uri));

        public bool Covers(double x, double y) => x >= Min.X && x <= Max.X && y >= Min.Y && y <= Max.Y;
    }

    public Mesh Load(Tile tile) => tile.Load(_folder);

    /// <summary>The deepest tile there is over a place.</summary>
    public Tile Leaf(double x, double y)
    {
        var tile = Root;
        while (tile.Children.Find(c => c.Covers(x, y)) is { } child)
            tile = child;
        return tile;
    }

    private static Tile Read(JsonElement json, Tile? parent)
    {
        var box = json.GetProperty("boundingVolume").GetProperty("box").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        Assert.Equal([0, 0, 0, 0, 0, 0], new[] { box[4], box[5], box[6], box[8], box[9], box[10] });
        var (center, half) = (new Vector3d(box[0], box[1], box[2]), new Vector3d(box[3], box[7], box[11]));
        var tile = new Tile(parent, parent is null ? 0 : parent.Level + 1, center - half, center + half,
            json.GetProperty("geometricError").GetDouble(), json.GetProperty("content").GetProperty("uri").GetString()!);
        if (json.TryGetProperty("children", out var children))
            tile.Children.AddRange(children.EnumerateArray().Select(c => Read(c, tile)));
        return tile;
    }

    /// <summary>Triangles in the scene's frame: z up, doubles.</summary>
    public sealed record Mesh(Vector3d[] Vertices, int[] Indices, int FileBytes)
    {
        public static Mesh Read(string path)
        {
            var bytes = File.ReadAllBytes(path);
            Assert.Equal("glTF"u8.ToArray(), bytes[..4]);
            var jsonLength = BitConverter.ToInt32(bytes, 12);
            using var json = JsonDocument.Parse(bytes.AsMemory(20, jsonLength));
            var binary = bytes.AsMemory(20 + jsonLength + 8);
            var root = json.RootElement;
            var primitive = root.GetProperty("meshes")[0].GetProperty("primitives")[0];
            var positions = MemoryMarshal.Cast<byte, float>(Data(root, binary, primitive.GetProperty("attributes").GetProperty("POSITION").GetInt32()));
            var indices = MemoryMarshal.Cast<byte, ushort>(Data(root, binary, primitive.GetProperty("indices").GetInt32()));
            var t = root.GetProperty("nodes")[0].TryGetProperty("translation", out var translation)
                ? translation.EnumerateArray().Select(e => e.GetDouble()).ToArray()
                : new double[3];
            var vertices = new Vector3d[positions.Length / 3];
            for (var i = 0; i < vertices.Length; i++)
            {
                // glTF is y up: scene (x, y, z) = glTF (x, −z, y).
                vertices[i] = new(positions[3 * i] + t[0], -(positions[3 * i + 2] + t[2]), positions[3 * i + 1] + t[1]);
            }
            return new(vertices, Array.ConvertAll(indices.ToArray(), i => (int)i), bytes.Length);
        }

        /// <summary>Height of the highest triangle over a place; null where there is none.</summary>
        public double? Top(double x, double y)
        {
            double? top = null;
            for (var k = 0; k < Indices.Length; k += 3)
            {
                var (a, b, c) = (Vertices[Indices[k]], Vertices[Indices[k + 1]], Vertices[Indices[k + 2]]);
                var area = (b.X - a.X) * (c.Y - a.Y) - (c.X - a.X) * (b.Y - a.Y);
                if (Math.Abs(area) < 1e-9)
                    continue;
                var u = ((b.X - x) * (c.Y - y) - (c.X - x) * (b.Y - y)) / area;
                var v = ((c.X - x) * (a.Y - y) - (a.X - x) * (c.Y - y)) / area;
                var w = 1 - u - v;
                if (u < -1e-9 || v < -1e-9 || w < -1e-9)
                    continue;
                var z = u * a.Z + v * b.Z + w * c.Z;
                top = top is null ? z : Math.Max(top.Value, z);
            }
            return top;
        }

        /// <summary>Lowest and highest point of what stands upright on a line (x = line or y = line) at a place along it.</summary>
        public (double Low, double High) Wall(bool alongX, double line, double at, double reach = 0)
        {
            var (low, high) = (double.MaxValue, double.MinValue);
            for (var k = 0; k < Indices.Length; k += 3)
            {
                for (var e = 0; e < 3; e++)
                {
                    var (p, q) = (Vertices[Indices[k + e]], Vertices[Indices[k + (e + 1) % 3]]);
                    var (pAcross, qAcross) = alongX ? (p.Y, q.Y) : (p.X, q.X);
                    if (Math.Abs(pAcross - line) > reach || Math.Abs(qAcross - line) > reach)
                        continue;
                    var (pAlong, qAlong) = alongX ? (p.X, q.X) : (p.Y, q.Y);
                    if (at < Math.Min(pAlong, qAlong) || at > Math.Max(pAlong, qAlong))
                        continue;
                    var t = pAlong == qAlong ? 0 : (at - pAlong) / (qAlong - pAlong);
                    var (z0, z1) = pAlong == qAlong ? (Math.Min(p.Z, q.Z), Math.Max(p.Z, q.Z)) : (p.Z + t * (q.Z - p.Z), p.Z + t * (q.Z - p.Z));
                    (low, high) = (Math.Min(low, z0), Math.Max(high, z1));
                }
            }
            return (low, high);
        }

        private static ReadOnlySpan<byte> Data(JsonElement root, ReadOnlyMemory<byte> binary, int accessor)
        {
            var view = root.GetProperty("bufferViews")[root.GetProperty("accessors")[accessor].GetProperty("bufferView").GetInt32()];
            return binary.Span.Slice(view.GetProperty("byteOffset").GetInt32(), view.GetProperty("byteLength").GetInt32());
        }
    }
}
