using System.Runtime.InteropServices;
using Lodestream.Presentation;

namespace Lodestream.Simulation.Runs;

/// <summary>What is on screen, put together from the commits as a host sees them.</summary>
internal sealed class Screen
{
    private readonly Dictionary<int, DrawItem> _items = [];

    public int Count => _items.Count;

    public IReadOnlyCollection<DrawItem> Items => _items.Values;

    public bool TryGet(int region, out DrawItem item) => _items.TryGetValue(region, out item);

    /// <summary>Nothing is on screen any more.</summary>
    public void Clear() => _items.Clear();

    /// <summary>Shows an item in the place of what its region showed.</summary>
    public void Put(in DrawItem item) => _items[item.Region] = item;

    /// <summary>Hides a region.</summary>
    public void Hide(int region) => _items.Remove(region);

    /// <summary>Takes a commit in.</summary>
    /// <returns>What is wrong with it: something hidden that was not shown, something shown again unchanged. Null when all is well.</returns>
    public string? Apply(RenderCommit commit)
    {
        string? wrong = null;
        foreach (var region in commit.Hidden)
        {
            if (!_items.Remove(region))
                wrong = $"the commit hides region {region}, which is not shown";
        }
        foreach (var item in commit.Shown)
        {
            ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, item.Region, out var known);
            if (known && held == item)
                wrong = $"the commit shows region {item.Region} again, unchanged";
            held = item;
        }
        return wrong;
    }
}
