using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Presentation.Labels;

/// <summary>
/// Decides which labels are shown: by rank, then those that are shown already, then the nearer, each where nothing before it lies. A
/// label that is shown needs its box, one that would come needs a margin more, and one that gave way rests for a while: so nothing
/// blinks while the camera moves. Only a better rank takes the place of a label that is shown.
/// </summary>
internal sealed class LabelLayout(LabelRegistry registry, LabelOptions options)
{
    /// <summary>Labels this far outside are placed as well: what comes in at an edge is there already.</summary>
    private const float BeyondEdgesPx = 64;

    private const ulong Unseen = ulong.MaxValue;
    private readonly ScreenGrid _grid = new();
    private int[] _order = new int[64];
    private ulong[] _keys = new ulong[64];
    private int _count;

    /// <summary>When a label that rests may come back, seconds; infinite when none waits for that.</summary>
    public double RestEnds { get; private set; }

    /// <summary>Labels shown.</summary>
    public int Shown { get; private set; }

    /// <summary>Decides for a camera.</summary>
    /// <param name="view">The camera.</param>
    /// <param name="now">Seconds.</param>
    public void Decide(in View view, double now)
    {
        MatchOrder();
        Project(view);
        Sort();
        _grid.Clear(view.ViewportWidth, view.ViewportHeight, BeyondEdgesPx);
        (Shown, RestEnds) = (0, double.PositiveInfinity);
        var slots = registry.Slots;
        for (var i = 0; i < _count; i++)
        {
            ref var slot = ref slots[_order[i]];
            var shown = _keys[i] != Unseen && Shown < options.MaximumShown && Place(ref slot, now);
            if (_keys[i] == Unseen || Shown >= options.MaximumShown)
                slot.IsWatched = false;
            if (!slot.IsWatched)
                slot.Sight = LabelSight.Unknown;
            if (shown)
                Shown++;
            Turn(ref slot, shown, now);
        }
    }

    /// <summary>How opaque a label is.</summary>
    public float OpacityOf(in LabelSlot slot, double now)
    {
        var passed = options.FadeMs > 0 ? (now - slot.DecidedAt) * 1000 / options.FadeMs : 1;
        return (float)Math.Clamp(slot.IsShown ? slot.OpacityThen + passed : slot.OpacityThen - passed, 0, 1);
    }

    /// <summary>Makes a label come or go.</summary>
    public void Turn(ref LabelSlot slot, bool shown, double now)
    {
        if (slot.IsShown == shown)
            return;
        slot.OpacityThen = OpacityOf(slot, now);
        slot.DecidedAt = now;
        slot.IsShown = shown;
        // What nobody sees going needs no rest.
        slot.GaveWayAt = !shown && slot.IsOnScreen ? now : double.NegativeInfinity;
    }

    private void MatchOrder()
    {
        var slots = registry.Slots;
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            ref var slot = ref slots[_order[i]];
            if (slot.References > 0)
                _order[kept++] = _order[i];
            else
                slot.IsOrdered = false;
        }
        if (_order.Length < registry.Capacity)
        {
            Array.Resize(ref _order, slots.Length);
            Array.Resize(ref _keys, slots.Length);
        }
        for (var s = 0; kept < registry.Known && s < registry.Capacity; s++)
        {
            if (slots[s].References == 0 || slots[s].IsOrdered)
                continue;
            slots[s].IsOrdered = true;
            _order[kept++] = s;
        }
        _count = kept;
    }

    private void Project(in View view)
    {
        var slots = registry.Slots;
        var forward = view.Direction.Normalized();
        var right = Vector3d.Cross(forward, view.Up).Normalized();
        var up = Vector3d.Cross(right, forward);
        var scale = view.PixelScale;
        double px = view.Position.X, py = view.Position.Y, pz = view.Position.Z;
        double width = view.ViewportWidth, height = view.ViewportHeight, near = Math.Max(view.Near, 1e-9), far = view.Far;
        for (var i = 0; i < _count; i++)
        {
            ref var slot = ref slots[_order[i]];
            double x = slot.Position.X - px, y = slot.Position.Y - py, z = slot.Position.Z - pz;
            var depth = x * forward.X + y * forward.Y + z * forward.Z;
            slot.IsOnScreen = false;
            _keys[i] = Unseen;
            if (depth < near || depth > far)
                continue;
            var toPixels = scale / depth;
            var sx = width / 2 + (x * right.X + y * right.Y + z * right.Z) * toPixels;
            var sy = height / 2 - (x * up.X + y * up.Y + z * up.Z) * toPixels;
            var box = slot.Label.Box;
            if (sx + box.Right < -BeyondEdgesPx || sx + box.Left > width + BeyondEdgesPx || sy + box.Bottom < -BeyondEdgesPx || sy + box.Top > height + BeyondEdgesPx)
                continue;
            (slot.X, slot.Y, slot.IsOnScreen) = ((float)sx, (float)sy, true);
            // Positive floats are in the order of their bits.
            _keys[i] = (ulong)(slot.Label.Rank * 2 + (slot.IsShown ? 0 : 1)) << 32 | BitConverter.SingleToUInt32Bits((float)depth);
        }
    }

    // From frame to frame little changes: what was in order nearly is. What is not, after a leap, is sorted from the ground up.
    private void Sort()
    {
        var patience = 8 * _count + 64;
        for (var i = 1; i < _count; i++)
        {
            var (key, slot, at) = (_keys[i], _order[i], i);
            for (; at > 0 && Precedes(key, slot, _keys[at - 1], _order[at - 1]); at--)
                (_keys[at], _order[at]) = (_keys[at - 1], _order[at - 1]);
            (_keys[at], _order[at]) = (key, slot);
            patience -= i - at;
            if (patience > 0)
                continue;
            _keys.AsSpan(0, _count).Sort(_order.AsSpan(0, _count));
            patience = int.MaxValue;
            i = 0;
        }
    }

    private bool Precedes(ulong key, int slot, ulong otherKey, int other) =>
        key < otherKey || (key == otherKey && key != Unseen && registry.Slots[slot].Label.Id < registry.Slots[other].Label.Id);

    private bool Place(ref LabelSlot slot, double now)
    {
        var box = slot.Label.Box;
        var room = (float)(slot.IsShown ? options.SpacingPx : options.SpacingPx + options.MarginPx);
        float left = slot.X + box.Left, top = slot.Y + box.Top, right = slot.X + box.Right, bottom = slot.Y + box.Bottom;
        slot.IsWatched = _grid.IsFree(left - room, top - room, right + room, bottom + room);
        if (!slot.IsWatched)
            return false;
        if (!options.HostTestsSight)
            slot.Sight = LabelSight.Seen;
        if (slot.Sight == LabelSight.Hidden)
            return false;

        // What will come as soon as it has rested, or the host has found it, keeps its place free: who took it meanwhile would only have
        // to give way.
        _grid.Add(left, top, right, bottom);
        if (slot.IsShown)
            return true;
        if (slot.Sight == LabelSight.Unknown)
            return false;
        var rested = slot.GaveWayAt + options.RestMs / 1000;
        if (rested <= now)
            return true;
        RestEnds = Math.Min(RestEnds, rested);
        return false;
    }
}
