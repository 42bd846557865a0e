using System.IO.Compression;
using Lodestream.Scene;
using Lodestream.Streaming;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests;

public sealed class ArchiveTransportTests : IDisposable
{
    private static readonly byte[] Tile = Enumerable.Range(0, 400_000).Select(i => (byte)(i * i / 7)).ToArray();

    private readonly Arrivals _arrivals = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lodestream-archives-");
    private long _id;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Files_in_a_local_archive_are_fetched_by_the_URIs_that_its_documents_resolve_to()
    {
        var path = Path.Combine(_folder.FullName, "my world.3tz");
        await File.WriteAllBytesAsync(path, Archive());
        using var client = HttpTransport.CreateClient();
        var scene = new Uri(path).AbsoluteUri + "/tileset.json";
        var router = RoutingTransport.For(scene, client, _arrivals.Inbox);
        Assert.Equal("{}"u8.ToArray(), (await FetchAsync(router, scene)).Payload);
        Assert.Equal(Tile, (await FetchAsync(router, SceneUri.Resolve(scene, "tiles/0%20a.glb"))).Payload);
        Assert.Equal(Tile, (await FetchAsync(router, path + "/tiles/0 a.glb")).Payload);
        var absent = await FetchAsync(router, SceneUri.Resolve(scene, "tiles/1.glb"));
        Assert.Equal(FetchStatus.NotFound, absent.Status);
        Assert.Contains("has no file tiles/1.glb", absent.Error, StringComparison.Ordinal);
        Assert.Equal(FetchStatus.NotFound, (await FetchAsync(router, Path.Combine(_folder.FullName, "none.3tz/tileset.json"))).Status);
    }

    [Fact]
    public async Task A_file_that_is_no_archive_is_an_error_that_names_it()
    {
        var path = Path.Combine(_folder.FullName, "broken.3tz");
        await File.WriteAllTextAsync(path, "nothing");
        using var client = HttpTransport.CreateClient();
        var failed = await FetchAsync(RoutingTransport.For(path, client, _arrivals.Inbox), path + "/tileset.json");
        Assert.Equal(FetchStatus.NetworkError, failed.Status);
        Assert.Contains("broken.3tz: is not a ZIP archive", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_on_a_web_server_is_read_by_ranges_where_the_server_does_not_serve_its_files()
    {
        var archive = Archive();
        var asked = new List<string>();
        await using var server = await TestServer.StartAsync(http => AnswerAsync(http, archive, asked));
        using var client = HttpTransport.CreateClient();
        var router = RoutingTransport.For(server.Address, client, _arrivals.Inbox);
        Assert.Equal("{}"u8.ToArray(), (await FetchAsync(router, server.Address + "world.3tz/tileset.json")).Payload);
        Assert.Equal(Tile, (await FetchAsync(router, server.Address + "world.3tz/tiles/0%20a.glb")).Payload);
        Assert.Equal("/world.3tz/tileset.json", asked[0]);
        Assert.All(asked.Skip(1), request => Assert.StartsWith("/world.3tz bytes=", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_serves_an_archive_s_files_is_asked_for_them_alone()
    {
        var asked = new List<string>();
        await using var server = await TestServer.StartAsync(http =>
        {
            asked.Add(http.Request.Path);
            return http.Response.Body.WriteAsync(Tile).AsTask();
        });
        using var client = HttpTransport.CreateClient();
        var router = RoutingTransport.For(server.Address, client, _arrivals.Inbox);
        Assert.Equal(Tile, (await FetchAsync(router, server.Address + "world.3tz/a.glb")).Payload);
        Assert.Equal(["/world.3tz/a.glb"], asked);
    }

    [Fact]
    public async Task A_server_without_ranges_is_an_error_that_says_so()
    {
        await using var server = await TestServer.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Path.Value!.EndsWith(".3tz", StringComparison.Ordinal) ? 200 : 404;
            return Task.CompletedTask;
        });
        using var client = HttpTransport.CreateClient();
        var failed = await FetchAsync(RoutingTransport.For(server.Address, client, _arrivals.Inbox), server.Address + "world.3tz/a.glb");
        Assert.Contains("does not answer ranges", failed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_whose_server_falls_silent_is_opened_anew_by_the_next_attempt(bool begins)
    {
        var archive = Archive();
        var (silent, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        var ranges = 0;
        await using var server = await TestServer.StartAsync(async http =>
        {
            if (http.Request.Headers.Range.Count == 0 || Interlocked.Increment(ref ranges) > 1)
            {
                await AnswerAsync(http, archive, []);
                return;
            }
            http.RequestAborted.Register(aborted.SetResult);
            if (begins)
            {
                http.Response.StatusCode = 206;
                http.Response.Headers.ContentRange = $"bytes 0-{archive.Length - 1}/{archive.Length}";
                await http.Response.Body.FlushAsync();
            }
            silent.SetResult();
            await aborted.Task;
        });
        using var client = HttpTransport.CreateClient();
        var router = RoutingTransport.For(server.Address, client, _arrivals.Inbox);
        router.Start(new(++_id, 0, server.Address + "world.3tz/tileset.json", ContentFamily.Mesh, ContentFormat.Unknown));
        await silent.Task.WaitAsync(TimeSpan.FromSeconds(30));
        router.Cancel(_id, CancelReason.TimedOut);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("{}"u8.ToArray(), (await FetchAsync(router, server.Address + "world.3tz/tileset.json")).Payload);
    }

    [Fact]
    public async Task One_who_no_longer_waits_for_an_archive_does_not_end_its_opening_for_the_others()
    {
        var archive = Archive();
        var (silent, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var plain = 0;
        await using var server = await TestServer.StartAsync(async http =>
        {
            if (http.Request.Headers.Range.Count > 0)
            {
                silent.TrySetResult();
                await go.Task;
            }
            else
            {
                Interlocked.Increment(ref plain);
            }
            await AnswerAsync(http, archive, []);
        });
        using var client = HttpTransport.CreateClient();
        using var transport = ArchiveTransport.OverHttp(new(client, _arrivals.Inbox), _arrivals.Inbox);
        using var leaving = new CancellationTokenSource();
        var (left, stays) = (transport.FetchAsync(server.Address + "world.3tz/tileset.json", null, leaving.Token), transport.FetchAsync(server.Address + "world.3tz/tileset.json", null, CancellationToken.None));
        await silent.Task.WaitAsync(TimeSpan.FromSeconds(30));
        while (Volatile.Read(ref plain) < 2)
            await Task.Yield();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        go.SetResult();
        Assert.Equal("{}"u8.ToArray(), (await stays.WaitAsync(TimeSpan.FromSeconds(30))).Bytes);
    }

    private static Task AnswerAsync(HttpContext http, byte[] archive, List<string> asked)
    {
        var range = http.Request.GetTypedHeaders().Range?.Ranges.Single();
        asked.Add(http.Request.Path + (range is null ? "" : " " + http.Request.Headers.Range));
        if (range is null)
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        }
        var from = range.From ?? Math.Max(0, archive.Length - range.To!.Value);
        var to = range.From is null ? archive.Length - 1 : Math.Min(archive.Length - 1, range.To!.Value);
        http.Response.StatusCode = 206;
        http.Response.Headers.ContentRange = $"bytes {from}-{to}/{archive.Length}";
        return http.Response.Body.WriteAsync(archive.AsMemory((int)from, (int)(to - from + 1))).AsTask();
    }

    private static byte[] Archive()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("tileset.json", "{}"u8.ToArray(), CompressionLevel.Optimal);
            Add("tiles/0 a.glb", Tile, CompressionLevel.NoCompression);

            void Add(string name, byte[] bytes, CompressionLevel level)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    private Task<InboxMessage> FetchAsync(RoutingTransport transport, string uri)
    {
        transport.Start(new(++_id, 0, uri, ContentFamily.Mesh, ContentFormat.Unknown));
        return _arrivals.NextAsync(InboxKind.Fetched);
    }
}
