using Lodestream.Scene;
using Lodestream.Simulation.Device;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenarios;

/// <summary>How a random world's tiles are split.</summary>
public enum WorldShape : byte
{
    /// <summary>Four children, side by side.</summary>
    Quadtree,

    /// <summary>Eight children.</summary>
    Octree,

    /// <summary>Two to twelve disjoint children of any size.</summary>
    Split,

    /// <summary>One to twelve children that overlap.</summary>
    Heap,
}

/// <summary>What a random world's volumes are.</summary>
public enum WorldVolumes : byte
{
    /// <summary>Boxes along the scene's axes.</summary>
    Boxes,

    /// <summary>Boxes that are all turned alike.</summary>
    Turned,

    /// <summary>Spheres.</summary>
    Spheres,

    /// <summary>Any of them, tile by tile.</summary>
    Mixed,
}

/// <summary>How a random camera moves.</summary>
public enum CameraMove : byte
{
    /// <summary>It does not.</summary>
    Stand,

    /// <summary>Around the world, looking at its middle.</summary>
    Orbit,

    /// <summary>Across, low.</summary>
    Fly,

    /// <summary>From far away to the ground.</summary>
    Dive,

    /// <summary>From the ground to far away.</summary>
    ZoomOut,

    /// <summary>Turning on the spot.</summary>
    Spin,

    /// <summary>From place to place in no time.</summary>
    Teleport,

    /// <summary>From one random pose to the next.</summary>
    Wander,
}

/// <summary>
/// A run that is drawn from a seed: a world, cameras, a network, a device and options. Every trait can be switched off by itself, so
/// that a failing run can be made simpler (<see cref="Simpler"/>) while it goes on failing.
/// </summary>
public sealed record RandomScenario
{
    /// <summary>Seed of the world, the failures and the path.</summary>
    public ulong Seed { get; init; }

    /// <summary>How tiles are split.</summary>
    public WorldShape Shape { get; init; }

    /// <summary>What volumes are.</summary>
    public WorldVolumes Volumes { get; init; }

    /// <summary>Levels of the world.</summary>
    public int Depth { get; init; } = 3;

    /// <summary>Tiles at most.</summary>
    public int Tiles { get; init; } = 100;

    /// <summary>Some tiles are refined by addition.</summary>
    public bool Adds { get; init; }

    /// <summary>Some inner tiles have no content.</summary>
    public bool ContentLess { get; init; }

    /// <summary>Some leaves have no content.</summary>
    public bool EmptyLeaves { get; init; }

    /// <summary>Some subtrees are documents of their own.</summary>
    public bool Externals { get; init; }

    /// <summary>Some tiles name other tiles' contents.</summary>
    public bool Shared { get; init; }

    /// <summary>Some tiles have several contents, of several families.</summary>
    public bool Multiple { get; init; }

    /// <summary>Some tiles have a viewer request volume.</summary>
    public bool RequestVolumes { get; init; }

    /// <summary>Some tiles name a greater error than their parents.</summary>
    public bool Inversions { get; init; }

    /// <summary>Some contents do not exist, cannot be decoded, or are not supported.</summary>
    public bool FailForGood { get; init; }

    /// <summary>The network fails now and then.</summary>
    public bool FailForNow { get; init; }

    /// <summary>The device fails or gets stuck now and then.</summary>
    public bool DeviceFails { get; init; }

    /// <summary>Some contents and documents depend on further files.</summary>
    public bool Files { get; init; }

    /// <summary>Lengths are not announced.</summary>
    public bool UnknownLengths { get; init; }

    /// <summary>How the first camera moves.</summary>
    public CameraMove Move { get; init; }

    /// <summary>Cameras; those after the first are switched on and off.</summary>
    public int Cameras { get; init; } = 1;

    /// <summary>Seconds the cameras move.</summary>
    public double Seconds { get; init; } = 4;

    /// <summary>The memory budget as a multiple of the least the world can be streamed with; 0 for plenty.</summary>
    public double Room { get; init; }

    /// <summary>Name of the network's profile.</summary>
    public string Network { get; init; } = "local";

    /// <summary>Whether the host has masks.</summary>
    public bool Masks { get; init; } = true;

    /// <summary>What is done about failed leaves without masks.</summary>
    public FailedLeafRule FailedLeaves { get; init; }

    /// <summary>Seconds after which the system asks for memory back, the budget is cut in half, and given back; 0 for never.</summary>
    public double PressureAt { get; init; }

    /// <summary>Seconds after which the GPU loses everything; 0 for never.</summary>
    public double ContextLostAt { get; init; }

    /// <summary>Seconds after which nobody looks for a second; 0 for never.</summary>
    public double HiddenAt { get; init; }

    /// <summary>Seconds after which contents begin to change at their source, a few at a time for two seconds; 0 for never.</summary>
    public double ChangesAt { get; init; }

    /// <summary>A sphere around the world's middle is to be kept resident.</summary>
    public bool Sphere { get; init; }

    /// <summary>Seconds after which unseen documents are unloaded.</summary>
    public double UnloadAfter { get; init; } = 120;

    /// <summary>Selected by the pyramid policy instead of by error.</summary>
    public bool Pyramid { get; init; }

    /// <summary>A manifest scene, selected by distance.</summary>
    public bool Proximity { get; init; }

    /// <summary>Of a manifest scene: some full tiles have textures that change their size.</summary>
    public bool Textures { get; init; }

    /// <summary>Of a manifest scene: geometry and textures each have hardly more than they take.</summary>
    public bool TightAccounts { get; init; }

    /// <summary>Seconds after which all textures are shed; 0 for never.</summary>
    public double ShedAt { get; init; }

    /// <summary>Seconds after which everything is unloaded at once; 0 for never.</summary>
    public double UnloadAllAt { get; init; }

    /// <summary>Some full tiles of a manifest scene are admitted out of core.</summary>
    public bool OutOfCore { get; init; }

    /// <summary>
    /// Seconds after which each family is switched off for a while, one after the other; 0 for never. Only where every tile can carry a mask: elsewhere
    /// a tile that is whole again takes the place of what its children showed meanwhile.
    /// </summary>
    public double LayersAt { get; init; }

    /// <summary>Draws a scenario.</summary>
    public static RandomScenario FromSeed(ulong seed)
    {
        var random = new SeededRandom(seed);
        return new()
        {
            Seed = seed,
            Shape = (WorldShape)random.Whole(0, 3),
            Volumes = (WorldVolumes)random.Whole(0, 3),
            Depth = random.Whole(1, 6),
            Tiles = random.Whole(5, 400),
            Adds = random.Chance(0.4),
            ContentLess = random.Chance(0.4),
            EmptyLeaves = random.Chance(0.3),
            Externals = random.Chance(0.4),
            Shared = random.Chance(0.2),
            Multiple = random.Chance(0.2),
            RequestVolumes = random.Chance(0.2),
            Inversions = random.Chance(0.2),
            FailForGood = random.Chance(0.4),
            FailForNow = random.Chance(0.4),
            DeviceFails = random.Chance(0.2),
            UnknownLengths = random.Chance(0.2),
            Move = (CameraMove)random.Whole(0, 7),
            Cameras = random.Chance(0.2) ? 2 : 1,
            Seconds = random.Between(1, 8),
            Network = new[] { "local", "fibre", "cable", "4g", "3g", "outage", "throttled" }[random.Whole(0, 6)],
            Room = random.Chance(0.3) ? random.Between(1, 6) : 0,
            Masks = random.Chance(0.7),
            FailedLeaves = random.Chance(0.8) ? FailedLeafRule.Coarse : FailedLeafRule.Hole,
            PressureAt = random.Chance(0.15) ? random.Between(0.5, 8) : 0,
            ContextLostAt = random.Chance(0.1) ? random.Between(0.5, 8) : 0,
            HiddenAt = random.Chance(0.1) ? random.Between(0.5, 8) : 0,
            Sphere = random.Chance(0.15),
            UnloadAfter = random.Chance(0.5) ? random.Between(0.5, 5) : 120,
            ChangesAt = random.Chance(0.2) ? random.Between(0.5, 8) : 0,
            Files = random.Chance(0.3),
            Pyramid = random.Chance(0.35),
            LayersAt = random.Chance(0.15) ? random.Between(0.1, 6) : 0,
            Proximity = random.Chance(0.25),
            UnloadAllAt = random.Chance(0.08) ? random.Between(0.5, 8) : 0,
            Textures = random.Chance(0.6),
            TightAccounts = random.Chance(0.25),
            ShedAt = random.Chance(0.15) ? random.Between(0.5, 8) : 0,
            OutOfCore = random.Chance(0.5),
        };
    }

    /// <summary>The scenario with memory to spare and a GPU that keeps what it has.</summary>
    public RandomScenario WithPlenty() => this with { Room = 0, PressureAt = 0, ContextLostAt = 0, TightAccounts = false };

    /// <summary>The scenario with hardly more memory than it takes, and, every other time, pressure.</summary>
    public RandomScenario WithTightMemory()
    {
        var random = new SeededRandom(Seed ^ 0x7197);
        return this with { Room = random.Between(1, 1.5), PressureAt = random.Chance(0.5) ? random.Between(0.5, 8) : 0, TightAccounts = random.Chance(0.5) };
    }

    /// <summary>Scenarios that are simpler by one trait each, the greatest simplifications first.</summary>
    public IEnumerable<RandomScenario> Simpler()
    {
        RandomScenario[] candidates =
        [
            this with { Tiles = Math.Max(1, Tiles / 2) }, this with { Tiles = Math.Max(1, Tiles * 3 / 4) }, this with { Tiles = Math.Max(1, Tiles - 1) },
            this with { Depth = Math.Max(1, Depth - 1) }, this with { Seconds = Math.Max(0.5, Math.Floor(Seconds) / 2) },
            this with { Cameras = 1 }, this with { Room = 0 }, this with { FailForNow = false }, this with { DeviceFails = false }, this with { FailForGood = false },
            this with { Adds = false }, this with { ContentLess = false }, this with { EmptyLeaves = false }, this with { Externals = false },
            this with { Shared = false }, this with { Multiple = false }, this with { RequestVolumes = false }, this with { Inversions = false },
            this with { UnknownLengths = false }, this with { Files = false }, this with { Network = "local" }, this with { Move = CameraMove.Stand },
            this with { Masks = true }, this with { FailedLeaves = FailedLeafRule.Coarse },
            this with { PressureAt = 0 }, this with { ContextLostAt = 0 }, this with { HiddenAt = 0 }, this with { ChangesAt = 0 }, this with { Sphere = false },
            this with { UnloadAfter = 120 }, this with { Pyramid = false }, this with { LayersAt = 0 }, this with { Proximity = false }, this with { UnloadAllAt = 0 }, this with { OutOfCore = false },
            this with { Textures = false }, this with { TightAccounts = false }, this with { ShedAt = 0 },
            this with { Volumes = WorldVolumes.Boxes }, this with { Shape = WorldShape.Quadtree },
        ];
        return candidates.Where(candidate => candidate != this);
    }

    /// <summary>Builds the run.</summary>
    public SimulationSetup Build()
    {
        var city = Proximity ? RandomCity.Make(this) : null;
        var world = Proximity ? null : RandomWorld.Make(this);
        var (size, memoryFloor) = (city?.Size ?? world!.Size, city?.MemoryFloor ?? world!.MemoryFloor);
        var random = new SeededRandom(Seed ^ 0x5e70);
        var network = NetworkProfile.Parse(Network, out var error) ?? throw new InvalidOperationException(error);
        if (FailForNow)
            network = network with { Fail = random.Between(0, 0.3), Truncate = random.Between(0, 0.1), Corrupt = random.Between(0, 0.1), Stall = random.Between(0, 0.05) };
        var device = new DeviceProfile
        {
            DecodeMBps = random.Between(2, 200),
            UploadMBps = random.Between(20, 800),
            Workers = random.Whole(1, 4),
            UploadFail = DeviceFails ? random.Between(0, 0.1) : 0,
            Stuck = DeviceFails ? random.Between(0, 0.05) : 0,
        };
        var options = new StreamerOptions
        {
            MemoryBudgetBytes = Room > 0 ? (long)(Room * memoryFloor) : 512L << 20,
            HostHasMasks = Masks,
            FailedLeaves = FailedLeaves,
            MaximumRequests = random.Whole(1, 24),
            MaximumRequestsPerHost = random.Whole(1, 8),
            TopologyTilesPerTick = random.Chance(0.5) ? int.MaxValue : random.Whole(1, 50),
            UnloadTopologyAfterSeconds = UnloadAfter,
            Proximity = city?.Options,
            Pyramid = Pyramid && !Proximity ? new() { TargetTileWidthPx = 100 * (1 + Seed % 4) } : null,
        };
        return new()
        {
            Tree = new TileTree(RandomWorld.RootUri),
            Origin = city ?? (IContentOrigin)world!,
            Cameras = RandomCameras.Make(this, size),
            Network = network,
            Device = device,
            Options = options,
            Seed = Seed,
            FramesPerSecond = random.Chance(0.5) ? 60 : 30,
            Cold = random.Chance(0.7),

            // A decoder that hangs takes a minute to be given up, and a manifest's tiles are decoded a few at a time.
            SettleLimitSeconds = Proximity && DeviceFails ? 48 * 3600 : 3600,
            SettleLimitFrames = Proximity && DeviceFails ? 200_000 : 20_000,
            Events = [.. Events(options.MemoryBudgetBytes, memoryFloor)],
        };
    }

    private IEnumerable<SimulatedEvent> Events(long budget, long floor)
    {
        if (PressureAt > 0)
        {
            yield return new(PressureAt, controls => controls.Inbox.Post(new() { Kind = InboxKind.MemoryPressure }));
            yield return new(PressureAt + 0.5, controls => controls.Streamer.MemoryBudgetBytes = Math.Max(budget / 2, floor));
            yield return new(PressureAt + 2, controls => controls.Streamer.MemoryBudgetBytes = budget);
        }
        if (ContextLostAt > 0)
            yield return new(ContextLostAt, controls => controls.Host.LoseContext());
        if (UnloadAllAt > 0)
            yield return new(UnloadAllAt, controls => controls.Streamer.ForceUnloadAll());
        if (ShedAt > 0)
            yield return new(ShedAt, controls => controls.Streamer.ShedTextureMemory(1000));
        if (HiddenAt > 0)
        {
            yield return new(HiddenAt, controls => controls.Streamer.RequestsAllowed = false);
            yield return new(HiddenAt + 1, controls => controls.Streamer.RequestsAllowed = true);
        }
        if (LayersAt > 0)
        {
            var families = Enum.GetValues<ContentFamily>();
            for (var i = 0; i < families.Length; i++)
            {
                var family = families[i];
                yield return new(LayersAt + i * 0.3, controls => controls.Streamer.EnabledFamilies = controls.Streamer.EnabledFamilies.Without(family));
                yield return new(LayersAt + i * 0.3 + 0.7, controls => controls.Streamer.EnabledFamilies = controls.Streamer.EnabledFamilies.With(family));
            }
        }
        if (ChangesAt > 0)
        {
            var random = new SeededRandom(Seed ^ 0xc4a6);
            for (var i = 0; i < 20; i++)
                yield return new(ChangesAt + i * 0.1, controls => Change(controls, ref random));
        }
    }

    private static void Change(SimulationControls controls, ref SeededRandom random)
    {
        var (tree, set) = (controls.Streamer.Tree, controls.Streamer.Selection);
        for (var i = 0; i < 3 && set.Count > 0; i++)
        {
            var tile = set.Visits[random.Whole(0, set.Count - 1)].Tile;
            foreach (var content in tree.SlotsOf(tile))
                controls.Inbox.Post(new() { Kind = InboxKind.Changed, Payload = tree.Contents.Uri(content) });
        }
    }
}
