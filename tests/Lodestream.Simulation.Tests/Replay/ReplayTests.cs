using FsCheck;
using FsCheck.Fluent;
using Lodestream.Diagnostics;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenarios;

namespace Lodestream.Simulation.Tests.Replay;

/// <summary>A recorded run comes to the same again, frame by frame, from its file alone.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void Random_runs_replay_to_what_was_recorded() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => IsReplayed(RandomScenario.FromSeed((ulong)seed))));

    // Each trait by itself: a random run may lack any of them.
    public static TheoryData<string, Func<RandomScenario, RandomScenario>> Traits => new()
    {
        { "files", s => s with { Files = true } },
        { "documents that come and go", s => s with { Externals = true, UnloadAfter = 0.5, Move = CameraMove.Teleport, Seconds = 6 } },
        { "memory pressure and a budget cut", s => s with { PressureAt = 1, Room = 1.5 } },
        { "a lost context", s => s with { ContextLostAt = 1 } },
        { "changes", s => s with { ChangesAt = 0.5 } },
        { "a hidden page", s => s with { HiddenAt = 0.5 } },
        { "spheres and several cameras", s => s with { Sphere = true, Cameras = 2 } },
        { "request volumes and turned boxes", s => s with { RequestVolumes = true, Volumes = WorldVolumes.Mixed } },
        { "shared contents of several families", s => s with { Shared = true, Multiple = true, Externals = true, Tiles = 300, Depth = 5 } },
        { "textures that change their size and are shed", s => s with { Proximity = true, Textures = true, ShedAt = 0.5, Seconds = 6 } },
        { "tight accounts of geometry and textures", s => s with { Proximity = true, Textures = true, TightAccounts = true } },
        { "every failure", s => s with { FailForNow = true, FailForGood = true, DeviceFails = true } },
    };

    [Theory]
    [MemberData(nameof(Traits))]
    public void Whatever_enters_is_recorded(string trait, Func<RandomScenario, RandomScenario> with)
    {
        for (ulong seed = 0; seed < 4; seed++)
            Assert.True(IsReplayed(with(RandomScenario.FromSeed(seed))), $"{trait}, seed {seed}");
    }

    [Fact]
    public void Layers_that_are_switched_are_recorded()
    {
        var setup = (RandomScenario.FromSeed(5) with { Multiple = true, Tiles = 200, Depth = 4, Seconds = 3 }).Build();
        var families = Enum.GetValues<Scene.ContentFamily>();
        var events = families.SelectMany((family, i) => new SimulatedEvent[]
        {
            new(0.2 + i * 0.1, controls => controls.Streamer.EnabledFamilies = controls.Streamer.EnabledFamilies.Without(family)),
            new(1.5 + i * 0.1, controls => controls.Streamer.EnabledFamilies = controls.Streamer.EnabledFamilies.With(family)),
        });
        Assert.Null(Replay(setup with { Events = [.. events] }).Difference);
    }

    private static bool IsReplayed(RandomScenario scenario)
    {
        var result = Replay(scenario.Build());
        return result.IsIdentical ? true : throw new InvalidOperationException($"{result.Difference}\n{scenario}");
    }

    private static ReplayResult Replay(SimulationSetup setup)
    {
        var recorder = new TraceRecorder();
        var run = SimulationRun.Run(setup with { Recorder = recorder });
        var file = new MemoryStream();
        recorder.Save(file);
        var trace = TraceFile.Read(file.ToArray(), out var error);
        Assert.Null(error);
        Assert.Equal((run.TraceHash, run.Frames), (trace!.Hash, trace.Frames));
        return TraceReplay.Run(trace);
    }
}
