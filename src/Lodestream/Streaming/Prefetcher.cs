using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Asks for what the cameras are about to see, when nothing they see now is waiting and memory has room. Only as far ahead as the
/// prediction is worth trusting: what is fetched and never seen is wasted.
/// </summary>
internal sealed class Prefetcher(TileTree tree, TileResidency residency, MemoryLedger ledger, ISelectionPolicy policy, StreamerOptions streamer)
{
    // Beyond this share of the budget there is no room for guesses.
    private const double RoomShare = 0.8;

    private readonly PredictionOptions _options = streamer.Prediction;
    private readonly VisibilitySet _ahead = new();
    private View[] _views = new View[1];

    /// <summary>Adds what the predicted views want and what is not here to the demand.</summary>
    /// <param name="predictors">The cameras' predictors.</param>
    /// <param name="views">The views they belong to.</param>
    /// <param name="inputs">What the frame's selection was given.</param>
    /// <param name="demands">The frame's demand; prefetches are appended.</param>
    public void Collect(ReadOnlySpan<CameraPredictor> predictors, ReadOnlySpan<View> views, in SelectionInputs inputs, DemandList demands)
    {
        if (_options.PrefetchSeconds <= 0 || streamer.Proximity is not null || ledger.Used.Total > RoomShare * ledger.Budget || IsAnythingWaiting(demands))
            return;
        var count = Predict(predictors, views);
        if (count == 0)
            return;
        policy.Select(tree, _views.AsSpan(0, count), inputs with { IsTrial = true }, _ahead);
        for (var i = 0; i < _ahead.Count; i++)
        {
            ref readonly var visit = ref _ahead.VisitArray[i];
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) != 0 && !residency.Drawable[visit.Tile] && MayComeEarly(visit.Tile))
                Ask(visit, demands);
        }
    }

    private int Predict(ReadOnlySpan<CameraPredictor> predictors, ReadOnlySpan<View> views)
    {
        if (_views.Length < views.Length)
            _views = new View[views.Length];
        var count = 0;
        for (var i = 0; i < views.Length; i++)
        {
            if (views[i].Kind == ViewKind.Camera && !predictors[i].IsStill && predictors[i].Confidence(_options.PrefetchSeconds) >= _options.PrefetchConfidence)
                _views[count++] = predictors[i].Predict(_options.PrefetchSeconds);
        }
        return count;
    }

    private void Ask(in Visit visit, DemandList demands)
    {
        var topology = (visit.Flags & VisitFlags.Expand) != 0;
        foreach (var content in tree.SlotsOf(visit.Tile))
        {
            ref readonly var record = ref tree.Contents.RecordArray[content];
            if (record.Format == ContentFormat.Tileset != topology || (!topology && !(residency.Required.Contains(record.Family) && residency.Enabled.Contains(record.Family))))
                continue;
            if (residency.StateOf(content) is not (ContentState.Resident or ContentState.Ready or ContentState.Releasing or ContentState.Failed))
                demands.Add(content, visit.Tile, 0, DemandClass.Prefetch);
        }
    }

    // What comes before its parent must be able to be shown beside an ancestor that comes after it.
    private bool MayComeEarly(int tile)
    {
        var parent = tree.LinkArray[tile].Parent;
        return parent <= TileTree.SceneRoot || residency.Drawable[parent] || (tree.LinkArray[parent].Flags & (TileFlags.Maskable | TileFlags.Add)) == TileFlags.Maskable;
    }

    private bool IsAnythingWaiting(DemandList demands)
    {
        foreach (ref readonly var demand in demands.Items)
        {
            if (residency.StateOf(demand.Content) is ContentState.Absent or ContentState.Queued)
                return true;
        }
        return false;
    }
}
