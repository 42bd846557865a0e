using System.Text.Json;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>URLs whose answers never change, beside those that mean what a file is now.</summary>
public sealed class VersionedUrlTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private RunningServer _server = null!;

    private string Scene => Path.Combine(_folder.Path, "scene");

    public async Task InitializeAsync()
    {
        _folder.WriteTileset("scene/tileset.json");
        _folder.Write("scene/tiles/a b.glb", "tile"u8);
        _folder.Write("scene/other.glb", "other"u8);
        _server = await RunningServer.StartAsync(new() { Paths = [Scene], Port = 0, TimeProvider = _clock });
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_catalogue_names_both_and_both_lead_to_the_same_bytes()
    {
        var entry = await EntryAsync();
        Assert.Equal("/tilesets/scene/tileset.json", entry.GetProperty("url").GetString());
        var versioned = entry.GetProperty("versionedUrl").GetString()!;
        Assert.Matches("^/v/[A-Za-z0-9_-]{16}/scene/tileset.json$", versioned);

        var plain = await _server.GetAsync("/tilesets/scene/tileset.json");
        var answer = await _server.GetAsync(versioned);
        Assert.Equal(200, answer.Status);
        Assert.Equal(plain.Body, answer.Body);
        Assert.Equal(plain.Header("ETag"), answer.Header("ETag"));
        Assert.Equal("no-cache", plain.Header("Cache-Control"));
        Assert.Equal("public, max-age=31536000, immutable", answer.Header("Cache-Control"));
        Assert.Equal("tile", (await _server.GetAsync(Beside(versioned, "tiles/a%20b.glb"))).Text);
    }

    [Fact]
    public async Task A_file_that_changed_is_not_sent_under_the_old_version_and_the_catalogue_names_a_new_one()
    {
        var before = await VersionedUrlAsync();
        var tile = Beside(before, "tiles/a%20b.glb");
        Assert.Equal(200, (await _server.GetAsync(tile)).Status);
        _folder.Write("scene/tiles/a b.glb", "another"u8);

        var redirect = await _server.GetAsync(tile);
        Assert.Equal(307, redirect.Status);
        Assert.Equal("/tilesets/scene/tiles/a%20b.glb", redirect.Header("Location"));
        Assert.Equal("no-store", redirect.Header("Cache-Control"));
        Assert.Equal("another", (await _server.GetAsync(redirect.Header("Location")!)).Text);

        // The server has seen the change: it does not wait to look again.
        var after = await VersionedUrlAsync();
        Assert.NotEqual(before, after);
        Assert.Equal("another", (await _server.GetAsync(Beside(after, "tiles/a%20b.glb"))).Text);
        Assert.Equal(307, (await _server.GetAsync(Beside(before, "other.glb"))).Status);
    }

    [Fact]
    public async Task A_change_nobody_asked_about_is_in_the_catalogue_a_second_later()
    {
        var before = await VersionedUrlAsync();
        _folder.Write("scene/new.glb", "new"u8);
        _clock.Advance(TimeSpan.FromSeconds(30));
        var after = await VersionedUrlAsync();
        Assert.NotEqual(before, after);
        Assert.Equal("new", (await _server.GetAsync(Beside(after, "new.glb"))).Text);
    }

    [Fact]
    public async Task The_same_files_have_the_same_version_after_a_restart_and_its_URLs_need_no_catalogue()
    {
        var url = await VersionedUrlAsync();
        await using var again = await RunningServer.ServeAsync(Scene);
        Assert.Equal(200, (await again.GetAsync(url)).Status);
    }

    [Fact]
    public async Task Files_written_a_moment_ago_are_offered_for_ever_only_once_their_time_vouches_for_them()
    {
        await File.WriteAllTextAsync(Path.Combine(Scene, "young.glb"), "young");
        _clock.Now = new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(Scene, "young.glb"))).AddSeconds(1);
        await using var server = await RunningServer.StartAsync(new() { Paths = [Scene], Port = 0, TimeProvider = _clock });
        Assert.False(Entry(await server.GetAsync("/tilesets")).TryGetProperty("versionedUrl", out _));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True(Entry(await server.GetAsync("/tilesets")).TryGetProperty("versionedUrl", out _));
    }

    [Theory]
    [InlineData("/v/AAAAAAAAAAAAAAAA/scene/other.glb", 307)]
    [InlineData("/v/AAAAAAAAAAAAAAAA/scene/absent.glb", 404)]
    [InlineData("/v/AAAAAAAAAAAAAAAA/absent/other.glb", 404)]
    [InlineData("/v/AAAAAAAAAAAAAAAA/scene", 404)]
    [InlineData("/v/AAAAAAAAAAAAAAAA", 404)]
    [InlineData("/v/", 404)]
    [InlineData("/v/AAAAAAAAAAAAAAAA/scene/..%2f..%2fsecret.txt", 404)]
    public async Task A_version_that_never_was_leads_to_the_plain_URL_and_no_further(string target, int status)
    {
        var answer = await _server.GetAsync(target);
        Assert.Equal(status, answer.Status);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Fact]
    public async Task A_link_is_never_offered_for_ever()
    {
        _folder.Write("elsewhere/linked.glb", "first"u8);
        File.CreateSymbolicLink(Path.Combine(Scene, "current.glb"), "other.glb");
        var url = await VersionedUrlAsync();
        Assert.Equal(307, (await _server.GetAsync(Beside(url, "current.glb"))).Status);
    }

    [Fact]
    public async Task A_link_that_is_turned_to_another_file_is_followed_at_once()
    {
        var link = Path.Combine(Scene, "current.glb");
        File.CreateSymbolicLink(link, "other.glb");
        Assert.Equal("other", (await _server.GetAsync("/tilesets/scene/current.glb")).Text);
        File.Delete(link);
        File.CreateSymbolicLink(link, "tiles/a b.glb");
        Assert.Equal("tile", (await _server.GetAsync("/tilesets/scene/current.glb")).Text);
        File.Delete(link);
        _folder.Write("secret.txt", "secret"u8);
        File.CreateSymbolicLink(link, "../secret.txt");
        Assert.Equal(404, (await _server.GetAsync("/tilesets/scene/current.glb")).Status);
    }

    [Fact]
    public async Task A_file_replaced_by_a_link_that_leads_outside_is_gone()
    {
        _folder.Write("secret.txt", "secret"u8);
        var file = Path.Combine(Scene, "other.glb");
        Assert.Equal(200, (await _server.GetAsync("/tilesets/scene/other.glb")).Status);
        File.Delete(file);
        Assert.Equal(404, (await _server.GetAsync("/tilesets/scene/other.glb")).Status);
        File.CreateSymbolicLink(file, "../secret.txt");
        Assert.Equal(404, (await _server.GetAsync("/tilesets/scene/other.glb")).Status);
        File.Delete(file);
        _folder.Write("scene/other.glb", "again"u8);
        Assert.Equal("again", (await _server.GetAsync("/tilesets/scene/other.glb")).Text);
    }

    private static string Beside(string documentUrl, string name) => documentUrl[..(documentUrl.LastIndexOf('/') + 1)] + name;

    private async Task<string> VersionedUrlAsync() => (await EntryAsync()).GetProperty("versionedUrl").GetString()!;

    private async Task<JsonElement> EntryAsync() => Entry(await _server.GetAsync("/tilesets"));

    private static JsonElement Entry(RawAnswer answer)
    {
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.GetProperty("tilesets")[0].Clone();
    }
}
