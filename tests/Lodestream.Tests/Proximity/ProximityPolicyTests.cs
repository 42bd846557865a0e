using Lodestream.Geometry;
using Lodestream.Selection;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Proximity;

/// <summary>What the policy wants of its inputs, and of nothing else: detail scale, trials, several views, the range query.</summary>
public sealed class ProximityPolicyTests
{
    private static readonly EntrySpec House = new("a", 0) { Lods = [80, 150], Hlods = [300] };

    [Fact]
    public void Less_detail_multiplies_radii_and_distances()
    {
        var spec = new ManifestSpec(House);
        var (tree, set, policy) = (spec.Tree(), new VisibilitySet(), new ProximityPolicy());
        foreach (var (distance, wanted) in new[] { (39.0, 3), (60, 2), (80, 1), (151, 0) })
        {
            policy.Select(tree, [ManifestSpec.Eye(-distance)], new(0.5), set);
            Assert.True(set.Decision!.TryGet(0, out var decision));
            Assert.Equal(wanted, decision.Wanted);
        }
    }

    [Fact]
    public void When_detail_falls_nothing_waits_for_a_time()
    {
        var spec = new ManifestSpec(House);
        var (tree, set, policy) = (spec.Tree(), new VisibilitySet(), new ProximityPolicy());
        View[] views = [ManifestSpec.Eye(-70)];
        policy.Select(tree, views, new(1), set);
        policy.Select(tree, views, new(0.5) { Previous = set.Decision }, set);
        Assert.Equal(2, set.Decision!.Entries[0].Wanted);
        Assert.False(set.Decision.Entries[0].AsksForFull);
    }

    [Fact]
    public void A_selection_on_trial_says_what_will_be_wanted_and_leaves_no_trace()
    {
        var spec = new ManifestSpec(House);
        var (tree, set, trial, policy) = (spec.Tree(), new VisibilitySet(), new VisibilitySet(), new ProximityPolicy());
        policy.Select(tree, [ManifestSpec.Eye(-70)], new(1), set);
        var inputs = new SelectionInputs(1) { Previous = set.Decision, Now = TimeSpan.FromSeconds(1) };
        policy.Select(tree, [ManifestSpec.Eye(-130)], inputs with { IsTrial = true }, trial);
        Assert.Equal(2, trial.Decision!.Entries[0].Wanted);
        policy.Select(tree, [ManifestSpec.Eye(-130)], inputs, set);
        Assert.Equal(3, set.Decision!.Entries[0].Wanted);
        Assert.Equal(TimeSpan.FromSeconds(4), set.NextDeadline);
    }

    [Fact]
    public void The_same_inputs_give_the_same_set_whatever_was_selected_before()
    {
        var spec = new ManifestSpec(House, new EntrySpec("b", 60) { Lods = [80] });
        var (tree, first, second) = (spec.Tree(), new VisibilitySet(), new VisibilitySet());
        var (fresh, used) = (new ProximityPolicy(), new ProximityPolicy());
        var inputs = new SelectionInputs(1) { Now = TimeSpan.FromSeconds(5) };
        used.Select(tree, [ManifestSpec.Eye(-500), ManifestSpec.Eye(300)], inputs, second);
        fresh.Select(tree, [ManifestSpec.Eye(-90)], inputs, first);
        used.Select(tree, [ManifestSpec.Eye(-90)], inputs, second);
        Assert.Equal(first.Signature, second.Signature);
        Assert.Equal(first.Visits.ToArray(), second.Visits.ToArray());
    }

    [Fact]
    public void Several_views_want_what_the_nearest_of_them_wants()
    {
        var world = new ManifestSpec(House).World();
        world.Views = [ManifestSpec.Eye(-400), ManifestSpec.Eye(-60)];
        world.DeliverAll();
        Assert.Equal("a", world.Screen);
    }

    [Fact]
    public void A_sphere_wants_whole_what_it_touches()
    {
        var world = new ManifestSpec(House, new EntrySpec("b", 2000)).World();
        world.Views = [ManifestSpec.Eye(-4000, looking: -Vector3d.UnitX), View.Sphere(new(2030, 0, 0), 25, 1)];
        world.DeliverAll();
        Assert.Equal("b", world.Screen);
    }

    [Fact]
    public void Of_a_scene_that_is_no_manifest_the_root_alone_is_wanted()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain with { Proximity = new() });
        world.DeliverAll();
        Assert.Equal("R", world.Screen);
    }

    [Fact]
    public void The_range_query_finds_what_a_look_at_every_entry_finds()
    {
        var random = new Random(7);
        var entries = Enumerable.Range(0, 500).Select(i => new EntrySpec($"e{i}", random.Next(-1500, 1500), random.Next(-1500, 1500), random.Next(-40, 40))).ToArray();
        var spec = new ManifestSpec(entries);
        var (tree, set, policy) = (spec.Tree(), new VisibilitySet(), new ProximityPolicy(new() { TileFrustumGatePadding = 1e5 }));
        for (var i = 0; i < 50; i++)
        {
            var eye = ManifestSpec.Eye(random.Next(-1600, 1600), random.Next(-1600, 1600), random.Next(-40, 40));
            policy.Select(tree, [eye], new(1), set);
            var found = set.Decision!.Entries.ToArray().Where(entry => entry.Wanted == 0).Select(entry => entry.Entry).Order();
            var expected = Enumerable.Range(0, entries.Length).Where(e => Vector3d.Distance(spec.Table.Center[e], eye.Position) <= 80);
            Assert.Equal(expected, found);
        }
    }
}
