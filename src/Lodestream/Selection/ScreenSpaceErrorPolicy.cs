using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// Hierarchical refinement by screen-space error (3D Tiles, "geometric error"): a tile is refined while a view that sees it finds its
/// geometric error above the view's target, or its raster error above the target for that. Nothing of a tile is seen from nearer than the near plane, so its error is finite
/// even from inside its volume. One cut for all views, the finest any seeing view wants. Stateless.
/// </summary>
public sealed class ScreenSpaceErrorPolicy : ISelectionPolicy
{
    private PreparedView[] _prepared = new PreparedView[1];

    private VisitSum _sum;
    private bool _firstIsCamera;

    /// <inheritdoc/>
    public void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(set);
        set.Begin(views.Length);
        Prepare(views, inputs);
        _sum = new();
        for (var i = 0; i < set.Count; i++)
        {
            if ((set.VisitArray[i].Flags & VisitFlags.Refined) != 0)
                VisitChildren(tree, set, i);
        }
        set.Conclude(_sum);
    }

    private void Prepare(ReadOnlySpan<View> views, in SelectionInputs inputs)
    {
        if (_prepared.Length < views.Length)
            _prepared = new PreparedView[views.Length];
        for (var i = 0; i < views.Length; i++)
            _prepared[i] = new(views[i], inputs.DetailScale);
        _firstIsCamera = views.Length > 0 && _prepared[0].IsCamera;
    }

    // Optimised from the first call: a camera should not fly its first seconds on unoptimised code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void VisitChildren(TileTree tree, VisibilitySet set, int visit)
    {
        ref var links = ref tree.LinkArray[set.VisitArray[visit].Tile];
        if ((links.Flags & TileFlags.Unexpanded) != 0)
            set.VisitArray[visit].Flags |= VisitFlags.Expand;
        var first = links.FirstChild;
        var end = first + links.ChildCount;
        while (set.Count + links.ChildCount > set.VisitArray.Length)
            set.Grow();
        ref var parent = ref set.VisitArray[visit];
        parent.FirstChild = set.Count;
        set.Touched += links.ChildCount;
        ref var firstNode = ref MemoryMarshal.GetArrayDataReference(tree.NodeArray);
        ref var firstLinks = ref MemoryMarshal.GetArrayDataReference(tree.LinkArray);
        ref var firstKey = ref MemoryMarshal.GetArrayDataReference(tree.PathKeyArray);
        for (var child = first; child < end; child++)
        {
            ref var node = ref Unsafe.Add(ref firstNode, child);
            var flags = Unsafe.Add(ref firstLinks, child).Flags;
            ref var record = ref set.VisitArray[set.Count];
            record.Views = 0;
            record.Inside = 0;
            record.Distance = double.PositiveInfinity;
            record.ErrorPx = 0;
            var wantsMore = false;
            if (parent.Views == 1 && _firstIsCamera && (flags & (TileFlags.AxisAligned | TileFlags.HasRequestVolume)) == TileFlags.AxisAligned)
                Look(node, ref record, parent.Inside, ref wantsMore);
            else
                LookFromAll(tree, child, ref record, parent, ref wantsMore);
            if (record.Views == 0)
                continue;
            record.Tile = child;
            record.Parent = visit;
            record.ChildCount = 0;
            record.Flags = FlagsOf(Unsafe.Add(ref firstLinks, child), wantsMore);
            if ((record.Flags & (VisitFlags.Primary | VisitFlags.Expand)) != 0)
                _sum.Add(Unsafe.Add(ref firstKey, child), record.Flags, Unsafe.Add(ref firstLinks, child).Level);
            set.Count++;
        }
        parent.ChildCount = set.Count - parent.FirstChild;
    }

    // One view and an axis-aligned box: nearly every tile of nearly every scene.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Look(in TileNode node, ref Visit record, ushort parentInside, ref bool wantsMore)
    {
        ref readonly var view = ref MemoryMarshal.GetArrayDataReference(_prepared);
        var inside = parentInside != 0;
        if (!inside && !view.Sees(node, out inside))
            return;
        var distance = Math.Sqrt(view.SquaredDistance(node));
        double raster = node.RasterError, error = node.GeometricError;
        var judged = (raster * view.RasterShare > error ? raster * view.RasterShare : error) * view.PixelScale;
        error = (raster > error ? raster : error) * view.PixelScale;
        record.Views = 1;
        record.Inside = inside ? (ushort)1 : (ushort)0;
        record.Distance = distance;
        var nearest = distance > view.Near ? distance : view.Near;
        record.ErrorPx = error / nearest;
        wantsMore = judged > view.Target * nearest;
    }

    private void LookFromAll(TileTree tree, int tile, ref Visit record, in Visit parent, ref bool wantsMore)
    {
        ref var node = ref tree.NodeArray[tile];
        var flags = tree.LinkArray[tile].Flags;
        for (var v = 0; parent.Views >> v != 0; v++)
        {
            if ((parent.Views >> v & 1) == 0)
                continue;
            ref readonly var view = ref _prepared[v];
            if ((flags & TileFlags.HasRequestVolume) != 0 && tree.RequestVolume(tile)!.Value.DistanceTo(view.Position) > 0)
                continue;
            if (!view.Sees(tree, tile, (parent.Inside >> v & 1) != 0, out var inside, out var squared))
                continue;
            record.Views |= (ushort)(1 << v);
            if (!view.IsCamera)
            {
                // A sphere judges metres, wherever it is; it has no pixels.
                wantsMore |= Math.Max(node.RasterError, node.GeometricError) > view.Target;
                continue;
            }
            var distance = Math.Sqrt(squared);
            var error = Math.Max(node.RasterError, node.GeometricError) * view.PixelScale;
            if (inside)
                record.Inside |= (ushort)(1 << v);
            record.Distance = Math.Min(record.Distance, distance);
            var nearest = Math.Max(distance, view.Near);
            record.ErrorPx = Math.Max(record.ErrorPx, error / nearest);
            wantsMore |= Math.Max(node.RasterError * view.RasterShare, node.GeometricError) * view.PixelScale > view.Target * nearest;
        }
    }

    // Nothing to draw and something below: refined whatever its error. An unexpanded tile is not drawable and always refined.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VisitFlags FlagsOf(in TileLinks links, bool wantsMore)
    {
        var drawable = links.HasLiveContent;
        if ((links.Flags & TileFlags.Unexpanded) != 0)
            return VisitFlags.Refined | VisitFlags.Expand | (drawable ? VisitFlags.Primary : 0);
        if (links.ChildCount == 0 || (drawable && !wantsMore))
            return VisitFlags.Primary;
        return drawable && (links.Flags & TileFlags.Add) != 0 ? VisitFlags.Refined | VisitFlags.Primary : VisitFlags.Refined;
    }
}
