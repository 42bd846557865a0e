using System.IO.Compression;
using Lodestream.Streaming;
using Lodestream.Transport.Caching;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>Archives that are read by ranges, by way of a cache.</summary>
public sealed class CachedArchiveTests
{
    // Longer than the archive's end that is fetched at once, and nothing that compresses.
    private readonly byte[] _tile = new byte[300_000];
    private string _etag = "\"1\"";

    public CachedArchiveTests() => new Random(5).NextBytes(_tile);

    [Fact]
    public async Task Ranges_are_kept_while_the_archive_is_the_same_and_serve_when_its_server_is_gone()
    {
        await using var source = await CachedSource.StartAsync(Ranges);
        Assert.Equal(_tile, await ReadAsync(source));
        var asked = source.Asked.Count;
        Assert.Equal(_tile, await ReadAsync(source));
        Assert.Equal(["/a.3tz/tile.glb", "/a.3tz \"1\""], source.Asked.Skip(asked)); // not a file of its own; and the archive still is what it was
        Assert.True(source.Cache.Statistics.BytesFromCache > _tile.Length);
        await source.UnplugAsync();
        Assert.Equal(_tile, await ReadAsync(source));
        Assert.Equal(1, source.Cache.Statistics.ServedUnvalidated);
    }

    [Fact]
    public async Task Another_version_takes_nothing_from_the_one_before()
    {
        await using var source = await CachedSource.StartAsync(Ranges);
        Assert.Equal(_tile, await ReadAsync(source));
        new Random(6).NextBytes(_tile);
        _etag = "\"2\"";
        Assert.Equal(_tile, await ReadAsync(source));
    }

    [Fact]
    public async Task An_archive_without_a_strong_tag_is_read_and_not_kept()
    {
        _etag = "W/\"1\"";
        await using var source = await CachedSource.StartAsync(Ranges);
        Assert.Equal(_tile, await ReadAsync(source));
        Assert.Empty(source.Entries());
    }

    [Fact]
    public async Task A_file_that_is_asked_for_past_caches_is_not_put_together_of_kept_ranges_though_the_archive_says_it_is_the_same()
    {
        await using var source = await CachedSource.StartAsync(Ranges);
        var sound = (byte[])_tile.Clone();
        new Random(8).NextBytes(_tile);
        await ReadAsync(source);
        sound.CopyTo(_tile, 0);
        source.Time.Advance(TimeSpan.FromSeconds(1));
        using var client = HttpTransport.CreateClient();
        using var transport = Transport(source, client);
        Assert.Equal(sound, (await transport.FetchNewestAsync(source.Address + "a.3tz/tile.glb", null, CancellationToken.None)).Bytes);

        // What came then is kept, and taken again.
        var asked = source.Asked.Count;
        Assert.Equal(sound, (await transport.FetchAsync(source.Address + "a.3tz/tile.glb", null, CancellationToken.None)).Bytes);
        Assert.Equal(asked, source.Asked.Count);
    }

    [Fact]
    public async Task A_change_that_was_announced_reaches_an_archive_that_is_open()
    {
        await using var source = await CachedSource.StartAsync(Ranges);
        using var client = HttpTransport.CreateClient();
        using var transport = Transport(source, client);
        Assert.Equal(_tile, (await transport.FetchAsync(source.Address + "a.3tz/tile.glb", null, CancellationToken.None)).Bytes);
        new Random(7).NextBytes(_tile);
        _etag = "\"2\"";
        var newest = await transport.FetchNewestAsync(source.Address + "a.3tz/tile.glb", null, CancellationToken.None);
        Assert.True(newest.Status == FetchStatus.Ok, newest.Error);
        Assert.Equal(_tile, newest.Bytes);
    }

    [Fact]
    public async Task An_announced_change_of_a_plain_file_passes_caches_on_the_way_also_where_archives_are_read()
    {
        var caching = new List<string>();
        await using var source = await CachedSource.StartAsync(http =>
        {
            caching.Add(http.Request.Headers.CacheControl.ToString());
            return Task.CompletedTask;
        });
        using var client = HttpTransport.CreateClient();
        using var transport = ArchiveTransport.OverHttp(new(client, source.Arrivals.Inbox), source.Arrivals.Inbox);
        await transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None);
        await transport.FetchNewestAsync(source.Address + "a.glb", null, CancellationToken.None);
        Assert.Equal(["", "no-cache"], caching);
    }

    private static ArchiveTransport Transport(CachedSource source, HttpClient client) =>
        ArchiveTransport.OverHttp(new(client, source.Arrivals.Inbox, time: source.Time), source.Arrivals.Inbox, source.Time, source.Cache);

    private static async Task<byte[]> ReadAsync(CachedSource source)
    {
        using var client = HttpTransport.CreateClient();
        using var transport = Transport(source, client);
        var outcome = await transport.FetchAsync(source.Address + "a.3tz/tile.glb", null, CancellationToken.None);
        Assert.True(outcome.Status == FetchStatus.Ok, outcome.Error);
        return outcome.Bytes!;
    }

    private Task Ranges(HttpContext http)
    {
        if (http.Request.Path != "/a.3tz")
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        }
        http.Response.Headers.ETag = _etag;
        if (http.Request.Headers.IfNoneMatch == _etag)
        {
            http.Response.StatusCode = 304;
            return Task.CompletedTask;
        }
        if (http.Request.Headers.IfMatch.Count > 0 && http.Request.Headers.IfMatch != _etag)
        {
            http.Response.StatusCode = 412;
            return Task.CompletedTask;
        }
        var archive = Archive();
        var range = http.Request.GetTypedHeaders().Range!.Ranges.Single();
        var from = range.From ?? Math.Max(0, archive.Length - range.To!.Value);
        var to = range.From is null ? archive.Length - 1 : Math.Min(archive.Length - 1, range.To!.Value);
        http.Response.StatusCode = 206;
        http.Response.Headers.ContentRange = $"bytes {from}-{to}/{archive.Length}";
        return http.Response.Body.WriteAsync(archive.AsMemory((int)from, (int)(to - from + 1))).AsTask();
    }

    private byte[] Archive()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("tile.glb", CompressionLevel.NoCompression).Open();
            entry.Write(_tile);
        }
        return stream.ToArray();
    }
}
