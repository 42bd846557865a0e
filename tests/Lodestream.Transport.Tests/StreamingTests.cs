using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Lodestream.Formats.Preparing;
using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests;

/// <summary>The real transport and preparer under the real streamer, with a host that draws nothing.</summary>
public class StreamingTests
{
    private static readonly View OverMars = new()
    {
        Position = new(216, 32, 260),
        Direction = new(0.1, 0, -1),
        Up = new(0, 1, 0),
        TargetErrorPx = 4,
    };

    [RealDataFact]
    public async Task Mars_streams_over_http_until_all_that_is_wanted_is_drawn_though_the_server_stumbles()
    {
        var asked = new ConcurrentDictionary<string, int>();
        await using var server = await TestServer.StartAsync(http =>
        {
            var path = http.Request.Path.Value!;
            if (asked.AddOrUpdate(path, 1, (_, n) => n + 1) == 1 && path == "/root.b3dm")
            {
                http.Response.StatusCode = 503;
                http.Response.Headers.RetryAfter = "1";
                return Task.CompletedTask;
            }
            return http.Response.SendFileAsync(Path.Combine(DataFolder.Path!, "mars-dingo-gap", path[1..]));
        });
        using var client = HttpTransport.CreateClient();
        var run = new Run(server.Address + "tileset-external-with-url-params.json");
        using var transport = new HttpTransport(client, run.Inbox);
        await run.UntilSettledAsync(transport);
        Assert.Empty(run.Problems);
        Assert.True(run.Streamer.Statistics.Drawn > 20, $"{run.Streamer.Statistics.Drawn} drawn");
        Assert.True(run.Streamer.Statistics.Retries >= 1);
        Assert.Equal(2, asked["/root.b3dm"]);
        Assert.Equal(1, asked["/tileset-external-child.json"]);
        Assert.All(asked.Where(a => a.Key != "/root.b3dm"), a => Assert.Equal(1, a.Value));
    }

    [RealDataFact]
    public async Task Mars_streams_from_files()
    {
        var path = Path.Combine(DataFolder.Path!, "mars-dingo-gap", "tileset-external-with-url-params.json");
        var run = new Run(new Uri(path).AbsoluteUri);
        using var transport = new FileTransport(run.Inbox);
        await run.UntilSettledAsync(transport);
        Assert.Empty(run.Problems);
        Assert.True(run.Streamer.Statistics.Drawn > 20, $"{run.Streamer.Statistics.Drawn} drawn");
        Assert.True(run.Streamer.Statistics.GpuTextureBytes > 4 * run.Streamer.Statistics.BytesFetched);
    }

    private sealed class Run(string scene) : IRenderHost
    {
        private readonly Channel<bool> _arrivals = Channel.CreateUnbounded<bool>();

        public Inbox Inbox { get; } = new();

        public List<string> Problems { get; } = [];

        public TileStreamer Streamer { get; private set; } = null!;

        public async Task UntilSettledAsync(ITileTransport transport)
        {
            var tree = new TileTree(scene);
            var preparer = new ContentPreparer(tree, Inbox, topologyRead: (_, result) => Problems.AddRange(result.Warnings.Select(w => w.ToString())));
            Streamer = new(tree, transport, preparer, this, Inbox);
            Inbox.Arrived += () => _arrivals.Writer.TryWrite(true);
            var clock = Stopwatch.StartNew();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            while (true)
            {
                var decision = Streamer.Tick(clock.Elapsed, [OverMars]);
                if (Streamer.Statistics.Settled && tree.TileCount > 200)
                    return;
                if (decision.Kind != WakeKind.Now)
                    await WaitAsync(decision.At - clock.Elapsed, patience.Token);
                patience.Token.ThrowIfCancellationRequested();
            }
        }

        // Until something arrives or the streamer's own deadline, whichever is first.
        private async Task WaitAsync(TimeSpan atMost, CancellationToken patience)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(patience);
            if (atMost < TimeSpan.FromDays(1))
                waiting.CancelAfter(atMost < TimeSpan.Zero ? TimeSpan.Zero : atMost);
            try
            {
                await _arrivals.Reader.ReadAsync(waiting.Token);
            }
            catch (OperationCanceledException) when (!patience.IsCancellationRequested)
            {
            }
        }

        public void Upload(in UploadCommand command)
        {
            if (command.Prepared is not PreparedContent { Cost.Vertices: > 0 })
                Problems.Add($"content {command.Content} came as {command.Prepared}");
            Inbox.Post(new() { Kind = InboxKind.Uploaded, Id = command.Ticket });
        }

        public void Commit(RenderCommit commit)
        {
        }

        public void Free(int content, long ticket) => Inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
    }
}
