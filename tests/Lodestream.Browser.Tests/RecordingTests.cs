using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Lodestream.Browser.Tests.Harness;
using Lodestream.Diagnostics;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Browser.Tests;

/// <summary>Sessions recorded in a real browser, by the core as WebAssembly, and replayed here (law 6).</summary>
[Collection(BrowserCollection.Name)]
public sealed class RecordingTests(Harness.Browser browser)
{
    // Looks around for a while: moves on before everything is there, comes back, goes far away.
    private const string Fly = """
        (async () => {
          const { halfLengths } = lodestream.viewer.tiles.volume(), far = 4 * Math.max(...halfLengths);
          for (let i = 0; i < 30; i++) {
            const angle = i / 5, near = 0.3 + 0.7 * Math.abs(Math.cos(i / 10));
            lodestream.frameWorld([far / 8 * Math.cos(angle), far / 8 * Math.sin(angle), 0], far / 6 * near);
            await new Promise(requestAnimationFrame);
          }
        })()
        """;

    private const string Recording = "lodestream.stopRecording().then(bytes => bytes.toBase64())";

    [BrowserFact]
    public async Task A_flight_over_the_demo_world_replays_natively_to_the_same_hash()
    {
        var folder = Directory.CreateTempSubdirectory("lodestream-recorded-").FullName;
        try
        {
            await ContinentWorld.WriteAsync(Path.Combine(folder, "world"), new() { Levels = 4, ErosionCells = 128 });
            await using var server = await LoopbackServer.StartAsync(folder);
            await using var viewer = await browser.OpenAsync(server, "/scene/world/tileset.json");
            await viewer.ReadyAsync();
            await viewer.EvaluateAsync<object?>("(lodestream.startRecording(), null)");
            await FlyAsync(viewer);
            await viewer.EvaluateAsync<object?>("(lodestream.setLayer('water', false), null)");
            await FlyAsync(viewer);
            await viewer.EvaluateAsync<object?>("(lodestream.setLayer('water', true), null)");
            await viewer.UntilAsync("s.settled && s.idle");
            var trace = Read(await viewer.EvaluateAsync<byte[]>(Recording));
            Assert.True(trace.Frames > 30, $"{trace.Frames} frames");
            AssertReplays(trace);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [BrowserFact]
    public async Task A_session_is_recorded_from_its_opening_though_nobody_asked_and_its_secrets_are_not()
    {
        var world = new FlatWorld(levels: 5, tileBytes: 20_000);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        var failures = 0;
        server.Fail = path => path.Contains("_1_", StringComparison.Ordinal) && failures++ < 5 ? 503 : 0;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene + "?token=hidden-from-all");
        await FlyAsync(viewer);
        var packed = await viewer.EvaluateAsync<byte[]>(Recording);

        var trace = Read(packed);
        Assert.EndsWith(FlatWorld.Scene + "?1", trace.Scene, StringComparison.Ordinal);
        Assert.True(failures > 0);
        AssertReplays(trace);
        var unpacked = Unpack(packed);
        Assert.DoesNotContain("hidden-from-all", Encoding.Latin1.GetString(unpacked), StringComparison.Ordinal);
        Assert.All([FlatWorld.Scene, FlatWorld.PathOf(0, 0, 0)], path => Assert.True(unpacked.AsSpan().IndexOf(DigestOf(world.FileAt(path)!)) > 0, $"the digest of {path} is not there"));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_lost_context_and_a_change_are_in_the_recording()
    {
        var world = new FlatWorld(levels: 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>($"(lodestream.viewer.tiles.changed(new URL('{FlatWorld.PathOf(0, 0, 0)}', location.href).href), null)");
        await FetchedAsync(2);
        await viewer.EvaluateAsync<object?>("""
            (async () => {
              const gl = lodestream.viewer.stage.renderer.getContext(), loss = gl.getExtension('WEBGL_lose_context');
              loss.loseContext();
              await new Promise(r => setTimeout(r, 300));
              loss.restoreContext();
            })()
            """);

        await FetchedAsync(3);
        Assert.True(server.CountOf(FlatWorld.PathOf(0, 0, 0)) >= 3);
        AssertReplays(Read(await viewer.EvaluateAsync<byte[]>(Recording)));

        // A page is at rest, too, before it hears of a change or that its context is back.
        Task FetchedAsync(int times) => viewer.UntilAsync($"performance.getEntriesByName(new URL('{FlatWorld.PathOf(0, 0, 0)}', location.href).href).length >= {times} && s.settled && s.idle");
    }

    [BrowserFact]
    public async Task A_session_too_long_to_be_kept_begins_anew_when_a_recording_is_asked_for()
    {
        var world = new FlatWorld(levels: 5);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "clear=ff00ff&record=0.02");
        await viewer.ReadyAsync();
        await FlyAsync(viewer);
        await viewer.EvaluateAsync<object?>("(lodestream.frameScene(), null)");
        await viewer.UntilAsync("s.settled && s.idle");
        var before = await viewer.GroundShareAsync();

        Assert.Contains("too long", await viewer.EvaluateAsync<string>("lodestream.stopRecording().then(() => 'recorded', error => error.message)"), StringComparison.Ordinal);
        Assert.True(await viewer.EvaluateAsync<bool>("lodestream.startRecording().restarted"));
        await viewer.UntilAsync("s.settled && s.idle && s.scheduler.requested > 0");
        Assert.Equal(before, await viewer.GroundShareAsync(), 0.01);
        await FlyAsync(viewer);
        Assert.False(await viewer.EvaluateAsync<bool>("lodestream.startRecording().restarted"));
        var trace = Read(await viewer.EvaluateAsync<byte[]>(Recording));
        Assert.True(trace.Frames > 30, $"{trace.Frames} frames");
        AssertReplays(trace);
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task A_session_that_begins_anew_with_names_on_screen_has_them_again_and_none_of_the_old_ones()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Make = LabelledIsland.FileAt;
        await using var viewer = await browser.OpenAsync(server, LabelledIsland.Scene, "record=0.002");
        await viewer.ReadyAsync();
        const string Rest = "s.settled && s.idle && lodestream.viewer.tiles.wakeDelay === Infinity", Names = "lodestream.viewer.tiles.labels.map(l => `${l.name} ${l.opacity}`).sort()";
        const string FromAbove = "lodestream.setCamera({ position: [0, -300, 1500], direction: [0, 0.1, -1], up: [0, 1, 0] })";
        await FlyAsync(viewer);
        await viewer.EvaluateAsync<object?>(FromAbove);
        await viewer.UntilAsync(Rest);
        string[] names = ["Behindhill 1", "Kingsbridge 1", "Long Water 1", "Westmill 1"];
        Assert.Equal(names, await viewer.EvaluateAsync<string[]>(Names));
        var before = await viewer.SeenAsync();

        // Numbers of labels begin anew with the session: what is on screen in that very moment must not be taken for theirs.
        Assert.Equal((int[])[1, 0], await viewer.EvaluateAsync<int[]>("[Number(lodestream.startRecording().restarted), lodestream.viewer.tiles.labels.length]"));
        await viewer.UntilAsync($"{Rest} && s.labels.shown === 4");
        Assert.Equal(names, await viewer.EvaluateAsync<string[]>(Names));
        Assert.Equal(0, before.ShareThatDiffers(await viewer.SeenAsync(), out _));
        AssertReplays(Read(await viewer.EvaluateAsync<byte[]>(Recording)));
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task The_button_downloads_the_session()
    {
        var world = new FlatWorld(levels: 4);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();
        var download = await viewer.Page.RunAndWaitForDownloadAsync(() => viewer.Page.ClickAsync("#record"));
        Assert.Equal("lodestream.trace", download.SuggestedFilename);
        AssertReplays(Read(await File.ReadAllBytesAsync(await download.PathAsync())));
        Assert.Contains("lodestream replay", await viewer.Page.TextContentAsync("#message"), StringComparison.Ordinal);
    }

    private static async Task FlyAsync(ViewerPage viewer)
    {
        await viewer.UntilAsync("s.fps >= 0");
        await viewer.EvaluateAsync<object?>(Fly);
    }

    private static TraceFile Read(byte[] packed)
    {
        var trace = TraceFile.Read(packed, out var error);
        Assert.Null(error);
        return trace!;
    }

    private static void AssertReplays(TraceFile trace)
    {
        var result = TraceReplay.Run(trace);
        Assert.Null(result.Difference);
        Assert.Equal(result.RecordedHash, result.ReplayedHash);
        Assert.Equal(trace.Frames, result.Frames);
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var stream = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    // As a recording holds it: the first eight bytes, the last of them first.
    private static byte[] DigestOf(byte[] file)
    {
        var digest = SHA256.HashData(file)[..8];
        Array.Reverse(digest);
        return digest;
    }
}
