using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Transport.Tests;

public sealed class FileTransportTests : IDisposable
{
    private readonly Arrivals _arrivals = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lodestream-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_is_read_by_uri_and_by_path_whatever_query_it_is_asked_with()
    {
        var path = Path.Combine(_folder.FullName, "a b#c.b3dm");
        await File.WriteAllBytesAsync(path, [1, 2, 3, 4]);
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "plain.b3dm"), [5]);
        var uri = new Uri(path).AbsoluteUri;
        foreach (var asked in new[] { uri, uri + "?foo=bar#baz" })
            Assert.Equal(new byte[] { 1, 2, 3, 4 }, (await FetchAsync(asked)).Payload);
        foreach (var asked in new[] { "plain.b3dm", "plain.b3dm?foo=bar" })
            Assert.Equal(new byte[] { 5 }, (await FetchAsync(Path.Combine(_folder.FullName, asked))).Payload);

        // As a tileset's relative URI comes out.
        Assert.Equal(new byte[] { 5 }, (await FetchAsync(SceneUri.Resolve(uri, "plain.b3dm?foo=bar#baz"))).Payload);
    }

    [Fact]
    public async Task What_came_is_told_with_its_digest_and_what_did_not_with_none()
    {
        var path = Path.Combine(_folder.FullName, "abc");
        await File.WriteAllBytesAsync(path, "abc"u8.ToArray());

        // The test vector of FIPS 180-2, B.1.
        Assert.Equal(0xba7816bf8f01cfea, (await FetchAsync(path)).Digest);
        Assert.Equal(0u, (await FetchAsync(path + "d")).Digest);
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        var path = Path.Combine(_folder.FullName, "empty");
        await File.WriteAllBytesAsync(path, []);
        var fetched = await FetchAsync(path);
        Assert.Equal((FetchStatus.Ok, 0L), (fetched.Status, fetched.Bytes));
        Assert.NotNull(fetched.Payload);
    }

    [Fact]
    public async Task A_large_file_comes_whole()
    {
        var bytes = new byte[(16 << 20) + 12345];
        new Random(1).NextBytes(bytes);
        var path = Path.Combine(_folder.FullName, "large");
        await File.WriteAllBytesAsync(path, bytes);
        var read = (byte[])(await FetchAsync(path)).Payload!;
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Theory]
    [InlineData("absent.glb", FetchStatus.NotFound)]
    [InlineData("absent/a.glb", FetchStatus.NotFound)]
    [InlineData("", FetchStatus.Refused)]
    public async Task What_is_not_there_is_known_absent_and_a_folder_is_refused(string name, FetchStatus status)
    {
        var fetched = await FetchAsync(Path.Combine(_folder.FullName, name));
        Assert.Equal(status, fetched.Status);
        Assert.StartsWith(_folder.FullName, fetched.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_schemes_and_other_machines_are_refused()
    {
        foreach (var uri in new[] { "https://example.test/a.glb", "file://server/share/a.glb", "" })
            Assert.Equal(FetchStatus.Refused, (await FetchAsync(uri)).Status);
    }

    [Fact]
    public async Task The_router_goes_by_scheme_and_keeps_a_scene_from_the_network_away_from_files()
    {
        var path = Path.Combine(_folder.FullName, "a.glb");
        await File.WriteAllBytesAsync(path, [1]);
        using var client = HttpTransport.CreateClient();
        var local = RoutingTransport.For(path, client, _arrivals.Inbox);
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(path, local)).Status);
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(new Uri(path).AbsoluteUri, local)).Status);
        Assert.Equal(FetchStatus.Refused, (await FetchAsync("http://example.test/a", local)).Status);
        Assert.Equal(FetchStatus.Refused, (await FetchAsync("gopher://example.test/a", local)).Status);

        var remote = RoutingTransport.For("https://example.test/tileset.json", client, _arrivals.Inbox);
        Assert.Equal(FetchStatus.Refused, (await FetchAsync(new Uri(path).AbsoluteUri, remote)).Status);
        Assert.Equal(FetchStatus.Refused, (await FetchAsync(path, remote)).Status);
    }

    [Fact]
    public async Task A_cancelled_read_is_not_answered()
    {
        var path = Path.Combine(_folder.FullName, "a.glb");
        await File.WriteAllBytesAsync(path, [1]);
        using var transport = new FileTransport(_arrivals.Inbox);
        for (var id = 0; id < 50; id++)
        {
            transport.Start(new(2 * id, 0, path, ContentFamily.Mesh, ContentFormat.Glb));
            transport.Cancel(2 * id, CancelReason.NoLongerWanted);
            transport.Start(new(2 * id + 1, 0, path, ContentFamily.Mesh, ContentFormat.Glb));

            // An answer may have been posted before the cancellation; none comes twice, and the next attempt's always does.
            while ((await _arrivals.NextAsync(InboxKind.Fetched)).Id != 2 * id + 1)
            {
            }
        }
        Assert.True(_arrivals.Inbox.IsEmpty);
    }

    private async Task<InboxMessage> FetchAsync(string uri, ITileTransport? through = null)
    {
        using var own = new FileTransport(_arrivals.Inbox);
        (through ?? own).Start(new(1, 0, uri, ContentFamily.Mesh, ContentFormat.Glb));
        return await _arrivals.NextAsync(InboxKind.Fetched);
    }
}
