using System.IO.Compression;
using System.Text;
using Lodestream.Server.Configuration;
using Lodestream.Server.Files;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>What is compressed, for whom, and how often.</summary>
public sealed class CompressionTests : IAsyncLifetime, IDisposable
{
    private const string Document = "/tilesets/scene/big.json";
    private static readonly byte[] Json = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 20_000)) + "]");

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _folder.WriteTileset("scene/tileset.json");
        _folder.Write("scene/big.json", Json);
        _server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "scene"));
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("br;q=0.5,gzip;q=0.5", "br")]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("identity;q=0.5, gzip;q=0.5", "gzip")]
    [InlineData("*;q=0.1", "br")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("BR", "br")]
    [InlineData("gzip ; q=0", null)]
    [InlineData("gzip;q=nonsense", null)]
    [InlineData("deflate", null)]
    [InlineData("", null)]
    public async Task A_document_goes_out_in_the_coding_the_client_likes_best(string accepted, string? coding)
    {
        var answer = await _server.GetAsync(Document, $"Accept-Encoding: {accepted}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(coding, answer.Header("Content-Encoding"));
        Assert.Equal("Accept-Encoding", answer.Header("Vary"));
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal(Json, Decode(answer));
        Assert.True(coding is null || answer.Body.Length < Json.Length / 2);
    }

    [Theory]
    [InlineData("a.subtree", true)]
    [InlineData("a.gltf", true)]
    [InlineData("a.geojson", true)]
    [InlineData("a.glb", false)]
    [InlineData("a.b3dm", false)]
    [InlineData("a.png", false)]
    public async Task Tables_and_text_are_compressed_and_tiles_and_images_are_not(string file, bool isCompressed)
    {
        _folder.Write("scene/" + file, Json);
        var answer = await _server.GetAsync("/tilesets/scene/" + file, "Accept-Encoding: br");
        Assert.Equal(isCompressed ? "br" : null, answer.Header("Content-Encoding"));
        Assert.Equal(isCompressed ? "Accept-Encoding" : null, answer.Header("Vary"));
        Assert.Equal(Json, Decode(answer));
    }

    [Fact]
    public async Task Each_form_has_a_strong_tag_of_its_own_that_answers_for_that_form_alone()
    {
        var forms = new Dictionary<string, RawAnswer>();
        foreach (var accepted in new[] { "identity", "gzip", "br" })
            forms[accepted] = await _server.GetAsync(Document, $"Accept-Encoding: {accepted}");
        Assert.Equal(3, forms.Values.Select(answer => answer.Header("ETag")).Distinct().Count());
        foreach (var (accepted, form) in forms)
        {
            Assert.DoesNotContain("W/", form.Header("ETag"), StringComparison.Ordinal);
            foreach (var other in forms.Values)
            {
                var again = await _server.GetAsync(Document, $"Accept-Encoding: {accepted}", $"If-None-Match: {other.Header("ETag")}");
                Assert.Equal(other == form ? 304 : 200, again.Status);
                Assert.Equal("Accept-Encoding", again.Header("Vary"));
            }
        }
    }

    [Fact]
    public async Task A_content_that_changes_is_compressed_anew()
    {
        var before = await _server.GetAsync(Document, "Accept-Encoding: br");
        byte[] changed = [.. Json, (byte)'\n'];
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "scene/big.json"), changed);
        var after = await _server.GetAsync(Document, "Accept-Encoding: br", $"If-None-Match: {before.Header("ETag")}");
        Assert.Equal(200, after.Status);
        Assert.Equal(changed, Decode(after));
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_compression_and_one_reading()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => _server.GetAsync(Document, "Accept-Encoding: br")));
        Assert.All(answers, answer => Assert.Equal(Json, Decode(answer)));
        Assert.Equal("1", await _server.MetricAsync("lodestream_server_compressions_total{coding=\"br\"}"));
    }

    [Fact]
    public async Task A_file_made_of_noise_is_sent_as_it_is()
    {
        var noise = new byte[50_000];
        new Random(1).NextBytes(noise);
        _folder.Write("scene/noise.subtree", noise);
        foreach (var _ in new[] { 1, 2 })
        {
            var answer = await _server.GetAsync("/tilesets/scene/noise.subtree", "Accept-Encoding: br, gzip");
            Assert.Null(answer.Header("Content-Encoding"));
            Assert.Equal(noise, answer.Body);
        }

        Assert.Equal("1", await _server.MetricAsync("lodestream_server_compressions_total{coding=\"br\"}"));
    }

    [Fact]
    public async Task A_document_that_is_a_gzip_stream_already_is_never_compressed_again()
    {
        _folder.Write("scene/packed.json", Gzip(Json));
        var answer = await _server.GetAsync("/tilesets/scene/packed.json", "Accept-Encoding: br, gzip");
        Assert.Equal("gzip", answer.Header("Content-Encoding"));
        Assert.Equal(Gzip(Json), answer.Body);
        Assert.Equal(Json, (await _server.GetAsync("/tilesets/scene/packed.json", "Accept-Encoding: br")).Body);
        Assert.Null(await _server.MetricAsync("lodestream_server_compressions_total{coding=\"br\"}"));
    }

    [Fact]
    public async Task A_damaged_gzip_stream_is_passed_on_under_its_label()
    {
        var damaged = Gzip(Json)[..1000];
        Array.Fill(damaged, (byte)0xAA, 500, 500);
        _folder.Write("scene/damaged.b3dm", damaged);
        var answer = await _server.GetAsync("/tilesets/scene/damaged.b3dm");
        Assert.Equal(200, answer.Status);
        Assert.Equal("gzip", answer.Header("Content-Encoding"));
        Assert.Equal(damaged, answer.Body);
    }

    [Fact]
    public async Task What_someone_prepared_is_preferred_to_what_would_have_to_be_made()
    {
        _folder.Write("scene/big.json.gz", Gzip(Json));
        var answer = await _server.GetAsync(Document, "Accept-Encoding: br, gzip");
        Assert.Equal("gzip", answer.Header("Content-Encoding"));
        Assert.Equal(Gzip(Json), answer.Body);
    }

    [Fact]
    public async Task A_range_is_of_the_plain_bytes_and_belongs_to_their_tag()
    {
        var tag = (await _server.GetAsync(Document)).Header("ETag");
        var brotliTag = (await _server.GetAsync(Document, "Accept-Encoding: br")).Header("ETag");
        var part = await _server.GetAsync(Document, "Accept-Encoding: br", "Range: bytes=1-3", $"If-Range: {tag}");
        Assert.Equal(206, part.Status);
        Assert.Equal("0,1", part.Text);
        Assert.Null(part.Header("Content-Encoding"));
        Assert.Equal(200, (await _server.GetAsync(Document, "Accept-Encoding: br", "Range: bytes=1-3", $"If-Range: {brotliTag}")).Status);
    }

    [Fact]
    public async Task Where_the_cache_is_too_small_answers_are_right_all_the_same()
    {
        var noise = new byte[600_000];
        new Random(2).NextBytes(noise);
        for (var i = 0; i < 8; i++)
            _folder.Write($"scene/{i}.glb", [(byte)i, .. noise]);
        var configuration = new ServerConfiguration { Cache = new() { MemoryMB = 1, MaxFileKB = 200 } };
        await using var server = await RunningServer.StartAsync(new() { Paths = [Path.Combine(_folder.Path, "scene")], Port = 0, Configuration = configuration });
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(Json, Decode(await server.GetAsync(Document, "Accept-Encoding: br")));
            Assert.Equal(Json, Decode(await server.GetAsync(Document, "Accept-Encoding: gzip")));
            for (var i = 0; i < 8; i++)
            {
                byte[] tile = [(byte)i, .. noise];
                Assert.Equal(tile, (await server.GetAsync($"/tilesets/scene/{i}.glb")).Body);
            }
        }

        Assert.InRange(long.Parse((await server.MetricAsync("lodestream_server_cache_size_bytes"))!, System.Globalization.CultureInfo.InvariantCulture), 1, 1 << 20);
    }

    [Fact]
    public void The_cache_never_holds_more_than_its_capacity_and_gives_up_what_nobody_used()
    {
        var cache = new ByteCache(1000);
        var entries = Enumerable.Range(0, 20).Select(_ => new CachedBytes()).ToArray();
        foreach (var entry in entries.AsSpan(0, 10))
            cache.Keep(entry, new byte[100]);
        Assert.NotNull(entries[0].Use());
        foreach (var entry in entries.AsSpan(10, 5))
        {
            Assert.False(cache.Admits(entry, 100)); // full: the first miss is not worth driving others out
            Assert.True(cache.Admits(entry, 100));
            cache.Keep(entry, new byte[100]);
            Assert.InRange(cache.Bytes, 0, 1000);
        }

        Assert.NotNull(entries[0].Value);
        Assert.All(entries[1..6], entry => Assert.Null(entry.Value));
        cache.Drop(entries[0]);
        Assert.Null(entries[0].Value);
        Assert.Equal(900, cache.Bytes);
        cache.Keep(entries[19], new byte[300]); // more than a quarter
        Assert.Null(entries[19].Value);
    }

    private static byte[] Decode(RawAnswer answer)
    {
        using var plain = new MemoryStream();
        using var packed = new MemoryStream(answer.Body);
        using Stream stream = answer.Header("Content-Encoding") switch
        {
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
