using System.Diagnostics;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;

namespace Lodestream.Simulation.Benchmarks;

/// <summary>What timing pure selection gave.</summary>
/// <param name="Tiles">Tiles in the tree.</param>
/// <param name="UsPerFrameMean">Mean over poses of each pose's median, microseconds.</param>
/// <param name="UsPerFrameP95">95th percentile over poses of each pose's median, microseconds.</param>
/// <param name="TouchedPerFrame">Bounding volumes tested, mean over poses.</param>
/// <param name="SelectedPerFrame">Tiles wanted, mean over poses.</param>
/// <param name="DistinctSelected">Different tiles wanted over the path.</param>
/// <param name="AllocatedBytesPerFrame">Managed bytes allocated by a selection.</param>
/// <param name="TopologyBytesPerTile">Memory of the tree per tile.</param>
/// <param name="OpenMs">What opening the scene took, milliseconds.</param>
public sealed record SelectionFigures(
    int Tiles, double UsPerFrameMean, double UsPerFrameP95, double TouchedPerFrame, double SelectedPerFrame,
    int DistinctSelected, double AllocatedBytesPerFrame, double TopologyBytesPerTile, double OpenMs);

/// <summary>Times pure selection over recorded poses: two warm-up passes, then each pose's median over the passes.</summary>
public static class SelectionBenchmark
{
    private const int WarmUpPasses = 2;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="tree">A scene, expanded as far as it should count.</param>
    /// <param name="path">The poses.</param>
    /// <param name="targetErrorPx">Target error in pixels.</param>
    /// <param name="passes">Timed passes.</param>
    /// <param name="openMs">What opening the scene took, to be passed through.</param>
    /// <param name="cancellation">Ends the run between passes.</param>
    public static SelectionFigures Run(TileTree tree, PosePath path, double targetErrorPx, int passes, double openMs, CancellationToken cancellation)
    {
        var policy = new ScreenSpaceErrorPolicy();
        var set = new VisibilitySet();
        var views = path.Poses.Select((_, i) => path.At(i) with { TargetErrorPx = targetErrorPx }).ToArray();
        var times = new double[views.Length][];
        long touched = 0, selected = 0, allocated = 0;
        var distinct = new HashSet<int>();
        for (var i = 0; i < views.Length; i++)
            times[i] = new double[passes];
        for (var pass = -WarmUpPasses; pass < passes; pass++)
        {
            cancellation.ThrowIfCancellationRequested();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < views.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                policy.Select(tree, views.AsSpan(i, 1), new(1), set);
                var elapsed = Stopwatch.GetElapsedTime(start);
                if (pass >= 0)
                    times[i][pass] = elapsed.TotalMicroseconds;
                if (pass == 0)
                {
                    touched += set.Touched;
                    selected += set.PrimaryCount;
                }
                if (pass == -1)
                    Collect(set, distinct);
            }
            if (pass >= 1 || passes == 1)
                allocated = Math.Max(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        var medians = times.Select(Median).Order().ToArray();
        return new(tree.TileCount - 1, medians.Average(), medians[(int)(0.95 * (medians.Length - 1))], (double)touched / views.Length,
            (double)selected / views.Length, distinct.Count, (double)allocated / views.Length, (double)tree.TopologyBytes / tree.TileCount, openMs);
    }

    private static void Collect(VisibilitySet set, HashSet<int> distinct)
    {
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & VisitFlags.Primary) != 0)
                distinct.Add(visit.Tile);
        }
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
