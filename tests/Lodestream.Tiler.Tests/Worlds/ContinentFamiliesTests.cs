
namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>What the families' contents hold, read from the files.</summary>
public sealed class ContinentFamiliesTests(SmallContinent continent) : IClassFixture<SmallContinent>
{
    private readonly WrittenTileset _tileset = continent.Tileset;

    [Theory]
    [InlineData("border")]
    [InlineData("route")]
    public void Lines_lie_on_their_own_tiles_ground_and_nowhere_under_it(string family)
    {
        var triangles = 0;
        foreach (var tile in _tileset.Tiles.Where(t => t.Contents.ContainsKey(family)))
        {
            var (mesh, ground) = (_tileset.Load(tile, family), _tileset.Load(tile));
            for (var k = 0; k < mesh.Indices.Length; k += 3)
            {
                // Where the ribbon's triangle and the ground's are apart the most.
                var middle = (mesh.Vertices[mesh.Indices[k]] + mesh.Vertices[mesh.Indices[k + 1]] + mesh.Vertices[mesh.Indices[k + 2]]) * (1 / 3.0);
                if (k % 8 != 0)
                    continue;
                var over = middle.Z - ground.Top(middle.X, middle.Y)!.Value;
                Assert.True(over > 0.01 * tile.RasterError, $"{tile.Contents[family]} is {over} m over the ground at {middle}");
                triangles++;
            }
        }
        Assert.True(triangles > 300, $"{triangles} triangles");
    }

    [Fact]
    public void Standing_water_is_level_and_covers_the_ground_that_is_lower()
    {
        foreach (var tile in _tileset.Tiles.Where(t => t.Children.Count > 0))
        {
            // The sea is where its ground is below 0: no ground that low is dry.
            var ground = _tileset.Load(tile);
            var water = tile.Contents.ContainsKey("water") ? _tileset.Load(tile, "water") : null;
            foreach (var vertex in ground.Vertices.Take((SmallContinent.Options.TileQuads + 1) * (SmallContinent.Options.TileQuads + 1)).Where(v => v.Z < -0.5).Take(20))
                Assert.True(water?.Top(vertex.X, vertex.Y) >= 0, $"{tile.Uri} is dry at {vertex}");
        }
    }

    [Fact]
    public void Labels_stay_on_the_way_down_and_keep_their_ids()
    {
        var seen = 0;
        foreach (var tile in _tileset.Tiles.Where(t => t.Contents.ContainsKey("label")))
        {
            var places = _tileset.Load(tile, "label").Vertices;
            var labels = Labels(tile);
            Assert.Equal(places.Length, labels.Count);
            for (var k = 0; k < places.Length; k++)
            {
                Assert.True(tile.Covers(places[k].X, places[k].Y));
                Assert.True(places[k].Z >= _tileset.Load(tile).Top(places[k].X, places[k].Y) - 0.01, $"{labels[k].Name} is under ground");
                // On the line between two tiles it is the eastern or northern one's.
                if (tile.Children.FindLast(c => c.Covers(places[k].X, places[k].Y)) is not { } child)
                    continue;
                Assert.Contains(labels[k], Labels(child));
                seen++;
            }
        }
        Assert.True(seen > 50, $"{seen} labels");
    }

    [Fact]
    public void Region_maps_name_a_row_or_nothing_in_every_pixel_and_the_root_has_all_provinces()
    {
        var names = new HashSet<string>();
        foreach (var tile in _tileset.Tiles.Where(t => t.Contents.ContainsKey("feature")))
        {
            var map = RegionMapFile.Read(Path.Combine(continent.Folder, tile.Contents["feature"]));
            Assert.All(map.Pixels, p => Assert.True(p == 255 || p < map.Names.Count, $"{tile.Contents["feature"]}: {p}"));
            Assert.All(Enumerable.Range(0, map.Names.Count), row => Assert.Contains((byte)row, map.Pixels));
            Assert.Equal(3 * map.Names.Count, map.Colors.Length);
            names.UnionWith(map.Names);
            if (tile.Level == 0)
                Assert.True(map.Names.Count >= 10);
        }
        Assert.Equal(names.Count, RegionMapFile.Read(Path.Combine(continent.Folder, _tileset.Root.Contents["feature"])).Names.Count);
    }

    [Fact]
    public void A_region_map_has_north_at_its_top_and_agrees_with_the_maps_below_it()
    {
        int same = 0, all = 0;
        foreach (var tile in _tileset.Tiles.Where(t => t.Contents.ContainsKey("feature") && t.Level > 0))
        {
            var above = tile.Parent;
            while (above is not null && !above.Contents.ContainsKey("feature"))
                above = above.Parent;
            var (map, coarse) = (RegionMapFile.Read(Path.Combine(continent.Folder, tile.Contents["feature"])), RegionMapFile.Read(Path.Combine(continent.Folder, above!.Contents["feature"])));
            for (var k = 0; k < 16; k++)
            {
                double x = tile.Min.X + (tile.Max.X - tile.Min.X) * (k % 4 + 0.5) / 4, y = tile.Min.Y + (tile.Max.Y - tile.Min.Y) * (k / 4 + 0.5) / 4;
                all++;
                same += map.NameAt(tile, x, y) == coarse.NameAt(above, x, y) ? 1 : 0;
            }
        }
        Assert.True(same > 0.85 * all, $"{same} of {all}");
    }

    private List<(uint Id, string Name, byte Rank, string Kind)> Labels(WrittenTileset.Tile tile)
    {
        var table = GlbTable.Read(Path.Combine(continent.Folder, tile.Contents["label"]), "label");
        return [.. Enumerable.Range(0, table.Count).Select(row => (table.Numbers<uint>("id")[row], table.Texts("name")[row], table.Numbers<byte>("rank")[row], table.Texts("kind")[row]))];
    }
}
