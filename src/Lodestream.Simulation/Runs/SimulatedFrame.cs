using Lodestream.Selection;

namespace Lodestream.Simulation.Runs;

/// <summary>What a run is doing.</summary>
public enum RunPhase : byte
{
    /// <summary>The cameras wait for the first view to be complete.</summary>
    Opening,

    /// <summary>The cameras move.</summary>
    Moving,

    /// <summary>The cameras stand still; the scene settles.</summary>
    Settling,

    /// <summary>Everything came to rest, or the patience for it ended.</summary>
    Resting,
}

/// <summary>A tick that ended.</summary>
public readonly ref struct SimulatedFrame
{
    /// <summary>Its number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>Its time, since the start of the run.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>What the run was doing.</summary>
    public required RunPhase Phase { get; init; }

    /// <summary>The views it was given.</summary>
    public required ReadOnlySpan<View> Views { get; init; }

    /// <summary>The core.</summary>
    public required TileStreamer Streamer { get; init; }

    /// <summary>What the governor answered.</summary>
    public required FrameDecision Decision { get; init; }

    /// <summary>Bytes of ended attempts that went over the link since the start, those called off included.</summary>
    public required long BytesDelivered { get; init; }

    /// <summary>Whether nothing is under way anywhere: the network, the device and the inbox are empty and the governor waits for an event.</summary>
    public required bool IsQuiet { get; init; }
}
