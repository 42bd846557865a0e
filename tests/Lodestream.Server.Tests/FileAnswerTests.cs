using System.IO.Compression;
using System.Text;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>What an answer with a tile looks like on the wire.</summary>
public sealed class FileAnswerTests : IAsyncLifetime, IDisposable
{
    private const string Tile = "/tilesets/scene/root.glb";
    private static readonly byte[] TileBytes = Encoding.ASCII.GetBytes("0123456789abcdef");

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _folder.WriteTileset("scene/tileset.json");
        _folder.Write("scene/root.glb", TileBytes);
        _server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "scene"));
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.json", "application/json")]
    [InlineData("a.glb", "model/gltf-binary")]
    [InlineData("a.GLB", "model/gltf-binary")]
    [InlineData("a.gltf", "model/gltf+json")]
    [InlineData("a.b3dm", "application/octet-stream")]
    [InlineData("a.i3dm", "application/octet-stream")]
    [InlineData("a.pnts", "application/octet-stream")]
    [InlineData("a.cmpt", "application/octet-stream")]
    [InlineData("a.subtree", "application/octet-stream")]
    [InlineData("a.bin", "application/octet-stream")]
    [InlineData("a.png", "image/png")]
    [InlineData("a.jpg", "image/jpeg")]
    [InlineData("a.webp", "image/webp")]
    [InlineData("a.ktx2", "image/ktx2")]
    [InlineData("no-extension", "application/octet-stream")]
    public async Task A_tile_has_its_media_type(string file, string type)
    {
        _folder.Write("scene/" + file, "content"u8);
        var answer = await _server.GetAsync("/tilesets/scene/" + file);
        Assert.Equal(200, answer.Status);
        Assert.Equal(type, answer.Header("Content-Type"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("page.html")]
    [InlineData("script.js")]
    [InlineData("image.svg")]
    public async Task A_tilesets_folder_serves_no_active_content(string file)
    {
        _folder.Write("scene/" + file, "<script>alert(1)</script>"u8);
        var answer = await _server.GetAsync("/tilesets/scene/" + file);
        Assert.Equal("application/octet-stream", answer.Header("Content-Type"));
        Assert.Contains("default-src 'none'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_entity_tag_is_strong_and_follows_the_content_alone()
    {
        var before = (await _server.GetAsync(Tile)).Header("ETag")!;
        Assert.Matches("^\"[A-Za-z0-9_-]{22}\"$", before);

        _folder.Write("scene/copy.glb", TileBytes);
        Assert.Equal(before, (await _server.GetAsync("/tilesets/scene/copy.glb")).Header("ETag"));

        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "scene/root.glb"), new DateTime(2025, 6, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(before, (await _server.GetAsync(Tile)).Header("ETag"));
    }

    [Fact]
    public async Task New_bytes_of_the_same_length_get_a_new_entity_tag()
    {
        var path = Path.Combine(_folder.Path, "scene/root.glb");
        var before = await _server.GetAsync(Tile);
        await File.WriteAllTextAsync(path, "fedcba9876543210");
        var after = await _server.GetAsync(Tile, $"If-None-Match: {before.Header("ETag")}");
        Assert.Equal(200, after.Status);
        Assert.Equal("fedcba9876543210", after.Text);
        Assert.NotEqual(before.Header("ETag"), after.Header("ETag"));
    }

    [Fact]
    public async Task Bytes_rewritten_without_a_new_time_right_after_the_first_answer_are_noticed()
    {
        // A file system's clock is coarser than a program that writes twice; the cache must not trust a time this young.
        var path = Path.Combine(_folder.Path, "scene/young.glb");
        await File.WriteAllTextAsync(path, "first");
        var time = File.GetLastWriteTimeUtc(path);
        var before = await _server.GetAsync("/tilesets/scene/young.glb");
        await File.WriteAllTextAsync(path, "other");
        File.SetLastWriteTimeUtc(path, time);
        var after = await _server.GetAsync("/tilesets/scene/young.glb");
        Assert.Equal("other", after.Text);
        Assert.NotEqual(before.Header("ETag"), after.Header("ETag"));
    }

    [Fact]
    public async Task A_client_that_has_the_bytes_gets_304_without_a_body()
    {
        var etag = (await _server.GetAsync(Tile)).Header("ETag");
        foreach (var condition in new[] { etag, $"\"other\", {etag}", $"W/{etag}", "*" })
        {
            var answer = await _server.GetAsync(Tile, $"If-None-Match: {condition}");
            Assert.Equal(304, answer.Status);
            Assert.Empty(answer.Body);
            Assert.Equal(etag, answer.Header("ETag"));
            Assert.Equal("no-cache", answer.Header("Cache-Control"));
            Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        }

        Assert.Equal(200, (await _server.GetAsync(Tile, "If-None-Match: \"other\"")).Status);
    }

    [Fact]
    public async Task A_client_that_wants_the_bytes_it_knows_and_no_others_gets_412_for_others()
    {
        var etag = (await _server.GetAsync(Tile)).Header("ETag");
        foreach (var condition in new[] { etag, $"\"a,b\", {etag}", "*" })
            Assert.Equal(200, (await _server.GetAsync(Tile, $"If-Match: {condition}")).Status);
        foreach (var condition in new[] { "\"other\"", $"W/{etag}", "nonsense", $"\"unclosed, {etag}" })
        {
            var answer = await _server.GetAsync(Tile, $"If-Match: {condition}");
            Assert.Equal(412, answer.Status);
            Assert.DoesNotContain("0123", answer.Text, StringComparison.Ordinal);
        }

        // If-Match comes first (RFC 9110, 13.2.2).
        Assert.Equal(412, (await _server.GetAsync(Tile, "If-Match: \"other\"", $"If-None-Match: {etag}")).Status);
    }

    [Theory]
    [InlineData("bytes=0-1,4-5")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=-")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("lines=0-1")]
    [InlineData("bytes")]
    public async Task A_range_that_is_none_or_several_gets_the_whole_file(string range)
    {
        var answer = await _server.GetAsync(Tile, $"Range: {range}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(TileBytes, answer.Body);
        Assert.Null(answer.Header("Content-Range"));
    }

    [Theory]
    [InlineData("bytes=0-3", "bytes 0-3/16", "0123")]
    [InlineData("bytes=4-", "bytes 4-15/16", "456789abcdef")]
    [InlineData("bytes=-3", "bytes 13-15/16", "def")]
    [InlineData("bytes=10-999", "bytes 10-15/16", "abcdef")]
    public async Task A_range_gets_206_and_just_its_bytes(string range, string contentRange, string content)
    {
        var answer = await _server.GetAsync(Tile, $"Range: {range}");
        Assert.Equal(206, answer.Status);
        Assert.Equal(contentRange, answer.Header("Content-Range"));
        Assert.Equal(content, answer.Text);
        Assert.NotNull(answer.Header("ETag"));
    }

    [Fact]
    public async Task A_range_past_the_end_gets_416_and_the_length()
    {
        var answer = await _server.GetAsync(Tile, "Range: bytes=16-20");
        Assert.Equal(416, answer.Status);
        Assert.Equal("bytes */16", answer.Header("Content-Range"));
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task A_range_of_other_bytes_than_the_client_has_gets_the_whole_file()
    {
        var etag = (await _server.GetAsync(Tile)).Header("ETag");
        Assert.Equal(206, (await _server.GetAsync(Tile, "Range: bytes=0-3", $"If-Range: {etag}")).Status);
        var other = await _server.GetAsync(Tile, "Range: bytes=0-3", "If-Range: \"other\"");
        Assert.Equal(200, other.Status);
        Assert.Equal(TileBytes, other.Body);
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_GET_and_no_body()
    {
        var get = await _server.GetAsync(Tile);
        var head = await _server.SendAsync("HEAD", Tile);
        Assert.Equal(200, head.Status);
        Assert.Empty(head.Body);
        foreach (var name in new[] { "Content-Length", "Content-Type", "ETag", "Accept-Ranges", "Cache-Control" })
        {
            Assert.NotNull(get.Header(name));
            Assert.Equal(get.Header(name), head.Header(name));
        }

        Assert.Equal(404, (await _server.SendAsync("HEAD", "/tilesets/scene/absent.glb")).Status);
    }

    [Fact]
    public async Task An_empty_file_is_an_answer_of_no_bytes()
    {
        _folder.Write("scene/empty.glb", []);
        var answer = await _server.GetAsync("/tilesets/scene/empty.glb");
        Assert.Equal(200, answer.Status);
        Assert.Equal("0", answer.Header("Content-Length"));
    }

    [Fact]
    public async Task A_large_file_arrives_whole_while_many_ask_at_once()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        _folder.Write("scene/large.b3dm", bytes);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _server.GetAsync("/tilesets/scene/large.b3dm")));
        Assert.All(answers, answer => Assert.Equal(bytes, answer.Body));
        Assert.Single(answers.Select(answer => answer.Header("ETag")).Distinct());
    }

    [Fact]
    public async Task An_absent_file_is_404_that_other_origins_may_read()
    {
        var answer = await _server.GetAsync("/tilesets/scene/absent.glb", "Origin: https://example.org");
        Assert.Equal(404, answer.Status);
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal(404, (await _server.GetAsync("/tilesets/absent/tileset.json")).Status);
    }

    [Fact]
    public async Task Any_origin_may_read_tiles_and_what_their_headers_say()
    {
        var answer = await _server.GetAsync(Tile, "Origin: https://example.org");
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("cross-origin", answer.Header("Cross-Origin-Resource-Policy"));
        var exposed = answer.Header("Access-Control-Expose-Headers")!.Split(", ");
        Assert.Superset(new HashSet<string>(["ETag", "Content-Length", "Content-Range", "Retry-After"]), exposed.ToHashSet());
    }

    [Fact]
    public async Task A_preflight_request_allows_ranges_and_conditions()
    {
        var answer = await _server.SendAsync(
            "OPTIONS", Tile, "Origin: https://example.org", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: range");
        Assert.Equal(204, answer.Status);
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Contains("Range", answer.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("If-None-Match", answer.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("GET", answer.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Nothing_can_be_written(string method)
    {
        var answer = await _server.SendAsync(method, Tile, "Content-Length: 0");
        Assert.Equal(405, answer.Status);
        Assert.Contains("GET", answer.Header("Allow"), StringComparison.Ordinal);
        Assert.Equal(TileBytes, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "scene/root.glb")));
    }

    [Fact]
    public async Task A_gzip_stream_under_a_plain_name_says_what_it_is()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync(TileBytes);
        _folder.Write("scene/packed.b3dm", packed.ToArray());
        var answer = await _server.GetAsync("/tilesets/scene/packed.b3dm", "Accept-Encoding: br, gzip");
        Assert.Equal("gzip", answer.Header("Content-Encoding"));
        Assert.Equal("Accept-Encoding", answer.Header("Vary"));
        Assert.Equal(packed.ToArray(), answer.Body);

        foreach (var headers in new[] { Array.Empty<string>(), ["Accept-Encoding: identity"], ["Accept-Encoding: br, gzip;q=0"] })
        {
            var plain = await _server.GetAsync("/tilesets/scene/packed.b3dm", headers);
            Assert.Null(plain.Header("Content-Encoding"));
            Assert.Equal(TileBytes, plain.Body);
            Assert.NotEqual(answer.Header("ETag"), plain.Header("ETag"));
        }
    }

    [Fact]
    public async Task A_precompressed_sibling_of_a_tilesets_json_is_used()
    {
        _folder.Write("scene/tileset.json.br", Compress(TemporaryFolder.Tileset()));
        var answer = await _server.GetAsync("/tilesets/scene/tileset.json", "Accept-Encoding: gzip, br");
        Assert.Equal("br", answer.Header("Content-Encoding"));
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    [Fact]
    public async Task A_request_that_is_too_long_is_refused()
    {
        Assert.Equal(414, (await _server.GetAsync("/" + new string('a', 10_000))).Status);
        Assert.Equal(431, (await _server.GetAsync(Tile, $"X-Long: {new string('a', 20_000)}")).Status);
    }

    [Fact]
    public async Task The_answer_does_not_name_the_software()
    {
        var answer = await _server.GetAsync(Tile);
        Assert.Null(answer.Header("Server"));
        Assert.Null(answer.Header("X-Powered-By"));
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            brotli.Write(bytes);
        return packed.ToArray();
    }
}
