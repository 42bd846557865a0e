using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>What gives way dissolves over what is drawn whole.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FadeTests(Harness.Browser browser)
{
    private sealed record Change(int Frames, double LeastGround, int MixedFrames, int Leaving, int Objects, int Drawn, double Milliseconds);

    [BrowserTheory]
    [InlineData(1500)]
    [InlineData(0)]
    public async Task Finer_tiles_come_without_a_hole_and_mix_with_what_they_replace_for_as_long_as_was_asked_for(int fade)
    {
        var world = new FlatWorld(levels: 2);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, $"clear=ff00ff&fade={fade}&sse=100000");
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, 0, 2000], direction: [0, 0, -1], up: [0, 0, 1] })");
        await viewer.UntilAsync("s.idle && s.settled && s.primaryZ === 0");

        // From one tile to its four children, which have other colours; all that is in view is ground.
        var change = await viewer.EvaluateAsync<Change>("""
            (async () => {
              const { stage, tiles } = lodestream.viewer, gl = stage.renderer.getContext(), w = gl.drawingBufferWidth, h = gl.drawingBufferHeight, pixels = new Uint8Array(w * h * 4);
              const coarse = new Set(), fine = new Set();
              const look = () => {
                stage.render();
                gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
                const colors = new Set();
                let ground = 0;
                for (let i = 0; i < pixels.length; i += 4) {
                  const isClear = pixels[i] > 250 && pixels[i + 1] < 5 && pixels[i + 2] > 250;
                  ground += isClear ? 0 : 1;
                  colors.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
                }
                return { ground: ground / (w * h), colors };
              };
              const before = look().colors;
              let frames = 0, leastGround = 1, mixedFrames = 0, leaving = 0, shown = 0, ended = 0;
              tiles.addEventListener('tile-shown', () => shown ||= performance.now());
              lodestream.setOptions({ targetErrorPx: 16 });
              const seen = [];
              while (frames < 2000) {
                await new Promise(requestAnimationFrame);
                const { ground, colors } = look();
                seen.push(colors);
                frames++;
                leastGround = Math.min(leastGround, ground);
                leaving = Math.max(leaving, tiles.group.children.filter(o => o.isMesh).length - tiles.stats.drawn);
                const { idle, settled, primaryZ } = lodestream.debugState();
                if (idle && settled && primaryZ === 1) {
                  ended = performance.now();
                  break;
                }
              }
              const after = look().colors;
              const fresh = [...after].filter(c => !before.has(c)), old = [...before].filter(c => !after.has(c));
              for (const colors of seen)
                mixedFrames += fresh.some(c => colors.has(c)) && old.some(c => colors.has(c)) ? 1 : 0;
              const objects = tiles.group.children.filter(o => o.isMesh).length;
              return { frames, leastGround, mixedFrames, leaving, objects, drawn: tiles.stats.drawn, milliseconds: ended - shown };
            })()
            """);

        Assert.Equal(1, change.LeastGround, 1e-9);
        Assert.Equal(4, change.Drawn);
        Assert.Equal(4, change.Objects);
        if (fade == 0)
        {
            Assert.Equal(0, change.Leaving);
            return;
        }
        Assert.InRange(change.Leaving, 1, 4);
        Assert.True(change.MixedFrames >= 2, $"{change.MixedFrames} of {change.Frames} frames were mixed");
        Assert.True(change.Milliseconds >= fade, $"it was over after {change.Milliseconds} ms");
        Assert.Empty(viewer.PageErrors);
    }

    [BrowserFact]
    public async Task What_dissolves_is_charged_until_it_has_gone()
    {
        var world = new FlatWorld(levels: 2);
        await using var server = await LoopbackServer.StartAsync();
        server.Make = world.FileAt;
        await using var viewer = await browser.OpenAsync(server, FlatWorld.Scene, "fade=2000&sse=16");
        await viewer.ReadyAsync();
        await viewer.EvaluateAsync<object?>("lodestream.setCamera({ position: [0, 0, 2000], direction: [0, 0, -1], up: [0, 0, 1] })");
        await viewer.UntilAsync("s.idle && s.settled && s.primaryZ === 1");

        // Freed while it dissolves: its memory is reported free only when the dissolve has ended.
        var freed = await viewer.EvaluateAsync<double[]>("""
            (async () => {
              const { Fades } = await import('./lodestream/fades.js'), THREE = lodestream.three;
              const { MaskedMaterials } = await import('./lodestream/masks.js');
              const content = {}, removed = [], fades = new Fades(object => removed.push(object)), material = new MaskedMaterials().take(new THREE.MeshBasicMaterial());
              fades.duration = 100;
              fades.add({ began: 0, objects: [{ material }], contents: [content], lift: 1 });
              fades.add({ began: 50, objects: [{ material }], contents: [content], lift: 1 });
              let released = 0;
              fades.whenGone(content, () => released++);
              const steps = [];
              for (const now of [0, 99, 120, 149, 150]) {
                fades.advance(now);
                steps.push(released);
              }
              return [...steps, removed.length];
            })()
            """);
        Assert.Equal([0, 0, 0, 0, 1, 2], freed);
    }
}
