using Lodestream.Scene;

namespace Lodestream.Presentation;

/// <summary>
/// One thing to draw: a source tile's contents in a region. Region and source are the same tile, except where an ancestor stands in for
/// a tile that is not resident: then the source's fragments are kept inside the region's cell
/// (<see cref="TileTree.CellOf"/>) only.
/// </summary>
/// <param name="Region">The tile whose region is drawn; names the item.</param>
/// <param name="Source">The tile whose contents are drawn: the region itself or an ancestor of it.</param>
/// <param name="ChildMask">Bit i: the region's i-th child draws itself; fragments in its cell are discarded.</param>
/// <param name="Contents">Bit i: the source's i-th content slot is resident and its family enabled (<see cref="TileBlockBuilder.MaximumContents"/>).</param>
/// <param name="MapTile">The tile whose region map, in its content of the family feature, colours the source's terrain: the source or the nearest ancestor whose map is here; −1 for none.</param>
public readonly record struct DrawItem(int Region, int Source, byte ChildMask, uint Contents, int MapTile = -1);

/// <summary>What changed on screen: the difference between two frames' exact sets of draw items.</summary>
public sealed class RenderCommit
{
    private DrawItem[] _shown = new DrawItem[64];
    private int[] _hidden = new int[64];
    private int[] _replaced = new int[8];
    private int _replacedCount;

    /// <summary>Rises with every commit that changes something.</summary>
    public long Number { get; internal set; }

    /// <summary>Items that are new, or whose source or mask changed. An item replaces the one of the same region.</summary>
    public ReadOnlySpan<DrawItem> Shown => _shown.AsSpan(0, ShownCount);

    /// <summary>Regions drawn last frame and no longer.</summary>
    public ReadOnlySpan<int> Hidden => _hidden.AsSpan(0, HiddenCount);

    /// <summary>
    /// Contents whose newest upload takes the place of the one before, in every item that draws them. Items are not named again for that; take
    /// it in before <see cref="Shown"/>. The older upload is freed after the commit.
    /// </summary>
    public ReadOnlySpan<int> Replaced => _replaced.AsSpan(0, _replacedCount);

    /// <summary>Whether anything changed.</summary>
    public bool IsEmpty => ShownCount == 0 && HiddenCount == 0 && _replacedCount == 0;

    internal int ShownCount { get; private set; }

    internal int HiddenCount { get; private set; }

    internal void Clear() => ShownCount = HiddenCount = _replacedCount = 0;

    internal void Replace(int content)
    {
        if (_replacedCount == _replaced.Length)
            Array.Resize(ref _replaced, _replacedCount * 2);
        _replaced[_replacedCount++] = content;
    }

    internal void Show(in DrawItem item)
    {
        if (ShownCount == _shown.Length)
            Array.Resize(ref _shown, ShownCount * 2);
        _shown[ShownCount++] = item;
    }

    internal void Hide(int region)
    {
        if (HiddenCount == _hidden.Length)
            Array.Resize(ref _hidden, HiddenCount * 2);
        _hidden[HiddenCount++] = region;
    }
}
