using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// The order of manifest tiles: by the manifest's priority, the greatest first, and among equals by importance on screen: the share of the
/// viewport that the tile's box takes up, less where it lies aside of the view, behind nearer tiles, or in a region that is hidden by
/// them. Nothing is ever kept back: what is hidden goes last.
/// </summary>
public sealed class ProximityPriority : IPriorityModel
{
    private const int Unknown = 0, Seen = 1, Hidden = 2;

    private readonly ProximityOptions _options;
    private readonly OcclusionGrid _grid = new();
    private byte[] _regions = [];
    private double[] _scores = new double[64];
    private bool[] _penalised = new bool[64];

    /// <summary>Makes the order.</summary>
    /// <param name="options">Weights and thresholds; defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public ProximityPriority(ProximityOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
    }

    /// <summary>What it was made with, for recordings.</summary>
    internal ProximityOptions MadeWith => _options;

    /// <inheritdoc/>
    public int Penalised { get; private set; }

    /// <inheritdoc/>
    public void Order(in PriorityInputs inputs, Span<Demand> demands)
    {
        Penalised = 0;
        if (demands.IsEmpty)
            return;
        Forget(demands.Length);
        for (var v = 0; v < inputs.Views.Length; v++)
            ScoreFrom(inputs, v, demands);
        for (var i = 0; i < demands.Length; i++)
        {
            ref var demand = ref demands[i];
            var table = ProximityTable.Of(inputs.Tree, demand.Tile);
            var entry = table is null ? -1 : ProximityTable.EntryOf(inputs.Tree, demand.Tile);
            Penalised += _penalised[i] ? 1 : 0;

            // A score makes less than a step between two priorities, whatever it is.
            var tier = entry < 0 || table!.IsShared[entry] ? int.MaxValue : table.Priority[entry];
            demand.Priority = tier + _scores[i] / (1 + _scores[i]);
        }
    }

    private void Forget(int count)
    {
        if (_scores.Length < count)
            (_scores, _penalised) = (new double[count * 2], new bool[count * 2]);
        Array.Clear(_scores, 0, count);
        Array.Fill(_penalised, true, 0, count);
    }

    // The best of all views counts.
    private void ScoreFrom(in PriorityInputs inputs, int v, Span<Demand> demands)
    {
        var view = inputs.Views[v];
        var ahead = Ahead(inputs, v);
        var occluded = _options.EnableOcclusionSort && view.Kind == ViewKind.Camera && PutOccluders(inputs, view);
        for (var i = 0; i < demands.Length; i++)
        {
            var tile = demands[i].Tile;
            if (ProximityTable.Of(inputs.Tree, tile) is not { } table || ProximityTable.EntryOf(inputs.Tree, tile) is not (>= 0 and var entry))
            {
                _penalised[i] = false;
                continue;
            }
            var volume = inputs.Tree.Volume(tile);
            var score = _options.EnableImportanceSort ? Importance(view, ahead, volume) : 1 / (1 + Distance(view, ahead, table.Center[entry]));
            var penalised = false;
            if (occluded)
            {
                score *= Math.Max(_options.OcclusionMinWeight, 1 - _grid.HiddenShare(volume));
                penalised = IsInHiddenRegion(table, entry);
                score *= penalised ? _options.HierarchyOcclusionPenalty : 1;
            }
            _scores[i] = Math.Max(_scores[i], score);
            _penalised[i] &= penalised;
        }
    }

    // Where the camera will be, as selection has it.
    private Vector3d Ahead(in PriorityInputs inputs, int v)
    {
        var view = inputs.Views[v];
        var velocity = v < inputs.Predictors.Length ? inputs.Predictors[v].Velocity : default;
        return velocity.Length >= _options.VelocityLookAheadMinSpeed ? view.Position + velocity * _options.VelocityLookAheadTime : view.Position;
    }

    // Full tiles that are drawn stand in the way.
    private bool PutOccluders(in PriorityInputs inputs, in View view)
    {
        _grid.Begin(view);
        if (inputs.Set.Decision is not { Table: { } table } decision || inputs.Residency is null)
            return false;
        foreach (ref readonly var entry in decision.Entries)
        {
            var full = table.FirstRepresentation[entry.Entry + 1] - table.FirstRepresentation[entry.Entry] - 1;
            if (entry.Wanted != full || table.IsShared[entry.Entry])
                continue;
            var tile = ProximityTable.FirstTileOf(inputs.Tree, decision.Root, entry.Entry);
            for (var i = 0; i < full; i++)
                tile = inputs.Tree.LinkArray[tile].FirstChild;
            if (inputs.Residency.IsWhole(tile))
                _grid.Add(inputs.Tree.Volume(tile));
        }
        if (_regions.Length < table.RegionCount)
            _regions = new byte[table.RegionCount];
        Array.Clear(_regions);
        return _grid.Count > 0;
    }

    // A region that is hidden hides all regions within it.
    private bool IsInHiddenRegion(ProximityTable table, int entry)
    {
        for (var region = table.Region[entry]; region >= 0; region = table.RegionParent[region])
        {
            if (_regions[region] == Unknown)
            {
                var box = BoundingVolume.AxisAligned(table.RegionMin[region], table.RegionMax[region]);
                _regions[region] = (byte)(_grid.HiddenShare(box) >= _options.OcclusionFullThreshold ? Hidden : Seen);
            }
            if (_regions[region] == Hidden)
                return true;
        }
        return false;
    }

    // The share of the viewport that the faces towards the camera take up, foreshortened; a sphere to keep resident has no screen.
    private double Importance(in View view, Vector3d ahead, in BoundingVolume volume)
    {
        if (view.Kind != ViewKind.Camera)
            return 0;
        if (volume.DistanceTo(view.Position) <= 0)
            return 1;
        var nearest = Math.Max(Math.Max(view.Near, 1e-6), Math.Min(volume.DistanceTo(view.Position), volume.DistanceTo(ahead)));
        var towards = (volume.Center - view.Position).Normalized();
        var half = volume.HalfLengths;
        var faces = volume.Shape == VolumeShape.Sphere
            ? Math.PI * half.X * half.X
            : 4 * (Math.Abs(Vector3d.Dot(towards, volume.AxisX)) * half.Y * half.Z + Math.Abs(Vector3d.Dot(towards, volume.AxisY)) * half.X * half.Z + Math.Abs(Vector3d.Dot(towards, volume.AxisZ)) * half.X * half.Y);
        var scale = view.PixelScale / nearest;
        var share = Math.Min(1, faces * scale * scale / (view.ViewportWidth * view.ViewportHeight));
        var aligned = (1 + Vector3d.Dot(towards, view.Direction.Normalized())) / 2;
        return share * (_options.ViewAlignmentMinWeight + (1 - _options.ViewAlignmentMinWeight) * aligned);
    }

    private static double Distance(in View view, Vector3d ahead, Vector3d center) => Math.Min(Vector3d.Distance(view.Position, center), Vector3d.Distance(ahead, center));
}
