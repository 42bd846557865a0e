namespace Lodestream.Browser.Tests.Harness;

/// <summary>What tests run inside the viewer's page. The clear colour of all of them is magenta: <c>?clear=ff00ff</c>.</summary>
internal static class PageScripts
{
    /// <summary>Share of the canvas that is drawn upon.</summary>
    public const string GroundShare = """
        (() => {
          const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), { drawingBufferWidth: w, drawingBufferHeight: h } = gl;
          stage.render();
          const pixels = new Uint8Array(w * h * 4);
          gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
          let drawn = 0;
          for (let i = 0; i < pixels.length; i += 4)
            drawn += pixels[i] > 250 && pixels[i + 1] < 5 && pixels[i + 2] > 250 ? 0 : 1;
          return drawn / (w * h);
        })()
        """;

    /// <summary>Draws a frame and reads it back: base 64 of red, green, blue and alpha, rows from the bottom.</summary>
    public const string Pixels = """
        (() => {
          const { stage } = lodestream.viewer, gl = stage.renderer.getContext(), { drawingBufferWidth: w, drawingBufferHeight: h } = gl;
          stage.render();
          const pixels = new Uint8Array(w * h * 4);
          gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
          return pixels.toBase64();
        })()
        """;

    /// <summary>Waits for an animation frame; what was asked for before it has run when it resolves.</summary>
    public const string NextFrame = "await new Promise(requestAnimationFrame);";

    /// <summary>Watches for long frames from before the page's own scripts run.</summary>
    public const string WatchLongTasks = """
        window.longTasks = [];
        new PerformanceObserver(list => longTasks.push(...list.getEntries().map(e => ({ start: e.startTime, ms: e.duration })))).observe({ entryTypes: ['longtask'] });
        """;
}
