using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Presentation.Labels;

/// <summary>
/// Works out the frame's labels: gathers those of what is drawn, decides which are shown to the first camera, fades them. A frame in
/// which nothing of that changes costs nothing.
/// </summary>
internal sealed class LabelStage
{
    private readonly TileTree _tree;
    private readonly TileResidency _residency;
    private readonly LabelRegistry _registry;
    private readonly LabelLayout _layout;
    private long _commit = -1, _residentLabels = -1;
    private View _view;
    private bool _sightChanged;

    public LabelStage(TileTree tree, TileResidency residency, LabelOptions options)
    {
        (_tree, _residency) = (tree, residency);
        _registry = new(tree, residency);
        _layout = new(_registry, options);
        List = new(_registry);
    }

    /// <summary>The frame's labels.</summary>
    public LabelList List { get; }

    /// <summary>Whether a label is coming or going: the next frame shows it differently.</summary>
    public bool IsFading { get; private set; }

    /// <summary>When something is to be decided anew though nothing happens.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>The host has looked for a label.</summary>
    public void OnSight(long slot, long version, bool isSeen)
    {
        if (!_registry.IsCurrent(slot, version))
            return;
        var sight = isSeen ? LabelSight.Seen : LabelSight.Hidden;
        _sightChanged |= _registry.Slots[slot].Sight != sight;
        _registry.Slots[slot].Sight = sight;
    }

    /// <summary>Works out the frame's labels.</summary>
    /// <param name="drawn">What is on screen.</param>
    /// <param name="commit">Number of the commit that brought it there.</param>
    /// <param name="views">The cameras.</param>
    /// <param name="now">Time of the tick.</param>
    public void Place(ReadOnlySpan<DrawItem> drawn, long commit, ReadOnlySpan<View> views, TimeSpan now)
    {
        if (_registry.IsEmpty && !_tree.Contents.Families.Contains(ContentFamily.Label))
            return;
        var seconds = now.TotalSeconds;
        var drawnDiffers = commit != _commit || _residency.LabelsVersion != _residentLabels;
        if (drawnDiffers)
        {
            _registry.Gather(drawn);
            (_commit, _residentLabels) = (commit, _residency.LabelsVersion);
        }
        if (drawnDiffers | LooksElsewhere(views) | _sightChanged | NextDeadline <= now)
            Decide(seconds);
        else if (!IsFading)
            return;
        WriteList(seconds);
    }

    private bool LooksElsewhere(ReadOnlySpan<View> views)
    {
        foreach (ref readonly var view in views)
        {
            if (view.Kind != ViewKind.Camera)
                continue;
            var differs = view != _view;
            _view = view;
            return differs;
        }
        return false;
    }

    private void Decide(double seconds)
    {
        _sightChanged = false;
        if (_view.ViewportWidth > 0)
            _layout.Decide(_view, seconds);
        List.Shown = _layout.Shown;
        NextDeadline = double.IsFinite(_layout.RestEnds) ? TimeSpan.FromSeconds(_layout.RestEnds) : TimeSpan.MaxValue;
    }

    private void WriteList(double seconds)
    {
        IsFading = false;
        List.Begin();
        var slots = _registry.Slots;
        for (var s = 0; s < _registry.Capacity; s++)
        {
            ref var slot = ref slots[s];
            if (slot.Version == 0)
                continue;
            if (slot.References == 0)
            {
                slot.IsWatched = false;
                _layout.Turn(ref slot, false, seconds);
                // It has not given way to anything: if it comes again it comes at once.
                slot.GaveWayAt = double.NegativeInfinity;
            }
            var opacity = slot.IsShown || slot.OpacityThen > 0 ? _layout.OpacityOf(slot, seconds) : 0;
            IsFading |= slot.IsShown ? opacity < 1 : opacity > 0;
            if (opacity > 0 || slot.IsShown || slot.IsWatched)
                List.Add(new(s, slot.Version, opacity, slot.IsWatched));
            else if (slot.References == 0)
                _registry.Free(s);
        }
        List.End();
    }
}
