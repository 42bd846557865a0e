using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Selection;

public class SelectionTests
{
    private readonly ScreenSpaceErrorPolicy _policy = new();
    private readonly VisibilitySet _set = new();

    [Theory]
    [InlineData(0, "R")]
    [InlineData(1, "a b")]
    [InlineData(2, "c d e f")]
    [InlineData(3, "c d e g h")]
    [InlineData(9, "c d e g h")]
    public void REPLACE_wants_the_cut_where_the_error_is_small_enough(int level, string wanted) =>
        Assert.Equal(wanted, Wanted("R(a(c d) b(e f(g h)))", Cameras.All(level)));

    [Theory]
    [InlineData(0, "R")]
    [InlineData(1, "R a b")]
    [InlineData(2, "R a b c d e f")]
    public void ADD_wants_every_tile_from_the_root_to_the_cut(int level, string wanted) =>
        Assert.Equal(wanted, Wanted("+R(+a(c d) +b(e f))", Cameras.All(level)));

    [Fact]
    public void ADD_and_REPLACE_mix_tile_by_tile() =>
        Assert.Equal("R b c d e f", Wanted("+R(a(c d) +b(e f))", Cameras.All(2)));

    [Fact]
    public void A_tile_without_content_is_refined_whatever_its_error()
    {
        Assert.Equal("a b", Wanted(".R(a b)", Cameras.All(0)));
        Assert.Equal("b c d", Wanted("R(.a(c d) b)", Cameras.All(1)));
    }

    [Fact]
    public void A_tile_whose_content_failed_for_good_is_refined_as_if_it_had_none()
    {
        var tree = Tree("R(a(c d) b)");
        tree.MarkContentFailed(2);
        Assert.Equal("b c d", Wanted(tree, Cameras.All(1)));
        tree.ClearContentFailed(2);
        Assert.Equal("a b", Wanted(tree, Cameras.All(1)));
    }

    [Fact]
    public void An_empty_leaf_is_wanted_so_that_its_region_counts() => Assert.Equal("a b", Wanted("R(.a b)", Cameras.All(1)));

    [Fact]
    public void An_unexpanded_tile_is_always_refined_and_its_topology_wanted()
    {
        Assert.Equal("b x!", Wanted("R(@x b)", Cameras.All(1)));
        Assert.Equal("x!", Wanted("@x", Cameras.All(0)));
        Assert.Equal("R", Wanted("R(@x b)", Cameras.All(0)));
    }

    [Fact]
    public void A_raster_error_above_the_target_refines_where_the_geometric_error_would_not()
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        builder.AddTile(-1, SpecTile.RootVolume, 0.001, Refinement.Replace, Transform3d.Identity, rasterError: (float)SpecTile.RootError);
        builder.AddContent(0, "R.glb"u8, ContentFamily.Mesh, ContentFormat.Glb);
        builder.AddTile(0, SpecTile.RootVolume, 0, Refinement.Replace, Transform3d.Identity);
        builder.AddContent(1, "a.glb"u8, ContentFamily.Mesh, ContentFormat.Glb);
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(0, builder.Build());
        Assert.Equal("R", Wanted(tree, Cameras.All(0)));
        Assert.Equal("a", Wanted(tree, Cameras.All(1)));
    }

    [Fact]
    public void Raster_error_is_held_to_a_target_of_its_own_where_a_view_has_one()
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        builder.AddTile(-1, SpecTile.RootVolume, (float)SpecTile.RootError / 8, Refinement.Replace, Transform3d.Identity, rasterError: (float)SpecTile.RootError);
        builder.AddContent(0, "R.glb"u8, ContentFamily.Mesh, ContentFormat.Glb);
        builder.AddTile(0, SpecTile.RootVolume, 0, Refinement.Replace, Transform3d.Identity);
        builder.AddContent(1, "a.glb"u8, ContentFamily.Mesh, ContentFormat.Glb);
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(0, builder.Build());
        var (near, target) = (Cameras.All(1), Cameras.All(1).TargetErrorPx);
        Assert.Equal("a", Wanted(tree, near));
        var shown = VisitOf(1).ErrorPx;
        Assert.Equal("R", Wanted(tree, near with { RasterTargetErrorPx = 16 * target }));

        // What is tolerated is still an error, and the geometric one is held to its own target.
        Assert.Equal(shown, VisitOf(1).ErrorPx);
        Assert.Equal("a", Wanted(tree, near with { RasterTargetErrorPx = 16 * target, TargetErrorPx = target / 16 }));
        Assert.Equal("a", Wanted(tree, Cameras.All(0) with { RasterTargetErrorPx = target / 16 }));

        // Several views, each with its own.
        Assert.Equal("a", Wanted(tree, near with { RasterTargetErrorPx = 16 * target }, near));
        Assert.Equal("R", Wanted(tree, near with { RasterTargetErrorPx = 16 * target }, near with { RasterTargetErrorPx = 16 * target }));
    }

    [Fact]
    public void A_tile_no_view_sees_is_neither_wanted_nor_refined()
    {
        var tree = Tree("R(a(c d) b(e f))");
        Assert.Equal("c", Wanted(tree, Cameras.Over(tree, Tile(tree, "c"), 9)));
        Assert.Equal("", Wanted(tree, Cameras.Away()));
        Assert.Equal("", Wanted(tree));
        Assert.Equal(-1, _set.PrimaryLevel);
    }

    [Fact]
    public void Several_views_want_one_cut_the_finest_any_view_wants_that_sees_the_tile()
    {
        var tree = Tree("R(a(c d) b(e f))");
        var (coarse, fine) = (Cameras.All(1), Cameras.Over(tree, Tile(tree, "c"), 9));
        Assert.Equal("b c d", Wanted(tree, coarse, fine));
        Assert.Equal("b c d", Wanted(tree, fine, coarse));
        Assert.Equal("c", Wanted(tree, fine, Cameras.Away()));
    }

    [Fact]
    public void A_visit_tells_which_views_see_the_tile_and_the_greatest_error_and_least_distance_among_them()
    {
        var tree = Tree("R(a(c d) b(e f))");
        var (far, near) = (Cameras.All(1), Cameras.Over(tree, Tile(tree, "c"), 9));
        _policy.Select(tree, [far, near], new(1), _set);
        var (b, c) = (VisitOf(Tile(tree, "b")), VisitOf(Tile(tree, "c")));
        Assert.Equal((1, 3), (b.Views, c.Views));
        Assert.Equal(near.Position.Z - 16, c.Distance, 1e-9);
        Assert.Equal(256 * near.PixelScale / c.Distance, c.ErrorPx, 1e-9);
    }

    [Fact]
    public void A_view_outside_a_tile_s_request_volume_does_not_see_it()
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        AddTile(builder, -1, "R", SpecTile.RootVolume, 1024);
        AddTile(builder, 0, "a", BoundingVolume.AxisAligned(new(-512, -512, -16), new(0, 512, 16)), 512);
        AddTile(builder, 0, "b", BoundingVolume.AxisAligned(new(0, -512, -16), new(512, 512, 16)), 512);
        builder.SetRequestVolume(1, BoundingVolume.Sphere(new(0, 0, 2016), 10));
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(0, builder.Build());
        var (inside, outside) = (Cameras.All(1), Cameras.All(1) with { Position = new(0, 0, 1900) });
        Assert.Equal("a b", Wanted(tree, inside));
        Assert.Equal("b", Wanted(tree, outside));
        Assert.Equal("a b", Wanted(tree, outside, inside));
        Assert.Equal(2, VisitOf(2).Views);
    }

    [Theory]
    [InlineData("box")]
    [InlineData("turned")]
    [InlineData("sphere")]
    public void Every_shape_of_volume_is_culled_and_measured_as_its_geometry_says(string shape)
    {
        var random = new Random(8);
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        builder.AddTile(-1, BoundingVolume.Sphere(Vector3d.Zero, 1e6), 1e9, Refinement.Replace, Transform3d.Identity);
        var volumes = new List<BoundingVolume>();
        for (var i = 0; i < 400; i++)
        {
            var center = new Vector3d(random.NextDouble() * 2000 - 1000, random.NextDouble() * 2000 - 1000, random.NextDouble() * 2000 - 1000);
            var (x, y, z) = shape == "turned" ? Ellipsoid.EastNorthUp(i, 0.01 * i) : (Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ);
            volumes.Add(shape == "sphere" ? BoundingVolume.Sphere(center, 60) : BoundingVolume.Box(center, x * 90, y * 50, z * 20));
            AddTile(builder, 0, $"t{i}", volumes[^1], 100);
        }
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(0, builder.Build());
        View[] views =
        [
            new() { Position = new(-700, 0, 100), Direction = new(1, 0.3, -0.1), Up = Vector3d.UnitZ },
            new() { Position = new(0, 900, -100), Direction = new(0, -1, 0.2), Up = new(0, 0.1, 1), FovY = 0.5 },
        ];
        foreach (var seen in new[] { views[..1], views[1..], views })
        {
            _policy.Select(tree, seen, new(1), _set);
            var first = tree.Links[1].FirstChild;
            for (var i = 0; i < volumes.Count; i++)
            {
                var by = seen.Where(view => view.Frustum().Intersects(volumes[i])).ToArray();
                Assert.Equal(by.Length > 0, Sees(first + i));
                if (by.Length == 0)
                    continue;
                Assert.Equal(by.Min(view => volumes[i].DistanceTo(view.Position)), VisitOf(first + i).Distance, 1e-9);
                // Nothing of it is seen from nearer than the near plane.
                var least = by.Min(view => Math.Max(view.Near, volumes[i].DistanceTo(view.Position)) / (100 * view.PixelScale));
                Assert.Equal(least, 1 / VisitOf(first + i).ErrorPx, 1e-12);
            }
        }
    }

    [Fact]
    public void The_same_inputs_give_the_same_set_whatever_was_selected_before()
    {
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(0, new SyntheticQuadtree(7).Build());
        var random = new Random(2);
        var views = Enumerable.Range(0, 40).Select(_ => RandomView(random)).ToArray();
        var fresh = views.Select(view => Snapshot(new(), new(), tree, view)).ToArray();
        foreach (var i in Enumerable.Range(0, 200).Select(_ => random.Next(views.Length)))
            Assert.Equal(fresh[i], Snapshot(_policy, _set, tree, views[i]));
        Assert.Equal(views.Length, fresh.Select(s => s.Signature).Distinct().Count());
    }

    [Fact]
    public void Views_in_another_order_give_the_same_wanted_tiles_and_signature()
    {
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(0, new SyntheticQuadtree(7).Build());
        var random = new Random(5);
        for (var i = 0; i < 30; i++)
        {
            View[] views = [RandomView(random), RandomView(random), RandomView(random)];
            _policy.Select(tree, views, new(1), _set);
            var (signature, count) = (_set.Signature, _set.Count);
            _policy.Select(tree, [views[2], views[0], views[1]], new(1), _set);
            Assert.Equal((signature, count), (_set.Signature, _set.Count));
        }
    }

    [Fact]
    public void The_signature_does_not_depend_on_where_tiles_lie_in_memory()
    {
        var (one, other) = (Tree("R(@x @y)"), Tree("R(@x @y)"));
        foreach (var (tree, order) in new[] { (one, new[] { 2, 3 }), (other, [3, 2]) })
        {
            foreach (var tile in order)
                tree.Append(tile, TreeSpec.Parse(tile == 2 ? "X(c d)" : "Y(e f)").Build($"http://tiles.test/scene/{tile}.json", tree.Volume(tile), 2));
        }
        Assert.Equal("c d e f", Wanted(one, Cameras.All(9)));
        var signature = _set.Signature;
        Assert.Equal("c d e f", Wanted(other, Cameras.All(9)));
        Assert.Equal(signature, _set.Signature);
    }

    [Fact]
    public void What_is_resident_changes_nothing_of_what_is_wanted()
    {
        var world = new HandDrivenWorld("R(a(c d) b(e f))");
        world.Settle();
        var (signature, wanted) = (world.Streamer.Selection.Signature, world.Streamer.Selection.PrimaryCount);
        world.DeliverAll();
        Assert.Equal((signature, wanted), (world.Streamer.Selection.Signature, world.Streamer.Selection.PrimaryCount));
    }

    [Fact]
    public void The_signature_tells_levels_and_roles_apart()
    {
        var tree = Tree("R(@a(c) b)");
        Wanted(tree, Cameras.All(0));
        var coarse = _set.Signature;
        Wanted(tree, Cameras.All(1));
        Assert.NotEqual(coarse, _set.Signature);

        // The same tile, once refined for its topology and once drawn besides.
        var (plain, add) = (Tree("R(a(c) b)"), Tree("+R(a(c) b)"));
        Wanted(plain, Cameras.All(1));
        var replaced = _set.Signature;
        Wanted(add, Cameras.All(1));
        Assert.NotEqual(replaced, _set.Signature);
    }

    [Fact]
    public void Half_the_detail_scale_is_twice_the_target()
    {
        var tree = Tree("R(a(c d) b(e f))");
        _policy.Select(tree, [Cameras.All(2)], new(0.5), _set);
        Assert.Equal("a b", Names(tree));
    }

    [Fact]
    public void More_views_than_a_selection_takes_are_refused_with_the_number_it_takes()
    {
        var error = Assert.Throws<ArgumentException>(() => _policy.Select(Tree("R"), new View[17], new(1), _set));
        Assert.Contains("17", error.Message, StringComparison.Ordinal);
        Assert.Contains("16", error.Message, StringComparison.Ordinal);
    }

    private static View RandomView(Random random) => new()
    {
        Position = new(random.NextDouble() * 12000 - 6000, random.NextDouble() * 12000 - 6000, 100 + random.NextDouble() * 2000),
        Direction = new(random.NextDouble() - 0.5, random.NextDouble() - 0.5, -random.NextDouble() * 0.5),
        Up = Vector3d.UnitZ,
        Far = 40000,
    };

    private static (UInt128 Signature, string Visits) Snapshot(ScreenSpaceErrorPolicy policy, VisibilitySet set, TileTree tree, View view)
    {
        policy.Select(tree, [view], new(1), set);
        return (set.Signature, string.Join('|', set.Visits.ToArray().Select(visit => $"{visit.Tile} {visit.Flags} {visit.ErrorPx:r} {visit.Distance:r} {visit.Parent}")));
    }

    private string Wanted(string tiles, params View[] views) => Wanted(Tree(tiles), views);

    private string Wanted(TileTree tree, params View[] views)
    {
        _policy.Select(tree, views, new(1), _set);
        return Names(tree);
    }

    // Wanted tiles by the names of their contents, of empty ones by their place; with '!' where topology is wanted.
    private string Names(TileTree tree)
    {
        var names = new List<string>();
        foreach (ref readonly var visit in _set.Visits)
        {
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) != 0)
                names.Add(NameOf(tree, visit.Tile) + ((visit.Flags & VisitFlags.Expand) != 0 ? "!" : ""));
        }
        return string.Join(' ', names.Order(StringComparer.Ordinal));
    }

    private static string NameOf(TileTree tree, int tile) => tree.Links[tile].SlotCount > 0
        ? Path.GetFileNameWithoutExtension(tree.Contents.RelativeUri(tree.SlotsOf(tile)[0]))
        : ((char)('a' + tile - tree.Links[tree.Links[tile].Parent].FirstChild)).ToString();

    private static int Tile(TileTree tree, string name) => Enumerable.Range(1, tree.TileCount - 1).Single(tile => NameOf(tree, tile) == name);

    private bool Sees(int tile) => _set.Visits.ToArray().Any(visit => visit.Tile == tile);

    private Visit VisitOf(int tile) => _set.Visits.ToArray().Single(visit => visit.Tile == tile);

    private static TileTree Tree(string text)
    {
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(TileTree.SceneRoot, TreeSpec.Parse(text).Build(HandDrivenWorld.SceneUri));
        return tree;
    }

    private static void AddTile(TileBlockBuilder builder, int parent, string name, in BoundingVolume volume, double error)
    {
        var tile = builder.AddTile(parent, volume, error, Refinement.Replace, Transform3d.Identity);
        builder.AddContent(tile, System.Text.Encoding.UTF8.GetBytes(name + ".glb"), ContentFamily.Mesh, ContentFormat.Glb);
    }
}
