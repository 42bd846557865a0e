namespace Lodestream.Browser.Tests.Harness;

/// <summary>
/// A flight over real relief while its tiles come, judged afterwards: a pixel is ground where, from the same place, both the root alone
/// and everything that is wanted show ground. Two pixels at their outlines don't count, where one shows a ridge the other lacks.
/// The clear colour must be magenta.
/// </summary>
/// <param name="Frames">Frames looked at.</param>
/// <param name="GroundPixels">Pixels that are ground, of all frames.</param>
/// <param name="Holes">Of those, the ones that showed the clear colour.</param>
/// <param name="Cracks">The same for the picture without its backdrop.</param>
/// <param name="WorstFrame">The frame with the most holes.</param>
/// <param name="WorstHoles">Holes in it.</param>
/// <param name="StandIns">Tiles that stood in for others, of all frames.</param>
internal sealed record RecordedFlight(int Frames, long GroundPixels, int Holes, int Cracks, int WorstFrame, int WorstHoles, int StandIns)
{
    /// <summary>
    /// Flies for seven seconds, or as long as it takes: low for one, once round in three, then up to forty times the height and looking down, and remembers what it saw.
    /// Coordinates are the scene's; <paramref name="up"/> is the index of the axis that points up.
    /// </summary>
    public static async Task RecordAsync(ViewerPage viewer, double[] eye, int up, double height) => await viewer.EvaluateAsync<object?>($$"""
        (async (eye, up, height) => {
          const { stage, tiles } = lodestream.viewer, gl = stage.renderer.getContext(), w = gl.drawingBufferWidth, h = gl.drawingBufferHeight;
          const bytes = new Uint8Array(w * h * 4), backdrop = tiles.group.getObjectByName('lodestream-backdrop');
          window.flight = { frames: [], w, h };
          // One byte a pixel: 1 is the clear colour.
          flight.look = () => {
            stage.render();
            gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
            const clear = new Uint8Array(w * h);
            for (let i = 0; i < clear.length; i++)
              clear[i] = Number(bytes[i * 4] > 250 && bytes[i * 4 + 1] < 5 && bytes[i * 4 + 2] > 250);
            return clear;
          };
          // Looks are counted, not timed: a slow machine flies slower and sees as much.
          const looks = 28, began = performance.now();
          for (let look = 0; look < looks; look++) {
            const t = 7 * look / looks;
            const angle = Math.max(0, Math.min(1, (t - 1) / 3)) * 2 * Math.PI, above = t < 4 ? height : height * 40 ** ((t - 4) / 3);
            const pose = { position: [...eye], direction: [0, 0, 0], up: [0, 0, 0] };
            pose.position[up] += above;
            pose.direction[(up + 1) % 3] = Math.cos(angle);
            pose.direction[(up + 2) % 3] = Math.sin(angle);
            pose.direction[up] = -0.3 - Math.max(0, t - 4) * 0.6;
            pose.up[up] = 1;
            lodestream.setCamera(pose);
            do
              await new Promise(requestAnimationFrame);
            while (performance.now() < began + t * 1000);
            const clear = flight.look();
            backdrop.visible = false;
            const clearWithout = flight.look();
            backdrop.visible = true;
            flight.frames.push({ pose, clear, clearWithout, standIns: lodestream.debugState().standIns.length });
          }
        })([{{string.Join(',', eye.Select(Invariant))}}], {{up}}, {{Invariant(height)}})
        """);

    /// <summary>Flies the same way again with all the time it takes, and compares.</summary>
    public static Task<RecordedFlight> JudgeAsync(ViewerPage viewer) => viewer.EvaluateAsync<RecordedFlight>("""
        (async () => {
          const { tiles } = lodestream.viewer, { w, h, frames, look } = flight, wantedError = tiles.options.targetErrorPx;
          const settle = async (pose, targetErrorPx) => {
            lodestream.setOptions({ targetErrorPx });
            lodestream.setCamera(pose);
            for (let i = 0; i < 3 || tiles.needsUpdate || tiles.stats.pending > 0; i++) {
              await new Promise(requestAnimationFrame);
              if (i > 300)
                throw new Error(`never settled at ${JSON.stringify(pose)}, ${targetErrorPx} px: ${JSON.stringify({ ...tiles.stats, frames: frames.length })}`);
            }
            return look();
          };
          // Ground, and two pixels of ground around it.
          const isGround = (a, b, at) => {
            const x = at % w, y = Math.floor(at / w);
            for (let dy = -2; dy <= 2; dy++)
              for (let dx = -2; dx <= 2; dx++) {
                const i = Math.max(0, Math.min(h - 1, y + dy)) * w + Math.max(0, Math.min(w - 1, x + dx));
                if (a[i] || b[i])
                  return false;
              }
            return true;
          };
          let groundPixels = 0, holes = 0, cracks = 0, worstFrame = -1, worstHoles = 0, standIns = 0;
          for (const [number, frame] of frames.entries()) {
            const coarse = await settle(frame.pose, 1e9), fine = await settle(frame.pose, wantedError);
            let here = 0;
            for (let i = 0; i < w * h; i++) {
              groundPixels += coarse[i] || fine[i] ? 0 : 1;
              if ((frame.clear[i] || frame.clearWithout[i]) && isGround(coarse, fine, i)) {
                here += frame.clear[i];
                cracks += frame.clearWithout[i];
              }
            }
            holes += here;
            standIns += frame.standIns;
            if (here > worstHoles)
              [worstFrame, worstHoles] = [number, here];
          }
          return { frames: frames.length, groundPixels, holes, cracks, worstFrame, worstHoles, standIns };
        })()
        """);

    private static string Invariant(double number) => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
