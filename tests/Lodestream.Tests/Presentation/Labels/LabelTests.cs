using FsCheck;
using FsCheck.Fluent;
using Lodestream.Geometry;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Presentation.Labels;

/// <summary>Which labels are shown, and how they come and go.</summary>
public class LabelTests
{
    private static readonly LabelBox Box = new(-40, -8, 40, 8);

    [Fact]
    public void A_label_of_what_is_drawn_fades_in_and_the_governor_asks_for_frames_until_it_has()
    {
        var world = World(new Label(7, "Arden", "town", 3, Vector3d.Zero, Box));
        Assert.Equal((0f, WakeKind.Now), (OpacityOf(world, "Arden"), world.Decision.Kind));
        world.Now += TimeSpan.FromMilliseconds(50);
        Assert.Equal(WakeKind.Now, world.Tick().Kind);
        Assert.Equal(0.25f, OpacityOf(world, "Arden"), 0.001f);
        world.Now += TimeSpan.FromMilliseconds(150);
        Assert.Equal(WakeKind.OnEvent, world.Tick().Kind);
        Assert.Equal(1f, OpacityOf(world, "Arden"));
        var revision = world.Streamer.Labels.Revision;
        world.Now += TimeSpan.FromSeconds(1);
        world.Tick();
        Assert.Equal(revision, world.Streamer.Labels.Revision);
    }

    [Fact]
    public void Of_two_labels_in_one_place_the_more_important_is_shown_whichever_is_nearer_or_came_first()
    {
        var world = World(new Label(1, "Hamlet", "village", 9, new(0, 0, 100), Box), new Label(2, "City", "capital", 1, Vector3d.Zero, Box));
        Assert.Equal(["City"], Shown(world));
    }

    [Fact]
    public void Of_two_labels_of_one_rank_the_nearer_is_shown()
    {
        var world = World(new Label(1, "Far", "town", 3, Vector3d.Zero, Box), new Label(2, "Near", "town", 3, new(0, 0, 100), Box));
        Assert.Equal(["Near"], Shown(world));
    }

    [Fact]
    public void A_label_that_is_shown_keeps_its_place_against_one_of_its_rank_that_comes_nearer_but_not_against_a_better_one()
    {
        var world = World(new Label(1, "There", "town", 3, Vector3d.Zero, Box));
        world.LabelsOf["b.label"] = new([new(2, "Nearer", "town", 3, new(0, 0, 200), Box)]);
        world.LabelsOf["a.label"] = new([new(1, "There", "town", 3, Vector3d.Zero, Box)]);
        Refine(world);
        Assert.Equal(["There"], Shown(world));

        world = World(new Label(1, "There", "town", 3, Vector3d.Zero, Box));
        world.LabelsOf["b.label"] = new([new(2, "Better", "town", 2, new(0, 0, -200), Box)]);
        world.LabelsOf["a.label"] = new([new(1, "There", "town", 3, Vector3d.Zero, Box)]);
        Refine(world);
        Assert.Equal(["Better"], Shown(world));
    }

    [Fact]
    public void A_label_named_by_several_tiles_is_one_and_stays_while_finer_tiles_take_over()
    {
        var world = World(new Label(5, "Lake", "lake", 2, Vector3d.Zero, Box));
        world.Wait(1);
        world.LabelsOf["a.label"] = world.LabelsOf["b.label"] = new([new(5, "Lake", "lake", 2, Vector3d.Zero, Box)]);
        world.Views = [Cameras.All(level: 1)];
        for (var i = 0; i < 20; i++)
        {
            world.DeliverAll();
            Assert.Equal(1f, OpacityOf(world, "Lake"));
        }
        Assert.Equal("a b", world.Screen);
        Assert.Equal((1, 1), (world.Streamer.Labels.Known, world.Streamer.Labels.Placed.Length));
    }

    [Fact]
    public void Labels_of_an_ancestor_stand_in_until_a_tile_s_own_are_here()
    {
        var world = World(new Label(5, "Lake", "lake", 2, Vector3d.Zero, Box));
        world.Wait(1);
        world.LabelsOf["a.label"] = new([new(5, "Lake", "lake", 2, Vector3d.Zero, Box), new(6, "Cove", "lake", 5, new(-300, 0, 0), Box)]);
        world.Views = [Cameras.All(level: 1)];
        world.DeliverAllBut("a.label", "b.label");
        Assert.Equal("a b", world.Screen);
        Assert.Equal(1f, OpacityOf(world, "Lake"));
        world.Deliver("a.label");
        world.Wait(1);
        Assert.Equal(["Cove", "Lake"], Shown(world));
    }

    [Fact]
    public void A_layer_that_is_switched_off_fades_out_and_one_switched_on_again_begins_in_the_same_frame()
    {
        var world = World(new Label(5, "Lake", "lake", 2, Vector3d.Zero, Box));
        world.Wait(1);
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Label);
        world.Tick();
        Assert.Equal(0, world.Streamer.Labels.Shown);
        world.Now += TimeSpan.FromMilliseconds(100);
        world.Tick();
        Assert.Equal(0.5f, OpacityOf(world, "Lake"), 0.001f);
        world.Wait(1);
        Assert.Empty(world.Streamer.Labels.Placed.ToArray());
        world.Streamer.EnabledFamilies = FamilySet.All;
        world.Tick();
        Assert.Equal(1, world.Streamer.Labels.Shown);
        world.Now += TimeSpan.FromMilliseconds(100);
        world.Tick();
        Assert.Equal(0.5f, OpacityOf(world, "Lake"), 0.001f);
    }

    [Fact]
    public void Where_the_host_looks_a_label_comes_only_when_it_is_seen_and_fades_out_when_it_is_hidden()
    {
        var world = World(HandDrivenWorld.Plain with { Labels = new() { HostTestsSight = true } }, new Label(5, "Valley", "town", 2, Vector3d.Zero, Box));
        var placed = Assert.Single(world.Streamer.Labels.Placed.ToArray());
        Assert.True(placed is { Opacity: 0, IsWatched: true });
        Assert.Empty(Shown(world));
        Report(world, placed, InboxKind.LabelSeen);
        world.Wait(1);
        Assert.Equal(1f, OpacityOf(world, "Valley"));

        Report(world, placed, InboxKind.LabelHidden);
        world.Tick();
        world.Now += TimeSpan.FromMilliseconds(100);
        world.Tick();
        Assert.Equal(0.5f, OpacityOf(world, "Valley"), 0.001f);
        world.Wait(1);
        Assert.True(Assert.Single(world.Streamer.Labels.Placed.ToArray()) is { Opacity: 0, IsWatched: true });

        Report(world, placed with { Version = placed.Version + 1 }, InboxKind.LabelSeen);
        world.Tick();
        Assert.Empty(Shown(world));
    }

    [Fact]
    public void A_label_that_gave_way_rests_before_it_comes_back_and_the_governor_knows_when()
    {
        var world = World(HandDrivenWorld.Plain with { Labels = new() { HostTestsSight = true } }, new Label(5, "Ridge", "peak", 2, Vector3d.Zero, Box));
        var placed = world.Streamer.Labels.Placed[0];
        Report(world, placed, InboxKind.LabelSeen);
        world.Wait(1);
        Report(world, placed, InboxKind.LabelHidden);
        world.Tick();
        var hiddenAt = world.Now;
        world.Now += TimeSpan.FromMilliseconds(300);
        Report(world, placed, InboxKind.LabelSeen);
        var decision = world.Tick();
        Assert.Equal(WakeKind.AtTime, decision.Kind);
        Assert.Equal(500, (decision.At - hiddenAt).TotalMilliseconds, 0.01);
        Assert.Equal(0, world.Streamer.Labels.Shown);
        world.Wait(0.2);
        Assert.Equal(["Ridge"], Shown(world));
    }

    [Fact]
    public void No_two_labels_that_are_shown_overlap_and_none_is_missing_for_a_less_important_one()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var world = World(HandDrivenWorld.Plain with { Labels = new() { MarginPx = 0, SpacingPx = 0, RestMs = 0, MaximumShown = 1000 } }, Scattered(random, 250));
            for (var step = 0; step < 12; step++)
            {
                CheckFrame(world);
                world.Views = [Moved(world.Views[0], random, 120)];
                world.Now += TimeSpan.FromMilliseconds(30);
                world.Tick();
            }
        }));

        static void CheckFrame(HandDrivenWorld world)
        {
            var shown = ShownBoxes(world).ToArray();
            for (var i = 0; i < shown.Length; i++)
            {
                for (var j = 0; j < i; j++)
                    Assert.False(Overlap(shown[i], shown[j]), $"{shown[i]} and {shown[j]} overlap");
            }
            foreach (var missing in AllBoxes(world).ExceptBy(shown.Select(b => b.Id), b => b.Id))
                Assert.True(!IsOnScreen(missing) || shown.Any(s => s.Rank <= missing.Rank && Overlap(s, missing, -0.02)), $"{missing} is missing for nothing");
        }
    }

    [Fact]
    public void Small_motion_never_turns_a_label_on_and_off_again()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var world = World(Scattered(random, 250));
            world.Wait(2);
            var start = world.Views[0];
            var (turned, before) = (new Dictionary<uint, int>(), ShownBoxes(world).Select(b => b.Id).ToHashSet());
            for (var frame = 0; frame < 30; frame++)
            {
                // Not over the edges: what leaves the screen there may come back.
                world.Views = [Moved(start, random, 1)];
                world.Now += TimeSpan.FromMilliseconds(16);
                world.Tick();
                var now = ShownBoxes(world).Select(b => b.Id).ToHashSet();
                foreach (var id in now.Except(before).Union(before.Except(now)))
                    turned[id] = turned.GetValueOrDefault(id) + 1;
                before = now;
            }
            Assert.All(turned, turn => Assert.True(turn.Value <= 1, $"label {turn.Key} turned {turn.Value} times in half a second"));
        }));
    }

    [Fact]
    public void The_same_frames_place_the_same_labels()
    {
        Assert.Equal(Run(), Run());

        static string[] Run()
        {
            var random = new Random(3);
            var world = World(Scattered(random, 400));
            var log = new List<string>();
            for (var step = 0; step < 30; step++)
            {
                world.Views = [Moved(world.Views[0], random, 40)];
                world.Now += TimeSpan.FromMilliseconds(16);
                world.Tick();
                log.Add(string.Join(' ', world.Streamer.Labels.Placed.ToArray()));
            }
            return [.. log];
        }
    }

    [Fact]
    public void Moving_over_labels_that_are_here_allocates_nothing()
    {
        var random = new Random(5);
        var world = World(Scattered(random, 300));
        var views = Enumerable.Range(0, 200).Select(_ => Moved(world.Views[0], random, 60)).ToArray();
        var allocated = 0L;
        world.IsRecording = false;
        for (var pass = 0; pass < 3; pass++)
        {
            allocated = GC.GetAllocatedBytesForCurrentThread();
            foreach (var view in views)
            {
                world.Views[0] = view;
                world.Now += TimeSpan.FromMilliseconds(16);
                world.Streamer.Tick(world.Now, world.Views);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        }
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Labels_that_are_not_drawn_any_more_leave_their_slots_to_others()
    {
        var world = World(new Label(5, "Lake", "lake", 2, Vector3d.Zero, Box));
        for (var round = 0; round < 50; round++)
        {
            world.Streamer.EnabledFamilies = round % 2 == 0 ? FamilySet.All.Without(ContentFamily.Label) : FamilySet.All;
            world.Wait(1);
        }
        Assert.Equal(["Lake"], Shown(world));
        Assert.Equal(0, world.Streamer.Labels.Placed[0].Slot);
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Streamer.Labels.Find(1));
    }

    private static HandDrivenWorld World(params Label[] labels) => World(HandDrivenWorld.Plain, labels);

    private static HandDrivenWorld World(StreamerOptions options, params Label[] labels)
    {
        var world = new HandDrivenWorld("R*label(a*label b*label)", options) { Views = [Cameras.All(level: 0)] };
        world.LabelsOf["R.label"] = new(labels);
        world.Now = TimeSpan.FromSeconds(100);
        // A world's Settle ticks at one time while labels fade: this brings what is needed, and no more.
        for (var i = 0; i < 40; i++)
        {
            world.Tick();
            world.AnswerAll();
        }
        world.Tick();
        return world;
    }

    private static void Refine(HandDrivenWorld world)
    {
        world.Wait(1);
        world.Views = [Cameras.All(level: 1)];
        world.DeliverAll();
        world.Wait(1);
    }

    private static Label[] Scattered(Random random, int count) =>
        [.. Enumerable.Range(1, count).Select(id => new Label((uint)id, $"label {id}", "town", (byte)random.Next(6), new(random.NextDouble() * 1000 - 500, random.NextDouble() * 1000 - 500, random.NextDouble() * 60), new(-random.Next(10, 70), -8, random.Next(10, 70), 8)))];

    private static View Moved(View view, Random random, double metres) => view with
    {
        Position = view.Position + new Vector3d(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5) * metres,
    };

    private static void Report(HandDrivenWorld world, PlacedLabel label, InboxKind kind) =>
        world.Inbox.Post(new() { Kind = kind, Id = label.Slot, Bytes = label.Version });

    private static float OpacityOf(HandDrivenWorld world, string name)
    {
        foreach (var placed in world.Streamer.Labels.Placed)
        {
            if (world.Streamer.Labels.Find(placed.Slot).Label.Name == name)
                return placed.Opacity;
        }
        return -1;
    }

    // Those that stay or come: after a fade, those with full opacity.
    private static string[] Shown(HandDrivenWorld world)
    {
        world.Now += TimeSpan.FromMilliseconds(250);
        world.Tick();
        return [.. world.Streamer.Labels.Placed.ToArray().Where(p => p.Opacity == 1).Select(p => world.Streamer.Labels.Find(p.Slot).Label.Name).Order()];
    }

    private readonly record struct Placed(uint Id, byte Rank, double Left, double Top, double Right, double Bottom);

    // The core's pixels are floats, the test's are doubles.
    private static bool Overlap(in Placed a, in Placed b, double by = 0.02) =>
        Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left) > by && Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top) > by;

    private static bool IsOnScreen(in Placed box) => box is { Right: > 0, Left: < 1000, Bottom: > 0, Top: < 1000 };

    private static IEnumerable<Placed> ShownBoxes(HandDrivenWorld world)
    {
        var shown = world.Streamer.Labels.Registry.Slots.Where(slot => slot.IsShown).Select(slot => slot.Label.Id).ToHashSet();
        return AllBoxes(world).Where(box => shown.Contains(box.Id));
    }

    private static IEnumerable<Placed> AllBoxes(HandDrivenWorld world)
    {
        var view = world.Views[0];
        foreach (var label in world.LabelsOf["R.label"].Labels.ToArray())
        {
            // The cameras of these tests look straight down, north up.
            var depth = view.Position.Z - label.Position.Z;
            var (x, y) = (500 + (label.Position.X - view.Position.X) * view.PixelScale / depth, 500 - (label.Position.Y - view.Position.Y) * view.PixelScale / depth);
            yield return new(label.Id, label.Rank, x + label.Box.Left, y + label.Box.Top, x + label.Box.Right, y + label.Box.Bottom);
        }
    }
}
