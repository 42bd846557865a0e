using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Gain over bytes, highest first. The link is one machine and contents are its jobs; what a user feels is the integral of visible error over
/// time, a weighted sum of completion times, and the order that minimises such a sum is weight over length (Smith's rule; Horn's for
/// trees). A content's weight is the error above the target that it removes times its visible area, integrated over the time in
/// which it is predicted to be seen: what will have left the view when it arrives gains nothing. Contents of which none is shown
/// before all are here, because no mask parts them, are one job: together they have the density of their sum.
/// </summary>
public sealed class GainOrder : IPriorityModel
{
    // Poses at which a prediction is looked at, evenly spaced over the look-ahead, now included.
    private const int Poses = 7;

    // What a sphere wants counts as much as so many pixels² that a camera sees: enough to come, after what is looked at.
    private const double UnseenArea = 1;

    // On the bench flight the error integral is flat from 0.1 to 1; the first view takes longer with more.
    private const double QueueShare = 0.25;

    private readonly PreparedView[] _views = new PreparedView[Poses * VisibilitySet.MaximumViews];
    private readonly double[] _weights = new double[Poses * VisibilitySet.MaximumViews];
    private readonly Dictionary<int, (double Gain, double Bytes)> _groups = [];
    private int[] _gates = new int[64];
    private int _count;

    /// <inheritdoc />
    public void Order(in PriorityInputs inputs, Span<Demand> demands)
    {
        if (demands.IsEmpty)
            return;
        PreparePoses(inputs);
        var fillInShare = double.NaN;
        if (_gates.Length < demands.Length)
            _gates = new int[Math.Max(demands.Length, _gates.Length * 2)];
        _groups.Clear();
        var (gainOfTile, gate) = (0.0, -1);
        for (var i = 0; i < demands.Length; i++)
        {
            ref var demand = ref demands[i];

            // A tile's contents come one after the other, and remove the same error.
            if (i == 0 || demand.Tile != demands[i - 1].Tile)
                gainOfTile = Gain(inputs, demand, out gate);
            var gain = gainOfTile;
            if (demand.FillsIn)
                gain *= fillInShare = double.IsNaN(fillInShare) ? FillInShare(inputs, demands) : fillInShare;
            var bytes = Math.Max(1, inputs.ExpectedBytes(demand.Content));
            demand.Priority = gain / bytes;
            _gates[i] = demand.Class == DemandClass.Refinement ? gate : -1;
            if (_gates[i] < 0)
                continue;
            var (groupGain, groupBytes) = _groups.GetValueOrDefault(gate);
            _groups[gate] = (groupGain + gain, groupBytes + bytes);
        }
        if (_groups.Count > 0)
            ShareDensity(demands);
    }

    private void ShareDensity(Span<Demand> demands)
    {
        for (var i = 0; i < demands.Length; i++)
        {
            if (_gates[i] < 0)
                continue;
            var (gain, bytes) = _groups[_gates[i]];
            demands[i].Priority = gain / bytes;
        }
    }

    // What fills in is seen until what it fills in for is here: a share of the time the queue takes, where the rest is seen to the end.
    private static double FillInShare(in PriorityInputs inputs, Span<Demand> demands)
    {
        var bytes = 0.0;
        foreach (ref readonly var demand in demands)
            bytes += inputs.ExpectedBytes(demand.Content);
        return Math.Min(1, QueueShare * bytes / (inputs.BytesPerSecond * Math.Max(1, inputs.LookAheadSeconds)));
    }

    private void PreparePoses(in PriorityInputs inputs)
    {
        _count = 0;
        for (var v = 0; v < inputs.Views.Length; v++)
        {
            var predictor = inputs.Predictors[v];
            var poses = predictor.IsStill || inputs.Views[v].Kind != ViewKind.Camera ? 1 : Poses;
            for (var k = 0; k < poses; k++)
            {
                var ahead = inputs.LookAheadSeconds * k / (Poses - 1);
                _views[_count] = new(k == 0 ? inputs.Views[v] : predictor.Predict(ahead), 1);

                // What cannot be here yet at a pose gains nothing there, unless the pose is the last thing that is known.
                var arrives = ahead >= inputs.ArrivalSeconds || k == poses - 1;
                _weights[_count++] = inputs.Views[v].Weight * predictor.Confidence(ahead) * (arrives ? 1 : 0.25);
            }
        }
    }

    private double Gain(in PriorityInputs inputs, in Demand demand, out int gate)
    {
        var tree = inputs.Tree;
        ref readonly var node = ref tree.NodeArray[demand.Tile];
        var own = Math.Max(node.GeometricError, node.RasterError);
        var source = inputs.DrawnAncestor(demand.Tile, out gate);
        var before = source < 0 ? CoveringError(tree, demand.Tile) : Math.Max(tree.NodeArray[source].GeometricError, tree.NodeArray[source].RasterError);

        // Topology draws nothing itself; what is below it will have about half its error.
        if ((tree.LinkArray[demand.Tile].Flags & TileFlags.Unexpanded) != 0)
            own /= 2;
        var gain = 0.0;
        for (var i = 0; i < _count; i++)
            gain += _weights[i] * GainIn(_views[i], tree, demand.Tile, node, before, own);
        return gain;
    }

    // Error removed, in pixels above the target, times visible area, in pixels².
    private static double GainIn(in PreparedView view, TileTree tree, int tile, in TileNode node, double before, double own)
    {
        if (!view.Sees(tree, tile, false, out var inside, out var squared))
            return 0;
        if (!view.IsCamera)
            return (before - own) * UnseenArea;
        var distance = Math.Max(Math.Sqrt(squared), 1);
        var scale = view.PixelScale / distance;
        var removed = Math.Max(0, before * scale - view.Target) - Math.Max(0, own * scale - view.Target);
        return Math.Max(removed, 1e-3) * view.AreaPx(node, view.Towards(node), distance) * (inside ? 1 : 0.5);
    }

    // Where nothing is drawn the error is the tileset's root's.
    private static double CoveringError(TileTree tree, int tile)
    {
        var error = tree.NodeArray[tile].GeometricError;
        for (var above = tree.LinkArray[tile].Parent; above > TileTree.SceneRoot; above = tree.LinkArray[above].Parent)
            error = tree.NodeArray[above].GeometricError;
        return error;
    }
}
