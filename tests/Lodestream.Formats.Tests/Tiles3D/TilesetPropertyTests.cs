using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Bench;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D;

public class TilesetPropertyTests
{
    private static readonly Arbitrary<int> Seeds = ArbMap.Default.ArbFor<int>();

    [Fact]
    public void Every_tileset_is_read_as_it_was_written_whatever_the_order_of_its_properties() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Seeds, seed =>
        {
            var tileset = new RandomTileset(seed, tiles: 60);
            Assert.Equal(tileset.Expected(), Dump(TilesetText.Tree(tileset.Json())));
        }));

    [Fact]
    public void Reading_in_steps_of_any_size_gives_what_reading_at_once_gives() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(Seeds, seed =>
        {
            var tileset = new RandomTileset(seed, tiles: 25);
            var json = Encoding.UTF8.GetBytes(tileset.Json());
            var random = new Random(seed);
            var reader = new TilesetReader(json, TilesetText.DocumentUri, TilesetParent.Scene);
            while (!reader.Step(1 + random.Next(random.Next(2) == 0 ? 1 : 40)))
                Assert.Null(reader.Result);
            Assert.Equal(tileset.Expected(), Dump(TilesetText.Tree(reader.Result!)));
        }));

    [Fact]
    public void A_document_cut_off_or_damaged_anywhere_is_an_error_or_a_smaller_world_and_never_an_exception() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(Seeds, seed =>
        {
            const string damage = " \"[]{},:0-9e.x\\\u0080";
            var random = new Random(seed);
            var json = Encoding.UTF8.GetBytes(new RandomTileset(seed, tiles: 12).Json());
            for (var i = 0; i < 20; i++)
            {
                var damaged = (byte[])json.Clone();
                for (var hits = random.Next(4); hits >= 0; hits--)
                    damaged[random.Next(damaged.Length)] = (byte)damage[random.Next(damage.Length)];
                var result = TilesetReader.Read(random.Next(3) == 0 ? damaged.AsMemory(0, random.Next(damaged.Length)) : damaged, TilesetText.DocumentUri, TilesetParent.Scene);
                if (result.IsOk)
                    Assert.True(TilesetText.Tree(result).TileCount > 1);
                else
                    Assert.StartsWith(TilesetText.DocumentUri, result.Error, StringComparison.Ordinal);
            }
        }));

    [Fact]
    public void The_bench_world_has_its_tiles_errors_and_masks()
    {
        var result = TilesetReader.Read(BenchWorldJson.Write(6), "file:///bench/tileset.json", TilesetParent.Scene);
        var tree = new TileTree("file:///bench/tileset.json");
        tree.Append(TileTree.SceneRoot, result.Block!);
        Assert.Equal(1365, tree.TileCount - 1);
        for (var tile = 1; tile <= 1365; tile++)
        {
            var level = tree.Links[tile].Level;
            Assert.Equal(1024 >> level, tree.Nodes[tile].GeometricError);
            Assert.Equal(level == 5 ? 0 : 4, tree.Links[tile].ChildCount);
            Assert.Equal(level == 5, (tree.Links[tile].Flags & TileFlags.Maskable) == 0);
            Assert.Equal(1, tree.Links[tile].SlotCount);
        }
        Assert.Equal(["t/1/1_0.glb"], tree.Uris(tree.Child(1, 1)));
    }

    [Fact]
    public void Beyond_the_lists_that_grow_reading_allocates_nothing_per_tile()
    {
        // Four times the tiles may cost four times the bytes, but not more: what is allocated per tile is the lists' and the block's.
        var (small, large) = (Allocated(6), Allocated(7));
        Assert.True(large < 1400 * BenchWorldJson.TileCount(7), $"{large / BenchWorldJson.TileCount(7)} bytes per tile");
        Assert.True(large < 5 * small, $"{small} bytes, then {large}");

        static long Allocated(int levels)
        {
            var json = BenchWorldJson.Write(levels);
            TilesetReader.Read(json, "file:///bench/tileset.json", TilesetParent.Scene);
            var before = GC.GetAllocatedBytesForCurrentThread();
            TilesetReader.Read(json, "file:///bench/tileset.json", TilesetParent.Scene);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static string Dump(TileTree tree)
    {
        var text = new StringBuilder();
        Append(1);
        return text.ToString();

        void Append(int tile)
        {
            var links = tree.Links[tile];
            var contents = tree.SlotsOf(tile).ToArray().Select(c => tree.Contents.RelativeUri(c) + tree.Contents.Records[c].Family);
            text.Append(RandomTileset.Line(links.Level, tree.Nodes[tile].GeometricError, (links.Flags & TileFlags.Add) != 0,
                tree.Volume(tile), tree.Transform(tile).Point(new(1, 2, 3)), contents));
            for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
                Append(child);
        }
    }
}
