using System.Globalization;
using Lodestream.Diagnostics;
using Lodestream.Scene;
using Lodestream.Simulation.Runs;

namespace Lodestream.Determinism;

/// <summary>
/// A line for every frame: the trace hash up to there and, so that a difference can be read and not only seen, the frame's figures. The
/// last line is the whole run's.
/// </summary>
/// <param name="flight">The flight's name; it starts every line.</param>
/// <param name="tree">The scene.</param>
public sealed class FlightTrace(string flight, TileTree tree) : SimulationObserver
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The hash of the whole run, once it has ended.</summary>
    public UInt128 Hash { get; private set; }

    /// <summary>The least detail scale of all frames.</summary>
    public double LeastDetailScale { get; private set; } = 1;

    /// <summary>The core's counters at the end.</summary>
    public StreamerStatistics Statistics { get; private set; } = new();

    /// <summary>The hash that the lines show; it listens to the same run.</summary>
    public TraceHashing Running { get; } = new(tree);

    public override void OnFrame(in SimulatedFrame frame)
    {
        var s = frame.Streamer.Statistics;
        LeastDetailScale = Math.Min(LeastDetailScale, s.DetailScale);
        _lines.Add(string.Create(CultureInfo.InvariantCulture,
            $"{flight} {frame.Number} at {frame.Time.Ticks}: {Running.Value:x32} wanted {s.Wanted} drawn {s.Drawn} requested {s.Requested} cancelled {s.Cancelled} evicted {s.Evicted} cpu {s.CpuBytes} geometry {s.GpuGeometryBytes} textures {s.GpuTextureBytes} scale {s.DetailScale:R} errors {s.PrimaryGeometricSsePx:R} {s.PrimaryRasterSsePx:R} {s.UnderlayGeometricSsePx:R} {s.UnderlayRasterSsePx:R}"));
    }

    public void End(SimulationResult result)
    {
        (Hash, Statistics) = (result.TraceHash, result.Streamer.Statistics);
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{flight} ended: {Hash:x32} after {result.Frames} frames"));
    }
}
