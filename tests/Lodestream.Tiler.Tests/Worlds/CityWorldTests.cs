using System.Text.Json;
using Lodestream.Formats;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>Cities as they are written.</summary>
public sealed class CityWorldTests : IDisposable
{
    private static readonly CityOptions Small = new() { Seed = 5, SizeMetres = 150 };

    // What positions lose when they become 32-bit floats, relative to their object, metres.
    private const double Rounding = 1e-3;

    private readonly string _around = Directory.CreateTempSubdirectory("lodestream-city-").FullName;

    public void Dispose() => Directory.Delete(_around, recursive: true);

    [Theory]
    [InlineData(ManifestPartitioning.UniformGrid, CityPayload.Glb)]
    [InlineData(ManifestPartitioning.QuadtreeFloor, CityPayload.Untold)]
    [InlineData(ManifestPartitioning.KdtreeFloor, CityPayload.Untold)]
    public async Task The_same_seed_gives_the_same_bytes_on_any_number_of_threads(ManifestPartitioning partitioning, CityPayload payload)
    {
        var options = Small with { Partitioning = partitioning, Payload = payload };
        var one = await Make("one", options with { Threads = 1 });
        var many = await Make("many", options with { Threads = 5 });
        Assert.Equal(one.Keys, many.Keys);
        Assert.All(one, file => Assert.True(file.Value.AsSpan().SequenceEqual(many[file.Key]), file.Key));
    }

    [Fact]
    public async Task Another_seed_gives_another_city()
    {
        var one = await Make("one", Small);
        var other = await Make("other", Small with { Seed = 6 });
        Assert.False(one[CityWorld.ManifestName].AsSpan().SequenceEqual(other[CityWorld.ManifestName]));
    }

    [Fact]
    public async Task A_cancelled_run_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Told(p =>
        {
            if (p.Stage == "Building")
                cancellation.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CityWorld.WriteAsync(Path.Combine(_around, "world"), Small, progress, cancellation.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_around));
    }

    [Fact]
    public async Task An_option_out_of_range_is_named()
    {
        foreach (var (options, name) in new (CityOptions, string)[]
        {
            (Small with { SizeMetres = 149 }, "SizeMetres"), (Small with { SizeMetres = double.NaN }, "SizeMetres"), (Small with { Threads = -1 }, "Threads"),
            (Small with { Payload = (CityPayload)9 }, "Payload"), (Small with { Partitioning = (ManifestPartitioning)9 }, "Partitioning"),
        })
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => CityWorld.WriteAsync(Path.Combine(_around, "world"), options));
            Assert.Equal(name, refused.ParamName);
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_around));
    }

    [Theory]
    [InlineData(ManifestPartitioning.UniformGrid, CityPayload.Untold)]
    [InlineData(ManifestPartitioning.UniformGrid, CityPayload.Glb)]
    [InlineData(ManifestPartitioning.QuadtreeFloor, CityPayload.Untold)]
    [InlineData(ManifestPartitioning.QuadtreeFloor, CityPayload.Glb)]
    [InlineData(ManifestPartitioning.KdtreeFloor, CityPayload.Untold)]
    [InlineData(ManifestPartitioning.KdtreeFloor, CityPayload.Glb)]
    public async Task Every_entry_s_files_are_there_read_strictly_lie_within_its_bounds_and_grow_coarser(ManifestPartitioning partitioning, CityPayload payload)
    {
        var files = await Make("world", Small with { Partitioning = partitioning, Payload = payload });
        var manifest = Open(files);
        Assert.Equal(partitioning == ManifestPartitioning.UniformGrid ? 3 : 4, manifest.GetProperty("version").GetInt32());
        var named = new HashSet<string> { CityWorld.ManifestName, CityWorld.WalkName };
        foreach (var tile in manifest.GetProperty("tiles").EnumerateArray().Prepend(manifest.GetProperty("shared_bucket")))
        {
            var (path, id) = (tile.GetProperty("path_relative_to_manifest").GetString()!, tile.GetProperty("tile_id").GetString()!);
            Assert.Equal(files[path].Length, tile.GetProperty("file_size_bytes").GetInt64());
            var (distance, triangles) = (0.0, (long)int.MaxValue);
            foreach (var (level, from) in Levels(tile, "lod_levels").Concat(Levels(tile, "hlod_levels")).Prepend((path, 0.0)))
            {
                named.Add(level);
                var content = Read(files[level]);
                Assert.True(from > distance || level == path, $"{id}: {level} is shown from {from} m on, after {distance} m");
                Assert.True(content.Cost.Triangles < triangles || content.Cost.Triangles == 0, $"{id}: {level} has {content.Cost.Triangles} triangles, as many as the one before it");
                (distance, triangles) = (from, content.Cost.Triangles);
                if (content.Cost.Triangles > 0)
                    Within(tile.GetProperty("bounds"), content, $"{id}: {level}");
            }
        }
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ManifestPartitioning.UniformGrid)]
    [InlineData(ManifestPartitioning.QuadtreeFloor)]
    [InlineData(ManifestPartitioning.KdtreeFloor)]
    public async Task The_manifest_s_reader_has_nothing_to_mend(ManifestPartitioning partitioning)
    {
        var files = await Make("world", Small with { Partitioning = partitioning });
        var result = ManifestReader.Read(files[CityWorld.ManifestName], "city.json", TilesetParent.Scene);
        Assert.Null(result.Error);
        Assert.Empty(result.Warnings);
        var table = Assert.IsType<ProximityTable>(result.Block!.Document);
        Assert.Equal(Open(files).GetProperty("tiles").GetArrayLength() + 1, table.Count);
        Assert.True(table.IsShared[table.Count - 1]);
        Assert.Equal(partitioning == ManifestPartitioning.UniformGrid, table.InteriorZone is null);
        Assert.Equal(partitioning == ManifestPartitioning.UniformGrid, table.RegionParent.Length == 0);
    }

    [Theory]
    [InlineData(ManifestPartitioning.QuadtreeFloor, "Q")]
    [InlineData(ManifestPartitioning.KdtreeFloor, "K")]
    public async Task Floors_nodes_and_tiers_agree(ManifestPartitioning partitioning, string marker)
    {
        var manifest = Open(await Make("world", Small with { Partitioning = partitioning }));
        var zone = BoundsOf(manifest.GetProperty("interior_zone"));
        var heights = new Dictionary<int, List<double>>();
        var tiers = new HashSet<string>();
        foreach (var tile in manifest.GetProperty("tiles").EnumerateArray())
        {
            var (floor, tier) = (tile.GetProperty("floor_id").GetInt32(), tile.GetProperty("semantic_tier").GetString()!);
            var isInside = tile.TryGetProperty("interior", out var interior) && interior.GetBoolean();
            tiers.Add(tier);
            Assert.StartsWith($"F{floor:00}_{marker}", tile.GetProperty("quadtree_node_id").GetString(), StringComparison.Ordinal);
            Assert.False(isInside && tier == "ExteriorShell");
            Assert.True(isInside || floor == 0);
            if (!isInside)
                continue;
            var (min, max) = BoundsOf(tile.GetProperty("bounds"));
            Assert.True(Vector3d.Min(min, zone.Min) == zone.Min && Vector3d.Max(max, zone.Max) == zone.Max, "an inside lies out of the zone where insides load");
            if (!heights.TryGetValue(floor, out var of))
                heights[floor] = of = [];
            of.Add((min.Y + max.Y) / 2);
        }
        Assert.Equal(["ExteriorShell", "FineProps", "RoomContents", "StructuralInterior"], tiers.Order(StringComparer.Ordinal));
        for (var floor = 1; floor < heights.Count; floor++)
            Assert.InRange(heights[floor].Average() - heights[floor - 1].Average(), 2.5, 5);
    }

    [Fact]
    public async Task Views_and_the_walk_s_end_are_within_the_city_and_the_walk_keeps_a_walker_s_pace()
    {
        var files = await Make("world", Small);
        var views = Open(files).GetProperty("lodestream").GetProperty("views").EnumerateArray().ToArray();
        Assert.Equal(["street", "room", "park", "rooftops", "overview"], views.Select(view => view.GetProperty("name").GetString()));
        Assert.Equal(CityWorld.WalkName, Open(files).GetProperty("lodestream").GetProperty("walk").GetString());
        using var walk = JsonDocument.Parse(files[CityWorld.WalkName]);
        var frames = walk.RootElement.EnumerateArray().Select(frame => (Time: frame.GetProperty("t").GetDouble(), At: Vector(frame.GetProperty("position")))).ToArray();
        for (var i = 1; i < frames.Length; i++)
        {
            Assert.True(frames[i].Time >= frames[i - 1].Time);
            Assert.InRange(Vector3d.Distance(frames[i].At, frames[i - 1].At), 0, 1.5 * (frames[i].Time - frames[i - 1].Time) + 0.01);
            Assert.InRange(frames[i].At.Z, 1.5, 25);
        }
        Assert.Equal(Vector(views[1].GetProperty("position")), frames[^1].At);
    }

    private async Task<SortedDictionary<string, byte[]>> Make(string name, CityOptions options)
    {
        var folder = Path.Combine(_around, name);
        await CityWorld.WriteAsync(folder, options);
        return WrittenWorld.Read(folder);
    }

    private static JsonElement Open(SortedDictionary<string, byte[]> files)
    {
        using var document = JsonDocument.Parse(files[CityWorld.ManifestName]);
        return document.RootElement.Clone();
    }

    private static PreparedContent Read(byte[] file)
    {
        var outcome = ContentReader.Open(file, UpAxis.Y, out var content);
        Assert.True(outcome.IsOk, outcome.ToString());
        Assert.Null(content!.Verify(() => false));
        return content;
    }

    private static IEnumerable<(string Path, double From)> Levels(JsonElement tile, string list) => tile.TryGetProperty(list, out var levels)
        ? levels.EnumerateArray().Select(level => (level.GetProperty("path").GetString()!, level.GetProperty("switch_distance").GetDouble()))
        : [];

    // Both are y up, as the files are.
    private static void Within(JsonElement bounds, PreparedContent content, string what)
    {
        var (min, max) = BoundsOf(bounds);
        var slack = new Vector3d(Rounding, Rounding, Rounding);
        Assert.True(Vector3d.Min(min - slack, content.Min) == min - slack && Vector3d.Max(max + slack, content.Max) == max + slack, $"{what} reaches from {content.Min} to {content.Max}, its bounds from {min} to {max}");
    }

    private static (Vector3d Min, Vector3d Max) BoundsOf(JsonElement bounds) => (Vector(bounds.GetProperty("min")), Vector(bounds.GetProperty("max")));

    private static Vector3d Vector(JsonElement json) => new(json[0].GetDouble(), json[1].GetDouble(), json[2].GetDouble());
}
