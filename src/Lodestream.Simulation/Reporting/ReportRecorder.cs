using Lodestream.Scene;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Reporting;

/// <summary>Records over a run what its report shows, in bounded memory.</summary>
/// <param name="tree">The run's tree.</param>
public sealed class ReportRecorder(TileTree tree) : SimulationObserver
{
    /// <summary>What the streamer said of itself.</summary>
    internal RunTimeline Timeline { get; } = new();

    /// <summary>What was drawn and wanted.</summary>
    internal RunMap Map { get; } = new(tree);

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        Timeline.OnFrame(frame);
        Map.OnFrame(frame);
    }

    /// <inheritdoc />
    public override void OnEnd(in SimulatedFrame last) => Map.OnEnd(last);
}
