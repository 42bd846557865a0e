using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>What a moved camera wants is known and asked for in the same frame, and stays the same while the camera stands still.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FrameCoherenceTests(Harness.Browser browser)
{
    private sealed record Coherence(long FrameBefore, long FrameAfter, string[] Fresh, string[] NotAskedFor, long RequestedBefore, long RequestedAfter, string SignatureBefore, string SignatureAfter, string SignatureLater);

    [BrowserFact]
    public async Task Within_one_animation_frame_the_newly_wanted_tiles_are_asked_for()
    {
        var world = new FlatWorld(levels: 7);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();

        var seen = await viewer.EvaluateAsync<Coherence>($$"""
            (async () => {
              const before = lodestream.debugState();
              lodestream.frameWorld([3000, 2000, 0], 900);
              {{PageScripts.NextFrame}}
              const after = lodestream.debugState();
              const fresh = after.primaryKeys.filter(key => !before.primaryKeys.includes(key));
              const why = fresh.map(key => lodestream.why(key));
              {{PageScripts.NextFrame}}
              {{PageScripts.NextFrame}}
              return {
                frameBefore: before.visibilitySetFrameId, frameAfter: after.visibilitySetFrameId,
                fresh, notAskedFor: why.filter(w => w.state === 'Absent').map(w => w.uris[0]),
                requestedBefore: before.scheduler.requested, requestedAfter: after.scheduler.requested,
                signatureBefore: before.visibilitySetSignature, signatureAfter: after.visibilitySetSignature,
                signatureLater: lodestream.debugState().visibilitySetSignature,
              };
            })()
            """);

        Assert.True(seen.FrameAfter > seen.FrameBefore, $"frame {seen.FrameBefore} did not rise");
        Assert.NotEmpty(seen.Fresh);
        Assert.Empty(seen.NotAskedFor);
        Assert.True(seen.RequestedAfter > seen.RequestedBefore, "nothing was requested");
        Assert.NotEqual(seen.SignatureBefore, seen.SignatureAfter);
        Assert.Equal(seen.SignatureAfter, seen.SignatureLater);
    }

    [BrowserFact]
    public async Task A_frozen_selection_stays_while_the_camera_moves()
    {
        var world = new FlatWorld(levels: 6);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene);
        await viewer.ReadyAsync();

        var signatures = await viewer.EvaluateAsync<string[]>($$"""
            (async () => {
              lodestream.setOptions({ freeze: true });
              const frozen = lodestream.debugState().visibilitySetSignature;
              lodestream.frameWorld([3000, 2000, 0], 900);
              {{PageScripts.NextFrame}}
              const still = lodestream.debugState().visibilitySetSignature;
              lodestream.setOptions({ freeze: false });
              {{PageScripts.NextFrame}}
              return [frozen, still, lodestream.debugState().visibilitySetSignature];
            })()
            """);

        Assert.Equal(signatures[0], signatures[1]);
        Assert.NotEqual(signatures[1], signatures[2]);
    }
}
