using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D.Implicit;

public class BrokenSubtreeTests
{
    private const string Root = "s/0.0.0.0.subtree";

    [Theory]
    [InlineData("""{"tileAvailability":{"constant":1}}""", "childSubtreeAvailability")]
    [InlineData("""{"childSubtreeAvailability":{"constant":0}}""", "no tileAvailability")]
    [InlineData("""{"tileAvailability":{"constant":2},"childSubtreeAvailability":{"constant":0}}""", "tileAvailability has neither a bitstream nor a constant of 0 or 1")]
    [InlineData("""{"tileAvailability":{"constant":0},"childSubtreeAvailability":{"constant":0}}""", "its root, tile (level 0, x 0, y 0, z 0), is not available")]
    [InlineData("""{"tileAvailability":{"bitstream":3},"childSubtreeAvailability":{"constant":0}}""", "tileAvailability is buffer view 3, which is not there")]
    [InlineData("""{"buffers":[{"byteLength":9}],"tileAvailability":{"constant":1},"childSubtreeAvailability":{"constant":0}}""", "buffers[0] is the binary part and has 9 bytes; the file has 0")]
    [InlineData("""{"buffers":[{"uri":"data:,x","byteLength":1}],"tileAvailability":{"constant":1},"childSubtreeAvailability":{"constant":0}}""", "buffers[0] is a data URI that is not base64 of 1 bytes")]
    [InlineData("""{"buffers":[{"byteLength":0}],"bufferViews":[{"buffer":0,"byteOffset":1,"byteLength":1}],"tileAvailability":{"constant":1},"childSubtreeAvailability":{"constant":0}}""", "bufferViews[0] is bytes 1 to 2 of a buffer of 0")]
    [InlineData("""{"buffers":[{"byteLength":-1}],"tileAvailability":{"constant":1},"childSubtreeAvailability":{"constant":0}}""", "buffers[0] has a byteLength of -1")]
    [InlineData("""{"buffers":[{"uri":"data:;base64,AA==","byteLength":1}],"bufferViews":[{"buffer":0,"byteLength":1}],"tileAvailability":{"constant":1},"childSubtreeAvailability":{"bitstream":0}}""", "childSubtreeAvailability takes 2 bytes for 16 bits; buffer view 0 has 1")]
    [InlineData("""{"tileAvailability":""", "not valid")]
    [InlineData("[]", "not an object")]
    public void A_broken_subtree_is_an_error_with_file_and_place(string json, string expected)
    {
        var world = new ImplicitText(ImplicitText.Quadtree());
        world.Add(Root, json);
        Assert.False(world.Expand(world.Unexpanded[0]).IsOk);
        Assert.StartsWith(ImplicitText.Folder + Root + ": ", world.Result.Error, StringComparison.Ordinal);
        Assert.Contains(expected, world.Result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subtreeLevels", 12, "subtreeLevels of 12; 11 at most")]
    [InlineData("subtreeLevels", 0, "subtreeLevels of 0")]
    [InlineData("availableLevels", 0, "availableLevels of 0")]
    public void Levels_beyond_reason_are_refused_before_a_subtree_is_fetched(string property, int value, string expected)
    {
        var world = new ImplicitText(ImplicitText.Quadtree(property == "subtreeLevels" ? value : 2, property == "availableLevels" ? value : 4)
            .Replace("\"root\":{", $"\"root\":{{{TilesetText.Box},\"geometricError\":1,\"refine\":\"ADD\",\"children\":[{{", StringComparison.Ordinal).TrimEnd()[..^1] + "]}}");
        Assert.Contains(expected, world.Result.Warnings.Single().Message, StringComparison.Ordinal);
        Assert.Empty(world.Unexpanded);
    }

    [Theory]
    [InlineData("\"sphere\":[0,0,0,8]", "a sphere for its boundingVolume, which the standard does not divide")]
    public void Volumes_the_standard_does_not_divide_are_named(string volume, string expected)
    {
        var world = new ImplicitText(ImplicitText.Quadtree(volume: volume));
        Assert.Contains(expected, world.Result.Warnings.Single().Message, StringComparison.Ordinal);
        Assert.Empty(world.Unexpanded);
    }

    [Fact]
    public void S2_cells_are_a_named_error()
    {
        var world = TilesetText.Read(TilesetText.WithRoot("""
            "boundingVolume":{"extensions":{"3DTILES_bounding_volume_S2":{"token":"3","minimumHeight":0,"maximumHeight":1000}}},"geometricError":1
            """));
        Assert.Contains("3DTILES_bounding_volume_S2, which is not supported yet", world.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_that_would_make_millions_of_tiles_of_nothing_are_refused()
    {
        var world = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 11, levels: 22));
        world.Add(Root, """{"tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],"childSubtreeAvailability":{"constant":1}}""");
        Assert.Contains("5592405 tiles and subtrees", world.Expand(world.Unexpanded[0]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_of_tiles_that_cannot_be_is_passed_over_with_a_warning()
    {
        var world = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 3, levels: 3));
        var subtree = new SubtreeWriter(isOctree: false, levels: 3);
        subtree.AddTile(0, 0, 0);
        subtree.AddTile(2, 3, 3);
        world[Root] = subtree.Write();
        Assert.Contains("1 tiles are available though the tiles above them are not", world.Expand(world.Unexpanded[0]).Warnings.Single().Message, StringComparison.Ordinal);

        var deep = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 2, levels: 2));
        deep.Add(Root, """{"tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],"childSubtreeAvailability":{"constant":1}}""");
        Assert.Contains("16 tiles or subtrees are below the 2 available levels", deep.Expand(deep.Unexpanded[0]).Warnings.Single().Message, StringComparison.Ordinal);
        Assert.Empty(deep.Unexpanded);
    }

    [Fact]
    public void A_subtree_whose_buffer_is_too_short_or_missing_names_it()
    {
        const string json = """{"buffers":[{"uri":"bits.bin","byteLength":2}],"bufferViews":[{"buffer":0,"byteLength":1}],"tileAvailability":{"bitstream":0},"childSubtreeAvailability":{"constant":0}}""";
        var world = new ImplicitText(ImplicitText.Quadtree());
        world.Add(Root, json);
        world["s/bits.bin"] = [1];
        Assert.Contains("s/bits.bin: has 1 bytes; buffers[0] of", world.Expand(world.Unexpanded[0]).Error, StringComparison.Ordinal);
        world.Files.Remove("s/bits.bin");
        Assert.Contains("tileAvailability is buffer view 0, which is not there", world.Expand(world.Unexpanded[0]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void However_a_binary_subtree_is_damaged_it_answers()
    {
        var writer = new SubtreeWriter(isOctree: false, levels: 3);
        writer.AddTile(0, 0, 0, content: 0);
        writer.AddTile(1, 1, 0);
        writer.AddTile(2, 3, 0, content: 0);
        writer.AddSubtree(7, 0);
        var whole = writer.Write();
        var world = new ImplicitText(ImplicitText.Quadtree(subtreeLevels: 3, levels: 9));
        var parent = TilesetParent.Of(world.Tree, world.Unexpanded[0]);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Gen.Choose(0, whole.Length - 1).Two().ToArbitrary(), Gen.Choose(0, 255).Two().ToArbitrary(), (places, values) =>
        {
            var damaged = whole.ToArray();
            damaged[places.Item1] = (byte)values.Item1;
            damaged[places.Item2] = (byte)values.Item2;
            var cut = damaged.AsMemory(0, values.Item1 % 5 == 0 ? places.Item2 : damaged.Length);
            var result = TilesetReader.Read(cut, ImplicitText.Folder + Root, parent);
            return result.IsOk || result.Error.Contains(Root, StringComparison.Ordinal);
        }));
    }

    [Fact]
    public void A_header_that_promises_more_than_there_is_names_the_byte()
    {
        var bytes = new SubtreeWriter(isOctree: false, levels: 2).Write();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), ulong.MaxValue);
        Assert.Contains("says at byte 8", Expand(bytes), StringComparison.Ordinal);
        Assert.Contains("ends within its header, after 10 of 24 bytes", Expand(bytes[..10]), StringComparison.Ordinal);
        bytes[4] = 2;
        Assert.Contains("has version 2 at byte 4", Expand(bytes), StringComparison.Ordinal);

        static string Expand(byte[] bytes)
        {
            var world = new ImplicitText(ImplicitText.Quadtree());
            world[Root] = bytes;
            return world.Expand(world.Unexpanded[0]).Error!;
        }
    }
}
