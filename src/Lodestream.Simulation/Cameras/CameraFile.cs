using System.Text.Json;
using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Simulation.Cameras;

/// <summary>Which camera a simulation has.</summary>
public abstract record CameraChoice
{
    private CameraChoice()
    {
    }

    /// <summary>One of the built-in ones.</summary>
    /// <param name="Name">Its name: <see cref="BuiltInCamera.Names"/>.</param>
    public sealed record BuiltIn(string Name) : CameraChoice;

    /// <summary>Poses at times.</summary>
    /// <param name="Frames">At least one, in the order of their times.</param>
    public sealed record Keyframes(IReadOnlyList<Keyframe> Frames) : CameraChoice
    {
        /// <summary>Viewport, field of view and target they were recorded with; null where they were written.</summary>
        public View? Lens { get; init; }
    }

    /// <summary>Recorded poses, spread over the duration.</summary>
    /// <param name="Path">The poses.</param>
    public sealed record Recorded(PosePath Path) : CameraChoice;
}

/// <summary>Reads camera files: a list of keyframes, a pose path, or the recording of a session.</summary>
public static class CameraFile
{
    /// <summary>Reads a camera file.</summary>
    /// <param name="file">Its path; it starts every error message.</param>
    /// <param name="bytes">What it holds.</param>
    /// <exception cref="FormatException">It is no camera; the message names file and place.</exception>
    public static CameraChoice Parse(string file, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span is [0x1f, 0x8b, ..])
            return RecordedCamera.Parse(file, bytes.Span);
        using var document = JsonPlace.Open(file, bytes);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? new CameraChoice.Keyframes(ReadKeyframes(JsonPlace.Root(file, document)))
            : new CameraChoice.Recorded(PosePath.Parse(file, bytes));
    }

    internal static List<Keyframe> ReadKeyframes(in JsonPlace list)
    {
        var frames = new List<Keyframe>();
        foreach (var item in list.Items())
        {
            item.TakeOnly("t", "position", "direction", "up");
            var seconds = item.Required("t").Number(0, 1e5);
            if (frames.Count > 0 && seconds < frames[^1].Seconds)
                throw item.Required("t").Fail($"is {seconds} s, before the keyframe ahead of it");
            frames.Add(new(seconds, Vector(item.Required("position")), Direction(item.Required("direction")), Direction(item.Required("up"))));
            if (Vector3d.Cross(frames[^1].Direction.Normalized(), frames[^1].Up.Normalized()).Length < 1e-6)
                throw item.Required("up").Fail("is parallel to the direction");
        }
        return frames.Count > 0 ? frames : throw list.Fail("there is no keyframe");
    }

    private static Vector3d Direction(in JsonPlace place) => Vector(place) is { LengthSquared: > 0 } vector ? vector : throw place.Fail("has no length");

    private static Vector3d Vector(in JsonPlace place)
    {
        var numbers = place.Items().Select(item => item.Number(-1e12, 1e12)).ToArray();
        return numbers.Length == 3 ? new(numbers[0], numbers[1], numbers[2]) : throw place.Fail($"has {numbers.Length} numbers; it takes 3");
    }
}
