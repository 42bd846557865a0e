using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Device;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Network;

namespace Lodestream.Simulation.Scenarios;

/// <summary>What a simulation is to do, but for the scene itself.</summary>
public sealed record SimulationScenario
{
    /// <summary>The scene as the file names it; null where it names none.</summary>
    public string? Scene { get; init; }

    /// <summary>Viewport in pixels; null for the recorded path's, or 1920 × 1080.</summary>
    public (double Width, double Height)? Viewport { get; init; }

    /// <summary>Vertical field of view, degrees; null for the recorded path's, or 60.</summary>
    public double? FovYDegrees { get; init; }

    /// <summary>Target error, pixels; null for the recorded path's, or 16.</summary>
    public double? TargetErrorPx { get; init; }

    /// <summary>Target for raster error, pixels; null for the same.</summary>
    public double? RasterTargetErrorPx { get; init; }

    /// <summary>Frames a second while the camera moves.</summary>
    public double FramesPerSecond { get; init; } = 60;

    /// <summary>Seed of network, device, retries and the built-in cameras.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Memory budget, MiB.</summary>
    public double MemoryMB { get; init; } = 512;

    /// <summary>How tiles are selected.</summary>
    public SimulatedPolicy Policy { get; init; }

    /// <summary>The network.</summary>
    public NetworkProfile Network { get; init; } = NetworkProfile.Cable;

    /// <summary>The device.</summary>
    public DeviceProfile Device { get; init; } = new();

    /// <summary>The camera.</summary>
    public CameraChoice Camera { get; init; } = new CameraChoice.BuiltIn("orbit");

    /// <summary>How long a built-in or recorded camera moves, seconds.</summary>
    public double DurationS { get; init; } = 20;

    /// <summary>Whether the camera sets off at once; otherwise the first view settles before.</summary>
    public bool Cold { get; init; } = true;

    /// <summary>How long the still camera is waited for, seconds.</summary>
    public double SettleLimitS { get; init; } = 60;

    /// <summary>What happens on the way.</summary>
    public IReadOnlyList<ScenarioEvent> Events { get; init; } = [];

    /// <summary>What the figures are held to.</summary>
    public IReadOnlyList<Gate> Gates { get; init; } = [];
}

/// <summary>How tiles are selected.</summary>
public enum SimulatedPolicy : byte
{
    /// <summary>By screen-space error.</summary>
    Error,

    /// <summary>By one level for what is looked at.</summary>
    Pyramid,

    /// <summary>By distance: manifest scenes.</summary>
    Proximity,
}

/// <summary>Something that happens on the way.</summary>
/// <param name="Seconds">When, seconds after the camera set off.</param>
public abstract record ScenarioEvent(double Seconds)
{
    /// <summary>The link dies.</summary>
    /// <param name="Seconds">When.</param>
    /// <param name="Length">For how long, seconds.</param>
    public sealed record Outage(double Seconds, double Length) : ScenarioEvent(Seconds);

    /// <summary>A tile's content is replaced by a newer version, and the streamer is told.</summary>
    /// <param name="Seconds">When.</param>
    /// <param name="Uri">URI of the content, relative to the scene's first document.</param>
    public sealed record Change(double Seconds, string Uri) : ScenarioEvent(Seconds);

    /// <summary>The system asks for memory back.</summary>
    /// <param name="Seconds">When.</param>
    public sealed record MemoryPressure(double Seconds) : ScenarioEvent(Seconds);

    /// <summary>The session changes: everything is unloaded at once.</summary>
    /// <param name="Seconds">When.</param>
    public sealed record UnloadAll(double Seconds) : ScenarioEvent(Seconds);

    /// <summary>Textures are shed, those of the farthest contents first.</summary>
    /// <param name="Seconds">When.</param>
    /// <param name="Contents">Contents at most.</param>
    public sealed record ShedTextures(double Seconds, int Contents) : ScenarioEvent(Seconds);

    /// <summary>A family is switched on or off.</summary>
    /// <param name="Seconds">When.</param>
    /// <param name="Family">The family.</param>
    /// <param name="Visible">Whether it is on from then on.</param>
    public sealed record Layer(double Seconds, ContentFamily Family, bool Visible) : ScenarioEvent(Seconds);
}
