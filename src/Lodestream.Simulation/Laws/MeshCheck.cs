using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Laws;

/// <summary>How many meshes are on their way to the GPU at once, and of the near band; and what is said of the tiles they are of.</summary>
internal sealed class MeshCheck(TileTree tree, ContentFacts contents, TileFacts tiles, OutOfCoreOptions options)
{
    private const double Rounding = 1e-9;

    private readonly Dictionary<int, bool> _isNear = [];
    private readonly List<int> _started = [];

    /// <summary>A mesh's preparation started.</summary>
    public void OnPrepare(in PrepareJob job)
    {
        if (job.Mesh >= 0)
            _started.Add(job.Content);
    }

    /// <summary>Checks a frame.</summary>
    public void Check(in SimulatedFrame frame, Action<Breach, int, string> fail)
    {
        foreach (var content in _started)
            _isNear[content] = IsNear(tree.Contents.Records[content].Tile, frame.Views);
        _started.Clear();
        var (all, near) = (0, 0);
        foreach (var (content, isNear) in _isNear)
        {
            if (tree.Contents.Records[content].Format != ContentFormat.PayloadMesh || contents[content].State is not (OutsideState.Preparing or OutsideState.Prepared or OutsideState.Uploading))
            {
                _isNear.Remove(content);
                continue;
            }

            // What is prepared may be kept back because it would hide something, and gives its place to others.
            if (contents[content].State == OutsideState.Prepared)
                continue;
            all++;
            near += isNear ? 1 : 0;
        }
        if (all > options.MaxConcurrentLoads)
            fail(Breach.OverBudget, -1, $"{all} meshes are on their way to the GPU; the cap is {options.MaxConcurrentLoads}");
        if (near > options.NearBandMaxConcurrentLoads)
            fail(Breach.OverBudget, -1, $"{near} meshes of the near band are on their way to the GPU; the cap is {options.NearBandMaxConcurrentLoads}");
        CheckCounts(frame, fail);
    }

    private void CheckCounts(in SimulatedFrame frame, Action<Breach, int, string> fail)
    {
        var (count, complete, empty) = (0, 0, 0);
        CountBelow(TileTree.SceneRoot);
        var said = frame.Streamer.Statistics.OutOfCore;
        if ((said.All, said.Complete, said.Empty) != (count, complete, empty))
            fail(Breach.Dishonest, -1, $"{said.All} tiles are said to be streamed mesh by mesh, {said.Complete} complete and {said.Empty} empty; there are {count}, {complete} and {empty}");

        void CountBelow(int tile)
        {
            var links = tree.Links[tile];
            if ((links.Flags & TileFlags.OutOfCore) != 0)
            {
                var (meshes, here) = (tree.Links[links.FirstChild].ChildCount, tiles.DrawableBelow(tile));
                (count, complete, empty) = (count + 1, complete + (here == meshes ? 1 : 0), empty + (here == 0 ? 1 : 0));
                return;
            }
            for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
                CountBelow(child);
        }
    }

    // At the band's edge the core decides.
    private bool IsNear(int tile, ReadOnlySpan<View> views)
    {
        if (ProximityTable.Of(tree, tile) is not { } table)
            return false;
        var (volume, nearest) = (tree.Volume(tile), double.PositiveInfinity);
        foreach (ref readonly var view in views)
            nearest = Math.Min(nearest, volume.DistanceTo(view.Position));
        return nearest < table.StreamingRadius[ProximityTable.EntryOf(tree, tile)] * options.NearBandShare * (1 - Rounding);
    }
}
