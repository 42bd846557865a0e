using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Presentation;

/// <summary>Hands the host the difference between two frames' draw items, and what is to be freed after it.</summary>
internal sealed class CommitStage(TileTree tree, TileResidency residency, IRenderHost host)
{
    private readonly RenderCommit _commit = new();
    private DrawItem[] _shown = new DrawItem[128];
    private int[] _placeOf = [];
    private bool[] _kept = new bool[128];
    private int _shownCount;

    /// <summary>Commits that changed something, since the start.</summary>
    public long Commits => _commit.Number;

    /// <summary>What is on screen.</summary>
    public ReadOnlySpan<DrawItem> Shown => _shown.AsSpan(0, _shownCount);

    /// <summary>Brings the screen to the given items.</summary>
    /// <param name="items">What is to be on screen.</param>
    /// <param name="superseded">Entries whose contents are drawn from their newer versions from now on.</param>
    /// <param name="frame">This frame.</param>
    public void Commit(ReadOnlySpan<DrawItem> items, List<int> superseded, long frame)
    {
        if (_placeOf.Length < tree.Capacity)
            Array.Resize(ref _placeOf, Math.Max(tree.Capacity, _placeOf.Length * 3 / 2));
        _commit.Clear();
        foreach (var index in superseded)
            _commit.Replace(residency.Entry(index).Content);
        Array.Clear(_kept, 0, _shownCount);
        foreach (ref readonly var item in items)
        {
            residency.DrawnFrame[item.Source] = frame;
            var place = _placeOf[item.Region];
            var known = place < _shownCount && _shown[place].Region == item.Region;
            if (known)
                _kept[place] = true;
            if (!known || _shown[place] != item)
                _commit.Show(item);
        }
        for (var i = 0; i < _shownCount; i++)
        {
            if (!_kept[i])
                _commit.Hide(_shown[i].Region);
        }
        Remember(items);
        if (_commit.IsEmpty)
            return;
        _commit.Number++;
        host.Commit(_commit);
    }

    /// <summary>The host lost what it drew: nothing is on screen.</summary>
    public void Forget() => _shownCount = 0;

    /// <summary>Has the host free evicted contents; none of them is on screen.</summary>
    public void Free(List<int> evicted)
    {
        foreach (var index in evicted)
            host.Free(residency.Entry(index).Content, residency.Entry(index).Id);
        evicted.Clear();
    }

    private void Remember(ReadOnlySpan<DrawItem> items)
    {
        if (_shown.Length < items.Length)
        {
            _shown = new DrawItem[items.Length * 2];
            _kept = new bool[items.Length * 2];
        }
        items.CopyTo(_shown);
        _shownCount = items.Length;
        for (var i = 0; i < items.Length; i++)
            _placeOf[items[i].Region] = i;
    }
}
