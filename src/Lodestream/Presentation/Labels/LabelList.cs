namespace Lodestream.Presentation.Labels;

/// <summary>A label for the host to draw, or to look for.</summary>
/// <param name="Slot">Names the label while it is in the list; a small number, used again later.</param>
/// <param name="Version">Rises whenever the slot holds another label, or its label has moved: ask <see cref="LabelList.Find"/> again.</param>
/// <param name="Opacity">0 to 1: how strongly it is drawn in this frame.</param>
/// <param name="IsWatched">The core waits for word whether it is seen, or wants to know when that changes.</param>
public readonly record struct PlacedLabel(int Slot, int Version, float Opacity, bool IsWatched);

/// <summary>A label with its place.</summary>
/// <param name="Label">Name, kind, rank and box.</param>
/// <param name="Position">Scene frame, metres.</param>
public readonly record struct LocatedLabel(in Label Label, Geometry.Vector3d Position);

/// <summary>The labels of a frame, in which no two that are meant to stay overlap.</summary>
public sealed class LabelList
{
    private PlacedLabel[] _placed = new PlacedLabel[64];
    private int _count, _written;
    private bool _differs;

    internal LabelList(LabelRegistry registry) => Registry = registry;

    internal LabelRegistry Registry { get; }

    /// <summary>What is to be drawn or watched.</summary>
    public ReadOnlySpan<PlacedLabel> Placed => _placed.AsSpan(0, _count);

    /// <summary>Rises whenever <see cref="Placed"/> differs from the frame before.</summary>
    public long Revision { get; private set; }

    /// <summary>Labels of what is drawn, shown or not.</summary>
    public int Known => Registry.Known;

    /// <summary>Labels that are shown or appearing.</summary>
    public int Shown { get; internal set; }

    /// <summary>The label in a slot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The slot is not in use.</exception>
    public LocatedLabel Find(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Registry.Capacity, nameof(slot));
        ref readonly var held = ref Registry.Slots[slot];
        ArgumentOutOfRangeException.ThrowIfEqual(held.Version, 0, nameof(slot));
        return new(held.Label, held.Position);
    }

    internal void Begin() => (_written, _differs) = (0, false);

    internal void Add(in PlacedLabel label)
    {
        if (_written == _placed.Length)
            Array.Resize(ref _placed, _written * 2);
        _differs |= _written >= _count || _placed[_written] != label;
        _placed[_written++] = label;
    }

    internal void End()
    {
        if (_differs || _written != _count)
            Revision++;
        _count = _written;
    }
}
