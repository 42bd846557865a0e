using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// The pyramid's order of loading: <c>w · screen area − d · (primary level − level) + b · max(0, 1 − distance to the focal point ÷ focal radius)</c>,
/// the screen area in pixels², weights as <see cref="PyramidOptions"/> has them. Of several cameras the one counts to which a tile is
/// worth most. What a camera does not see has no screen area.
/// </summary>
public sealed class PyramidPriority : IPriorityModel
{
    private readonly PyramidOptions _options;
    private Gaze[] _gazes = new Gaze[1];

    /// <summary>Makes a model.</summary>
    /// <param name="options">Options; defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public PyramidPriority(PyramidOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
    }

    /// <summary>What it was made with, for recordings.</summary>
    internal PyramidOptions MadeWith => _options;

    // A camera, and what it looks at.
    private struct Gaze
    {
        public PreparedView View;
        public Vector3d Focus;
        public double Radius, Weight;
    }

    /// <inheritdoc />
    public void Order(in PriorityInputs inputs, Span<Demand> demands)
    {
        if (demands.IsEmpty)
            return;
        var count = Look(inputs);
        var (seen, tile) = (0.0, -1);
        foreach (ref var demand in demands)
        {
            // A tile's contents come one after the other, and are worth the same.
            if (demand.Tile != tile)
            {
                (seen, tile) = (double.NegativeInfinity, demand.Tile);
                for (var i = 0; i < count; i++)
                    seen = Math.Max(seen, Worth(inputs.Tree, tile, _gazes[i]));
            }
            var levels = inputs.Set.PrimaryLevel - PyramidPolicy.LevelOf(inputs.Tree, demand.Tile);
            demand.Priority = (count == 0 ? 0 : seen) - _options.DepthPenaltyPerLevel * levels;
        }
    }

    private int Look(in PriorityInputs inputs)
    {
        if (_gazes.Length < inputs.Views.Length)
            _gazes = new Gaze[inputs.Views.Length];
        var count = 0;
        foreach (ref readonly var view in inputs.Views)
        {
            if (view.Kind != ViewKind.Camera)
                continue;
            var prepared = new PreparedView(view, 1);
            var focus = FocalPoint.Of(inputs.Tree, view);
            var radius = _options.FocalRadius ?? PyramidPolicy.HalfFootprint(view, Math.Max(focus.Distance, prepared.Near) / prepared.PixelScale);
            _gazes[count++] = new() { View = prepared, Focus = focus.Point, Radius = radius, Weight = view.Weight };
        }
        return count;
    }

    private double Worth(TileTree tree, int tile, in Gaze gaze)
    {
        ref readonly var node = ref tree.NodeArray[tile];
        var area = gaze.View.Sees(tree, tile, false, out _, out var squared) ? gaze.View.AreaPx(node, Towards(tree, node, gaze.View), Math.Max(Math.Sqrt(squared), gaze.View.Near)) : 0;
        var away = new Vector3d(node.CenterX - gaze.Focus.X, node.CenterY - gaze.Focus.Y, node.CenterZ - gaze.Focus.Z).Length;
        return gaze.Weight * (_options.ScreenAreaWeight * area + _options.ForegroundBias * Math.Max(0, 1 - away / gaze.Radius));
    }

    // The direction a tile is seen in, in its box's own axes.
    private static Vector3d Towards(TileTree tree, in TileNode node, in PreparedView view)
    {
        var towards = view.Towards(node);
        if (node.Orientation == 0)
            return towards;
        var axes = tree.AxesOf(node.Orientation);
        return new(Vector3d.Dot(towards, axes.X), Vector3d.Dot(towards, axes.Y), Vector3d.Dot(towards, axes.Z));
    }
}
