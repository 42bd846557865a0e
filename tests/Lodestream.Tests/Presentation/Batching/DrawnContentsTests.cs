using Lodestream.Geometry;
using Lodestream.Presentation;
using Lodestream.Presentation.Batching;
using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Presentation.Batching;

/// <summary>What of a streamer's commits may be batched: contents that are drawn whole, once, from their own tile.</summary>
public class DrawnContentsTests
{
    [Fact]
    public void What_is_drawn_whole_is_batched_and_what_is_drawn_around_a_child_is_not_from_that_frame_on()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        var batches = new Batches(world);
        world.Deliver("R");
        Assert.Equal("R", batches.Drawn());
        world.Deliver("a");
        Assert.Equal("R-a a", world.Screen);
        Assert.Equal("", batches.DrawnAtOnce());
        Assert.Equal("a", batches.Drawn());
        world.Deliver("b");
        Assert.Equal("a b", world.Screen);
        Assert.Equal("a b", batches.Drawn());
    }

    [Fact]
    public void What_stands_in_for_a_tile_is_not_batched()
    {
        var world = new HandDrivenWorld("R(a(c(g h) d) b)").Settled();
        var batches = new Batches(world);
        world.Deliver("R", "g");
        Assert.Equal("R-a a<R-c c<R-g g", world.Screen);
        Assert.Equal("g", batches.Drawn());
    }

    [Fact]
    public void What_takes_its_newer_version_leaves_its_batch_with_the_commit_and_is_merged_anew()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        var batches = new Batches(world);
        world.DeliverAll();
        Assert.Equal("a b", batches.Drawn());
        world.Change("a");
        world.Settle();
        Assert.Equal("a b", batches.DrawnAtOnce());
        world.Deliver("a");
        Assert.Contains("*a", world.Commits[^1], StringComparison.Ordinal);
        Assert.Equal("b", batches.DrawnAtOnce());
        Assert.Equal("a b", batches.Drawn());
    }

    [Fact]
    public void What_leaves_the_screen_leaves_its_batch_in_the_same_frame()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        var batches = new Batches(world);
        world.DeliverAll();
        Assert.Equal("a b", batches.Drawn());
        world.Look(Cameras.Away());
        Assert.Equal("", world.Screen);
        Assert.Equal("", batches.DrawnAtOnce());
    }

    [Fact]
    public void After_a_lost_context_nothing_is_batched_until_it_is_here_again()
    {
        var world = new HandDrivenWorld("R(a b)").Settled();
        var batches = new Batches(world);
        world.DeliverAll();
        batches.Drawn();
        world.LoseContext();
        batches.Lose();
        Assert.Equal("", batches.Drawn());
        world.Settle();
        world.DeliverAll();
        Assert.Equal("a b", batches.Drawn());
    }

    [Fact]
    public void A_content_that_two_tiles_draw_is_not_batched()
    {
        var world = new HandDrivenWorld("R(a b)", uriOf: name => name is "a" or "b" ? "shared.glb" : name + ".glb").Settled();
        var batches = new Batches(world);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
        Assert.Equal("", batches.Drawn());
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 0)]
    public void Terrain_that_a_map_of_regions_colours_is_not_batched(int mapTile, int expected)
    {
        var block = new TileBlockBuilder("http://tiles.test/m.json", 1);
        block.AddTile(-1, BoundingVolume.AxisAligned(Vector3d.Zero, new(1, 1, 1)), 1, Refinement.Replace, Transform3d.Identity);
        block.AddContent(0, "a.glb"u8, ContentFamily.Terrain, ContentFormat.Glb);
        while (!block.Step(1000))
        {
        }
        var tree = new TileTree("http://tiles.test/m.json");
        tree.Append(TileTree.SceneRoot, block.Build());
        var tile = tree.Links[TileTree.SceneRoot].FirstChild;
        var planner = new BatchPlanner();
        var drawn = new DrawnContents(tree, planner);
        drawn.Report(tree.SlotsOf(tile)[0], 1, BatchedScreen.Meshes(2));
        var commit = new RenderCommit();
        commit.Show(new(tile, tile, 0, 1, mapTile < 0 ? -1 : tile));
        drawn.Commit(commit);
        Assert.Equal(expected, planner.Meshes);
    }

    [Fact]
    public void Representations_of_a_manifest_s_tiles_are_told_apart_and_cells_are_of_the_tile_size_and_larger_for_coarser_ones()
    {
        var table = new ProximityTable(2, 5, 0) { TileSize = new(25, 25, 1000) };
        RepresentationKind[] kinds = [RepresentationKind.Hlod, RepresentationKind.Lod, RepresentationKind.Lod, RepresentationKind.Full, RepresentationKind.Full];
        kinds.CopyTo(table.Kind, 0);
        (table.FirstRepresentation[1], table.FirstRepresentation[2]) = (4, 5);
        var block = new TileBlockBuilder("http://tiles.test/m.json", 6) { Document = table };
        block.AddTile(-1, Box(0), 1000, Refinement.Add, Transform3d.Identity);
        for (var i = 0; i < 5; i++)
        {
            var tile = block.AddTile(i is 0 or 4 ? 0 : i, Box(i == 4 ? 6 : 5), 100 - 10 * i, Refinement.Replace, Transform3d.Identity);
            block.SetNote(tile, i == 4 ? 2 : 1);
            block.AddContent(tile, System.Text.Encoding.UTF8.GetBytes($"{i}.untold"), ContentFamily.Mesh, ContentFormat.Untold);
        }
        while (!block.Step(1000))
        {
        }
        var tree = new TileTree("http://tiles.test/m.json");
        tree.Append(TileTree.SceneRoot, block.Build());
        var places = new List<BatchPlace>();
        var drawn = new DrawnContents(tree, new(), null);
        for (var tile = 1; tile < tree.Capacity && places.Count < 5; tile++)
        {
            if (tree.SlotsOf(tile).Length > 0)
                places.Add(drawn.PlaceOf(tile, tree.SlotsOf(tile)[0]));
        }
        Assert.Equal([0, 0, 1, 2, 5], places.Select(place => place.Lod).Order());
        Assert.Equal([(0, 0), (0, 0), (1, 1), (2, 2), (5, 2)], places.Select(place => (place.Lod, place.Cell.Grid)).Order());
        Assert.All(places, place => Assert.Equal(new(0, 0, 0, place.Cell.Grid), place.Cell));

        // At 5.5 m: in cells of 5, 10 and 20 m; and where nothing grows, of 5 m all.
        Assert.Equal([(0, 1), (0, 1), (1, 0), (2, 0), (5, 0)], PlacesBy(new(5, 5, 5), 2));
        Assert.Equal([(0, 1), (0, 1), (1, 1), (2, 1), (5, 1)], PlacesBy(new(5, 5, 5), 1));
        Assert.All(places, place => Assert.Equal((int)ContentFamily.Mesh, place.Channel));

        (int Lod, int X)[] PlacesBy(Vector3d size, double scale)
        {
            var by = new DrawnContents(tree, new(), size, scale);
            return [.. Enumerable.Range(1, tree.Capacity - 1).Where(tile => tree.SlotsOf(tile).Length > 0).Take(5).Select(tile => by.PlaceOf(tile, tree.SlotsOf(tile)[0]))
                .Select(place => (place.Lod, place.Cell.X)).Order()];
        }

        static BoundingVolume Box(double x) => BoundingVolume.AxisAligned(new(x, 0, 0), new(x + 1, 1, 1));
    }

    [Fact]
    public void Cells_are_counted_from_the_scene_s_origin_and_there_is_one_along_an_axis_without_a_size()
    {
        Assert.Equal(new(1, -1, 0), BatchCell.Containing(new(30, -1, 500), new(25, 25, 1000)));
        Assert.Equal(new(1, 0, 0), BatchCell.Containing(new(30, -1, 500), new(25, 0, double.PositiveInfinity)));
        Assert.NotEqual(BatchCell.OfTile(0), BatchCell.Containing(Vector3d.Zero, new(25, 25, 25)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void However_tiles_come_and_cameras_look_only_what_is_drawn_whole_and_once_is_batched(int seed)
    {
        var world = new HandDrivenWorld("R(a(c(g h) d) b(e f(i j)))").Settled();
        var batches = new Batches(world);
        var random = new Random(seed);
        for (var step = 0; step < 300; step++)
        {
            if (random.Next(4) == 0)
                world.Look(random.Next(3) == 0 ? Cameras.Away() : Cameras.Over(world.Tree, world.Tile(((string[])["R", "a", "b", "c", "d", "g", "j"])[random.Next(7)]), random.Next(5)));
            else if (world.InFlight is { Length: > 0 } open)
                world.Deliver(open[random.Next(open.Length)]);
            else
                world.Wait(1);
            if (random.Next(2) == 0)
                batches.DrawnAtOnce();
            else
                batches.Drawn();
        }
    }

    // A host that builds at once and holds what it draws against the picture.
    private sealed class Batches
    {
        private readonly HandDrivenWorld _world;
        private readonly BatchPlanner _planner = new();
        private readonly Dictionary<int, BatchMember[]> _drawn = [];

        public Batches(HandDrivenWorld world)
        {
            _world = world;
            world.Batching = new(world.Tree, _planner);
        }

        /// <summary>The GPU has nothing any more.</summary>
        public void Lose() => _drawn.Clear();

        /// <summary>What batches draw in this frame.</summary>
        public string DrawnAtOnce()
        {
            var builds = new List<BatchCommand>();
            foreach (var command in _planner.Tick(_world.Views))
            {
                if (command.Kind == BatchCommandKind.SwapIn)
                    _drawn.Add(command.Batch, _planner.MembersOf(command.Batch).ToArray());
                else if (command.Kind == BatchCommandKind.Drop)
                    _drawn.Remove(command.Batch);
                else if (command.Kind == BatchCommandKind.Build)
                    builds.Add(command);
            }
            foreach (var build in builds)
                _planner.Built(build.Batch, build.Epoch);
            var whole = _world.Picture.Values.Where(item => item.Region == item.Source && item.ChildMask == 0).SelectMany(item => _world.Tree.SlotsOf(item.Source).ToArray()).ToHashSet();
            Assert.Subset(whole, _drawn.Values.SelectMany(members => members).Select(member => member.Content).ToHashSet());
            return string.Join(' ', _drawn.Values.SelectMany(members => members).Select(member => _world.NameOfContent(member.Content)).Distinct().Order(StringComparer.Ordinal));
        }

        /// <summary>What batches draw once nothing happens any more.</summary>
        public string Drawn()
        {
            DrawnAtOnce();
            while (_planner.NeedsTick)
                DrawnAtOnce();
            return DrawnAtOnce();
        }
    }
}
