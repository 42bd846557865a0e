using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Simulation.Scenes;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Scene;

public class TileTreeTests
{
    private const string Folder = "http://tiles.test/scene/";

    private readonly TileTree _tree = new(HandDrivenWorld.SceneUri);

    [Fact]
    public void A_new_tree_is_a_root_that_asks_for_the_scene_s_document()
    {
        Assert.Equal(1, _tree.TileCount);
        Assert.Equal(TileFlags.Unexpanded, _tree.Links[0].Flags & TileFlags.Unexpanded);
        Assert.Equal(HandDrivenWorld.SceneUri, _tree.Contents.Uri(_tree.SlotsOf(TileTree.SceneRoot)[0]));
    }

    [Fact]
    public void Appended_tiles_have_the_document_s_shape_volumes_and_absolute_URIs()
    {
        Append("R(a(c d) b)");
        Assert.Equal(6, _tree.TileCount);
        Assert.Equal([-1, 0, 1, 1, 2, 2], _tree.Links[..6].ToArray().Select(links => links.Parent));
        Assert.Equal([-1, 0, 1, 1, 2, 2], _tree.Links[..6].ToArray().Select(links => (int)links.Level));
        Assert.Equal(Folder + "d.glb", _tree.Contents.Uri(_tree.SlotsOf(5)[0]));
        Assert.Equal("d.glb", _tree.Contents.RelativeUri(_tree.SlotsOf(5)[0]));
        Assert.Equal(BoundingVolume.AxisAligned(new(-512, 0, -16), new(0, 512, 16)), _tree.Volume(5));
        Assert.Equal(256, _tree.Nodes[5].GeometricError);
    }

    [Fact]
    public void Only_an_unexpanded_tile_takes_topology()
    {
        Append("R(a @x)");
        Assert.Throws<InvalidOperationException>(() => Append("R(a)"));
        Assert.Throws<InvalidOperationException>(() => Append("X", 2));
        Append("X(c)", 3, "x.json");
        Assert.Throws<InvalidOperationException>(() => Append("X(c)", 3, "x.json"));
    }

    [Fact]
    public void A_document_beneath_continues_its_tile_s_levels_and_never_has_a_greater_error()
    {
        Append("R:100(@x:50)");
        Append("X:400(c:300(d:20) e:10)", 2, "x.json");
        Assert.Equal([100, 50, 50, 50, 10, 20], _tree.Nodes[1..7].ToArray().Select(node => node.GeometricError));
        Assert.Equal([0, 1, 2, 3, 3, 4], _tree.Links[1..7].ToArray().Select(links => (int)links.Level));
        Assert.Equal(2, _tree.ErrorInversions);
    }

    [Fact]
    public void Clamped_errors_count_once_however_often_their_document_is_unloaded_and_placed_again()
    {
        // One is clamped when the document is built, one only where it hangs.
        Append("R:100(@x:50 a:200)");
        Assert.Equal(1, _tree.ErrorInversions);
        for (var i = 0; i < 3; i++)
        {
            Append("X:400(c:500)", 2, "x.json");
            Assert.Equal(1 + 2, _tree.ErrorInversions);
            _tree.Collapse(2);
            Assert.Equal(1, _tree.ErrorInversions);
        }
    }

    [Fact]
    public void A_collapsed_tile_can_be_expanded_again_and_is_the_same_tile_by_key_but_not_by_handle()
    {
        Append("R(a @x @y)");
        Append("X(c d)", 3, "x.json");
        var keys = Keys(_tree);
        var (inside, above) = (_tree.Handle(6), _tree.Handle(3));
        Assert.True(_tree.IsAlive(inside));

        _tree.Collapse(3);
        Assert.Equal(5, _tree.TileCount);
        Assert.False(_tree.IsAlive(inside));
        Assert.True(_tree.IsAlive(above));
        Assert.NotEqual(TileFlags.None, _tree.Links[3].Flags & TileFlags.Unexpanded);
        Assert.Equal(0, _tree.Links[3].ChildCount);

        Append("X(c d)", 3, "x.json");
        Assert.Equal(keys, Keys(_tree));
        Assert.False(_tree.IsAlive(inside));
        Assert.True(_tree.IsAlive(_tree.Handle(6)));
    }

    [Fact]
    public void Collapsing_takes_every_document_below_with_it()
    {
        Append("R(@x @y)");
        Append("X(@u)", 2, "x.json");
        Append("U(@v)", 5, "u.json");
        Append("V(e f)", 7, "v.json");
        Assert.Equal(11, _tree.TileCount);
        _tree.Collapse(2);
        Assert.Equal(4, _tree.TileCount);
        Assert.Equal(4, _tree.Capacity);
    }

    [Fact]
    public void Path_keys_depend_on_the_path_alone_not_on_the_order_of_appends()
    {
        Append("R(@x @y)");
        Append("X(c d)", 2, "x.json");
        Append("Y(e f)", 3, "y.json");
        var other = new TileTree(HandDrivenWorld.SceneUri);
        Append(other, "R(@x @y)");
        Append(other, "Y(e f)", 3, "y.json");
        Append(other, "X(c d)", 2, "x.json");
        Assert.Equal(Keys(_tree), Keys(other));
        Assert.Equal(_tree.TileCount, Keys(_tree).Distinct().Count());
    }

    [Fact]
    public void Keys_of_350_000_tiles_are_all_different()
    {
        _tree.Append(0, new SyntheticQuadtree(10).Build());
        Assert.Equal(349_526, new HashSet<ulong>(_tree.PathKeys[.._tree.TileCount].ToArray()).Count);
    }

    [Fact]
    public void Tiles_that_name_one_content_share_it_and_it_goes_with_the_last_of_them()
    {
        Append("R(a=s b=s @x)");
        Append("X(c=s)", 4, "x.json");
        var content = _tree.SlotsOf(2)[0];
        Assert.Equal(content, _tree.SlotsOf(3)[0]);
        Assert.Equal(content, _tree.SlotsOf(6)[0]);
        Assert.Equal([2, 3, 6], TilesOf(content));
        _tree.Collapse(4);
        Assert.Equal([2, 3], TilesOf(content));
        _tree.Collapse(TileTree.SceneRoot);
        Append("R(q)");
        Assert.Equal(Folder + "q.glb", _tree.Contents.Uri(_tree.SlotsOf(2)[0]));
        Assert.Equal([2], TilesOf(_tree.SlotsOf(2)[0]));
    }

    [Fact]
    public void A_shared_content_keeps_its_URI_when_the_document_that_named_it_first_is_unloaded()
    {
        Append("R(@x @y)");
        Append("X(c=s e)", 2, "x.json");
        Append("Y(d=s)", 3, "y.json");
        var d = _tree.Links[_tree.Links[3].FirstChild].FirstChild;
        var content = _tree.SlotsOf(d)[0];
        _tree.Collapse(2);
        Append("X(q r)", 2, "x.json");
        Assert.Equal(Folder + "s.glb", _tree.Contents.Uri(content));
        Assert.Equal([d], TilesOf(content));
        _tree.Collapse(3);
        Append("Y(d=s)", 3, "y.json");
        d = _tree.Links[_tree.Links[3].FirstChild].FirstChild;
        Assert.Equal(Folder + "s.glb", _tree.Contents.Uri(_tree.SlotsOf(d)[0]));
    }

    [Fact]
    public void A_document_named_by_two_tiles_is_expanded_under_each_so_it_is_a_content_of_each()
    {
        Append("R(@a=x @b=x)");
        Assert.NotEqual(_tree.SlotsOf(2)[0], _tree.SlotsOf(3)[0]);
        Assert.Equal(_tree.Contents.Uri(_tree.SlotsOf(2)[0]), _tree.Contents.Uri(_tree.SlotsOf(3)[0]));
    }

    [Theory]
    [InlineData("./a.glb", "a.glb")]
    [InlineData("b/../a.glb", "a.glb")]
    [InlineData("/scene/a.glb", "a.glb")]
    [InlineData("http://tiles.test/scene/a.glb", "a.glb")]
    [InlineData("HTTP://tiles.test:80/scene/a.glb", "a.glb")]
    [InlineData("../scene/a.glb", "a.glb")]
    [InlineData("%61.glb", "a.glb")]
    [InlineData("b/./a.glb", "b/a.glb")]
    public void Contents_are_shared_by_absolute_URI_however_it_is_written(string reference, string plain)
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        for (var i = 0; i < 2; i++)
        {
            builder.AddTile(i - 1, SpecTile.RootVolume, 10, Refinement.Replace, Transform3d.Identity);
            builder.AddContent(i, System.Text.Encoding.UTF8.GetBytes(i == 0 ? plain : reference), ContentFamily.Mesh, ContentFormat.Glb);
        }
        _tree.Append(0, builder.Build());
        Assert.Equal(Folder + plain, _tree.Contents.Uri(_tree.SlotsOf(1)[0]));
        Assert.Equal(_tree.SlotsOf(1)[0], _tree.SlotsOf(2)[0]);
    }

    [Fact]
    public void Handles_stay_honest_and_tiles_stay_themselves_over_thousands_of_appends_and_collapses()
    {
        var random = new Random(21);
        var names = Enumerable.Range(0, 12).Select(i => $"x{i}").ToArray();
        Append($"R({string.Join(' ', names.Select(name => '@' + name))})");
        var dead = new HashSet<TileHandle>();
        var keyOf = new Dictionary<string, ulong>();
        for (var step = 0; step < 3000; step++)
        {
            var i = random.Next(names.Length);
            var root = 2 + i;
            if ((_tree.Links[root].Flags & TileFlags.Unexpanded) != 0)
            {
                // Always the same document under the same tile; lengths differ among them, and some contents are shared.
                var children = string.Join(' ', Enumerable.Range(0, 1 + i % 7).Select(n => n == 0 ? $"t{i}n{n}=s{i % 3}" : $"t{i}n{n}"));
                Append($"t{i}({children})", root, names[i] + ".json");
                continue;
            }
            for (var t = _tree.Links[root].FirstChild; t < _tree.Links[root].FirstChild + 2 + i % 7; t++)
                dead.Add(_tree.Handle(t));
            _tree.Collapse(root);
            if (step % 10 != 0)
                continue;
            Assert.DoesNotContain(dead, _tree.IsAlive);
            CheckBelow(1, "R");
        }

        void CheckBelow(int tile, string path)
        {
            Assert.True(_tree.IsAlive(_tree.Handle(tile)));
            Assert.Contains(tile, TilesOf(_tree.SlotsOf(tile)[0]));
            path += _tree.Contents.Uri(_tree.SlotsOf(tile)[0]);
            keyOf.TryAdd(path, _tree.PathKeys[tile]);
            Assert.Equal(keyOf[path], _tree.PathKeys[tile]);
            for (var child = _tree.Links[tile].FirstChild; child < _tree.Links[tile].FirstChild + _tree.Links[tile].ChildCount; child++)
            {
                Assert.Equal(tile, _tree.Links[child].Parent);
                CheckBelow(child, path);
            }
        }
    }

    [Fact]
    public void Unloading_and_loading_a_document_again_and_again_costs_no_memory_and_keeps_axes_and_transforms_right()
    {
        Append("R(@x @y)");
        long bytes = 0;
        for (var round = 0; round < 100; round++)
        {
            // Two documents with axes and transforms of their own, loaded in turns: one is always there when the other comes.
            var (tile, other) = round % 2 == 0 ? (2, 3) : (3, 2);
            var builder = new TileBlockBuilder(Folder + "x.json");
            builder.AddTile(-1, Turned(tile), 10, Refinement.Replace, Moved(tile));
            builder.SetRequestVolume(0, Turned(tile));
            if (_tree.Links[tile].ChildCount > 0)
                _tree.Collapse(tile);
            _tree.Append(tile, builder.Build());
            CheckDocument(tile);
            if (round == 0)
                continue;
            CheckDocument(other);
            bytes = round == 1 ? _tree.TopologyBytes : bytes;
            Assert.Equal(bytes, _tree.TopologyBytes);
        }

        void CheckDocument(int tile)
        {
            var root = _tree.Links[tile].FirstChild;
            Assert.True(Vector3d.Distance(Turned(tile).AxisX, _tree.Volume(root).AxisX) < 1e-12);
            Assert.Equal(Turned(tile), _tree.RequestVolume(root));
            Assert.Equal(Moved(tile), _tree.Transform(root));
        }

        static BoundingVolume Turned(int tile)
        {
            var (x, y, z) = Ellipsoid.EastNorthUp(0.1 * tile, 0.5);
            return BoundingVolume.Box(Vector3d.Zero, x, y, z);
        }

        static Transform3d Moved(int tile) => Transform3d.Identity with { Translation = new(tile, 0, 0) };
    }

    [Fact]
    public void A_tile_costs_at_most_200_bytes_on_the_bench_world()
    {
        _tree.Append(0, new SyntheticQuadtree(10).Build());
        Assert.InRange((double)_tree.TopologyBytes / _tree.TileCount, 100, 200);
    }

    [Fact]
    public void The_figure_for_the_tree_s_memory_is_what_appending_allocates()
    {
        var block = new SyntheticQuadtree(9).Build();
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        var before = GC.GetAllocatedBytesForCurrentThread();
        tree.Append(0, block);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The tables know the block's size before they grow: each is allocated once.
        Assert.InRange((double)allocated / tree.TopologyBytes, 0.9, 1.1);
    }

    private void Append(string text, int parent = TileTree.SceneRoot, string document = "R.json") => Append(_tree, text, parent, document);

    private static void Append(TileTree tree, string text, int parent = TileTree.SceneRoot, string document = "R.json") => tree.Append(
        parent, TreeSpec.Parse(text).Build(Folder + document, parent == TileTree.SceneRoot ? null : tree.Volume(parent), tree.Links[parent].Level + 1));

    private static ulong[] Keys(TileTree tree) => [.. tree.PathKeys[..tree.Capacity].ToArray().Order()];

    private int[] TilesOf(int content) => [.. _tree.OtherTilesOf(content).Append(_tree.Contents.Records[content].Tile).Order()];
}
