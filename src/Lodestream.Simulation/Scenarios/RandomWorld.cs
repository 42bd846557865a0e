using System.Globalization;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenarios;

/// <summary>A random world and the server that holds it: documents of tiles, and contents that may be missing or broken.</summary>
internal sealed class RandomWorld : IContentOrigin
{
    /// <summary>Where the world's first document is.</summary>
    public const string RootUri = "http://world.test/0.json";

    private const string Folder = "http://world.test/";

    private readonly Dictionary<string, OriginContent?> _contents = [];
    private readonly List<string> _meshes = [];
    private readonly RandomScenario _scenario;
    private SeededRandom _random;
    private int _tiles, _documents, _named;

    private RandomWorld(RandomScenario scenario)
    {
        _scenario = scenario;
        _random = new(scenario.Seed ^ 0x3071d);
        Size = _random.Between(500, 20_000);
    }

    /// <summary>Width of the world, metres.</summary>
    public double Size { get; }

    /// <summary>The least budget the world can be streamed with, bytes: roots, largest group of siblings, largest tile.</summary>
    public long MemoryFloor { get; private set; }

    private sealed class Tile
    {
        public required Vector3d Min, Max;
        public required double Error;
        public required int Level;
        public BoundingVolume Volume;
        public BoundingVolume? RequestVolume;
        public bool Adds;
        public readonly List<(string Uri, ContentFamily Family, ContentFormat Format, uint Length)> Contents = [];
        public readonly List<Tile> Children = [];
    }

    public static RandomWorld Make(RandomScenario scenario)
    {
        var world = new RandomWorld(scenario);
        var half = new Vector3d(world.Size / 2, world.Size / 2, world.Size / 40);
        var root = new Tile { Min = -half, Max = half, Error = world.Size / 16, Level = 0 };
        world.Grow(root);
        world.AddDocument(RootUri, root, lost: false);
        world.MemoryFloor = world.FloorOf(root);
        return world;
    }

    public OriginContent? Find(in TileRequest request) => _contents.GetValueOrDefault(request.Uri);

    // By the design's own figure, told from the whole world: what everything falls back on, the largest group of siblings that must come
    // together, and the largest tile or document.
    private long FloorOf(Tile root)
    {
        long group = 0, largest = _contents.Values.Max(content => content?.Length ?? 0);
        var open = new Stack<Tile>([root]);
        while (open.TryPop(out var tile))
        {
            largest = Math.Max(largest, tile.Contents.Sum(content => Made(content.Uri) is { } made ? made.DecodedBytes + OnGpu(made) : content.Length));
            group = Math.Max(group, tile.Children.Sum(Topmost));
            foreach (var child in tile.Children)
                open.Push(child);
        }
        return Topmost(root) + group + largest;

        // What is drawn for a tile at the least detail: itself, or where it has nothing to show what lies below.
        long Topmost(Tile tile)
        {
            var own = tile.Contents.Sum(content => Made(content.Uri) is { } made ? OnGpu(made) : 0);
            return tile.Contents.Exists(content => Made(content.Uri) is { IsBroken: false, IsUnsupported: false }) ? own : own + tile.Children.Sum(Topmost);
        }

        OriginContent? Made(string uri) => _contents.GetValueOrDefault(Folder + uri);

        static long OnGpu(OriginContent content) => content.GeometryBytes + content.TextureBytes;
    }

    // Breadth first, so that a limit on the number of tiles makes a shallower world, not a lopsided one.
    private void Grow(Tile root)
    {
        var open = new Queue<Tile>();
        open.Enqueue(root);
        _tiles = 1;
        while (open.TryDequeue(out var tile))
        {
            if (tile.Level + 1 < _scenario.Depth && _tiles < _scenario.Tiles && (tile.Level == 0 || _random.Chance(0.85)))
                Split(tile);
            tile.Volume = VolumeOf(tile);
            tile.Adds = _scenario.Adds && _random.Chance(0.3);
            if (_scenario.RequestVolumes && tile.Level > 0 && _random.Chance(0.15))
                tile.RequestVolume = BoundingVolume.Sphere((tile.Min + tile.Max) * 0.5, (tile.Max - tile.Min).Length * _random.Between(0.5, 3));
            var isLeaf = tile.Children.Count == 0;
            if (!(isLeaf ? _scenario.EmptyLeaves && _random.Chance(0.2) : _scenario.ContentLess && _random.Chance(0.3)))
                AddContents(tile, isLeaf);
            foreach (var child in tile.Children)
                open.Enqueue(child);
        }
    }

    private void Split(Tile tile)
    {
        var cells = _scenario.Shape switch
        {
            WorldShape.Quadtree => Halves(Halves([(tile.Min, tile.Max)], 0), 1),
            WorldShape.Octree => Halves(Halves(Halves([(tile.Min, tile.Max)], 0), 1), 2),
            WorldShape.Split => Cuts(tile),
            _ => Heap(tile),
        };
        foreach (var (min, max) in cells)
        {
            // Now and then an outer corner of a world is missing.
            if (_tiles >= _scenario.Tiles || (tile.Children.Count > 0 && _random.Chance(0.05)))
                continue;
            _tiles++;
            var error = _scenario.Inversions && _random.Chance(0.1) ? tile.Error * 1.5 : tile.Error * _random.Between(0.3, 0.7);
            tile.Children.Add(new() { Min = min, Max = max, Error = _random.Chance(0.05) ? 0 : error, Level = tile.Level + 1 });
        }
    }

    private static List<(Vector3d Min, Vector3d Max)> Halves(List<(Vector3d Min, Vector3d Max)> cells, int axis)
    {
        var halves = new List<(Vector3d, Vector3d)>();
        foreach (var (min, max) in cells)
        {
            var (low, high) = Cut(min, max, axis, 0.5);
            halves.Add(low);
            halves.Add(high);
        }
        return halves;
    }

    private List<(Vector3d Min, Vector3d Max)> Cuts(Tile tile)
    {
        var cells = new List<(Vector3d Min, Vector3d Max)> { (tile.Min, tile.Max) };
        var count = _random.Whole(2, 12);
        while (cells.Count < count)
        {
            var at = _random.Whole(0, cells.Count - 1);
            var (low, high) = Cut(cells[at].Min, cells[at].Max, _random.Whole(0, 1), _random.Between(0.2, 0.8));
            cells[at] = low;
            cells.Add(high);
        }
        return cells;
    }

    private List<(Vector3d Min, Vector3d Max)> Heap(Tile tile)
    {
        var cells = new List<(Vector3d, Vector3d)>();
        var count = _random.Whole(1, 12);
        for (var i = 0; i < count; i++)
        {
            var (a, b) = (RandomPoint(tile), RandomPoint(tile));
            cells.Add((Vector3d.Min(a, b), Vector3d.Max(a, b)));
        }
        return cells;
    }

    private Vector3d RandomPoint(Tile tile) => new(
        _random.Between(tile.Min.X, tile.Max.X), _random.Between(tile.Min.Y, tile.Max.Y), _random.Between(tile.Min.Z, tile.Max.Z));

    private static ((Vector3d Min, Vector3d Max) Low, (Vector3d Min, Vector3d Max) High) Cut(Vector3d min, Vector3d max, int axis, double share)
    {
        var at = min + (max - min) * share;
        return axis switch
        {
            0 => ((min, max with { X = at.X }), (min with { X = at.X }, max)),
            1 => ((min, max with { Y = at.Y }), (min with { Y = at.Y }, max)),
            _ => ((min, max with { Z = at.Z }), (min with { Z = at.Z }, max)),
        };
    }

    private BoundingVolume VolumeOf(Tile tile)
    {
        var kind = _scenario.Volumes == WorldVolumes.Mixed ? (WorldVolumes)_random.Whole(0, 2) : _scenario.Volumes;
        var (center, half) = ((tile.Min + tile.Max) * 0.5, (tile.Max - tile.Min) * 0.5);
        switch (kind)
        {
            case WorldVolumes.Spheres:
                return BoundingVolume.Sphere(center, half.Length);
            case WorldVolumes.Turned:
                // About the world's middle, so that what was disjoint stays so.
                var x = new Vector3d(0.8, 0.6, 0);
                var y = new Vector3d(-0.6, 0.8, 0);
                return BoundingVolume.Box(x * center.X + y * center.Y + Vector3d.UnitZ * center.Z, x * half.X, y * half.Y, Vector3d.UnitZ * half.Z);
            default:
                return BoundingVolume.AxisAligned(tile.Min, tile.Max);
        }
    }

    private void AddContents(Tile tile, bool isLeaf)
    {
        AddContent(tile, ContentFamily.Mesh, isLeaf);
        if (!_scenario.Multiple || !_random.Chance(0.4))
            return;
        ContentFamily[] families = [ContentFamily.Terrain, ContentFamily.Water, ContentFamily.Border, ContentFamily.Label];
        var more = _random.Whole(1, 3);
        for (var i = 0; i < more; i++)
            AddContent(tile, families[_random.Whole(0, families.Length - 1)], isLeaf);
    }

    // Leaves share contents, as instanced models do. Where a tile shares one with an ancestor of a maskless tile, the laws can contradict
    // each other (docs/decisions.md).
    private void AddContent(Tile tile, ContentFamily family, bool isLeaf)
    {
        if (_scenario.Shared && isLeaf && _meshes.Count > 0 && _random.Chance(0.2))
        {
            var known = _meshes[_random.Whole(0, _meshes.Count - 1)];
            if (!tile.Contents.Exists(content => content.Uri == known))
                tile.Contents.Add((known, family, ContentFormat.Glb, 0));
            return;
        }
        var uri = string.Create(CultureInfo.InvariantCulture, $"{_named++}.glb");
        var length = _random.Whole(500, _random.Chance(0.1) ? 400_000 : 60_000);
        var gpu = (long)(length * _random.Between(0.5, 10));
        var textured = _random.Unit();
        var fate = _scenario.FailForGood ? _random.Unit() : 1;
        if (isLeaf)
            _meshes.Add(uri);
        _contents[Folder + uri] = fate < 0.04 ? null : new(length)
        {
            AnnouncesLength = !_scenario.UnknownLengths,
            DecodedBytes = length + gpu,
            GeometryBytes = (long)(gpu * (1 - textured)),
            TextureBytes = (long)(gpu * textured),
            IsBroken = fate < 0.08,
            IsUnsupported = fate is >= 0.08 and < 0.12,
        };
        tile.Contents.Add((uri, family, ContentFormat.Glb, _scenario.UnknownLengths ? 0 : (uint)length));
    }

    // Writes the tiles of a document; where a subtree is to be a document of its own, its root stays here and names it.
    private void AddDocument(string uri, Tile root, bool lost)
    {
        var builder = new List<(Tile Tile, int Parent, string? Document)>();
        Write(root, -1, mayBeExternal: false);
        _contents[uri] = lost ? null : new(400 + 150 * builder.Count) { AnnouncesLength = !_scenario.UnknownLengths, Topology = () => Build(uri, builder) };

        void Write(Tile tile, int parent, bool mayBeExternal)
        {
            var external = mayBeExternal && _scenario.Externals && _random.Chance(0.25);
            var document = external ? string.Create(CultureInfo.InvariantCulture, $"{++_documents}.json") : null;
            builder.Add((tile, parent, document));
            if (document is not null)
            {
                AddDocument(Folder + document, tile, _scenario.FailForGood && _random.Chance(0.05));
                return;
            }
            var number = builder.Count - 1;
            foreach (var child in tile.Children)
                Write(child, number, mayBeExternal: true);
        }
    }

    private static TileBlock Build(string uri, List<(Tile Tile, int Parent, string? Document)> tiles)
    {
        var builder = new TileBlockBuilder(uri);
        foreach (var (tile, parent, document) in tiles)
        {
            var number = builder.AddTile(parent, tile.Volume, tile.Error, tile.Adds ? Refinement.Add : Refinement.Replace, Transform3d.Identity);
            if (tile.RequestVolume is { } request)
                builder.SetRequestVolume(number, request);
            if (document is not null)
            {
                builder.AddContent(number, Encoding.UTF8.GetBytes(document), ContentFamily.Mesh, ContentFormat.Tileset);
                continue;
            }
            foreach (var (content, family, format, length) in tile.Contents)
                builder.AddContent(number, Encoding.UTF8.GetBytes(content), family, format, length);
        }
        return builder.Build();
    }
}
