using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests;

/// <summary>The first view is there when nothing that is missing can still arrive; it fails only for reasons that are named.</summary>
public class InitialResidencyTests
{
    [Fact]
    public void A_first_view_is_resident_when_the_last_wanted_content_is_drawn_and_not_before()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.Look(Cameras.All(level: 1));
        world.Deliver("R", "a");
        Assert.Equal(InitialResidencyState.Pending, State(world));
        world.Deliver("b");

        Assert.Equal(InitialResidencyState.Resident, State(world));
        Assert.Empty(world.Streamer.InitialResidency.Failures);
    }

    [Fact]
    public void A_leaf_that_does_not_exist_holds_nothing_up_and_is_listed()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.Look(Cameras.All(level: 1));
        world.Deliver("R", "a");
        world.Fail404("b");

        Assert.Equal(InitialResidencyState.Resident, State(world));
        var failure = Assert.Single(world.Streamer.InitialResidency.Failures);
        Assert.EndsWith("/b.glb", failure.Uri, StringComparison.Ordinal);
        Assert.Equal(StateReason.NotFound, failure.Reason);
    }

    [Fact]
    public void A_content_that_will_be_tried_again_is_waited_for()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.Look(Cameras.All(level: 1));
        world.Deliver("R", "a");
        world.Fail503("b", retryAfter: 30);
        Assert.Equal(InitialResidencyState.Pending, State(world));
        world.Wait(29);
        Assert.Equal(InitialResidencyState.Pending, State(world));
        world.Wait(2);
        world.Deliver("b");

        Assert.Equal(InitialResidencyState.Resident, State(world));
        Assert.Empty(world.Streamer.InitialResidency.Failures);
    }

    [Fact]
    public void A_required_family_of_which_nothing_could_be_had_is_absent_and_named()
    {
        var world = new HandDrivenWorld("R*water(a*water b)");
        world.Look(Cameras.All(level: 1));
        world.Deliver("R");
        world.Fail404("R.water");
        world.Fail404("a.water");
        world.Deliver("a", "b");

        var residency = world.Streamer.InitialResidency;
        Assert.Equal(InitialResidencyState.FamilyAbsent, residency.State);
        Assert.True(residency.AbsentFamilies == FamilySet.Of(ContentFamily.Water));
        Assert.Contains("required family water", residency.Error, StringComparison.Ordinal);
        Assert.Equal(2, residency.Failures.Count);
    }

    [Fact]
    public void A_family_that_one_tile_of_the_view_has_is_not_absent()
    {
        var world = new HandDrivenWorld("R(a*water b*water)");
        world.Look(Cameras.All(level: 1));
        world.Deliver("R", "a", "a.water", "b");
        Assert.Equal(InitialResidencyState.Pending, State(world));
        world.Fail404("b.water");

        Assert.Equal(InitialResidencyState.Resident, State(world));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_family_that_is_optional_or_switched_off_is_not_missed(bool isOff)
    {
        var world = new HandDrivenWorld(isOff ? "R(a*water b)" : "R(a*border b)");
        if (isOff)
            world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Water);
        world.Look(Cameras.All(level: 1));
        world.Deliver("R", "a", "b");
        if (!isOff)
            world.Fail404("a.border");

        Assert.Equal(InitialResidencyState.Resident, State(world));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(0)]
    public void A_scene_whose_first_document_cannot_be_had_cannot_be_opened(int http)
    {
        var world = new HandDrivenWorld();
        world.Settle();
        Assert.Equal(InitialResidencyState.Pending, State(world));
        if (http == 404)
        {
            world.Fail404("R");
        }
        else
        {
            world.PreparesAtOnce = false;
            world.Deliver("R");
            world.FailToPrepare("R", permanent: true, "no tileset");
            world.Settle();
        }

        Assert.Equal(InitialResidencyState.SceneCannotOpen, State(world));
        Assert.Contains(HandDrivenWorld.SceneUri, world.Streamer.InitialResidency.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scene_whose_first_document_is_refused_for_now_is_waited_for()
    {
        var world = new HandDrivenWorld();
        world.AddDocument(HandDrivenWorld.SceneUri, "R");
        world.Settle();
        world.Fail503("R", retryAfter: 1);
        Assert.Equal(InitialResidencyState.Pending, State(world));
        world.Wait(2);
        world.DeliverAll();

        Assert.Equal(InitialResidencyState.Resident, State(world));
    }

    [Fact]
    public void A_first_view_of_which_nothing_can_be_drawn_fails()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.Look(Cameras.All(level: 1));
        foreach (var content in new[] { "R", "a", "b" })
            world.Fail404(content);

        Assert.Equal(InitialResidencyState.NothingDrawable, State(world));
        Assert.Equal(3, world.Streamer.InitialResidency.Failures.Count);
    }

    [Fact]
    public void A_view_that_sees_nothing_lacks_nothing_and_no_view_at_all_decides_nothing()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.Look();
        Assert.Equal(InitialResidencyState.Pending, State(world));
        world.Look(Cameras.Away());

        Assert.Equal(InitialResidencyState.Resident, State(world));
    }

    [Fact]
    public void What_happens_after_the_first_view_does_not_change_the_verdict()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.Look(Cameras.All(level: 0));
        world.DeliverAll();
        var decided = world.Streamer.InitialResidency;
        world.Look(Cameras.All(level: 1));
        world.Fail404("a");

        Assert.Same(decided, world.Streamer.InitialResidency);
    }

    private static InitialResidencyState State(HandDrivenWorld world) => world.Streamer.InitialResidency.State;
}
