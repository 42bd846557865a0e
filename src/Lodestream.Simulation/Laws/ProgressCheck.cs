using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Laws;

/// <summary>Law 4: with still cameras everything comes to rest, stays there, and then what is drawn is what is wanted.</summary>
internal sealed class ProgressCheck(TileTree tree, ContentFacts contents, TileFacts tiles)
{
    private long _activityAtRest = -1;

    /// <summary>Requests, cancellations, evictions and commits so far.</summary>
    private long Activity(long commits) => contents.Requested + contents.Cancelled + contents.Freed + commits;

    /// <summary>Checks a frame after the run came to rest.</summary>
    public void CheckRest(in SimulatedFrame frame, long commits, Action<Breach, int, string> fail)
    {
        if (frame.Phase != RunPhase.Resting || !frame.IsQuiet)
            return;
        var activity = Activity(commits);
        if (_activityAtRest >= 0 && activity != _activityAtRest)
            fail(Breach.Livelocked, -1, $"at rest, {activity - _activityAtRest} requests, cancellations, evictions or commits happened");
        _activityAtRest = activity;
    }

    /// <summary>Checks the run's end.</summary>
    public void CheckEnd(in SimulatedFrame last, Screen screen, Action<Breach, int, string> fail)
    {
        if (!last.IsQuiet)
        {
            var s = last.Streamer.Statistics;
            fail(Breach.Livelocked, -1, $"no rest: {s.InFlight} requests in flight, {s.Queued} queued, {s.Preparing} preparing, {s.NotYetResident} tiles missing; the governor says {last.Decision.Kind} {last.Decision.At}");
            return;
        }
        CheckLeftovers(last.Streamer.Selection, screen, fail);
        foreach (ref readonly var visit in last.Streamer.Selection.Visits)
        {
            if ((visit.Flags & VisitFlags.Expand) != 0 && !tiles.HasFailedForGood(visit.Tile))
                fail(Breach.Livelocked, visit.Tile, "at rest, its topology is not there and has not failed for good");
            if (tiles.IsDrawable(visit.Tile) && IsStaleForNoReason(visit.Tile, last.Streamer.EnabledFamilies))
                fail(Breach.Livelocked, visit.Tile, $"at rest, a newer version of its content is known, is not here, and did not fail ({last.Streamer.Why(visit.Tile)})");
            if (!IsToBeDrawn(visit.Flags) || !tiles.HasContent(visit.Tile) || (screen.TryGet(visit.Tile, out var item) && item.Source == visit.Tile))
                continue;
            if (Excuse(visit.Tile, last.Streamer.EnabledFamilies) is null)
                fail(Breach.Livelocked, visit.Tile, $"at rest, it is wanted, not drawn, and did not fail ({last.Streamer.Why(visit.Tile)})");
        }
    }

    // Underlay that is not refined has nothing finer in its place.
    private static bool IsToBeDrawn(VisitFlags flags) =>
        (flags & VisitFlags.Primary) != 0 || (flags & (VisitFlags.Underlay | VisitFlags.Refined)) == VisitFlags.Underlay;

    private bool IsStaleForNoReason(int tile, FamilySet enabled)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            var fact = contents[content];
            if (fact is { State: OutsideState.Uploaded, IsStale: true } && fact.Incoming is not { ForGood: true } && enabled.Contains(tree.Contents.Records[content].Family))
                return true;
        }
        return false;
    }

    // What is drawn besides what is wanted must fill in for something that is wanted and cannot be drawn.
    private void CheckLeftovers(VisibilitySet set, Screen screen, Action<Breach, int, string> fail)
    {
        var (wanted, waiting, left) = (new HashSet<int>(), new HashSet<int>(), new Dictionary<int, int>());
        foreach (ref readonly var visit in set.Visits)
        {
            if (IsToBeDrawn(visit.Flags))
                wanted.Add(visit.Tile);
            var drawn = screen.TryGet(visit.Tile, out var item) && item.Source == visit.Tile;
            // A maskless tile below which something failed for good never gives way to all its children: what stands in for it stays.
            var isShut = (visit.Flags & VisitFlags.Refined) != 0 && !tiles.CanMask(visit.Tile) && tiles.FailedForGoodWithin(visit.Tile) > 0;
            if (!isShut && (visit.Flags & VisitFlags.Expand) == 0 && (drawn || !IsToBeDrawn(visit.Flags)))
                continue;
            for (var tile = visit.Tile; tile >= 0 && waiting.Add(tile);)
                tile = tree.Links[tile].Parent;
        }
        FindLeft(set.Visits, left);
        foreach (var item in screen.Items)
        {
            // A tile that gives way to all its children never does when one of them failed for good, in view or not.
            // Below a wanted tile that cannot be drawn, what is drawn fills in for it.
            var waitsFor = item.Region;
            while (waitsFor >= 0 && !waiting.Contains(waitsFor))
                waitsFor = tree.Links[waitsFor].Parent;
            if (HoldsWhatIsLeft(item, left) || IsAllThereIs(item.Region, left))
                continue;
            var gives = tiles.CanMask(item.Region) || tiles.FailedForGoodWithin(item.Region) == 0;
            if (gives && !(item.Source == item.Region && wanted.Contains(item.Region)) && (waitsFor < 0 || (waitsFor != item.Region && !wanted.Contains(waitsFor))))
                fail(Breach.Livelocked, item.Region, $"at rest, {TileNames.Of(tree, item.Source)} is drawn there, which nothing wants and nothing there waits for");
        }
    }

    // Some of the region's children are left to what is wanted above them, and the item draws those.
    private bool HoldsWhatIsLeft(in Presentation.DrawItem item, Dictionary<int, int> left)
    {
        ref readonly var links = ref tree.Links[item.Region];
        for (var c = 0; c < links.ChildCount; c++)
        {
            if (left.ContainsKey(links.FirstChild + c) && (item.ChildMask >> (c & 7) & 1) == 0)
                return true;
        }
        return false;
    }

    // What a part is left to cannot be drawn: what was there before stays.
    private bool IsAllThereIs(int region, Dictionary<int, int> left)
    {
        for (var tile = region; tile > TileTree.SceneRoot; tile = tree.Links[tile].Parent)
        {
            if (left.TryGetValue(tile, out var wanted))
                return wanted < 0 || !tiles.IsDrawable(wanted);
        }
        return false;
    }

    // Parts that are left to what is wanted above them: of tiles that nothing is wanted of, and of those that are opened for such ones only.
    private static void FindLeft(ReadOnlySpan<Visit> visits, Dictionary<int, int> left)
    {
        for (var i = visits.Length - 1; i > 0; i--)
        {
            ref readonly var visit = ref visits[i];
            var isLeft = visit.Flags is VisitFlags.None or VisitFlags.Refined;
            for (var c = visit.FirstChild; c < visit.FirstChild + visit.ChildCount; c++)
                isLeft &= left.ContainsKey(visits[c].Tile);
            if (isLeft)
                left.Add(visit.Tile, WantedAbove(visits, visit));
        }
    }

    private static int WantedAbove(ReadOnlySpan<Visit> visits, in Visit visit)
    {
        var at = visit.Parent;
        while (at >= 0 && (visits[at].Flags & (VisitFlags.Primary | VisitFlags.Underlay)) == 0)
            at = visits[at].Parent;
        return at < 0 ? -1 : visits[at].Tile;
    }

    // It failed itself, is switched off, or waits for a sibling that failed where masks are impossible.
    private string? Excuse(int tile, FamilySet enabled)
    {
        if (tiles.HasFailedForGood(tile))
            return "it failed for good";
        var any = false;
        foreach (var content in tree.SlotsOf(tile))
            any |= enabled.Contains(tree.Contents.Records[content].Family);
        if (!any)
            return "it is switched off";
        for (var above = tree.Links[tile].Parent; above >= 0; above = tree.Links[above].Parent)
        {
            if (!tiles.CanMask(above) && tiles.FailedForGoodWithin(above) > 0)
                return "a tile it must be drawn together with failed for good";
        }
        return null;
    }
}
