using System.Collections.Concurrent;
using Lodestream.Scene;
using Lodestream.Streaming;
using Lodestream.Transport.Caching;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>A real server on loopback, a cache in a folder of its own before it, and a clock that both go by.</summary>
internal sealed class CachedSource : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lodestream-cache-");
    private readonly HttpClient _client = HttpTransport.CreateClient();
    private readonly List<DiskCache> _caches = [];
    private TestServer? _server;
    private long _id;

    private CachedSource()
    {
    }

    public ManualTime Time { get; } = new();

    public Arrivals Arrivals { get; } = new();

    public string Folder => _folder.FullName;

    public string Address { get; private set; } = "";

    public DiskCache Cache { get; private set; } = null!;

    /// <summary>What was asked, in order: the path, and what validator came with it.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>What the server answers; a test may change it.</summary>
    public RequestDelegate Answer { get; set; } = _ => Task.CompletedTask;

    public static async Task<CachedSource> StartAsync(RequestDelegate answer, Func<DiskCacheOptions, DiskCacheOptions>? options = null, Func<string, FileStream>? openPartial = null)
    {
        var source = new CachedSource { Answer = answer };
        source._server = await TestServer.StartAsync(http =>
        {
            source.Asked.Enqueue($"{http.Request.Path}{http.Request.QueryString} {http.Request.Headers.IfNoneMatch}{http.Request.Headers.IfModifiedSince}".TrimEnd());
            return source.Answer(http);
        });
        source.Address = source._server.Address;
        source.Cache = source.Open(options, openPartial);
        return source;
    }

    /// <summary>Another cache on the same folder, as another process would have it.</summary>
    public DiskCache Open(Func<DiskCacheOptions, DiskCacheOptions>? options = null, Func<string, FileStream>? openPartial = null)
    {
        var plain = new DiskCacheOptions { Folder = Folder };
        var cache = new DiskCache(options?.Invoke(plain) ?? plain, Time, openPartial);
        _caches.Add(cache);
        return cache;
    }

    /// <summary>A new transport on a cache: nothing is remembered but what is on disk, and in the cache given.</summary>
    public CachingTransport Transport(DiskCache? cache = null, HttpTransportOptions? options = null) =>
        new(new HttpTransport(_client, Arrivals.Inbox, options, Time), cache ?? Cache, Arrivals.Inbox, Time);

    /// <summary>Fetches through a transport of its own.</summary>
    public async Task<InboxMessage> FetchAsync(string path = "a.glb", bool newest = false, DiskCache? cache = null)
    {
        using var transport = Transport(cache);
        transport.Start(new(++_id, 0, Address + path, ContentFamily.Mesh, ContentFormat.Unknown) { BypassesCaches = newest });
        return await Arrivals.NextAsync(InboxKind.Fetched);
    }

    /// <summary>Fetches a file that must come, as text.</summary>
    public async Task<string> TextAsync(string path = "a.glb", bool newest = false, DiskCache? cache = null)
    {
        var fetched = await FetchAsync(path, newest, cache);
        Assert.True(fetched.Status == FetchStatus.Ok, fetched.Error);
        return System.Text.Encoding.UTF8.GetString(Assert.IsType<byte[]>(fetched.Payload));
    }

    public IReadOnlyList<FileInfo> Entries() => Directory.Exists(Path.Combine(Folder, "entries"))
        ? [.. new DirectoryInfo(Path.Combine(Folder, "entries")).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.Name, StringComparer.Ordinal)]
        : [];

    /// <summary>Takes the source away: nobody listens any more.</summary>
    public async Task UnplugAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await UnplugAsync();
        foreach (var cache in _caches)
            cache.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Answers a text under an entity tag, and 304 to who has it.</summary>
    public static RequestDelegate Tagged(string text, string etag, string? caching = null) => http =>
    {
        http.Response.Headers.ETag = etag;
        if (caching is not null)
            http.Response.Headers.CacheControl = caching;
        if (http.Request.Headers.IfNoneMatch == etag)
        {
            http.Response.StatusCode = 304;
            return Task.CompletedTask;
        }
        http.Response.ContentLength = text.Length;
        return http.Response.WriteAsync(text);
    };
}
