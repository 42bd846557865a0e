using System.Text;
using System.Text.Json;
using Lodestream.Server.Tests.Fixtures;
using Lodestream.Tests.Shared;

namespace Lodestream.Server.Tests;

/// <summary>What is listed at <c>/tilesets</c>.</summary>
public sealed class CatalogueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_with_a_tileset_is_listed_by_its_name_and_its_document_can_be_fetched()
    {
        _folder.WriteTileset("harbour/tileset.json", "1.0");
        _folder.Write("harbour/root.glb", new byte[1000]);
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "harbour"));

        var answer = await server.GetAsync("/tilesets");
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        var entry = Assert.Single(Entries(answer));
        Assert.Equal("harbour", entry.GetProperty("id").GetString());
        Assert.Equal("harbour", entry.GetProperty("name").GetString());
        Assert.Equal("3dtiles", entry.GetProperty("format").GetString());
        Assert.Equal("1.0", entry.GetProperty("version").GetString());
        Assert.Equal(1000 + TemporaryFolder.Tileset("1.0").Length, entry.GetProperty("bytes").GetInt64());
        var document = await server.GetAsync(entry.GetProperty("url").GetString()!);
        Assert.Equal(TemporaryFolder.Tileset("1.0"), document.Body);
    }

    [Fact]
    public async Task A_scene_manifest_is_listed_by_its_own_name_and_other_json_is_not()
    {
        _folder.Write("city/centre.json", Encoding.UTF8.GetBytes("""{"version":4,"partitioning_mode":"kdtree_floor","tiles":[]}"""));
        _folder.Write("city/notes.json", Encoding.UTF8.GetBytes("{}"));
        _folder.Write("city/centre/a.untold", new byte[1000]);
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "city"));

        var entry = Assert.Single(Entries(await server.GetAsync("/tilesets")));
        Assert.Equal(("centre", "manifest", "4"), (entry.GetProperty("id").GetString(), entry.GetProperty("format").GetString(), entry.GetProperty("version").GetString()));
        Assert.Equal(200, (await server.GetAsync(entry.GetProperty("url").GetString()!)).Status);
        Assert.Equal(1000, (await server.GetAsync("/tilesets/centre/centre/a.untold")).Body.Length);
    }

    [Fact]
    public async Task A_scene_manifest_that_is_named_itself_is_served()
    {
        _folder.Write("city/centre.json", Encoding.UTF8.GetBytes("""{"version":3,"tiles":[]}"""));
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "city", "centre.json"));

        Assert.Equal("centre", Assert.Single(Entries(await server.GetAsync("/tilesets"))).GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_catalogue_does_not_say_where_files_lie_on_disk()
    {
        _folder.WriteTileset();
        await using var server = await RunningServer.ServeAsync(_folder.Path);
        Assert.DoesNotContain(Path.GetDirectoryName(_folder.Path)!, (await server.GetAsync("/tilesets")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_catalogue_can_be_asked_for_again_for_nothing()
    {
        _folder.WriteTileset();
        await using var server = await RunningServer.ServeAsync(_folder.Path);
        var first = await server.GetAsync("/tilesets");
        Assert.Equal(304, (await server.GetAsync("/tilesets", $"If-None-Match: {first.Header("ETag")}")).Status);
        var head = await server.SendAsync("HEAD", "/tilesets");
        Assert.Equal(first.Header("Content-Length"), head.Header("Content-Length"));
        Assert.Empty(head.Body);
    }

    [Fact]
    public async Task The_id_alone_leads_to_the_document()
    {
        _folder.WriteTileset("harbour/tileset.json");
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "harbour"));
        foreach (var target in new[] { "/tilesets/harbour", "/tilesets/harbour/" })
        {
            var answer = await server.GetAsync(target);
            Assert.Equal(302, answer.Status);
            Assert.Equal("/tilesets/harbour/tileset.json", answer.Header("Location"));
        }

        Assert.Equal(404, (await server.GetAsync("/tilesets/absent")).Status);
    }

    [Fact]
    public async Task Variants_beside_the_tileset_are_scenes_of_their_own_and_other_JSON_is_not()
    {
        _folder.WriteTileset("mars/tileset.json");
        _folder.WriteTileset("mars/tileset-add.json");
        _folder.WriteTileset("mars/tileset_external.json");
        _folder.WriteTileset("mars/other.json");
        _folder.Write("mars/tileset-schema.json", """{"asset":{"version":"2.0"},"meshes":[]}"""u8);
        _folder.Write("mars/tileset-list.json", "[1,2,3]"u8);
        _folder.Write("mars/tileset-broken.json", "{\"asset\":"u8);
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "mars"));

        var entries = Entries(await server.GetAsync("/tilesets"));
        Assert.Equal(["mars", "mars-add", "mars-external"], entries.Select(entry => entry.GetProperty("id").GetString()!));
        foreach (var entry in entries)
            Assert.Equal(200, (await server.GetAsync(entry.GetProperty("url").GetString()!)).Status);
    }

    [Fact]
    public async Task A_file_is_served_with_what_lies_beside_it()
    {
        var document = _folder.WriteTileset("harbour/city.json");
        _folder.Write("harbour/root.glb", "tile"u8);
        await using var server = await RunningServer.ServeAsync(document);
        Assert.Equal("/tilesets/harbour-city/city.json", Assert.Single(Entries(await server.GetAsync("/tilesets"))).GetProperty("url").GetString());
        Assert.Equal("tile", (await server.GetAsync("/tilesets/harbour-city/root.glb")).Text);
    }

    [Fact]
    public async Task Tilesets_deeper_down_are_found_where_the_folder_itself_has_none()
    {
        _folder.WriteTileset("world/1.0/houses/tileset.json");
        _folder.WriteTileset("world/1.1/trees/tileset.json");
        _folder.WriteTileset("world/1.1/trees/part/tileset.json");
        _folder.WriteTileset("world/.hidden/tileset.json");
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "world"));
        Assert.Equal(["1.0-houses", "1.1-trees"], Ids(await server.GetAsync("/tilesets")));
    }

    [Fact]
    public async Task Scenes_of_the_same_name_get_ids_of_their_own_and_the_same_scene_is_listed_once()
    {
        _folder.WriteTileset("a/harbour/tileset.json");
        _folder.WriteTileset("b/harbour/tileset.json");
        var a = Path.Combine(_folder.Path, "a", "harbour");
        var b = Path.Combine(_folder.Path, "b", "harbour");
        await using var server = await RunningServer.ServeAsync(a, b, a, Path.Combine(b, "tileset.json"));
        Assert.Equal(["harbour", "harbour-2"], Ids(await server.GetAsync("/tilesets")));
    }

    [Fact]
    public async Task Names_that_do_not_fit_a_URL_get_an_id_that_does()
    {
        _folder.WriteTileset("Old Town (2024) ä/tileset.json");
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "Old Town (2024) ä"));
        var entry = Assert.Single(Entries(await server.GetAsync("/tilesets")));
        Assert.Matches("^[A-Za-z0-9._-]+$", entry.GetProperty("id").GetString());
        Assert.Equal("Old Town (2024) ä", entry.GetProperty("name").GetString());
        Assert.Equal(200, (await server.GetAsync(entry.GetProperty("url").GetString()!)).Status);
    }

    [Fact]
    public async Task A_served_folder_may_itself_be_a_link()
    {
        _folder.WriteTileset("real/tileset.json");
        var link = Path.Combine(_folder.Path, "link");
        Directory.CreateSymbolicLink(link, Path.Combine(_folder.Path, "real"));
        await using var server = await RunningServer.ServeAsync(link);
        Assert.Equal(200, (await server.GetAsync("/tilesets/link/tileset.json")).Status);
    }

    [Fact]
    public async Task The_head_of_a_document_is_enough_to_know_it()
    {
        // Members before asset and root, a byte order mark, and a rest that is cut off: still a tileset by its head.
        var padding = new string('x', 100_000);
        var head = $$"""{"extras":{"root":[1],"asset":"{{padding}}"},"asset":{"extras":{"version":"9"},"version":"1.1"},"root":{""";
        _folder.Write("tileset.json", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(head)]);
        await using var server = await RunningServer.ServeAsync(_folder.Path);
        Assert.Equal("1.1", Assert.Single(Entries(await server.GetAsync("/tilesets"))).GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("{\"asset\": {\n  \"version\" 1 } }", "line 2, byte")]
    [InlineData("{\"asset\":{\"version\":\"1.1\"}", "not valid JSON")]
    [InlineData("{\"asset\":{\"version\":\"1.1\"}}", "no root tile")]
    [InlineData("{\"asset\":{\"version\":1.1},\"root\":{}}", "no asset.version")]
    [InlineData("{\"root\":{}}", "no asset.version")]
    [InlineData("{}", "no asset.version")]
    [InlineData("[]", "no asset.version")]
    [InlineData("", "not valid JSON")]
    public async Task A_document_that_is_no_tileset_is_refused_with_its_name_and_the_place(string json, string problem)
    {
        var path = _folder.Write("tileset.json", Encoding.UTF8.GetBytes(json));
        foreach (var served in new[] { path, _folder.Path })
        {
            var e = await Assert.ThrowsAsync<ServeException>(() => RunningServer.ServeAsync(served));
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
            Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_path_that_holds_nothing_is_refused_by_name()
    {
        var absent = Path.Combine(_folder.Path, "absent");
        Assert.Contains($"{absent}: no such file", (await Assert.ThrowsAsync<ServeException>(() => RunningServer.ServeAsync(absent))).Message, StringComparison.Ordinal);
        Assert.Contains($"{_folder.Path}: no tileset.json", (await Assert.ThrowsAsync<ServeException>(() => RunningServer.ServeAsync(_folder.Path))).Message, StringComparison.Ordinal);
    }

    [RealDataFact]
    public async Task Mars_and_its_variants_are_listed_and_its_tiles_arrive_byte_for_byte()
    {
        var mars = Path.Combine(DataFolder.Path!, "mars-dingo-gap");
        await using var server = await RunningServer.ServeAsync(mars);
        var ids = Ids(await server.GetAsync("/tilesets"));
        Assert.Equal("mars-dingo-gap", ids[0]);
        Assert.Contains("mars-dingo-gap-add", ids);
        Assert.Equal(Directory.GetFiles(mars, "tileset*.json").Length, ids.Length);
        var answer = await server.GetAsync("/tilesets/mars-dingo-gap/root.b3dm?foo=bar");
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(mars, "root.b3dm")), answer.Body);
    }

    private static JsonElement[] Entries(RawAnswer answer)
    {
        using var document = JsonDocument.Parse(answer.Body);
        return [.. document.RootElement.GetProperty("tilesets").EnumerateArray().Select(entry => entry.Clone())];
    }

    private static string[] Ids(RawAnswer answer) => [.. Entries(answer).Select(entry => entry.GetProperty("id").GetString()!)];
}
