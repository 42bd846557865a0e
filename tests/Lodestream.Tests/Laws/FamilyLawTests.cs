using Lodestream.Scene;
using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenarios;

namespace Lodestream.Tests.Laws;

/// <summary>No frame shows a tile without a required family: so says a checker that would see it.</summary>
public class FamilyLawTests
{
    private static RandomScenario Scenario(ulong seed) => RandomScenario.FromSeed(seed).WithPlenty() with
    {
        Shape = WorldShape.Quadtree,
        Volumes = WorldVolumes.Boxes,
        Masks = true,
        Adds = false,
        Multiple = true,
        FailForNow = true,
        Network = "4g",
        Sphere = false,
        Cameras = 1,
        Pyramid = seed % 2 == 0,
    };

    [Fact]
    public void Families_that_fail_are_switched_off_and_on_or_do_not_exist_break_no_law()
    {
        for (var seed = 1ul; seed <= 24; seed++)
        {
            var verdict = Trial.Run(Scenario(seed) with { LayersAt = 0.2, FailForGood = seed % 3 == 0 });
            Assert.True(verdict.IsClean, verdict.ToString());
        }
    }

    [Fact]
    public void The_checker_sees_a_core_that_does_not_wait_for_a_required_family()
    {
        var caught = 0;
        for (var seed = 1ul; seed <= 12; seed++)
        {
            var setup = Scenario(seed).Build();
            var checker = new LawChecker(setup.Tree, setup.Options);
            SimulationRun.Run(setup with { Options = setup.Options with { RequiredFamilies = FamilySet.Of(ContentFamily.Terrain) }, Observers = [checker] });
            caught += checker.Report.Firsts.Any(first => first.Breach == Breach.Hole && first.Reason.Contains("not complete", StringComparison.Ordinal)) ? 1 : 0;
        }
        Assert.True(caught >= 6, $"seen in {caught} of 12 runs");
    }
}
