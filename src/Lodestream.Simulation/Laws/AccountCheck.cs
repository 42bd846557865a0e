using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Laws;

/// <summary>Laws 5 and 8: what is held against what is reserved and allowed, and the statistics and reasons against what happened.</summary>
internal sealed class AccountCheck(TileTree tree, ContentFacts contents, TileFacts tiles, ProximityMemoryOptions? accounts)
{
    // Tiles whose reason is asked for in a frame.
    private const int Asked = 3;

    private readonly Dictionary<int, int> _visitOf = [];
    private long _frames, _charged, _geometry, _texture;
    private int _next;

    /// <summary>Commits that reached the host.</summary>
    public long Commits { get; set; }

    /// <summary>Checks a frame.</summary>
    public void Check(in SimulatedFrame frame, Screen screen, Action<Breach, int, string> fail)
    {
        var statistics = frame.Streamer.Statistics;
        CheckMemory(statistics, frame.IsQuiet, fail);
        CheckCounters(frame, screen, fail);
        CheckReasons(frame, screen, fail);
    }

    private void CheckMemory(StreamerStatistics s, bool isQuiet, Action<Breach, int, string> fail)
    {
        var held = contents.Cpu + contents.Geometry + contents.Texture;
        var charged = s.CpuBytes + s.GpuGeometryBytes + s.GpuTextureBytes;
        // After a cut what is here may be more for a while, and what was admitted before goes on coming; nothing is admitted until it fits,
        // and at rest it does.
        if (held > s.BudgetBytes && isQuiet)
            fail(Breach.OverBudget, -1, $"at rest {held} bytes are held; the budget is {s.BudgetBytes}");
        if (charged > s.BudgetBytes && (charged > _charged || isQuiet))
            fail(Breach.OverBudget, -1, $"{charged} bytes are reserved, {_charged} the frame before; the budget is {s.BudgetBytes}");
        if (accounts is not null)
        {
            CheckAccount("geometry", contents.Geometry, s.GpuGeometryBytes, ref _geometry, Math.Min(accounts.GeometryBudgetBytes, s.BudgetBytes), isQuiet, fail);
            CheckAccount("textures", contents.Texture, s.GpuTextureBytes, ref _texture, Math.Min(accounts.TextureBudgetBytes, s.BudgetBytes), isQuiet, fail);
        }
        if (held > charged)
            fail(Breach.OverBudget, -1, $"{held} bytes are held, {charged} are reserved");
        _charged = charged;
        if (isQuiet && (contents.Cpu, contents.Geometry, contents.Texture) != (s.CpuBytes, s.GpuGeometryBytes, s.GpuTextureBytes))
            fail(Breach.Dishonest, -1, $"at rest {contents.Cpu} + {contents.Geometry} + {contents.Texture} bytes are held, {s.CpuBytes} + {s.GpuGeometryBytes} + {s.GpuTextureBytes} are said to be");
    }

    // As the total: each has a budget of its own.
    private static void CheckAccount(string name, long held, long charged, ref long before, long budget, bool isQuiet, Action<Breach, int, string> fail)
    {
        if (held > budget && isQuiet)
            fail(Breach.OverBudget, -1, $"at rest {held} bytes of {name} are held; their budget is {budget}");
        if (charged > budget && (charged > before || isQuiet))
            fail(Breach.OverBudget, -1, $"{charged} bytes of {name} are reserved, {before} the frame before; their budget is {budget}");
        if (held > charged)
            fail(Breach.OverBudget, -1, $"{held} bytes of {name} are held, {charged} are reserved");
        before = charged;
    }

    private void CheckCounters(in SimulatedFrame frame, Screen screen, Action<Breach, int, string> fail)
    {
        var s = frame.Streamer.Statistics;
        Same("Frames", s.Frames, ++_frames);
        Same("Requested", s.Requested, contents.Requested);
        Same("Cancelled", s.Cancelled, contents.Cancelled);
        Same("Retries", s.Retries, contents.Retries);
        Same("InFlight", s.InFlight, contents.InFlight);
        Same("PeakInFlight", s.PeakInFlight, contents.PeakInFlight);
        Same("Preparing", s.Preparing, contents.Preparing);
        Same("BytesFetched", s.BytesFetched, contents.BytesReported);
        Same("Evicted, GivenBack and TornDown", s.Evicted + s.GivenBack + s.TornDown, contents.Freed);
        Same("Superseded", s.Superseded, contents.Superseded);
        Same("Commits", s.Commits, Commits);
        Same("Drawn", s.Drawn, screen.Count);
        var (wanted, missing, incomplete) = Count(frame.Streamer.Selection, frame.Streamer.EnabledFamilies);
        Same("Wanted", s.Wanted, wanted);
        Same("NotYetResident", s.NotYetResident, missing);
        if (s.Settled && (missing + incomplete > 0 || contents.Preparing > 0))
            fail(Breach.Dishonest, -1, $"Settled is said while {missing} tiles are missing, {incomplete} wait for a content to join and {contents.Preparing} contents are being prepared");

        void Same(string name, long said, long is_)
        {
            if (said != is_)
                fail(Breach.Dishonest, -1, $"{name} is said to be {said}; it is {is_}");
        }
    }

    private (int Wanted, int Missing, int Incomplete) Count(VisibilitySet set, FamilySet enabled)
    {
        var (wanted, missing, incomplete) = (0, 0, 0);
        _visitOf.Clear();
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var visit = ref set.Visits[i];
            _visitOf[visit.Tile] = i;
            if ((visit.Flags & VisitFlags.Primary) != 0)
                wanted++;
            var isUnderlay = (visit.Flags & (VisitFlags.Underlay | VisitFlags.Refined)) == VisitFlags.Underlay;
            if (((visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) == 0 && !isUnderlay) || !IsMissing(visit.Tile, enabled))
                continue;
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) == 0 || tiles.IsDrawable(visit.Tile))
                incomplete++;
            else
                missing++;
        }
        return (wanted, missing, incomplete);
    }

    private bool IsMissing(int tile, FamilySet enabled)
    {
        foreach (var content in tree.SlotsOf(tile))
        {
            var fact = contents[content];
            ref readonly var record = ref tree.Contents.Records[content];
            // Topology is here when it is in the tree, which may be some ticks after it was parsed.
            var here = fact.State == OutsideState.Kept ? (tree.Links[tile].Flags & TileFlags.OutOfCore) != 0 : record.Format == ContentFormat.Tileset ? (tree.Links[tile].Flags & TileFlags.Unexpanded) == 0 : fact.State == OutsideState.Uploaded;
            if (!here && !fact.ForGood && (record.Format == ContentFormat.Tileset || enabled.Contains(record.Family)))
                return true;
        }
        return false;
    }

    // A few visited tiles a frame, in turn: asking for all of them would cost more than the frame.
    private void CheckReasons(in SimulatedFrame frame, Screen screen, Action<Breach, int, string> fail)
    {
        var visits = frame.Streamer.Selection.Visits;
        for (var i = 0; i < Asked; i++)
        {
            var visit = visits[_next++ % visits.Length];
            var why = frame.Streamer.Why(visit.Tile);
            if (WrongReason(visit, why, screen) is { } wrong)
                fail(Breach.Dishonest, visit.Tile, $"its reason is said to be {why.Reason}; {wrong}");
        }
    }

    private string? WrongReason(in Visit visit, in TileExplanation why, Screen screen)
    {
        var (tile, visitFlags) = (visit.Tile, visit.Flags);
        var drawn = screen.TryGet(tile, out var item) && item.Source == tile;
        if (drawn != (why.Reason == TileReason.Drawn))
            return drawn ? "it is drawn" : "it is not drawn";
        if (drawn)
            return null;
        var slots = tree.SlotsOf(tile);
        return why.Reason switch
        {
            TileReason.NotVisible => "it is visited",
            TileReason.FinerThanWanted => (visitFlags & ~VisitFlags.Passed) == VisitFlags.None ? null : "it is visited, and wanted",
            TileReason.Fetching => Any(OutsideState.InFlight) ? null : "nothing of it is in flight",
            TileReason.Preparing or TileReason.WaitingForMemory => Any(OutsideState.Preparing) || IsBeingPlaced() ? null : "nothing of it is being prepared",
            TileReason.FetchingFiles => Any(OutsideState.Preparing) ? null : "nothing of it is being prepared",
            TileReason.WaitingForUpload => Any(OutsideState.Prepared) || Any(OutsideState.Uploading) ? null : "nothing of it waits for an upload",
            TileReason.FailedForGood => tiles.HasFailedForGood(tile) ? null : "nothing of it failed for good",
            TileReason.FailedForNow => AnyFailedForNow() ? null : "nothing of it failed for now",
            TileReason.NoContent => slots.Length == 0 || !tiles.HasContent(tile) ? null : "it has content",
            TileReason.OutOfCore => Any(OutsideState.Kept) ? null : "its payload is not in main memory",
            TileReason.WaitingForSiblings => tiles.IsDrawable(tile) ? null : "it is not drawable",
            _ => null,
        };

        bool Any(OutsideState state)
        {
            foreach (var content in tree.SlotsOf(tile))
            {
                if (contents[content].State == state)
                    return true;
            }
            return false;
        }

        // Topology that was parsed goes into the tree over some ticks.
        bool IsBeingPlaced() => ((visitFlags & VisitFlags.Expand) != 0 && Any(OutsideState.Uploaded)) || Any(OutsideState.Kept);

        bool AnyFailedForNow()
        {
            foreach (var content in tree.SlotsOf(tile))
            {
                var fact = contents[content];
                if (fact is { State: OutsideState.Absent, ForGood: false } && fact.NetworkFailures + fact.ParseFailures > 0)
                    return true;
            }
            return false;
        }
    }
}
