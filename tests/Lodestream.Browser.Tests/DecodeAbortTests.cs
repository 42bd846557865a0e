using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>What a worker decodes and nobody wants any more is given up in the middle, and its memory with it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DecodeAbortTests(Harness.Browser browser)
{
    private sealed record Job(int Ticket, string Outcome, bool HasContent);

    // Takes down what is asked of workers and what they answer, and calls the first job off as soon as a worker has it.
    private const string WatchWorkers = """
        window.answers = [];
        window.cancels = [];
        window.onJob = () => {};
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message, ...rest) {
          post.call(this, message, ...rest);
          if (message.cancel)
            cancels.push(message.cancel);
          if (!message.ticket)
            return;
          this.addEventListener('message', ({ data }) => answers.push({ ticket: data.ticket, outcome: data.outcome, hasContent: data.content !== undefined }), { once: true });
          onJob();
        };
        """;

    private const string CountBitmaps = """
        () => {
          self.counts = { made: 0, closed: 0 };
          const make = createImageBitmap, close = ImageBitmap.prototype.close;
          self.createImageBitmap = async (...args) => {
            const bitmap = await make(...args);
            counts.made++;
            return bitmap;
          };
          ImageBitmap.prototype.close = function () {
            counts.closed++;
            close.call(this);
          };
        }
        """;

    [BrowserFact]
    public async Task A_superseded_content_s_decoding_is_aborted_by_its_ticket_and_its_pictures_are_let_go()
    {
        var world = new FlatWorld(levels: 1);
        var (tile, slow) = (FlatWorld.PathOf(0, 0, 0), SlowTile.Write((float)FlatWorld.Side / 2));
        using var prepared = new ManualResetEventSlim();
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path =>
        {
            if (path != tile)
                return world.FileAt(path);
            prepared.Wait();
            return server.CountOf(tile) == 1 ? slow : world.FileAt(path);
        };
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.AddInitScriptAsync(WatchWorkers));
        await viewer.UntilAsync("s.scheduler.inFlight === 1");
        foreach (var worker in viewer.Page.Workers)
            await worker.EvaluateAsync<object?>(CountBitmaps);
        await viewer.EvaluateAsync<object?>($$"""
            (() => {
              const uri = new URL('{{tile}}', location).href;
              window.onJob = () => {
                window.onJob = () => {};
                lodestream.viewer.tiles.changed(uri);
              };
            })()
            """);
        prepared.Set();
        await viewer.ReadyAsync();
        await viewer.UntilAsync("s.settled && s.idle && window.answers.length === 2");

        var jobs = await viewer.EvaluateAsync<Job[]>("answers");
        Assert.Equal("cancelled", jobs[0].Outcome);
        Assert.False(jobs[0].HasContent);
        Assert.Equal([jobs[0].Ticket], await viewer.EvaluateAsync<int[]>("cancels"));
        Assert.Equal("decoded", jobs[1].Outcome);

        var (made, closed) = (0, 0);
        foreach (var worker in viewer.Page.Workers)
        {
            made += await worker.EvaluateAsync<int>("() => self.counts.made");
            closed += await worker.EvaluateAsync<int>("() => self.counts.closed");
        }
        Assert.InRange(made, 0, SlowTile.Images - 1);
        Assert.Equal(made, closed);

        // What the aborted decoding had reserved is free again: what is left is one quad.
        Assert.InRange((await viewer.StateAsync()).GetProperty("bytes").GetProperty("cpu").GetInt64(), 0, 100_000);
        Assert.Equal(1, await viewer.EvaluateAsync<int>("lodestream.debugState().renderedKeys.length"));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_content_that_is_wanted_on_is_decoded_whole()
    {
        var world = new FlatWorld(levels: 1);
        var (tile, slow) = (FlatWorld.PathOf(0, 0, 0), SlowTile.Write((float)FlatWorld.Side / 2));
        await using var server = await LoopbackServer.StartAsync();
        server.Make = path => path == tile ? slow : world.FileAt(path);
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "", page => page.AddInitScriptAsync(WatchWorkers));
        await viewer.ReadyAsync();

        Assert.Equal("decoded", Assert.Single(await viewer.EvaluateAsync<Job[]>("answers")).Outcome);
        Assert.InRange((await viewer.StateAsync()).GetProperty("bytes").GetProperty("gpuTexture").GetInt64(), SlowTile.Images * 4L << 20, long.MaxValue);
    }
}
