using Lodestream.Diagnostics;
using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Device;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Scenes;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>Everything a run depends on: the same set-up gives the same run.</summary>
public sealed record SimulationSetup
{
    /// <summary>The scene. The run grows it; a tree serves one run.</summary>
    public required TileTree Tree { get; init; }

    /// <summary>What the server holds.</summary>
    public required IContentOrigin Origin { get; init; }

    /// <summary>The cameras; the run moves as long as the longest of them does.</summary>
    public required IReadOnlyList<ICamera> Cameras { get; init; }

    /// <summary>The network. Default: cable.</summary>
    public NetworkProfile Network { get; init; } = NetworkProfile.Cable;

    /// <summary>The device.</summary>
    public DeviceProfile Device { get; init; } = new();

    /// <summary>The core's options.</summary>
    public StreamerOptions Options { get; init; } = new();

    /// <summary>Seed of network, device and jitter.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Frames a second while anything moves.</summary>
    public double FramesPerSecond { get; init; } = 60;

    /// <summary>Whether the cameras set off at once; otherwise they wait until the first view is complete.</summary>
    public bool Cold { get; init; } = true;

    /// <summary>How long a still camera is waited for, seconds.</summary>
    public double SettleLimitSeconds { get; init; } = 60;

    /// <summary>How many ticks a still camera is waited for at most: what moves every frame and gets nowhere need not be watched for an hour.</summary>
    public int SettleLimitFrames { get; init; } = 20_000;

    /// <summary>Frames that are ticked after everything came to rest, to see that it stays so.</summary>
    public int RestFrames { get; init; } = 30;

    /// <summary>Things that happen during the run, at their time.</summary>
    public IReadOnlyList<SimulatedEvent> Events { get; init; } = [];

    /// <summary>Who watches.</summary>
    public IReadOnlyList<SimulationObserver> Observers { get; init; } = [];

    /// <summary>Records the run, so that it can be replayed; null for no recording.</summary>
    public TraceRecorder? Recorder { get; init; }

    /// <summary>Makes the core; tests put a core with a broken stage here.</summary>
    public Func<TileTree, ITileTransport, IContentPreparer, Presentation.IRenderHost, Inbox, StreamerOptions, TraceRecorder?, TileStreamer> MakeStreamer { get; init; } =
        (tree, transport, preparer, host, inbox, options, recorder) => new(tree, transport, preparer, host, inbox, options, recorder);
}

/// <summary>Something that happens during a run.</summary>
/// <param name="Seconds">When, seconds after the cameras set off.</param>
/// <param name="Happens">What is done, before the tick.</param>
public sealed record SimulatedEvent(double Seconds, Action<SimulationControls> Happens);

/// <summary>What an event can reach.</summary>
/// <param name="Streamer">The core.</param>
/// <param name="Inbox">The way into it.</param>
/// <param name="Network">The network.</param>
/// <param name="Host">The host.</param>
public sealed record SimulationControls(TileStreamer Streamer, SimulatedInbox Inbox, SimulatedNetwork Network, SimulatedHost Host);
