using System.Globalization;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenarios;

/// <summary>A random manifest scene and the server that holds it: entries with chains of representations, gates and regions, and contents that may be missing or broken.</summary>
internal sealed class RandomCity : IContentOrigin
{
    private const string Folder = "http://world.test/";
    private const double RegionsAcross = 4;

    private readonly Dictionary<string, OriginContent?> _contents = [];
    private readonly RandomScenario _scenario;
    private readonly List<Entry> _entries = [];
    private SeededRandom _random, _parts, _textured;
    private BoundingVolume? _zone;

    private sealed class Entry
    {
        public required BoundingVolume Volume;
        public required double Streaming, Unload, Prefetch;
        public required bool Interior, Shared;
        public required int Priority, Floor;
        public readonly List<(string Uri, uint Length, double From, RepresentationKind Kind)> Levels = [];
    }

    private RandomCity(RandomScenario scenario)
    {
        _scenario = scenario;
        _random = new(scenario.Seed ^ 0xc177);
        _textured = new(scenario.Seed ^ 0x7e87);
        _parts = new(scenario.Seed ^ 0x9a27);
        Size = _random.Between(500, 5000);
    }

    /// <summary>Width of the city, metres.</summary>
    public double Size { get; }

    /// <summary>The least budget the city can be streamed with, bytes: what is coarsest of every entry, what is always there, and the largest tile twice.</summary>
    public long MemoryFloor { get; private set; }

    /// <summary>The least that its geometry and its textures take by themselves, bytes.</summary>
    public long GeometryFloor { get; private set; }

    /// <inheritdoc cref="GeometryFloor"/>
    public long TextureFloor { get; private set; }

    /// <summary>The policy's options that suit the city's size: a random city is not built to the default's measure.</summary>
    public ProximityOptions Options { get; private set; } = new();

    public static RandomCity Make(RandomScenario scenario)
    {
        var city = new RandomCity(scenario);
        city.Build();
        return city;
    }

    public OriginContent? Find(in TileRequest request) => _contents.GetValueOrDefault(request.Uri);

    private void Build()
    {
        Options = new() { MaxQueryRadius = Size * _random.Between(0.05, 0.4), FloorProximityGate = Size / 200, TileFrustumGatePadding = Size / 100 };
        if (_scenario.OutOfCore)
            Options = Options with { OutOfCore = RandomAdmission() };
        if (_random.Chance(0.5))
            _zone = BoundingVolume.AxisAligned(new Vector3d(-Size, -Size, -Size) * 0.2, new Vector3d(Size, Size, Size) * 0.2);
        for (var i = 0; i < _scenario.Tiles; i++)
            AddEntry(isShared: i == 0 && _scenario.Shared);
        _contents[RandomWorld.RootUri] = new(400 + 200 * _entries.Count) { AnnouncesLength = !_scenario.UnknownLengths, Topology = BuildBlock };
        MemoryFloor = FloorOfAll();
        var room = new SeededRandom(_scenario.Seed ^ 0xacc7);
        Options = Options with { Memory = MemoryOptions(ref room) };
    }

    // A city is larger than the radii within which textures are meant to be large; and accounts of its own, where they are to be tight.
    private ProximityMemoryOptions MemoryOptions(ref SeededRandom random)
    {
        var memory = new ProximityMemoryOptions
        {
            Textures = new() { UpgradeRadius = Size * random.Between(0.005, 0.05), DowngradeRadius = Size * random.Between(0.05, 0.2) },
            HighWaterMark = random.Between(0.7, 0.95),
            VisibleEvictionProtectionRadius = Size * random.Between(0, 0.05),
        };
        var (geometry, texture) = ((long)(GeometryFloor * random.Between(1, 1.6)), (long)(TextureFloor * random.Between(1, 1.6)));
        return _scenario.TightAccounts ? memory with { GeometryBudgetBytes = geometry, TextureBudgetBytes = texture } : memory;
    }

    private void AddEntry(bool isShared)
    {
        var half = new Vector3d(_random.Between(0.005, 0.02), _random.Between(0.005, 0.02), _random.Between(0.002, 0.02)) * Size;
        var center = new Vector3d(_random.Between(-0.5, 0.5), _random.Between(-0.5, 0.5), _random.Between(0, 0.02)) * Size;
        var streaming = Size * _random.Between(0.02, 0.15);
        var unload = streaming * _random.Between(1.1, 2);
        var interior = _random.Chance(0.2);
        var entry = new Entry
        {
            Volume = BoundingVolume.AxisAligned(center - half, center + half),
            Streaming = isShared ? double.PositiveInfinity : streaming,
            Unload = isShared ? double.PositiveInfinity : unload,
            Prefetch = isShared ? double.PositiveInfinity : streaming + (unload - streaming) * _random.Unit(),
            Interior = interior,
            Shared = isShared,
            Priority = _random.Chance(0.3) ? _random.Whole(-3, 10) : 0,
            Floor = interior && _random.Chance(0.5) ? _random.Whole(0, 3) : ProximityTable.NoFloor,
        };
        var (from, coarser) = (streaming * _random.Between(0.8, 1.3), isShared ? 0 : _random.Whole(0, 4));
        var levels = new List<double> { 0 };
        for (; coarser > 0; coarser--, from *= _random.Between(1.2, 2))
            levels.Add(from);
        var hlods = _random.Whole(0, levels.Count - 1);
        for (var i = levels.Count - 1; i >= 0; i--)
        {
            var kind = i == 0 ? RepresentationKind.Full : i > levels.Count - 1 - hlods ? RepresentationKind.Hlod : RepresentationKind.Lod;
            entry.Levels.Add(AddContent(levels[i], kind, share: 1.0 / (1 << i), entry.Volume));
        }
        _entries.Add(entry);
    }

    private (string Uri, uint Length, double From, RepresentationKind Kind) AddContent(double from, RepresentationKind kind, double share, in BoundingVolume volume)
    {
        var uri = string.Create(CultureInfo.InvariantCulture, $"{_contents.Count}.glb");
        var length = 500 + (int)(share * _random.Whole(500, _random.Chance(0.1) ? 400_000 : 60_000));
        var gpu = (long)(length * _random.Between(0.5, 10));
        var fate = _scenario.FailForGood ? _random.Unit() : 1;
        var texture = _scenario.Textures && kind == RepresentationKind.Full && _textured.Chance(0.6) ? 20 * (long)(_textured.Between(0.2, 3) * length) : 0;
        _contents[Folder + uri] = fate < 0.04 ? null : new(length)
        {
            AnnouncesLength = !_scenario.UnknownLengths,
            DecodedBytes = length + gpu + texture / 20,
            GeometryBytes = gpu,
            TextureBytes = texture,
            MediumTextureBytes = texture / 4,
            MinimumTextureBytes = texture / 20,
            Meshes = kind == RepresentationKind.Full && _scenario.OutOfCore ? RandomMeshes(volume, gpu) : [],
            IsBroken = fate < 0.08,
            IsUnsupported = fate is >= 0.08 and < 0.12,
        };
        return (uri, _scenario.UnknownLengths ? 0 : (uint)length, from, kind);
    }

    private OutOfCoreOptions RandomAdmission()
    {
        var loads = _parts.Whole(1, 6);
        return new()
        {
            Policy = (AdmissionPolicy)_parts.Whole(0, 2),
            MinimumMeshes = _parts.Whole(1, 12),
            MaximumGeometryShare = _parts.Between(1e-5, 1e-2),
            FrustumGatePadding = Size / 400,
            NearBandShare = _parts.Unit(),
            MaxConcurrentLoads = loads,
            NearBandMaxConcurrentLoads = _parts.Whole(1, loads),
            MaxUnloadsPerUpdate = _parts.Whole(1, 20),
        };
    }

    private OriginMesh[] RandomMeshes(in BoundingVolume volume, long geometry)
    {
        var meshes = new OriginMesh[_parts.Whole(0, 20)];
        var (low, high) = volume.AxisAlignedBounds();
        for (var i = 0; i < meshes.Length; i++)
        {
            var (a, b) = (low + Inside(high - low), low + Inside(high - low));
            meshes[i] = new(new(Vector3d.Min(a, b), Vector3d.Max(a, b), geometry / meshes.Length), _parts.Chance(0.2) ? geometry / (4 * meshes.Length) : 0);
        }
        return meshes;
    }

    private Vector3d Inside(Vector3d size) => new(size.X * _parts.Unit(), size.Y * _parts.Unit(), size.Z * _parts.Unit());

    private long FloorOfAll()
    {
        long coarsest = 0, largest = 0, coarsestTexture = 0;
        foreach (var entry in _entries)
        {
            var found = false;
            foreach (var level in entry.Levels)
            {
                if (_contents[Folder + level.Uri] is not { } made)
                    continue;
                largest = Math.Max(largest, made.DecodedBytes + made.GeometryBytes + made.MinimumTextureBytes + made.Meshes.Sum(mesh => mesh.TextureBytes));

                // The coarsest that works is there at any distance.
                if (found || made.IsBroken || made.IsUnsupported || !(entry.Shared || level.Kind != RepresentationKind.Full))
                    continue;
                coarsest += made.GeometryBytes;
                coarsestTexture += made.MinimumTextureBytes;
                found = true;
            }
        }
        var reached = _entries.Where(IsReached).Select(entry => _contents[Folder + entry.Levels[^1].Uri]).OfType<OriginContent>().ToArray();
        GeometryFloor = coarsest + 2 * largest + reached.Sum(made => made.GeometryBytes);
        TextureFloor = coarsestTexture + 2 * largest + reached.Sum(made => made.MinimumTextureBytes + made.Meshes.Sum(mesh => mesh.TextureBytes));
        return coarsest + coarsestTexture + 2 * largest + _contents[RandomWorld.RootUri]!.Length + _entries.Sum(WantedAtAnyDetail);
    }

    private bool IsReached(Entry entry) => _scenario.Sphere && entry.Volume.DistanceTo(default) <= RandomCameras.LargestSphere * Size;

    // What is wanted at any detail, besides its coarsest: what a sphere in the middle may reach; and where that, or what is shared, is out of core, its copy.
    private long WantedAtAnyDetail(Entry entry)
    {
        var isReached = IsReached(entry);
        if (!(entry.Shared || isReached) || _contents[Folder + entry.Levels[^1].Uri] is not { } made)
            return 0;
        var copy = (Options.OutOfCore.Policy != AdmissionPolicy.Whole && made.Meshes.Count > 0) ? made.DecodedBytes + made.Meshes.Sum(mesh => mesh.TextureBytes) : 0;
        return copy + (isReached ? made.GeometryBytes + made.MinimumTextureBytes : 0);
    }

    private TileBlock BuildBlock()
    {
        var regions = (int)(RegionsAcross * RegionsAcross);
        var table = new ProximityTable(_entries.Count, _entries.Sum(entry => entry.Levels.Count), regions) { InteriorZone = _zone };
        for (var region = 0; region < regions; region++)
        {
            var none = new Vector3d(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
            (table.RegionMin[region], table.RegionMax[region], table.RegionParent[region]) = (none, -none, ProximityTable.NoRegion);
        }
        var builder = new TileBlockBuilder(RandomWorld.RootUri) { Document = table };
        var reach = new Vector3d(Size, Size, Size / 10);
        builder.AddTile(-1, BoundingVolume.AxisAligned(-reach, reach), 2 * Size, Refinement.Add, Transform3d.Identity);
        for (var i = 0; i < _entries.Count; i++)
            Add(builder, table, i);
        return builder.Build();
    }

    private void Add(TileBlockBuilder builder, ProximityTable table, int number)
    {
        var entry = _entries[number];
        var center = entry.Volume.Center;
        (table.Center[number], table.StreamingRadius[number], table.UnloadRadius[number], table.PrefetchRadius[number]) = (center, entry.Streaming, entry.Unload, entry.Prefetch);
        (table.Priority[number], table.Floor[number], table.IsInterior[number], table.IsShared[number]) = (entry.Priority, entry.Floor, entry.Interior, entry.Shared);
        var region = Cell(center.X) + (int)RegionsAcross * Cell(center.Y);
        var (min, max) = entry.Volume.AxisAlignedBounds();
        (table.Region[number], table.RegionMin[region], table.RegionMax[region]) = (region, Vector3d.Min(table.RegionMin[region], min), Vector3d.Max(table.RegionMax[region], max));
        var (first, parent) = (table.FirstRepresentation[number], 0);
        table.FirstRepresentation[number + 1] = first + entry.Levels.Count;
        for (var i = 0; i < entry.Levels.Count; i++)
        {
            var (uri, length, from, kind) = entry.Levels[i];
            (table.SwitchDistance[first + i], table.Kind[first + i]) = (from, kind);
            parent = builder.AddTile(parent, entry.Volume, 16 * 2 * from * DeterministicMath.Tan(Math.PI / 6) / 1080, Refinement.Replace, Transform3d.Identity);
            builder.SetNote(parent, number + 1);
            builder.AddContent(parent, Encoding.UTF8.GetBytes(uri), ContentFamily.Mesh, ContentFormat.Glb, length);
        }
    }

    private int Cell(double x) => Math.Clamp((int)((x / Size + 0.5) * RegionsAcross), 0, (int)RegionsAcross - 1);
}
