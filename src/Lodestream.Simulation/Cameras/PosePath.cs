using System.Text.Json;
using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Simulation.Cameras;

/// <summary>Where a camera stands and looks: metres and unit vectors, scene frame.</summary>
public readonly record struct Pose(Vector3d Position, Vector3d Direction, Vector3d Up);

/// <summary>A recorded flight: poses with the lens they were recorded for.</summary>
/// <param name="Poses">The poses, evenly spaced in time.</param>
/// <param name="Lens">Viewport, field of view, clip distances and target; its pose is the first one.</param>
public sealed record PosePath(IReadOnlyList<Pose> Poses, View Lens)
{
    /// <summary>Reads a pose path (<c>fovYDegrees</c>, <c>viewport</c>, <c>near</c>, <c>far</c>, <c>sseTarget</c>, <c>poses</c>).</summary>
    /// <param name="file">Path of the JSON file; it starts every error message.</param>
    /// <param name="json">Its text.</param>
    /// <exception cref="FormatException">The text is not a pose path; the message names file and place.</exception>
    public static PosePath Parse(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var viewport = root.TryGetProperty("viewport", out var v) ? v : default;
            var poses = new List<Pose>();
            foreach (var pose in root.GetProperty("poses").EnumerateArray())
                poses.Add(new(Vector(pose, "position", file, poses.Count), Vector(pose, "direction", file, poses.Count), Vector(pose, "up", file, poses.Count)));
            if (poses.Count == 0)
                throw new FormatException($"{file}: poses: there is none");
            var lens = new View
            {
                Position = poses[0].Position,
                Direction = poses[0].Direction,
                Up = poses[0].Up,
                FovY = Number(root, "fovYDegrees", 60) * Math.PI / 180,
                ViewportWidth = viewport.ValueKind == JsonValueKind.Array ? viewport[0].GetDouble() : 1920,
                ViewportHeight = viewport.ValueKind == JsonValueKind.Array ? viewport[1].GetDouble() : 1080,
                Near = Number(root, "near", 1),
                Far = Number(root, "far", 40000),
                TargetErrorPx = Number(root, "sseTarget", 16),
            };
            return new(poses, lens);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            var reason = e.Message.ReplaceLineEndings(" ");
            throw new FormatException($"{file}: not a pose path: {(reason.Length <= 200 ? reason : $"{reason.AsSpan(0, 100)}…{reason.AsSpan(reason.Length - 100)}")}", e);
        }
    }

    /// <summary>The view at a pose.</summary>
    public View At(int pose) => Lens with { Position = Poses[pose].Position, Direction = Poses[pose].Direction, Up = Poses[pose].Up };

    /// <summary>The view at a share of the way: positions linear between poses, directions linear and renormalised.</summary>
    /// <param name="share">0 at the first pose, 1 at the last.</param>
    public View AtShare(double share)
    {
        var at = Math.Clamp(share, 0, 1) * (Poses.Count - 1);
        var first = Math.Min((int)at, Poses.Count - 1);
        var next = Math.Min(first + 1, Poses.Count - 1);
        var t = at - first;
        return Lens with
        {
            Position = Vector3d.Lerp(Poses[first].Position, Poses[next].Position, t),
            Direction = Vector3d.Lerp(Poses[first].Direction, Poses[next].Direction, t).Normalized(),
            Up = Vector3d.Lerp(Poses[first].Up, Poses[next].Up, t).Normalized(),
        };
    }

    private static double Number(JsonElement root, string name, double otherwise) =>
        root.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

    private static Vector3d Vector(JsonElement pose, string name, string file, int index)
    {
        if (!pose.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3)
            throw new FormatException($"{file}: poses[{index}].{name}: three numbers are needed");
        return new(value[0].GetDouble(), value[1].GetDouble(), value[2].GetDouble());
    }
}
