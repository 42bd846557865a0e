using Lodestream.Browser.Interop;
using Lodestream.Presentation.Labels;

namespace Lodestream.Browser;

/// <summary>Tells the page of labels: what each is once, how strongly they are drawn whenever that changes.</summary>
internal sealed class LabelCommands(SharedBlock block)
{
    private int[] _told = [];
    private long _revision;

    /// <summary>Writes what differs from what the page knows.</summary>
    public void Write(LabelList list)
    {
        if (list.Revision == _revision)
            return;
        _revision = list.Revision;
        foreach (ref readonly var placed in list.Placed)
            Tell(list, placed);
        block.Write(Command.Labels);
        block.Write(list.Placed.Length);
        foreach (ref readonly var placed in list.Placed)
        {
            block.Write(placed.Slot);
            block.Write(placed.Opacity);
            block.Write(placed.IsWatched ? 1 : 0);
        }
    }

    private void Tell(LabelList list, in PlacedLabel placed)
    {
        if (placed.Slot >= _told.Length)
            Array.Resize(ref _told, Math.Max(64, placed.Slot * 2));
        if (_told[placed.Slot] == placed.Version)
            return;
        _told[placed.Slot] = placed.Version;
        var (label, position) = list.Find(placed.Slot);
        block.Write(Command.Label);
        block.Write(placed.Slot);
        block.Write(placed.Version);
        block.Write(position);
        block.Write(label.Rank);
        block.Write(label.Kind);
        block.Write(label.Name);
    }
}
