using System.Text.Json;
using Lodestream.Formats.Tiles3D;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Tiler.Tests.Worlds;

public sealed class ContinentTilesetTests(SmallContinent continent) : IClassFixture<SmallContinent>
{
    private readonly WrittenTileset _tileset = continent.Tileset;

    [Fact]
    public void The_tileset_is_an_implicit_quadtree_that_refines_by_replacement_with_terrain_everywhere()
    {
        Assert.Equal("1.1", _tileset.Json.GetProperty("asset").GetProperty("version").GetString());
        Assert.Equal("REPLACE", _tileset.Json.GetProperty("root").GetProperty("refine").GetString());
        Assert.Equal(continent.Summary.Tiles, _tileset.Tiles.Length);
        Assert.Equal(SmallContinent.Options.Levels - 1, _tileset.Tiles.Max(t => t.Level));
        Assert.All(_tileset.Tiles, t => Assert.Contains(t.Children.Count, new[] { 0, 4 }));
        Assert.All(_tileset.Tiles, t => Assert.Contains("terrain", t.Contents.Keys));
    }

    [Fact]
    public void Subtrees_list_exactly_the_contents_that_lie_in_the_folder()
    {
        var listed = _tileset.Tiles.SelectMany(t => t.Contents.Values).Order(StringComparer.Ordinal);
        var there = Directory.EnumerateFiles(continent.Folder, "*.glb", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(continent.Folder, f)).Order(StringComparer.Ordinal);
        Assert.Equal(there, listed);
        Assert.Equal(["border", "feature", "label", "route", "terrain", "water"], _tileset.Tiles.SelectMany(t => t.Contents.Keys).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Raster_errors_are_the_distance_between_the_vertices_that_carry_the_colours()
    {
        foreach (var tile in _tileset.Tiles)
            Assert.Equal((tile.Max.X - tile.Min.X) / SmallContinent.Options.TileQuads, tile.RasterError, 1e-3);
    }

    [Fact]
    public void Errors_never_grow_from_parent_to_child()
    {
        Assert.True(_tileset.Json.GetProperty("geometricError").GetDouble() >= _tileset.Root.Error);
        foreach (var tile in _tileset.Tiles)
            Assert.All(tile.Children, child => Assert.True(child.Error <= tile.Error, $"{child.Uri} {child.Error} > {tile.Uri} {tile.Error}"));
    }

    [Fact]
    public void No_place_on_a_tile_is_further_from_the_deepest_tiles_than_its_error()
    {
        var random = new Random(1);
        double closest = double.MaxValue;
        foreach (var tile in _tileset.Tiles.Where(t => t.Children.Count > 0).OrderBy(_ => random.Next()).Take(40))
        {
            double worst = 0;
            for (var k = 0; k < 400; k++)
            {
                var (x, y) = PlaceIn(tile, random);
                var off = Math.Abs(_tileset.Load(tile).Top(x, y)!.Value - _tileset.Load(_tileset.Leaf(x, y)).Top(x, y)!.Value);
                worst = Math.Max(worst, off);
                Assert.True(off <= tile.Error + 1e-6, $"{tile.Uri} is {off} m off at ({x}, {y}); it says {tile.Error}");
            }
            if (worst > 0)
                closest = Math.Min(closest, tile.Error / worst);
        }
        // Errors that were merely large would be honest and useless.
        Assert.True(closest < 1.3, $"errors are at least {closest} times what is there");
    }

    [Fact]
    public void Neighbours_of_one_level_share_their_border_vertices_to_the_bit()
    {
        var pairs = 0;
        foreach (var level in _tileset.Tiles.GroupBy(t => t.Level))
        {
            foreach (var (a, b, alongX, line) in Neighbours([.. level]))
            {
                Assert.Equal(Border(a, alongX, line), Border(b, alongX, line));
                pairs++;
            }
        }
        Assert.True(pairs > 100, $"{pairs} pairs");
    }

    [Fact]
    public void Between_neighbours_of_any_two_levels_the_higher_ones_skirt_reaches_down_to_the_lower()
    {
        var random = new Random(2);
        int pairs = 0, gaps = 0;
        foreach (var (a, b, alongX, line) in Neighbours(_tileset.Tiles).OrderBy(_ => random.Next()).Take(3000))
        {
            pairs++;
            var from = Math.Max(alongX ? a.Min.X : a.Min.Y, alongX ? b.Min.X : b.Min.Y);
            var to = Math.Min(alongX ? a.Max.X : a.Max.Y, alongX ? b.Max.X : b.Max.Y);
            for (var k = 0; k < 7; k++)
            {
                var at = from + (to - from) * random.NextDouble();
                var (lowA, highA) = _tileset.Load(a).Wall(alongX, line, at);
                var (lowB, highB) = _tileset.Load(b).Wall(alongX, line, at);
                Assert.True(lowA <= highB + 1e-9 && lowB <= highA + 1e-9, $"{a.Uri} [{lowA}, {highA}] and {b.Uri} [{lowB}, {highB}] leave a gap at {at} on {line}");
                if (Math.Abs(highA - highB) > 1e-9)
                    gaps++;
            }
        }
        Assert.True(pairs > 800 && gaps > 1000, $"{pairs} pairs, {gaps} places at which only a skirt closes the gap");
    }

    [Fact]
    public void A_tile_cut_along_the_lines_where_its_children_meet_has_a_wall_down_to_whatever_is_drawn_there()
    {
        var random = new Random(3);
        var walls = 0;
        foreach (var tile in _tileset.Tiles.Where(t => t.Children.Count > 0))
        {
            var middle = (tile.Min + tile.Max) * 0.5;
            // The walls lean by a 64th of a quad.
            var reach = (tile.Max.X - tile.Min.X) / SmallContinent.Options.TileQuads / 50;
            for (var k = 0; k < 8; k++)
            {
                var alongX = k % 2 == 0;
                var at = alongX ? tile.Min.X + (tile.Max.X - tile.Min.X) * random.NextDouble() : tile.Min.Y + (tile.Max.Y - tile.Min.Y) * random.NextDouble();
                var line = alongX ? middle.Y : middle.X;
                var low = _tileset.Load(tile).Wall(alongX, line, at, reach).Low;
                foreach (var below in tile.Descendants().Skip(1).Where(d => Touches(d, alongX, line, at)))
                {
                    Assert.True(low <= _tileset.Load(below).Wall(alongX, line, at).High + 1e-9, $"{tile.Uri} hangs over {below.Uri}");
                    walls++;
                }
            }
        }
        Assert.True(walls > 500, $"{walls} walls");
    }

    [Fact]
    public void Boxes_hold_their_content_and_their_childrens_boxes_and_fit_tightly()
    {
        foreach (var tile in _tileset.Tiles)
        {
            var vertices = tile.Contents.Keys.Where(family => family != "feature").SelectMany(family => _tileset.Load(tile, family).Vertices).ToArray();
            var min = vertices.Aggregate(Vector3d.Min);
            var max = vertices.Aggregate(Vector3d.Max);
            Assert.True(Inside(min, max, tile.Min, tile.Max), $"{tile.Uri}: {min} {max} not in {tile.Min} {tile.Max}");
            Assert.All(tile.Children, c => Assert.True(Inside(c.Min, c.Max, tile.Min, tile.Max), $"{c.Uri} not in {tile.Uri}"));
            Assert.Equal((min.X, min.Y, max.X, max.Y), (tile.Min.X, tile.Min.Y, tile.Max.X, tile.Max.Y));
            if (tile.Children.Count == 0)
                Assert.True(min.Z - tile.Min.Z <= 1 / 256.0 && tile.Max.Z - max.Z <= 1 / 256.0, $"{tile.Uri} has room above or below");
        }

        static bool Inside(Vector3d min, Vector3d max, Vector3d outerMin, Vector3d outerMax) =>
            min.X >= outerMin.X && min.Y >= outerMin.Y && min.Z >= outerMin.Z && max.X <= outerMax.X && max.Y <= outerMax.Y && max.Z <= outerMax.Z;
    }

    [Fact]
    public void Siblings_meet_on_exactly_one_line_and_nowhere_overlap()
    {
        foreach (var tile in _tileset.Tiles.Where(t => t.Children.Count > 0))
        {
            var (west, east, south, north) = (tile.Children[0], tile.Children[1], tile.Children[0], tile.Children[2]);
            Assert.Equal((tile.Min.X, west.Max.X, tile.Max.X), (west.Min.X, east.Min.X, east.Max.X));
            Assert.Equal((tile.Min.Y, south.Max.Y, tile.Max.Y), (south.Min.Y, north.Min.Y, north.Max.Y));
            Assert.Equal((east.Min.X, north.Min.Y), (tile.Children[3].Min.X, tile.Children[3].Min.Y));
        }
    }

    [Fact]
    public void Open_water_is_flat_over_a_flat_floor_and_has_no_children()
    {
        var deep = _tileset.Tiles.Where(t => t.Children.Count == 0 && t.Level < SmallContinent.Options.Levels - 1).ToArray();
        Assert.NotEmpty(deep);
        foreach (var tile in deep)
        {
            Assert.Equal(0, tile.Max.Z);
            Assert.Equal(0, tile.Error);
            Assert.All(_tileset.Load(tile, "water").Vertices, v => Assert.Equal(0, v.Z));
            // Not a grid: a few squares.
            Assert.True(_tileset.Load(tile, "water").Indices.Length < _tileset.Load(tile).Indices.Length / 3);
        }
    }

    [Fact]
    public void Land_rises_from_a_sea_that_reaches_the_rim()
    {
        var heights = _tileset.Tiles.Where(t => t.Children.Count == 0)
            .SelectMany(t => _tileset.Load(t).Vertices.Take((SmallContinent.Options.TileQuads + 1) * (SmallContinent.Options.TileQuads + 1))).ToArray();
        Assert.All(heights.Where(v => Math.Abs(v.X) == _tileset.Root.Max.X || Math.Abs(v.Y) == _tileset.Root.Max.Y), v => Assert.True(v.Z < 0));
        Assert.InRange(heights.Max(v => v.Z), 150, 3000);
        Assert.True(heights.Count(v => v.Z > 0) > heights.Length / 5);
    }

    [Fact]
    public void The_asset_says_who_made_it_from_what_and_where_to_look_from()
    {
        var extras = _tileset.Json.GetProperty("asset").GetProperty("extras").GetProperty("lodestream");
        Assert.Equal(ContinentWorld.GeneratorName, extras.GetProperty("generator").GetString());
        Assert.Equal(ContinentWorld.GeneratorVersion, extras.GetProperty("generatorVersion").GetInt32());
        Assert.Equal(SmallContinent.Options.Seed, extras.GetProperty("seed").GetUInt64());
        foreach (var view in extras.GetProperty("views").EnumerateArray())
        {
            var (position, direction) = (Vector(view.GetProperty("position")), Vector(view.GetProperty("direction")));
            Assert.Equal(1, direction.Length, 1e-9);
            var ground = _tileset.Root.Covers(position.X, position.Y) ? _tileset.Load(_tileset.Leaf(position.X, position.Y)).Top(position.X, position.Y)!.Value : 0;
            Assert.True(position.Z > ground, $"{view.GetProperty("name")} is under ground");
        }

        static Vector3d Vector(JsonElement e) => new(e[0].GetDouble(), e[1].GetDouble(), e[2].GetDouble());
    }

    [Fact]
    public void The_core_reads_it_without_a_warning_and_can_draw_every_divided_tile_around_its_children()
    {
        const string uri = "http://localhost/tileset.json";
        var tree = new TileTree(uri);
        Append(TileTree.SceneRoot, TilesetReader.Read(File.ReadAllBytes(Path.Combine(continent.Folder, "tileset.json")), uri, TilesetParent.Scene));
        int divided = 0, contents = 0;
        for (var tile = TileTree.SceneRoot + 1; tile < tree.Capacity; tile++)
        {
            if (SubtreeReference.Of(tree, tile) is not null && (tree.Links[tile].Flags & TileFlags.Unexpanded) != 0)
            {
                var named = tree.Contents.Uri(tree.SlotsOf(tile)[0]);
                Append(tile, TilesetReader.Read(File.ReadAllBytes(Path.Combine(continent.Folder, named["http://localhost/".Length..])), named, TilesetParent.Of(tree, tile)));
            }
        }
        for (var tile = TileTree.SceneRoot + 1; tile < tree.Capacity; tile++)
        {
            foreach (var content in tree.SlotsOf(tile))
            {
                if (tree.Contents.Records[content].Format == ContentFormat.Tileset)
                    continue;
                contents++;
                Assert.Equal(tree.Contents.RelativeUri(content).Split('/')[0], tree.Contents.Records[content].Family.ToString().ToLowerInvariant());
            }
            if (tree.Links[tile].ChildCount < 2)
                continue;
            divided++;
            Assert.True((tree.Links[tile].Flags & TileFlags.Maskable) != 0, $"tile {tile}");
            // Told apart in plan only, so that what pokes out of a child's box above or below is cut with it.
            Assert.Equal(3, tree.Links[tile].MaskAxes);
        }
        Assert.Equal(0, tree.ErrorInversions);
        Assert.Equal(_tileset.Tiles.Count(t => t.Children.Count > 0), divided);
        Assert.Equal(_tileset.Tiles.Sum(t => t.Contents.Count), contents);

        void Append(int tile, TilesetResult result)
        {
            Assert.Null(result.Error);
            Assert.Empty(result.Warnings);
            tree.Append(tile, result.Block!);
        }
    }

    private static (double X, double Y) PlaceIn(WrittenTileset.Tile tile, Random random) => (
        tile.Min.X + (tile.Max.X - tile.Min.X) * random.NextDouble(),
        tile.Min.Y + (tile.Max.Y - tile.Min.Y) * random.NextDouble());

    private static bool Touches(WrittenTileset.Tile tile, bool alongX, double line, double at) => alongX
        ? (tile.Min.Y == line || tile.Max.Y == line) && at >= tile.Min.X && at <= tile.Max.X
        : (tile.Min.X == line || tile.Max.X == line) && at >= tile.Min.Y && at <= tile.Max.Y;

    // Pairs that lie side by side along more than a point; the line they share runs along x or along y.
    private static IEnumerable<(WrittenTileset.Tile A, WrittenTileset.Tile B, bool AlongX, double Line)> Neighbours(WrittenTileset.Tile[] tiles)
    {
        foreach (var a in tiles)
        {
            foreach (var b in tiles)
            {
                if (a.Max.X == b.Min.X && Math.Min(a.Max.Y, b.Max.Y) > Math.Max(a.Min.Y, b.Min.Y))
                    yield return (a, b, false, a.Max.X);
                if (a.Max.Y == b.Min.Y && Math.Min(a.Max.X, b.Max.X) > Math.Max(a.Min.X, b.Min.X))
                    yield return (a, b, true, a.Max.Y);
            }
        }
    }

    // The surface's vertices on a line, in order along it: skirts come after the grid.
    private Vector3d[] Border(WrittenTileset.Tile tile, bool alongX, double line) =>
        [.. _tileset.Load(tile).Vertices.Take((SmallContinent.Options.TileQuads + 1) * (SmallContinent.Options.TileQuads + 1)).Where(v => (alongX ? v.Y : v.X) == line)];
}
