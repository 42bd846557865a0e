using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary><c>.3tz</c> archives, served as if they were folders.</summary>
public sealed class ArchiveTests : IDisposable
{
    private static readonly byte[] Tile = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a tile, ", 1000)));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public async Task Files_of_an_archive_are_single_plain_answers(CompressionLevel level)
    {
        var path = WriteArchive("town.3tz", level, Tile);
        await using var server = await RunningServer.ServeAsync(path);
        var entry = Entry(await server.GetAsync("/tilesets"));
        Assert.Equal("town", entry.GetProperty("id").GetString());
        Assert.Equal("/tilesets/town/tileset.json", entry.GetProperty("url").GetString());
        Assert.Equal(new FileInfo(path).Length, entry.GetProperty("bytes").GetInt64());

        Assert.Equal(TemporaryFolder.Tileset(), (await server.GetAsync("/tilesets/town/tileset.json")).Body);
        var tile = await server.GetAsync("/tilesets/town/tiles/0.glb");
        Assert.Equal(200, tile.Status);
        Assert.Equal("model/gltf-binary", tile.Header("Content-Type"));
        Assert.Null(tile.Header("Content-Encoding"));
        Assert.Equal(Tile, tile.Body);
        Assert.Equal(304, (await server.GetAsync("/tilesets/town/tiles/0.glb", $"If-None-Match: {tile.Header("ETag")}")).Status);
        Assert.Equal("tile", (await server.GetAsync("/tilesets/town/tiles/0.glb", "Range: bytes=2-5")).Text);
        Assert.Equal("br", (await server.GetAsync("/tilesets/town/list.json", "Accept-Encoding: br")).Header("Content-Encoding"));
        Assert.Equal(Tile, (await server.GetAsync(entry.GetProperty("versionedUrl").GetString()!.Replace("tileset.json", "tiles/0.glb", StringComparison.Ordinal))).Body);
    }

    [Theory]
    [InlineData("/tilesets/town/absent.glb")]
    [InlineData("/tilesets/town/tiles")]
    [InlineData("/tilesets/town/tiles/")]
    [InlineData("/tilesets/town/.hidden")]
    [InlineData("/tilesets/town/@3dtilesIndex1@x")]
    [InlineData("/tilesets/town/..%2ftown.3tz")]
    [InlineData("/tilesets/town/%2e%2e/town.3tz")]
    public async Task What_is_not_in_it_is_404(string target)
    {
        await using var server = await RunningServer.ServeAsync(WriteArchive("town.3tz", CompressionLevel.NoCompression, Tile));
        Assert.Equal(404, (await server.GetAsync(target)).Status);
    }

    [Fact]
    public async Task An_archive_that_is_replaced_is_served_anew_and_its_old_version_is_no_more()
    {
        var path = WriteArchive("town.3tz", CompressionLevel.NoCompression, Tile);
        await using var server = await RunningServer.ServeAsync(path);
        var versioned = Entry(await server.GetAsync("/tilesets")).GetProperty("versionedUrl").GetString()!.Replace("tileset.json", "tiles/0.glb", StringComparison.Ordinal);
        var before = await server.GetAsync(versioned);
        Assert.Equal(Tile, before.Body);
        File.Delete(path);
        WriteArchive("town.3tz", CompressionLevel.Optimal, "other"u8.ToArray());
        var after = await server.GetAsync("/tilesets/town/tiles/0.glb", $"If-None-Match: {before.Header("ETag")}");
        Assert.Equal("other", after.Text);
        Assert.Equal(307, (await server.GetAsync(versioned)).Status);
    }

    [Fact]
    public async Task A_large_stored_tile_is_sent_from_its_place_in_the_archive()
    {
        var large = new byte[3_000_000];
        new Random(4).NextBytes(large);
        await using var server = await RunningServer.ServeAsync(WriteArchive("town.3tz", CompressionLevel.NoCompression, large));
        Assert.Equal(large, (await server.GetAsync("/tilesets/town/tiles/0.glb")).Body);
        Assert.Equal(large[1000..2_000_000], (await server.GetAsync("/tilesets/town/tiles/0.glb", "Range: bytes=1000-1999999")).Body);
        Assert.Equal("0", await server.MetricAsync("lodestream_server_cache_size_bytes"));
    }

    [Fact]
    public async Task A_gzip_stream_in_an_archive_is_labelled_as_in_a_folder()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(Tile);
        await using var server = await RunningServer.ServeAsync(WriteArchive("town.3tz", CompressionLevel.NoCompression, packed.ToArray()));
        Assert.Equal("gzip", (await server.GetAsync("/tilesets/town/tiles/0.glb", "Accept-Encoding: gzip")).Header("Content-Encoding"));
        Assert.Equal(Tile, (await server.GetAsync("/tilesets/town/tiles/0.glb")).Body);
    }

    [Fact]
    public async Task A_folder_lists_its_archives_beside_its_tileset()
    {
        _folder.WriteTileset("world/tileset.json");
        WriteArchive("world/town.3tz", CompressionLevel.Optimal, Tile);
        _folder.Write("world/broken.3tz", "no archive"u8);
        await using var server = await RunningServer.ServeAsync(Path.Combine(_folder.Path, "world"));
        using var document = JsonDocument.Parse((await server.GetAsync("/tilesets")).Body);
        Assert.Equal(["world", "town"], document.RootElement.GetProperty("tilesets").EnumerateArray().Select(scene => scene.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task An_archive_that_cannot_be_served_is_refused_by_name()
    {
        var broken = _folder.Write("broken.3tz", "no archive"u8);
        Assert.Contains(broken, (await Assert.ThrowsAsync<ServeException>(() => RunningServer.ServeAsync(broken))).Message, StringComparison.Ordinal);
        var empty = Path.Combine(_folder.Path, "empty.3tz");
        using (ZipFile.Open(empty, ZipArchiveMode.Create))
        {
        }

        Assert.Contains(empty, (await Assert.ThrowsAsync<ServeException>(() => RunningServer.ServeAsync(empty))).Message, StringComparison.Ordinal);
    }

    private static JsonElement Entry(RawAnswer answer)
    {
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.GetProperty("tilesets")[0].Clone();
    }

    private string WriteArchive(string name, CompressionLevel level, byte[] tile)
    {
        var path = Path.Combine(_folder.Path, name);
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var (file, content) in new[] { ("tileset.json", TemporaryFolder.Tileset()), ("tiles/0.glb", tile), ("list.json", Tile) })
            {
                using var stream = archive.CreateEntry(file, level).Open();
                stream.Write(content);
            }
        }

        File.SetLastWriteTimeUtc(path, new DateTime(2025, 1, 2, 3, 4, level == CompressionLevel.Optimal ? 8 : 4, DateTimeKind.Utc));
        return path;
    }
}
