using System.IO.Compression;
using System.Text;
using Lodestream.Server.Http;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>The viewer's files at <c>/</c>.</summary>
public sealed class ViewerTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] Script = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("export const answer = 42;\n", 100)));

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _folder.WriteTileset("scene/tileset.json");
        _folder.Write("secret.txt", "secret"u8);
        _folder.Write("viewer/index.html", "<!doctype html><title>viewer</title>"u8);
        _folder.Write("viewer/app.js", Script);
        _folder.Write("viewer/app.js.br", Brotli(Script));
        _folder.Write("viewer/app.js.gz", Gzip(Script));
        _folder.Write("viewer/core.3f9a01bc.wasm", "\0asm"u8);
        _folder.Write("viewer/_framework/core.dll", "MZ"u8);
        _server = await RunningServer.ServeViewerAsync(Path.Combine(_folder.Path, "viewer"), Path.Combine(_folder.Path, "scene"));
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_root_is_the_viewers_page()
    {
        var answer = await _server.GetAsync("/?scene=harbour");
        Assert.Equal(200, answer.Status);
        Assert.Equal("text/html; charset=utf-8", answer.Header("Content-Type"));
        Assert.Contains("<title>viewer</title>", answer.Text, StringComparison.Ordinal);
        Assert.Equal(answer.Body, (await _server.GetAsync("/index.html")).Body);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("*", "br")]
    [InlineData("identity", null)]
    [InlineData("br;q=0, gzip;q=0.0", null)]
    [InlineData("*;q=0", null)]
    [InlineData("", null)]
    public async Task A_file_goes_out_in_the_best_coding_the_client_takes(string accepted, string? coding)
    {
        var answer = await _server.GetAsync("/app.js", $"Accept-Encoding: {accepted}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(coding, answer.Header("Content-Encoding"));
        Assert.Equal("Accept-Encoding", answer.Header("Vary"));
        Assert.Equal("text/javascript; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal(Script, Decode(answer.Body, coding));
    }

    [Fact]
    public async Task Each_coding_has_a_validator_of_its_own()
    {
        var plain = (await _server.GetAsync("/app.js")).Header("ETag");
        var brotli = await _server.GetAsync("/app.js", "Accept-Encoding: br");
        Assert.NotEqual(plain, brotli.Header("ETag"));
        var again = await _server.GetAsync("/app.js", "Accept-Encoding: br", $"If-None-Match: {brotli.Header("ETag")}");
        Assert.Equal(304, again.Status);
        Assert.Equal("Accept-Encoding", again.Header("Vary"));
        Assert.Equal(200, (await _server.GetAsync("/app.js", $"If-None-Match: {brotli.Header("ETag")}")).Status);
    }

    [Fact]
    public async Task A_compressed_file_asked_for_by_its_own_name_is_not_compressed_again_nor_labelled()
    {
        var answer = await _server.GetAsync("/app.js.gz", "Accept-Encoding: gzip, br");
        Assert.Null(answer.Header("Content-Encoding"));
        Assert.Equal(Gzip(Script), answer.Body);
    }

    [Fact]
    public async Task A_range_is_of_the_plain_file()
    {
        var answer = await _server.GetAsync("/app.js", "Accept-Encoding: br", "Range: bytes=0-5");
        Assert.Equal(206, answer.Status);
        Assert.Null(answer.Header("Content-Encoding"));
        Assert.Equal("export", answer.Text);
    }

    [Fact]
    public async Task A_compressed_sibling_older_than_its_file_is_not_used()
    {
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "viewer/app.js"), new DateTime(2025, 2, 1, 0, 0, 0, DateTimeKind.Utc));
        _folder.Write("viewer/app.js.br", Brotli("the build before"u8.ToArray()));
        var answer = await _server.GetAsync("/app.js", "Accept-Encoding: br, gzip");
        Assert.Equal("br", answer.Header("Content-Encoding"));
        Assert.Equal(Script, Decode(answer.Body, "br"));
    }

    [Fact]
    public async Task A_compressed_sibling_that_bears_its_files_time_rounded_down_is_used()
    {
        var written = new DateTime(2025, 2, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "viewer/app.js"), written.AddMicroseconds(700));
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "viewer/app.js.br"), written);
        Assert.Equal("br", (await _server.GetAsync("/app.js", "Accept-Encoding: br")).Header("Content-Encoding"));
    }

    [Fact]
    public async Task Hashed_names_are_kept_for_ever_and_others_asked_for_again()
    {
        Assert.Equal("public, max-age=31536000, immutable", (await _server.GetAsync("/core.3f9a01bc.wasm")).Header("Cache-Control"));
        Assert.Equal("no-cache", (await _server.GetAsync("/")).Header("Cache-Control"));
    }

    [Theory]
    [InlineData("core.3f9a01bc.wasm", true)]
    [InlineData("chunk-0123456789abcdef.js", true)]
    [InlineData("dotnet.native.wasm", false)]
    [InlineData("System.Private.CoreLib.dll", false)]
    [InlineData("lodestream.js", false)]
    [InlineData("a.deadbeef.js", false)]
    [InlineData("three.module.js", false)]
    [InlineData("3f9a01bc.js", false)]
    public void Only_a_name_that_holds_a_hash_counts_as_immutable(string name, bool immutable) =>
        Assert.Equal(immutable, ViewerEndpoints.CacheControlOf(name).Contains("immutable", StringComparison.Ordinal));

    [Theory]
    [InlineData("/core.3f9a01bc.wasm", "application/wasm")]
    [InlineData("/_framework/core.dll", "application/octet-stream")]
    public async Task Viewer_files_have_their_media_types(string target, string type) =>
        Assert.Equal(type, (await _server.GetAsync(target)).Header("Content-Type"));

    [Fact]
    public async Task The_page_may_compile_WebAssembly_and_fetch_any_scene_but_run_no_foreign_script()
    {
        foreach (var target in new[] { "/", "/app.js" })
        {
            var policy = (await _server.GetAsync(target)).Header("Content-Security-Policy")!
                .Split(';', StringSplitOptions.TrimEntries)
                .ToDictionary(directive => directive.Split(' ')[0], directive => directive.Split(' ')[1..]);
            Assert.Equal(["'none'"], policy["default-src"]);
            Assert.Equal(["'self'", "'wasm-unsafe-eval'"], policy["script-src"]);
            Assert.Equal(["'self'"], policy["worker-src"]);
            Assert.Superset(new HashSet<string>(["'self'", "https:", "http://127.0.0.1:*", "http://localhost:*"]), policy["connect-src"].ToHashSet());
            Assert.DoesNotContain("'unsafe-eval'", policy["script-src"]);
        }
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("/_framework/../../secret.txt")]
    [InlineData("/_framework")]
    [InlineData("/absent.js")]
    public async Task No_path_escapes_the_viewers_folder(string target)
    {
        var answer = await _server.GetAsync(target);
        Assert.InRange(answer.Status, 400, 404);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_viewer_the_root_says_how_to_build_it_and_tilesets_are_served()
    {
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "scene"));
        var page = await server.GetAsync("/");
        Assert.Equal(404, page.Status);
        Assert.Contains("dotnet publish src/Lodestream.Browser", page.Text, StringComparison.Ordinal);
        Assert.Equal(404, (await server.GetAsync("/app.js")).Status);
        Assert.Equal(200, (await server.GetAsync("/tilesets/scene/tileset.json")).Status);
    }

    [Fact]
    public async Task A_viewers_folder_without_a_page_is_refused_by_name()
    {
        var scene = Path.Combine(_folder.Path, "scene");
        var e = await Assert.ThrowsAsync<ServeException>(() => RunningServer.ServeViewerAsync(scene, scene));
        Assert.Contains($"{scene}: no index.html", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Decode(byte[] body, string? coding)
    {
        if (coding is null)
            return body;
        using var packed = new MemoryStream(body);
        using Stream stream = coding == "br" ? new BrotliStream(packed, CompressionMode.Decompress) : new GZipStream(packed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Brotli(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
