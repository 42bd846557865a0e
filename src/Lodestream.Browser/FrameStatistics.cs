using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>A frame's figures as words for the page; wwwroot/lodestream/statistics.js names them in the same order.</summary>
internal static class FrameStatistics
{
    public static void Write(StreamedScene scene, Span<double> words)
    {
        var s = scene.Streamer.Statistics;
        ReadOnlySpan<double> values =
        [
            scene.Tree.Links[TileTree.SceneRoot].ChildCount,
            scene.Streamer.Selection.FrameId,
            scene.Tree.TileCount,
            s.Touched,
            s.Wanted,
            s.Drawn,
            s.Settled ? 0 : Math.Max(1, s.NotYetResident),
            s.InFlight,
            s.Queued,
            s.Preparing,
            scene.Failures,
            s.CpuBytes,
            s.GpuGeometryBytes + (scene.Batching?.Planner.MemoryBytes ?? 0),
            s.GpuTextureBytes,
            s.BudgetBytes + (scene.Batching?.ReservedBytes ?? 0),
            s.BytesFetched,
            s.Commits,
            s.PrimaryGeometricSsePx,
            s.PrimaryRasterSsePx,
            s.UnderlayGeometricSsePx,
            s.UnderlayRasterSsePx,
            s.NotYetResident,
            s.DetailScale,
            s.Requested,
            s.Cancelled,
            scene.BreakersNotClosed,
            (int)scene.Streamer.InitialResidency.State,
            scene.Batching?.Planner.DrawnBatches ?? 0,
            scene.Batching?.Planner.BatchedMeshes ?? 0,
            scene.Batching?.Planner.MemoryBytes ?? 0,
            s.GeometryBudgetBytes + (scene.Batching?.ReservedBytes ?? 0),
            s.TextureBudgetBytes,
        ];
        values.CopyTo(words);
    }
}
