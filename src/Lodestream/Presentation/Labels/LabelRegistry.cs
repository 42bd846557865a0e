using Lodestream.Geometry;
using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Presentation.Labels;

/// <summary>What the host said of a label.</summary>
internal enum LabelSight : byte
{
    /// <summary>Nothing yet, or too long ago to count.</summary>
    Unknown,

    /// <summary>It is seen.</summary>
    Seen,

    /// <summary>Something that is drawn hides it.</summary>
    Hidden,
}

/// <summary>A label that is drawn, fades out or waits for room.</summary>
internal struct LabelSlot
{
    public Label Label;

    /// <summary>Scene frame, metres.</summary>
    public Vector3d Position;

    /// <summary>0 while the slot is free.</summary>
    public int Version;

    /// <summary>Contents of what is drawn that name it; at 0 it fades out.</summary>
    public int References;

    /// <summary>Level of the finest tile that named it: the position is from there.</summary>
    public int Level;

    /// <summary>Where it is seen, pixels.</summary>
    public float X, Y;

    public bool IsOrdered, IsOnScreen, IsShown, IsWatched;

    public LabelSight Sight;

    /// <summary>When it was decided that it comes or goes, seconds, and how opaque it was then.</summary>
    public double DecidedAt;

    public float OpacityThen;

    /// <summary>When it gave way last, seconds.</summary>
    public double GaveWayAt;
}

/// <summary>
/// The labels of what is drawn, each once however many contents name it. Where a drawn tile's own labels are not here, those of the
/// nearest ancestor stand in: labels never hold a tile back, and must not blink when it comes before them.
/// </summary>
internal sealed class LabelRegistry(TileTree tree, TileResidency residency)
{
    private struct ActiveContent
    {
        public int Content;
        public LabelSet Set;
        public int[] Slots;
        public long Generation;
    }

    private readonly Dictionary<uint, int> _slotOf = [];
    private readonly Stack<int> _free = [];
    private ActiveContent[] _active = new ActiveContent[16];
    private int[] _activeOf = [];
    private int _activeCount, _lastVersion;
    private long _generation;
    private LabelSlot[] _slots = new LabelSlot[64];

    /// <summary>All slots; free ones have version 0.</summary>
    public LabelSlot[] Slots => _slots;

    /// <summary>One more than the greatest slot in use.</summary>
    public int Capacity { get; private set; }

    /// <summary>Labels of what is drawn.</summary>
    public int Known { get; private set; }

    /// <summary>Whether no slot is in use.</summary>
    public bool IsEmpty => Capacity == _free.Count;

    /// <summary>Takes in the labels of what is drawn now, and lets go of those that are not any more.</summary>
    public void Gather(ReadOnlySpan<DrawItem> drawn)
    {
        if (_activeOf.Length < tree.Contents.Capacity)
            Array.Resize(ref _activeOf, Math.Max(tree.Contents.Capacity, _activeOf.Length * 3 / 2));
        _generation++;
        foreach (ref readonly var item in drawn)
        {
            var tile = StandIns.NearestLabelled(tree, residency, item.Source);
            if (tile >= 0)
                ActivateLabelsOf(tile);
        }
        for (var i = _activeCount - 1; i >= 0; i--)
        {
            if (_active[i].Generation != _generation)
                Deactivate(i);
        }
    }

    /// <summary>Whether a slot still holds what a host speaks of.</summary>
    public bool IsCurrent(long slot, long version) => slot >= 0 && slot < Capacity && version > 0 && _slots[slot].Version == version;

    /// <summary>Frees the slot of a label that nothing names and that has faded.</summary>
    public void Free(int slot)
    {
        _slotOf.Remove(_slots[slot].Label.Id);
        _slots[slot] = default;
        _free.Push(slot);
    }

    private void ActivateLabelsOf(int tile)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            var index = residency.Find(content);
            if (index < 0 || residency.Entry(index).Labels is not { } set || residency.Entry(index).State != ContentState.Resident)
                continue;
            var at = _activeOf[content];
            if (at < _activeCount && _active[at].Content == content && ReferenceEquals(_active[at].Set, set))
                _active[at].Generation = _generation;
            else
                Activate(content, set, tile);
        }
    }

    private void Activate(int content, LabelSet set, int tile)
    {
        if (_activeCount == _active.Length)
            Array.Resize(ref _active, _activeCount * 2);
        var (transform, level, slots) = (tree.Transform(tile), tree.LinkArray[tile].Level, new int[set.Labels.Length]);
        for (var i = 0; i < slots.Length; i++)
            slots[i] = Refer(set.Labels[i], transform.Point(set.Labels[i].Position), level);
        _active[_activeCount] = new() { Content = content, Set = set, Slots = slots, Generation = _generation };
        _activeOf[content] = _activeCount++;
    }

    private int Refer(in Label label, Vector3d position, int level)
    {
        if (!_slotOf.TryGetValue(label.Id, out var slot))
        {
            slot = NewSlot();
            _slotOf[label.Id] = slot;
            _slots[slot] = new() { Level = int.MinValue, DecidedAt = double.NegativeInfinity, GaveWayAt = double.NegativeInfinity };
        }
        ref var held = ref _slots[slot];
        if (held.References++ == 0)
            (held.Level, Known) = (int.MinValue, Known + 1);
        if (level < held.Level)
            return slot;
        if (held.Version == 0 || held.Position != position || held.Label with { Position = default } != label with { Position = default })
            (held.Label, held.Position, held.Version) = (label, position, ++_lastVersion);
        held.Level = level;
        return slot;
    }

    private int NewSlot()
    {
        if (_free.TryPop(out var slot))
            return slot;
        if (Capacity == _slots.Length)
            Array.Resize(ref _slots, Capacity * 2);
        return Capacity++;
    }

    private void Deactivate(int at)
    {
        foreach (var slot in _active[at].Slots)
        {
            if (--_slots[slot].References == 0)
                Known--;
        }
        _active[at] = _active[--_activeCount];
        _active[_activeCount] = default;
        if (at < _activeCount)
            _activeOf[_active[at].Content] = at;
    }
}
