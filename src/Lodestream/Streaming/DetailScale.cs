using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Lowers the detail that is wanted until it fits the budget, and raises it when there is room again: a number in (0, 1] that divides the
/// views' targets. It falls while what is wanted is predicted not to fit, and rises only when what would be wanted then is predicted to
/// fit four fifths of the budget; between the two it rests, so that it does not swing.
/// </summary>
internal sealed class DetailScale(TileTree tree, TileResidency residency, SizeEstimator sizes, MemoryLedger ledger, ISelectionPolicy policy)
{
    // Share of the budget that what a rise would want must fit: the room between it and the budget is where the scale rests.
    private const double RiseBelow = 0.8;

    // Rises that succeed become steeper, up to the steepest: a scale that fell by orders of magnitude is back within a second.
    private const double RiseStep = 1.1, SteepestRise = 4, Least = 1e-12;

    // Out of a shortage in small steps first; so many, then by halves.
    private const double SmallFall = 0.9, LargeFall = 0.5;
    private const int SmallFalls = 16;

    // A shortage that no eviction can end and nothing under way will end: after so many ticks of it the wanted set coarsens.
    private const int PatienceTicks = 8;

    private readonly VisibilitySet _trial = new();
    private int _stuckTicks;
    private double _rise = RiseStep;

    // What the scale was worked out for. While neither the views nor the budget change, nothing above the ceiling is tried: they got stuck
    // there. Nor is a rise that was refused tried again before a content was measured: topology that is unloaded meanwhile makes what is
    // wanted look smaller than it is.
    private View[] _views = [];
    private int _viewCount;
    private long _budget, _measured;
    private FamilySet _enabled;
    private double _ceiling = double.PositiveInfinity;
    private bool _refused;

    /// <summary>The scale the next selection uses.</summary>
    public double Value { get; private set; } = 1;

    /// <summary>Whether what is wanted does not fit, and nothing coarser could be wanted.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Whether the next tick is due at once: the scale changed, or a shortage is being waited out.</summary>
    public bool NeedsTick { get; private set; }

    /// <summary>
    /// What is kept free so that a coarser tile can always come in before what it replaces goes: the largest tile seen. Where nothing coarser is
    /// left to want, nothing.
    /// </summary>
    public MemoryRoom Headroom => Value > Least ? RoomForCoarser : default;

    /// <summary>Looks at what is wanted and sets the scale for the next tick.</summary>
    /// <param name="set">What is wanted now.</param>
    /// <param name="views">The cameras.</param>
    /// <param name="inputs">What the frame's selection was given.</param>
    /// <param name="demand">What is wanted and not here is expected to need so much.</param>
    /// <param name="stuck">Memory is short, nothing can be evicted, and nothing is under way that would change that.</param>
    public void Adjust(VisibilitySet set, ReadOnlySpan<View> views, in SelectionInputs inputs, in MemoryCharge demand, bool stuck)
    {
        var before = Value;
        var mayRise = false;
        ForgetOnChange(views);
        _stuckTicks = stuck ? _stuckTicks + 1 : 0;
        IsExhausted = false;
        var limits = Limits(Headroom);
        if (Overfill(ledger.Used + demand, limits) > 1 && Overfill(Predicted(set), limits) is > 1 and var overfill)
        {
            // The number of tiles goes with the square of the scale.
            IsExhausted = Value <= Least;
            Value = Math.Max(Least, Value * Math.Clamp(Math.Sqrt(1 / overfill), 0.5, 0.97));
        }
        else if (_stuckTicks > PatienceTicks)
        {
            FallToNext(set, views, inputs);
            _ceiling = Value;
            _stuckTicks = 0;
        }
        else if (Value < 1 && !stuck && !_refused)
        {
            TryRise(views, inputs);
            mayRise = !_refused;
        }
        if (Value < before)
            _rise = RiseStep;
        NeedsTick = Value != before || (_stuckTicks > 0 && Value > Least) || mayRise;
    }

    private MemoryRoom RoomForCoarser => new(
        Math.Min(sizes.Largest, ledger.Budget / 2), Math.Min(sizes.LargestOfEach.Geometry, ledger.GeometryBudget / 2), Math.Min(sizes.LargestOfEach.Texture, ledger.TextureBudget / 2));

    // What may be filled beside what is to stay free. Above its mark geometry would keep what is wanted from starting.
    private MemoryRoom Limits(in MemoryRoom spare) =>
        new(ledger.Budget - spare.Total, Math.Min(ledger.GeometryMark, ledger.GeometryBudget - spare.Geometry), ledger.TextureBudget - spare.Texture);

    // What is needed, as a multiple of what may be filled: of the account where that is the most.
    private static double Overfill(in MemoryCharge needed, in MemoryRoom limits) =>
        Math.Max((double)needed.Total / limits.Total, Math.Max((double)needed.Geometry / limits.Geometry, (double)needed.Texture / limits.Texture));

    // The next lower scale at which something else is wanted: any between would get stuck on the same.
    private void FallToNext(VisibilitySet set, ReadOnlySpan<View> views, in SelectionInputs inputs)
    {
        for (var falls = 0; Value > Least; falls++)
        {
            Value = Math.Max(Least, Value * (falls < SmallFalls ? SmallFall : LargeFall));
            policy.Select(tree, views, inputs with { DetailScale = Value, IsTrial = true }, _trial);
            if (_trial.Signature != set.Signature)
                return;
        }
    }

    private void ForgetOnChange(ReadOnlySpan<View> views)
    {
        if (ledger.Budget != _budget || residency.Enabled != _enabled || !views.SequenceEqual(_views.AsSpan(0, _viewCount)))
        {
            if (_views.Length < views.Length)
                _views = new View[views.Length];
            views.CopyTo(_views);
            (_viewCount, _budget, _enabled) = (views.Length, ledger.Budget, residency.Enabled);
            (_ceiling, _refused) = (double.PositiveInfinity, false);
        }
        _refused &= sizes.Measured == _measured;
        _measured = sizes.Measured;
    }

    // A steep rise that is refused is followed by a small one; a small one is not tried again.
    private void TryRise(ReadOnlySpan<View> views, in SelectionInputs inputs)
    {
        var higher = Math.Min(1, Value * _rise);
        if (higher <= _ceiling)
        {
            policy.Select(tree, views, inputs with { DetailScale = higher, IsTrial = true }, _trial);
            if (Overfill(Predicted(_trial), Limits(RoomForCoarser)) <= RiseBelow)
            {
                Value = higher;
                _rise = Math.Min(SteepestRise, _rise * _rise);
                return;
            }
        }
        _refused = _rise <= RiseStep;
        _rise = RiseStep;
    }

    // What the set's contents hold on the GPU once all are here, with what must be kept beside them, and what the largest one that is
    // missing takes on its way.
    private MemoryCharge Predicted(VisibilitySet set)
    {
        var held = new MemoryCharge();
        long largestOnItsWay = 0;
        foreach (ref readonly var visit in set.Visits)
        {
            ref readonly var links = ref tree.LinkArray[visit.Tile];
            if ((links.Flags & TileFlags.OutOfCore) != 0)
                held += new MemoryCharge(CopyOf(links), 0, 0);
            if ((links.Flags & TileFlags.HasContent) == 0)
                continue;
            var wanted = (visit.Flags & (VisitFlags.Primary | VisitFlags.Underlay)) != 0;
            if (wanted || residency.Drawable[visit.Tile] || (links.Flags & TileFlags.Root) != 0)
                held += Footprint(links, ref largestOnItsWay);
            else if ((links.Flags & TileFlags.Maskable) == 0)
                held += Footprint(links, ref largestOnItsWay) + CulledChildren(visit, links, ref largestOnItsWay);
        }
        return held with { Cpu = held.Cpu + largestOnItsWay };
    }

    // A maskless tile gives way to all its children, those out of view included.
    private MemoryCharge CulledChildren(in Visit visit, in TileLinks links, ref long largestOnItsWay)
    {
        var all = new MemoryCharge();
        if (visit.ChildCount == 0 || visit.ChildCount == links.ChildCount)
            return all;
        for (var child = links.FirstChild; child < links.FirstChild + links.ChildCount; child++)
            all += Footprint(tree.LinkArray[child], ref largestOnItsWay);
        var unseen = links.ChildCount - visit.ChildCount;
        return new(0, all.Geometry * unseen / links.ChildCount, all.Texture * unseen / links.ChildCount);
    }

    // What a payload's copy holds in main memory as long as its meshes are drawn.
    private long CopyOf(in TileLinks links) => residency.Find(tree.SlotArray[links.FirstSlot]) is >= 0 and var index ? residency.Entry(index).Charge.Cpu : 0;

    private MemoryCharge Footprint(in TileLinks links, ref long largestOnItsWay)
    {
        var held = new MemoryCharge();
        for (var slot = links.FirstSlot; slot < links.FirstSlot + links.SlotCount; slot++)
        {
            var content = tree.SlotArray[slot];
            ref readonly var record = ref tree.Contents.RecordArray[content];
            if (record.Format == ContentFormat.Tileset || !residency.Enabled.Contains(record.Family))
                continue;
            var index = residency.Find(content);
            var charge = index >= 0 && residency.Entry(index).Measured.Total > 0 ? residency.Entry(index).Measured : sizes.Expected(content, record.ByteLength);
            held += charge with { Cpu = 0 };
            if (index < 0 || residency.Entry(index).State != ContentState.Resident)
                largestOnItsWay = Math.Max(largestOnItsWay, charge.Cpu);
        }
        return held;
    }
}
