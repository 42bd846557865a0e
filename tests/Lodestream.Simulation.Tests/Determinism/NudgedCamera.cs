using Lodestream.Selection;
using Lodestream.Simulation.Cameras;

namespace Lodestream.Simulation.Tests.Determinism;

/// <summary>A camera that stands one last bit beside another.</summary>
internal sealed class NudgedCamera(ICamera camera) : ICamera
{
    public TimeSpan Duration => camera.Duration;

    public View? At(TimeSpan time) => camera.At(time) is { } view ? view with { Position = view.Position with { X = Math.BitIncrement(view.Position.X) } } : null;
}
