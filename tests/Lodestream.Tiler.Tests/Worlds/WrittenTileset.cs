using System.Runtime.InteropServices;
using System.Text.Json;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>Reads a written implicit tileset back from its files alone, with code of its own.</summary>
internal sealed class WrittenTileset
{
    private readonly string _folder;
    private readonly (string Family, string Template)[] _contents;
    private readonly string _subtrees;
    private readonly int _subtreeLevels;

    public WrittenTileset(string folder)
    {
        _folder = folder;
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tileset.json")));
        Json = document.RootElement.Clone();
        var root = Json.GetProperty("root");
        _contents = [.. root.GetProperty("contents").EnumerateArray().Select(c => (FamilyOf(c.GetProperty("group").GetInt32()), c.GetProperty("uri").GetString()!))];
        _subtrees = root.GetProperty("implicitTiling").GetProperty("subtrees").GetProperty("uri").GetString()!;
        _subtreeLevels = root.GetProperty("implicitTiling").GetProperty("subtreeLevels").GetInt32();
        Root = ReadSubtree(0, 0, 0, null);
        Tiles = Root.Descendants().ToArray();
    }

    public JsonElement Json { get; }

    public Tile Root { get; }

    public Tile[] Tiles { get; }

    public sealed record Tile(Tile? Parent, int Level, int X, int Y, Vector3d Min, Vector3d Max, double Error, float RasterError, Dictionary<string, string> Contents)
    {
        private readonly Dictionary<string, Mesh> _meshes = [];

        public string Uri => Contents["terrain"];

        public List<Tile> Children { get; } = [];

        public IEnumerable<Tile> Descendants() => Children.SelectMany(c => c.Descendants()).Prepend(this);

        public Mesh Load(string folder, string family)
        {
            if (!_meshes.TryGetValue(family, out var mesh))
                _meshes.Add(family, mesh = Mesh.Read(Path.Combine(folder, Contents[family])));
            return mesh;
        }

        public bool Covers(double x, double y) => x >= Min.X && x <= Max.X && y >= Min.Y && y <= Max.Y;
    }

    public Mesh Load(Tile tile, string family = "terrain") => tile.Load(_folder, family);

    /// <summary>The deepest tile there is over a place.</summary>
    public Tile Leaf(double x, double y)
    {
        var tile = Root;
        while (tile.Children.Find(c => c.Covers(x, y)) is { } child)
            tile = child;
        return tile;
    }

    private string FamilyOf(int group) => Json.GetProperty("groups")[group].GetProperty("properties").GetProperty("family").GetString()!;

    private static string Expand(string template, int level, int x, int y) => template.Replace("{level}", $"{level}").Replace("{x}", $"{x}").Replace("{y}", $"{y}");

    private Tile ReadSubtree(int rootLevel, int rootX, int rootY, Tile? parent)
    {
        var file = File.ReadAllBytes(Path.Combine(_folder, Expand(_subtrees, rootLevel, rootX, rootY)));
        Assert.Equal("subt"u8.ToArray(), file[..4]);
        var jsonLength = (int)BitConverter.ToInt64(file, 8);
        using var json = JsonDocument.Parse(file.AsMemory(24, jsonLength));
        var (subtree, binary) = (json.RootElement, file.AsMemory(24 + jsonLength));
        var tiles = Bits(subtree.GetProperty("tileAvailability"));
        var contents = subtree.GetProperty("contentAvailability").EnumerateArray().Select(Bits).ToArray();
        var below = Bits(subtree.GetProperty("childSubtreeAvailability"));
        var columns = subtree.GetProperty("propertyTables")[subtree.GetProperty("tileMetadata").GetInt32()].GetProperty("properties");
        var boxes = MemoryMarshal.Cast<byte, double>(View(columns.GetProperty("boundingBox").GetProperty("values").GetInt32()).Span).ToArray();
        var errors = MemoryMarshal.Cast<byte, double>(View(columns.GetProperty("geometricError").GetProperty("values").GetInt32()).Span).ToArray();
        var rasterErrors = MemoryMarshal.Cast<byte, float>(View(columns.GetProperty("rasterError").GetProperty("values").GetInt32()).Span).ToArray();
        var parents = new Dictionary<int, Tile>();
        var row = 0;
        for (var level = 0; level < _subtreeLevels; level++)
        {
            var here = new Dictionary<int, Tile>();
            for (var morton = 0; morton < 1 << (2 * level); morton++)
            {
                var bit = ((1 << (2 * level)) - 1) / 3 + morton;
                if (!tiles(bit))
                    continue;
                var (x, y) = Place(level, morton);
                var above = level == 0 ? parent : parents[morton >> 2];
                here.Add(morton, ReadTile(above, rootLevel + level, x, y, row++, c => contents[c](bit)));
            }
            parents = here;
            if (level == 0)
                parent = here[0];
        }
        foreach (var (morton, tile) in parents)
        {
            for (var child = 0; child < 4; child++)
            {
                var (x, y) = Place(_subtreeLevels, 4 * morton + child);
                if (below(4 * morton + child))
                    ReadSubtree(rootLevel + _subtreeLevels, x, y, tile);
            }
        }
        return parent!;

        Tile ReadTile(Tile? above, int level, int x, int y, int row, Func<int, bool> hasContent)
        {
            var box = boxes.AsSpan(12 * row, 12);
            Assert.Equal([0, 0, 0, 0, 0, 0], new[] { box[4], box[5], box[6], box[8], box[9], box[10] });
            var (center, half) = (new Vector3d(box[0], box[1], box[2]), new Vector3d(box[3], box[7], box[11]));
            var found = Enumerable.Range(0, _contents.Length).Where(hasContent).ToDictionary(c => _contents[c].Family, c => Expand(_contents[c].Template, level, x, y));
            var tile = new Tile(above, level, x, y, center - half, center + half, errors[row], rasterErrors[row], found);
            above?.Children.Add(tile);
            return tile;
        }

        (int X, int Y) Place(int level, int morton)
        {
            var (x, y) = (rootX << level, rootY << level);
            for (var bit = 0; bit < level; bit++)
                (x, y) = (x | (morton >> (2 * bit) & 1) << bit, y | (morton >> (2 * bit + 1) & 1) << bit);
            return (x, y);
        }

        ReadOnlyMemory<byte> View(int index)
        {
            var view = subtree.GetProperty("bufferViews")[index];
            Assert.Equal(0, view.GetProperty("byteOffset").GetInt32() % 8);
            return binary.Slice(view.GetProperty("byteOffset").GetInt32(), view.GetProperty("byteLength").GetInt32());
        }

        Func<int, bool> Bits(JsonElement availability)
        {
            if (availability.TryGetProperty("constant", out var constant))
                return _ => constant.GetInt32() == 1;
            var bytes = View(availability.GetProperty("bitstream").GetInt32()).ToArray();
            return bit => (bytes[bit >> 3] >> (bit & 7) & 1) != 0;
        }
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
            int[] indices = [];
            if (primitive.TryGetProperty("indices", out var accessor))
            {
                var data = Data(root, binary, accessor.GetInt32());
                indices = root.GetProperty("accessors")[accessor.GetInt32()].GetProperty("componentType").GetInt32() == 5125
                    ? MemoryMarshal.Cast<byte, int>(data).ToArray()
                    : Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(data).ToArray(), i => (int)i);
            }
            var t = root.GetProperty("nodes")[0].TryGetProperty("translation", out var translation)
                ? translation.EnumerateArray().Select(e => e.GetDouble()).ToArray()
                : new double[3];
            var vertices = new Vector3d[positions.Length / 3];
            for (var i = 0; i < vertices.Length; i++)
            {
                // glTF is y up: scene (x, y, z) = glTF (x, −z, y).
                vertices[i] = new(positions[3 * i] + t[0], -(positions[3 * i + 2] + t[2]), positions[3 * i + 1] + t[1]);
            }
            return new(vertices, indices, bytes.Length);
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
