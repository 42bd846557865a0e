using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Selection;

/// <summary>What is wanted is said by a policy, and a policy can be written outside of the core.</summary>
public class SelectionPolicyTests
{
    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void A_policy_of_the_caller_s_says_what_is_fetched_and_drawn()
    {
        // The default would want c, d, e and f of this camera.
        var world = new HandDrivenWorld("R(a(c d) b(e f))", Plain with { Policy = () => new OneLevel(1) });
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
        Assert.Equal(["R", "a", "b"], world.Log.Where(line => line.StartsWith("start", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).Order());
        Assert.Equal(2, world.Streamer.Statistics.Wanted);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void Two_policies_that_want_the_same_sign_it_alike()
    {
        var tree = TreeOf("R(a(c d) b(e f))");
        VisibilitySet byLevel = new(), byError = new();
        new OneLevel(1).Select(tree, [Cameras.All(1)], new(1), byLevel);
        new ScreenSpaceErrorPolicy().Select(tree, [Cameras.All(1)], new(1), byError);
        Assert.Equal(byError.Signature, byLevel.Signature);
        Assert.Equal((byError.PrimaryCount, byError.PrimaryLevel), (byLevel.PrimaryCount, byLevel.PrimaryLevel));
        new OneLevel(2).Select(tree, [Cameras.All(1)], new(1), byLevel);
        Assert.NotEqual(byError.Signature, byLevel.Signature);
    }

    [Fact]
    public void Visits_that_are_not_added_breadth_first_are_refused()
    {
        var tree = TreeOf("R(a(c d) b(e f))");
        var set = new VisibilitySet();
        set.Begin(1);
        var root = tree.Links[TileTree.SceneRoot].FirstChild;
        var a = tree.Links[root].FirstChild;
        set.Add(0, root);
        set.Add(1, a);
        set.Add(2, tree.Links[a].FirstChild);
        var error = Assert.Throws<ArgumentException>(() => set.Add(1, a + 1).Flags);
        Assert.Contains("breadth first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Streamers_that_share_options_share_neither_policy_nor_priority_model()
    {
        var policies = new List<ISelectionPolicy>();
        var models = new List<IPriorityModel>();
        var options = Plain with
        {
            Policy = () => Made(policies, new ScreenSpaceErrorPolicy()),
            Priorities = () => Made(models, new GainOrder()),
        };
        new HandDrivenWorld("R(a b)", options).DeliverAll();
        new HandDrivenWorld("R(a b)", options).DeliverAll();
        Assert.Equal((2, 2), (policies.Distinct().Count(), models.Distinct().Count()));

        static T Made<T>(List<T> all, T one)
        {
            all.Add(one);
            return one;
        }
    }

    private static TileTree TreeOf(string tiles)
    {
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(TileTree.SceneRoot, TreeSpec.Parse(tiles).Build(HandDrivenWorld.SceneUri));
        return tree;
    }

    /// <summary>Wants all tiles of one level, wherever the cameras are.</summary>
    private sealed class OneLevel(int level) : ISelectionPolicy
    {
        public void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set)
        {
            set.Begin(views.Length);
            for (var parent = 0; parent < set.Count; parent++)
            {
                var visit = set.Visits[parent];
                var links = tree.Links[visit.Tile];
                if (links.Level >= level)
                    continue;
                for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
                {
                    ref var added = ref set.Add(parent, child);
                    (added.Views, added.Distance, added.ErrorPx) = (visit.Views, 1, 1);
                    added.Flags = tree.Links[child].Level == level ? VisitFlags.Primary : VisitFlags.Refined;
                }
            }
            set.End(tree);
        }
    }
}
