using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Residency;

/// <summary>What follows from the contents' states for the tiles that name them, by tile.</summary>
internal sealed partial class TileResidency
{
    private bool[] _drawable = [];
    private bool[] _joining = [];
    private int[] _drawableBelow = [];
    private long[] _seenFrame = [];
    private long[] _drawnFrame = [];
    private TilePresence[] _presence = [];
    private TimeSpan[] _presentSince = [];

    /// <summary>Whether a tile has everything it needs to be drawn, by tile.</summary>
    public bool[] Drawable => _drawable;

    /// <summary>Number of drawable tiles strictly below a tile, by tile.</summary>
    public int[] DrawableBelow => _drawableBelow;

    /// <summary>Whether all of a tile can be drawn: itself, or where it is out of core every mesh of it.</summary>
    public bool IsWhole(int tile) =>
        _drawable[tile] || ((tree.LinkArray[tile].Flags & TileFlags.OutOfCore) != 0 && _drawableBelow[tile] == tree.MeshesOf(tile).Count);

    /// <summary>The last frame whose selection visited a tile, by tile.</summary>
    public long[] SeenFrame => _seenFrame;

    /// <summary>The last frame whose commit drew a tile's contents, by tile.</summary>
    public long[] DrawnFrame => _drawnFrame;

    /// <summary>How far each tile's content is, for selections that look at it.</summary>
    public ResidencyFacts Facts => new(_presence, _presentSince);

    /// <summary>Rises whenever one of <see cref="Facts"/> changes.</summary>
    public long FactsVersion { get; private set; }

    /// <summary>
    /// Tiles that lack nothing any more because the last content they waited for failed for good, or a family was switched on whose content
    /// is here. No upload came that could have been kept back: whether they become drawable is decided before the frame is planned.
    /// </summary>
    public List<int> CompleteWithoutUpload { get; } = [];

    /// <summary>The tile's arrays start anew: the tree put another tile at the index, or took it away.</summary>
    public void ResetTiles(int first, int count)
    {
        Array.Clear(_drawable, first, count);
        Array.Clear(_joining, first, count);
        Array.Clear(_drawableBelow, first, count);
        Array.Clear(_seenFrame, first, count);
        Array.Clear(_drawnFrame, first, count);
        Array.Clear(_presence, first, count);
        Array.Clear(_presentSince, first, count);
    }

    /// <summary>Recounts a tile whose topology or content facts changed.</summary>
    public void Update(int tile)
    {
        var drawable = IsDrawable(tile);
        if (drawable == _drawable[tile])
            return;
        _drawable[tile] = drawable;
        var change = drawable ? 1 : -1;
        for (var above = tree.Links[tile].Parent; above >= 0; above = tree.Links[above].Parent)
            _drawableBelow[above] += change;
    }

    /// <summary>The tiles that name a content that will never come count as content-less where they have children.</summary>
    public void MarkFailedForGood(int content)
    {
        if (tree.Contents.Records[content].Format == ContentFormat.Tileset || StateOf(content) == ContentState.Resident)
            return;
        MarkTile(tree.Contents.Records[content].Tile);
        foreach (var tile in tree.OtherTilesOf(content))
            MarkTile(tile);

        void MarkTile(int tile)
        {
            if (!Drawable[tile] && AllFailedForGood(tile))
                tree.MarkContentFailed(tile);
        }

        bool AllFailedForGood(int tile)
        {
            foreach (var other in tree.SlotsOf(tile))
            {
                var index = Find(other);
                var isTopology = tree.Contents.Records[other].Format == ContentFormat.Tileset;
                if (!isTopology && other != content && (index < 0 || !WillFailForGood(_entries[index])))
                    return false;
            }
            return true;
        }
    }

    /// <summary>A content that counted as failed for good may come after all.</summary>
    public void ClearFailedForGood(int content)
    {
        tree.ClearContentFailed(tree.Contents.Records[content].Tile);
        foreach (var tile in tree.OtherTilesOf(content))
            tree.ClearContentFailed(tile);
    }

    private void MatchTiles()
    {
        if (_drawable.Length >= tree.Capacity)
            return;
        var size = Math.Max(tree.Capacity, _drawable.Length * 3 / 2);
        Array.Resize(ref _drawable, size);
        Array.Resize(ref _joining, size);
        Array.Resize(ref _drawableBelow, size);
        Array.Resize(ref _seenFrame, size);
        Array.Resize(ref _drawnFrame, size);
        Array.Resize(ref _presence, size);
        Array.Resize(ref _presentSince, size);
    }

    private void UpdateTilesOf(int content, bool keepDrawable, bool withoutUpload = false)
    {
        ref readonly var record = ref tree.Contents.Records[content];
        if (record.Format == ContentFormat.Tileset)
            return;
        UpdateTile(record.Tile);
        foreach (var tile in tree.OtherTilesOf(content))
            UpdateTile(tile);

        void UpdateTile(int tile)
        {
            _joining[tile] &= keepDrawable;
            if (withoutUpload && !_drawable[tile] && IsDrawable(tile))
                CompleteWithoutUpload.Add(tile);
            else
                Update(tile);
        }
    }

    private void JoinTilesOf(int content)
    {
        var own = tree.Contents.Records[content].Tile;
        _joining[own] = _drawable[own];
        foreach (var tile in tree.OtherTilesOf(content))
            _joining[tile] = _drawable[tile];
    }

    // Every required content is here or known never to come, or was not required when the others came; and there is something to draw.
    private bool IsDrawable(int tile)
    {
        bool any = false, complete = true;
        foreach (var content in tree.SlotsOf(tile))
        {
            ref readonly var record = ref tree.Contents.Records[content];
            if (record.Format == ContentFormat.Tileset || !Enabled.Contains(record.Family))
                continue;
            if (StateOf(content) == ContentState.Resident)
                any = true;
            else if (Required.Contains(record.Family) && !HasFailedForGood(content))
                complete = false;
        }
        _joining[tile] &= !complete;
        return any && (complete || _joining[tile]);
    }

    // The content's own entry counts, whichever of its versions' has changed.
    private void TellTilesOf(int content, TimeSpan now)
    {
        var presence = StateOf(content) switch
        {
            ContentState.Fetching or ContentState.Preparing or ContentState.Ready => TilePresence.Loading,
            ContentState.Resident => TilePresence.Here,
            ContentState.Failed => TilePresence.Failed,
            _ => TilePresence.Absent,
        };
        Tell(tree.Contents.Records[content].Tile);
        foreach (var tile in tree.OtherTilesOf(content))
            Tell(tile);

        void Tell(int tile)
        {
            if (_presence[tile] == presence)
                return;
            (_presence[tile], _presentSince[tile]) = (presence, now);
            FactsVersion++;
        }
    }
}
