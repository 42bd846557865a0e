using Lodestream.Selection;

namespace Lodestream.Simulation.Cameras;

/// <summary>A camera that moves by itself.</summary>
public interface ICamera
{
    /// <summary>How long it moves; afterwards it stands still.</summary>
    TimeSpan Duration { get; }

    /// <summary>Where it is.</summary>
    /// <param name="time">Time since it started to move, from 0 to <see cref="Duration"/>.</param>
    /// <returns>The view; null while the camera is switched off.</returns>
    View? At(TimeSpan time);
}

/// <summary>Flies a recorded path in a given time.</summary>
/// <param name="path">The path.</param>
/// <param name="duration">How long the flight takes.</param>
public sealed class PathCamera(PosePath path, TimeSpan duration) : ICamera
{
    /// <inheritdoc />
    public TimeSpan Duration => duration;

    /// <inheritdoc />
    public View? At(TimeSpan time) => path.AtShare(duration > TimeSpan.Zero ? time / duration : 1);
}
