using Lodestream.Diagnostics;
using Lodestream.Selection;

namespace Lodestream.Simulation.Cameras;

/// <summary>Takes the path of the first camera out of a recorded session.</summary>
internal static class RecordedCamera
{
    // Ticks of a loop that is awake are closer together, seconds; in between, the camera stood.
    private const double LongestTick = 0.25;

    /// <summary>Reads a recording.</summary>
    /// <param name="file">Its path; it starts every error message.</param>
    /// <param name="packed">What the file holds.</param>
    /// <exception cref="FormatException">It is no recording, or nobody looks in it.</exception>
    public static CameraChoice Parse(string file, ReadOnlySpan<byte> packed)
    {
        var trace = TraceFile.Read(packed, out var error) ?? throw new FormatException($"{file}: {error}");
        var views = trace.FirstViews().FindAll(view => view.View.Kind == ViewKind.Camera);
        if (views.Count == 0)
            throw new FormatException($"{file}: nobody looks in it: it has no camera");
        var frames = new List<Keyframe>();
        foreach (var (now, view) in views)
        {
            var seconds = (now - views[0].Now).TotalSeconds;
            if (frames.Count > 0 && seconds - frames[^1].Seconds > LongestTick)
                frames.Add(frames[^1] with { Seconds = seconds });
            frames.Add(new(seconds, view.Position, view.Direction, view.Up));
        }
        return new CameraChoice.Keyframes(frames) { Lens = views[^1].View };
    }
}
