using Lodestream.Residency;
using Lodestream.Selection;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Residency;

/// <summary>What a selection is told of a tile's content: that of the content's own entry, whatever happens to another version of it.</summary>
public class ResidencyFactsTests
{
    private readonly HandDrivenWorld _world = new("R");
    private readonly TileResidency _residency;
    private readonly int _tile, _content;
    private int _own, _newer;

    public ResidencyFactsTests()
    {
        _residency = new(_world.Tree, HandDrivenWorld.Plain.RequiredFamilies);
        _residency.Match();
        (_content, _tile) = (_world.Content("R"), _world.Tree.Contents.Records[_world.Content("R")].Tile);
    }

    private TilePresence Presence => _residency.Facts.Of(_tile);

    [Fact]
    public void A_tile_that_goes_while_its_newer_version_is_called_off_is_absent()
    {
        BringBoth();
        Enter(_newer, ContentState.Releasing);
        Enter(_own, ContentState.Releasing);
        Assert.Equal(TilePresence.Absent, Presence);
    }

    [Fact]
    public void A_tile_that_goes_while_its_newer_version_comes_is_loading()
    {
        BringBoth();
        Enter(_own, ContentState.Releasing);
        Assert.Equal(TilePresence.Loading, Presence);
        Enter(_own, ContentState.Absent);
        Assert.Equal(TilePresence.Loading, Presence);
        Enter(_newer, ContentState.Ready, ContentState.Resident);
        Assert.Equal(TilePresence.Here, Presence);
    }

    [Fact]
    public void A_newer_version_that_fails_leaves_the_tile_here()
    {
        BringBoth();
        Enter(_newer, ContentState.Failed);
        Assert.Equal(TilePresence.Here, Presence);
    }

    // The tile is resident, and a newer version of its content is being prepared.
    private void BringBoth()
    {
        _own = Bring(ContentState.Ready, ContentState.Resident);
        _residency.MarkStale(_own);
        _newer = Bring();
        Assert.NotEqual(_own, _newer);
        Assert.Equal(TilePresence.Here, Presence);
    }

    private int Bring(params ContentState[] then)
    {
        var index = _residency.FindOrAdd(_content);
        Enter(index, [ContentState.Queued, ContentState.Fetching, ContentState.Preparing, .. then]);
        return index;
    }

    private void Enter(int index, params ContentState[] states)
    {
        foreach (var state in states)
            _residency.Enter(index, state, StateReason.Wanted, TimeSpan.FromSeconds(1));
    }
}
