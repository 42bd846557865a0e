using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Simulation.Cameras;

/// <summary>A pose at a time.</summary>
/// <param name="Seconds">Seconds after the start.</param>
/// <param name="Position">Eye point, metres, scene frame.</param>
/// <param name="Direction">View direction.</param>
/// <param name="Up">Up direction.</param>
public readonly record struct Keyframe(double Seconds, Vector3d Position, Vector3d Direction, Vector3d Up);

/// <summary>
/// A camera between keyframes: positions linear, directions and up spherical. Two keyframes at the same time are a jump.
/// </summary>
public sealed class KeyframeCamera : ICamera
{
    private readonly Keyframe[] _keyframes;
    private readonly View _lens;

    /// <summary>Makes a camera.</summary>
    /// <param name="keyframes">At least one, in the order of their times.</param>
    /// <param name="lens">Field of view, viewport, clip distances and target.</param>
    /// <exception cref="ArgumentException">There is no keyframe, or the times go back.</exception>
    public KeyframeCamera(IEnumerable<Keyframe> keyframes, View lens)
    {
        _keyframes = [.. keyframes];
        _lens = lens;
        if (_keyframes.Length == 0)
            throw new ArgumentException("A camera needs a keyframe at least.", nameof(keyframes));
        for (var i = 1; i < _keyframes.Length; i++)
        {
            if (_keyframes[i].Seconds < _keyframes[i - 1].Seconds)
                throw new ArgumentException($"Keyframe {i} is at {_keyframes[i].Seconds} s, before the one ahead of it.", nameof(keyframes));
        }
        Duration = TimeSpan.FromSeconds(Math.Max(0, _keyframes[^1].Seconds));
    }

    /// <inheritdoc />
    public TimeSpan Duration { get; }

    /// <inheritdoc />
    public View? At(TimeSpan time)
    {
        var seconds = time.TotalSeconds;
        var next = Array.FindIndex(_keyframes, keyframe => keyframe.Seconds > seconds);
        if (next <= 0)
            return Look(next < 0 ? _keyframes[^1] : _keyframes[0]);
        var (a, b) = (_keyframes[next - 1], _keyframes[next]);
        var share = (seconds - a.Seconds) / (b.Seconds - a.Seconds);
        return Look(new(seconds, Vector3d.Lerp(a.Position, b.Position, share), Turn(a.Direction, b.Direction, share), Turn(a.Up, b.Up, share)));
    }

    private View Look(in Keyframe keyframe) => _lens with { Position = keyframe.Position, Direction = keyframe.Direction, Up = keyframe.Up };

    private static Vector3d Turn(Vector3d from, Vector3d to, double share)
    {
        (from, to) = (from.Normalized(), to.Normalized());
        var angle = DeterministicMath.Acos(Vector3d.Dot(from, to));
        var sine = DeterministicMath.Sin(angle);
        return sine < 1e-9
            ? Vector3d.Lerp(from, to, share)
            : (from * DeterministicMath.Sin((1 - share) * angle) + to * DeterministicMath.Sin(share * angle)) / sine;
    }
}

/// <summary>A camera that is switched on and off.</summary>
/// <param name="camera">The camera.</param>
/// <param name="onSeconds">How long it is on, and then off, seconds.</param>
public sealed class SwitchedCamera(ICamera camera, double onSeconds) : ICamera
{
    /// <inheritdoc />
    public TimeSpan Duration => camera.Duration;

    /// <inheritdoc />
    public View? At(TimeSpan time) => (int)(time.TotalSeconds / onSeconds) % 2 == 0 ? camera.At(time) : null;
}
