using FsCheck;
using FsCheck.Fluent;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Selection;

/// <summary>What the pyramid wants: one level for what is looked at, coarser tiles around and beneath.</summary>
public class PyramidPolicyTests
{
    private const string Folder = "http://tiles.test/scene/";

    private static readonly TileTree World = PyramidWorld.Make(8);

    private readonly PyramidPolicy _policy = new();
    private readonly VisibilitySet _set = new();

    // Worked out by hand from the rule: widths 1,048,576 ÷ 2^z · 935.3 ÷ distance against 256 pixels, footprint half the viewport's width at
    // that distance and 0.6 tiles, then 0.6 tiles more of the level above.
    [Theory]
    [InlineData("continent overview", 0, 0, 1_200_000, 90, 1, "primaryZ 1; z1 primary 0..1×0..1 (4); z0 underlay 0..0×0..0 (1)")]
    [InlineData("province cluster", 100_000, -60_000, 150_000, 90, 1, "primaryZ 4; z4 primary 7..11×5..8 (20); z3 underlay 3..5×2..4 (9); z0 underlay 0..0×0..0 (1)")]
    [InlineData("location detail", 123_456, 65_432, 20_000, 90, 1, "primaryZ 7; z7 primary 76..81×70..73 (24); z6 underlay 38..40×35..36 (6); z0 underlay 0..0×0..0 (1)")]
    [InlineData("mid zoom", -150_000, 90_000, 400_000, 90, 1, "primaryZ 3; z3 primary 0..5×2..6 (30); z2 underlay 0..2×1..3 (9); z0 underlay 0..0×0..0 (1)")]
    [InlineData("oblique", 20_000, -300_000, 60_000, 25, 1, "primaryZ 4; z4 primary 5..11×4..8 (33); z3 underlay 2..6×2..4 (14); z0 underlay 0..0×0..0 (1)")]
    [InlineData("near clip", 20_000, -300_000, 12_000, 10, 100_000, "primaryZ 5; z5 primary 12..20×9..12 (34); z4 underlay 5..10×4..6 (16); z0 underlay 0..0×0..0 (1)")]
    public void The_six_cameras_want_what_they_always_wanted(string name, double x, double y, double height, double down, double near, string expected)
    {
        _policy.Select(World, [PyramidWorld.Camera(x, y, height, down) with { Near = near }], new(1), _set);
        Assert.True(expected == PyramidWorld.Describe(World, _set), $"{name}: {PyramidWorld.Describe(World, _set)}");
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(0.5, 3)]
    [InlineData(0.2, 2)]
    [InlineData(1e-12, 0)]
    public void Less_detail_asks_for_wider_tiles(double detailScale, int primaryZ)
    {
        _policy.Select(World, [PyramidWorld.Camera(100_000, -60_000, 150_000)], new(detailScale), _set);
        Assert.Equal(primaryZ, _set.PrimaryLevel);
    }

    [Fact]
    public void A_primary_tile_is_as_wide_as_asked_for_and_its_children_would_not_be()
    {
        Property(view =>
        {
            _policy.Select(World, [view], new(1), _set);
            var width = PyramidWorld.Width / Math.Pow(2, _set.PrimaryLevel) * view.PixelScale / Math.Max(view.Near, FocalPoint.Of(World, view).Distance);
            return _set.PrimaryLevel <= 0 || (width >= 256 && (width < 512 || _set.PrimaryLevel == 7));
        });
    }

    [Fact]
    public void Every_primary_tile_is_of_one_level()
    {
        Property(view =>
        {
            _policy.Select(World, [view], new(1), _set);
            return Wanted(VisitFlags.Primary).All(tile => World.Links[tile].Level == _set.PrimaryLevel);
        });
    }

    [Fact]
    public void Where_the_tree_ends_above_the_primary_level_its_last_tiles_stand_as_primary()
    {
        // Nothing below level 3 west of the middle.
        var sparse = PyramidWorld.Make(8, (level, x, _) => level <= 3 || x >= 1 << (level - 1));
        Property(view =>
        {
            _policy.Select(sparse, [view], new(1), _set);
            return _set.Visits.ToArray().Where(visit => (visit.Flags & VisitFlags.Primary) != 0)
                .All(visit => sparse.Links[visit.Tile].Level == _set.PrimaryLevel || sparse.Links[visit.Tile].ChildCount == 0);
        });
        _policy.Select(sparse, [PyramidWorld.Camera(0, 0, 20_000)], new(1), _set);
        Assert.Equal("primaryZ 7; z7 primary 64..66×62..65 (12); z6 underlay 32..33×31..32 (4); z3 primary 3..3×3..4 (2); z0 underlay 0..0×0..0 (1)", Sorted(sparse));
    }

    [Fact]
    public void Underlay_covers_whatever_in_view_no_primary_tile_does()
    {
        Property(view =>
        {
            _policy.Select(World, [view], new(1), _set);
            var visits = _set.Visits.ToArray();
            foreach (var visit in visits.Where(visit => (visit.Flags & VisitFlags.Refined) == 0))
            {
                var covered = false;
                for (var i = Array.FindIndex(visits, other => other.Tile == visit.Tile); i > 0 && !covered; i = visits[i].Parent)
                    covered = (visits[i].Flags & (VisitFlags.Primary | VisitFlags.Underlay)) != 0;
                if (!covered)
                    return false;
            }
            return true;
        });
    }

    [Fact]
    public void The_tile_above_every_primary_one_and_the_topmost_one_are_underlay()
    {
        Property(view =>
        {
            _policy.Select(World, [view], new(1), _set);
            var underlay = Wanted(VisitFlags.Underlay).ToHashSet();
            var root = World.Links[TileTree.SceneRoot].FirstChild;
            return _set.Count == 1 || _set.PrimaryLevel == 0 || (underlay.Contains(root) && Wanted(VisitFlags.Primary).All(tile => underlay.Contains(World.Links[tile].Parent)));
        });
    }

    [Fact]
    public void Around_the_primary_tiles_lies_underlay_of_the_level_above_before_the_topmost_one()
    {
        _policy.Select(World, [PyramidWorld.Camera(20_000, -300_000, 60_000, 25)], new(1), _set);
        var around = _set.Visits.ToArray().Where(visit => visit.Flags == VisitFlags.Underlay).Select(visit => World.Links[visit.Tile].Level);
        Assert.Equal([3], around.Distinct());
    }

    [Fact]
    public void The_same_inputs_give_the_same_selection_whatever_was_selected_before()
    {
        var other = new VisibilitySet();
        Property(view =>
        {
            _policy.Select(World, [view], new(1), _set);
            var (first, text) = (_set.Signature, PyramidWorld.Describe(World, _set));
            _policy.Select(World, [PyramidWorld.Camera(-view.Position.X, view.Position.Y, 90_000)], new(0.4), _set);
            new PyramidPolicy().Select(World, [view], new(1), other);
            _policy.Select(World, [view], new(1), _set);
            return first == _set.Signature && first == other.Signature && text == PyramidWorld.Describe(World, other);
        });
    }

    [Fact]
    public void Another_underlay_is_another_signature()
    {
        var view = PyramidWorld.Camera(20_000, -300_000, 60_000, 25);
        var wide = new VisibilitySet();
        _policy.Select(World, [view], new(1), _set);
        new PyramidPolicy(new() { FootprintMargin = 0.61 }).Select(World, [view], new(1), wide);
        Assert.Equal(Wanted(VisitFlags.Primary), wide.Visits.ToArray().Where(visit => (visit.Flags & VisitFlags.Primary) != 0).Select(visit => visit.Tile));
        new PyramidPolicy(new() { FootprintMargin = 0.9 }).Select(World, [view], new(1), wide);
        Assert.NotEqual(_set.Signature, wide.Signature);
    }

    [Fact]
    public void Several_views_want_what_each_of_them_wants()
    {
        var (far, near) = (PyramidWorld.Camera(-150_000, 90_000, 400_000), PyramidWorld.Camera(-120_000, 80_000, 20_000));
        VisibilitySet both = new(), one = new();
        _policy.Select(World, [far, near], new(1), both);
        Assert.Equal(7, both.PrimaryLevel);
        var wanted = both.Visits.ToArray().ToDictionary(visit => visit.Tile, visit => visit.Flags);
        foreach (var view in (View[])[far, near])
        {
            _policy.Select(World, [view], new(1), one);
            foreach (ref readonly var visit in one.Visits)
            {
                if ((visit.Flags & VisitFlags.Primary) != 0)
                    Assert.True((wanted[visit.Tile] & VisitFlags.Primary) != 0 || wanted[visit.Tile] == (VisitFlags.Refined | VisitFlags.Underlay));
                else if ((visit.Flags & VisitFlags.Underlay) != 0)
                    Assert.NotEqual(VisitFlags.None, wanted[visit.Tile] & VisitFlags.Underlay);
            }
        }
    }

    [Fact]
    public void A_tile_with_nothing_to_draw_gives_its_part_to_its_children()
    {
        var hollow = PyramidWorld.Make(6, hasContent: (level, x, y) => level is not (0 or 3) && !(level == 4 && x == 8));
        _policy.Select(hollow, [PyramidWorld.Camera(100_000, -60_000, 150_000)], new(1), _set);
        foreach (ref readonly var visit in _set.Visits)
        {
            var drawable = (hollow.Links[visit.Tile].Flags & TileFlags.HasContent) != 0;
            Assert.True(drawable || (visit.Flags & VisitFlags.Refined) != 0 || visit.Flags == VisitFlags.None);
            Assert.True(drawable || (visit.Flags & (VisitFlags.Primary | VisitFlags.Underlay)) == 0);
        }
        var primary = Wanted(VisitFlags.Primary).Select(tile => PyramidWorld.PlaceOf(hollow, tile)).ToArray();
        Assert.Contains(primary, place => place.Level == 4);
        Assert.Contains(primary, place => place is { Level: 5, X: 16 or 17 });
    }

    [Fact]
    public void A_document_on_the_way_is_expanded_where_its_tiles_are_wanted_and_only_there()
    {
        var world = new HandDrivenWorld("R(@a @b)", HandDrivenWorld.Plain with { Pyramid = new() { TargetTileWidthPx = 1 } });
        world.AddDocument(Folder + "a.json", "A(c d)");
        world.AddDocument(Folder + "b.json", "B(e f)");
        var a = world.Tile("a");
        world.Look(Cameras.Over(world.Tree, a, 3));
        world.Settle();
        Assert.Contains(world.Streamer.Selection.Visits.ToArray(), visit => visit.Tile == a && visit.Flags == (VisitFlags.Refined | VisitFlags.Expand));
        world.DeliverAll();
        Assert.Equal(VisitFlags.Refined, world.Streamer.Selection.Visits.ToArray().Single(visit => visit.Tile == a).Flags & ~VisitFlags.Underlay);
        Assert.Equal(TileFlags.Unexpanded, world.Tree.Links[world.Tile("b")].Flags & TileFlags.Unexpanded);
    }

    [Fact]
    public void A_document_s_root_is_of_the_level_of_the_tile_that_names_it()
    {
        var world = new HandDrivenWorld("R(@a @b)", HandDrivenWorld.Plain with { Pyramid = new() { TargetTileWidthPx = 1 } });
        world.AddDocument(Folder + "a.json", "A(c d)");
        world.AddDocument(Folder + "b.json", "B(e f)");
        world.Look(Cameras.All(3));
        world.DeliverAll();
        Assert.Equal("c d e f", world.Screen);
        Assert.Equal(2, world.Streamer.Selection.PrimaryLevel);
        Assert.Equal(2, PyramidPolicy.LevelOf(world.Tree, world.Tile("c")));
    }

    [Fact]
    public void A_ray_that_misses_the_ground_looks_at_the_nearest_point_of_the_scene()
    {
        var up = PyramidWorld.Camera(0, 0, 20_000) with { Direction = Vector3d.UnitZ, Up = Vector3d.UnitY };
        Assert.Equal(new FocalPoint(new(0, 0, PyramidWorld.HalfHeight), 20_000 - PyramidWorld.HalfHeight), FocalPoint.Of(World, up));
    }

    [Fact]
    public void A_ray_meets_the_first_of_the_finest_tiles_at_half_its_height()
    {
        Assert.Equal(new FocalPoint(new(20_000, -300_000, 0), 60_000), FocalPoint.Of(World, PyramidWorld.Camera(20_000, -300_000, 60_000)));

        // A slanting ray leaves the first tile before it is half way down.
        var focus = FocalPoint.Of(World, PyramidWorld.Camera(20_000, -300_000, 60_000, 25));
        Assert.InRange(focus.Point.Z, 0, PyramidWorld.HalfHeight);
        Assert.Equal((60_000 - focus.Point.Z) / Math.Sin(25 * Math.PI / 180), focus.Distance, 6);
    }

    [Theory]
    [InlineData(0.0, "TargetTileWidthPx")]
    [InlineData(double.NaN, "TargetTileWidthPx")]
    public void Options_that_make_no_sense_are_refused_by_name(double target, string option)
    {
        Assert.Equal(option, Assert.Throws<ArgumentException>(() => new PyramidPolicy(new() { TargetTileWidthPx = target })).ParamName);
        Assert.Equal(option, Assert.Throws<ArgumentException>(() => new HandDrivenWorld("R", HandDrivenWorld.Plain with { Pyramid = new() { TargetTileWidthPx = target } })).ParamName);
    }

    private IEnumerable<int> Wanted(VisitFlags flag) => _set.Visits.ToArray().Where(visit => (visit.Flags & flag) != 0).Select(visit => visit.Tile);

    // Levels in order, whatever they are wanted as.
    private string Sorted(TileTree tree)
    {
        var parts = PyramidWorld.Describe(tree, _set).Split("; ");
        return string.Join("; ", parts.Take(1).Concat(parts.Skip(1).OrderByDescending(part => part[1])));
    }

    // Cameras from 2 m above the ground to space, that look anywhere but at the sky.
    private static void Property(Func<View, bool> holds) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(seed =>
        {
            var random = new SeededRandom((ulong)seed);
            var height = PyramidWorld.HalfHeight + Math.Pow(10, random.Between(0.3, 6.3));
            return PyramidWorld.Camera(random.Between(-500_000, 500_000), random.Between(-500_000, 500_000), height, random.Between(2, 90));
        }).ToArbitrary(), holds));
}
