using FsCheck;
using FsCheck.Fluent;
using Lodestream.Simulation.Scenarios;

namespace Lodestream.Tests.Laws;

/// <summary>
/// The laws over random worlds, cameras, networks, devices and failures, judged by a checker that shares no code with the core. A failure
/// prints the scenario it was shrunk to; <c>lodestream-bench soak --only --seed</c> runs the one it came from.
/// </summary>
public sealed class RandomWorldTests
{
    // The same scenarios in every run; the soak in bench/ takes fresh ones.
    private const int Scenarios = 60;

    [Fact]
    public void The_laws_hold_where_tiles_carry_masks() =>
        Hold(scenario => scenario with { Shape = scenario.Shape == WorldShape.Heap ? WorldShape.Quadtree : scenario.Shape, Volumes = WorldVolumes.Boxes, Masks = true });

    [Fact]
    public void The_laws_hold_where_children_overlap() => Hold(scenario => scenario with { Shape = WorldShape.Heap });

    [Fact]
    public void The_laws_hold_on_hosts_without_masks() => Hold(scenario => scenario with { Masks = false });

    [Fact]
    public void The_laws_hold_where_tiles_add_to_their_parents() => Hold(scenario => scenario with { Adds = true, ContentLess = true });

    [Fact]
    public void The_laws_hold_while_documents_come_and_go() => Hold(scenario => scenario with { Externals = true, Depth = Math.Max(3, scenario.Depth) });

    [Fact]
    public void The_laws_hold_when_contents_fail_for_good() => Hold(scenario => scenario with { FailForGood = true });

    [Fact]
    public void The_laws_hold_when_network_and_device_fail_now_and_then() => Hold(scenario => scenario with { FailForNow = true, DeviceFails = true });

    [Fact]
    public void The_laws_hold_for_cameras_that_jump() => Hold(scenario => scenario with { Move = CameraMove.Teleport, Cameras = 2 });

    [Fact]
    public void The_laws_hold_for_manifest_scenes() => Hold(scenario => scenario with { Proximity = true });

    [Fact]
    public void The_laws_hold_for_manifest_scenes_with_little_memory_and_under_pressure() => HoldIn(Plain(scenario => scenario.WithTightMemory() with { Proximity = true }));

    [Fact]
    public void The_laws_hold_with_hardly_more_memory_than_it_takes() => HoldIn(Plain(scenario => scenario.WithTightMemory()));

    [Fact]
    public void The_laws_hold_under_pressure_and_when_the_GPU_loses_everything() =>
        HoldIn(Plain(scenario => scenario with { Room = 2, PressureAt = 1 + scenario.Seconds / 4, ContextLostAt = 2 + scenario.Seconds / 4 }));

    [Fact]
    public void The_laws_hold_with_little_memory_where_contents_are_shared_and_several() =>
        HoldIn(Plain(scenario => scenario.WithTightMemory() with { Shared = true, Multiple = true }));

    [Fact]
    public void The_same_scenario_runs_the_same_way_twice()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(Scenario(scenario => scenario), scenario =>
            Trial.Run(scenario).Result!.TraceHash == Trial.Run(scenario).Result!.TraceHash));
    }

    private static void Hold(Func<RandomScenario, RandomScenario> with) => HoldIn(Scenario(with));

    private static void HoldIn(Arbitrary<RandomScenario> scenarios) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Scenarios).WithReplay(2026, 11), Prop.ForAll(scenarios, scenario =>
        {
            var verdict = Trial.Run(scenario);
            return Prop.Label(verdict.IsClean, verdict.ToString());
        }));

    // With memory to spare and a GPU that keeps what it has.
    private static Arbitrary<RandomScenario> Scenario(Func<RandomScenario, RandomScenario> trait) => Plain(scenario => trait(scenario).WithPlenty());

    private static Arbitrary<RandomScenario> Plain(Func<RandomScenario, RandomScenario> with) => Arb.From(
        Gen.Choose(int.MinValue, int.MaxValue).Two().Select(seeds => with(RandomScenario.FromSeed((ulong)(uint)seeds.Item1 << 32 | (uint)seeds.Item2) with { Proximity = false })),
        scenario => scenario.Simpler().Where(simpler => with(simpler) == simpler));
}
