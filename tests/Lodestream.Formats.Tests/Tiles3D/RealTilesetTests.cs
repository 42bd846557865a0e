using Lodestream.Formats.Inspection;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Tiles3D;

public class RealTilesetTests
{
    [RealDataTheory]
    [InlineData("tileset.json", 293, 293, false)]
    [InlineData("tileset-add.json", 293, 293, true)]
    [InlineData("tileset-no-root-content.json", 293, 292, false)]
    [InlineData("tileset-no-midtile-content.json", 293, 292, false)]
    [InlineData("tileset-broken-root-content.json", 293, 293, false)]
    [InlineData("tileset-external.json", 273, 273, false)]
    [InlineData("tileset-external-with-url-params.json", 273, 273, false)]
    [InlineData("tileset-external-broken.json", 273, 273, false)]
    public void Mars_in_every_variant(string name, int tiles, int contents, bool add)
    {
        var (tree, result) = Open(Path.Combine("mars-dingo-gap", name));
        Assert.Equal(0, result.WarningCount);
        Assert.Equal(tiles, tree.TileCount - 1);
        Assert.Equal(contents, Enumerable.Range(1, tiles).Sum(t => tree.Links[t].SlotCount));
        Assert.Equal(UpAxis.Z, tree.UpAxisOf(1));
        for (var tile = 1; tile <= tiles; tile++)
        {
            Assert.Equal(add, (tree.Links[tile].Flags & TileFlags.Add) != 0);
            Assert.Equal(Transform3d.Identity, tree.Transform(tile));
            foreach (var content in tree.SlotsOf(tile))
                Assert.Contains(tree.Contents.Records[content].Format, new[] { ContentFormat.B3dm, ContentFormat.Tileset });
        }
    }

    [RealDataFact]
    public void The_external_part_of_mars_comes_beneath_its_tile_and_makes_the_world_whole()
    {
        var (tree, _) = Open("mars-dingo-gap/tileset-external-with-url-params.json");
        var (whole, _) = Open("mars-dingo-gap/tileset.json");
        var tile = Enumerable.Range(1, tree.TileCount - 1).Single(t => (tree.Links[t].Flags & TileFlags.Unexpanded) != 0);
        Assert.EndsWith("tileset-external-child.json?foo=bar#baz", tree.Contents.Uri(tree.SlotsOf(tile)[0]), StringComparison.Ordinal);
        var child = TilesetReader.Read(File.ReadAllBytes(SharedData.Path("mars-dingo-gap/tileset-external-child.json")),
            tree.Contents.Uri(tree.SlotsOf(tile)[0]), TilesetParent.Of(tree, tile));
        tree.Append(tile, child.Block!);
        Assert.Equal(whole.TileCount + 1, tree.TileCount);
        Assert.Equal(UpAxis.Z, tree.UpAxisOf(tree.Links[tile].FirstChild));
        Assert.Equal(tree.Volume(tile), tree.Volume(tree.Links[tile].FirstChild));
    }

    [RealDataFact]
    public void Discrete_levels_of_detail_are_placed_on_the_globe_and_their_errors_scaled()
    {
        var (tree, result) = Open("3d-tiles-samples/1.0/TilesetWithDiscreteLOD/tileset.json");
        Assert.Equal(0, result.WarningCount);
        Assert.Equal(["dragon_low.b3dm", "dragon_medium.b3dm", "dragon_high.b3dm"], new[] { 1, 2, 3 }.Select(t => tree.Uris(t).Single()));
        Assert.InRange(tree.Nodes[1].GeometricError, 99, 101);
        Assert.InRange(tree.Volume(1).Center.Length, 6.36e6, 6.38e6);
        Assert.Equal(0, tree.Nodes[3].GeometricError);
    }

    [RealDataFact]
    public void A_request_volume_a_region_a_point_cloud_and_an_external_tileset_in_one()
    {
        var (tree, result) = Open("3d-tiles-samples/1.0/TilesetWithRequestVolume/tileset.json");
        Assert.Equal(0, result.WarningCount);
        Assert.Equal(4, tree.TileCount - 1);
        var points = tree.Child(1, 2);
        Assert.InRange(tree.RequestVolume(points)!.Value.Radius, 14.99, 15.01);
        Assert.Equal(ContentFormat.Pnts, tree.Contents.Records[tree.SlotsOf(points)[0]].Format);
        Assert.Equal(0, tree.Volume(1).DistanceTo(tree.Volume(points).Center));
        var city = tree.Child(1, 0);
        var inner = TilesetReader.Read(File.ReadAllBytes(SharedData.Path("3d-tiles-samples/1.0/TilesetWithRequestVolume/city/tileset.json")),
            tree.Contents.Uri(tree.SlotsOf(city)[0]), TilesetParent.Of(tree, city));
        tree.Append(city, inner.Block!);
        Assert.EndsWith("/city/ll.b3dm", tree.Contents.Uri(tree.SlotsOf(tree.Child(tree.Child(city, 0), 0))[0]), StringComparison.Ordinal);
    }

    [RealDataFact]
    public void Multiple_contents_are_slots_of_one_tile()
    {
        var (tree, result) = Open("3d-tiles-samples/1.1/MultipleContents/tileset.json");
        Assert.Equal(0, result.WarningCount);
        Assert.Equal(["planeTriangles.glb", "planePoints.glb"], tree.Uris(1));
    }

    [RealDataFact]
    public async Task Every_tileset_of_the_data_is_read()
    {
        var files = Directory.GetFiles(SharedData.Folder!, "tileset*.json", SearchOption.AllDirectories);
        Assert.True(files.Length >= 20);
        foreach (var file in files)
        {
            var result = await TilesetReader.ReadAsync(File.ReadAllBytes(file), new Uri(file).AbsoluteUri, TilesetParent.Scene, SceneFiles.ReadLocalAsync, default);
            Assert.True(result.IsOk, result.Error);
            Assert.Empty(result.Warnings);
        }
    }

    private static (TileTree Tree, TilesetResult Result) Open(string relative)
    {
        var uri = new Uri(SharedData.Path(relative)).AbsoluteUri;
        var result = TilesetReader.Read(File.ReadAllBytes(SharedData.Path(relative)), uri, TilesetParent.Scene);
        Assert.True(result.IsOk, result.Error);
        var tree = new TileTree(uri);
        tree.Append(TileTree.SceneRoot, result.Block);
        return (tree, result);
    }
}
