using Lodestream.Simulation.Laws;

namespace Lodestream.Simulation.Tests.Laws;

/// <summary>
/// A checker that never finds anything proves nothing. Each mutant breaks one line of one real stage; the checker must name the law that
/// this breaks, within a few random scenarios.
/// </summary>
public sealed class MutantTests
{
    private const int Scenarios = 400;

    [Fact]
    public void The_core_as_it_is_breaks_no_law_when_compiled_like_the_mutants()
    {
        var core = new MutatedCore();
        for (ulong seed = 1; seed <= 20; seed++)
            Assert.Empty(core.Judge(seed, twice: true));
        core.Unload();
    }

    [Fact]
    public void A_failed_content_that_counts_as_drawable_is_a_hole() => Catch(
        Breach.Hole, "Residency/TileResidency.Tiles.cs", "if (StateOf(content) == ContentState.Resident)\n                any", "if (StateOf(content) is ContentState.Resident or ContentState.Failed)\n                any");

    [Fact]
    public void A_reservation_dropped_at_decoding_is_over_budget() => Catch(
        Breach.OverBudget, "Streaming/ContentPipeline.cs", "ledger.Replace(ref entry.Charge, entry.Measured);", "ledger.Replace(ref entry.Charge, default);");

    [Fact]
    public void A_drawn_tile_that_is_evicted_is_a_hole() => Catch(
        Breach.Hole, "Streaming/Evictor.cs", "residency.SeenFrame[tile] < frame && residency.DrawnFrame[tile] < frame - 1 &&", "frame > 0 &&");

    [Fact]
    public void A_request_that_is_started_twice_is_a_duplicate() => Catch(
        Breach.DuplicateRequest, "Streaming/RequestScheduler.cs",
        "transport.Start(new(entry.Id, entry.Content, tree.Contents.Uri(entry.Content), record.Family, record.Format)",
        "transport.Start(new(-entry.Id, entry.Content, tree.Contents.Uri(entry.Content), record.Family, record.Format));"
            + "transport.Start(new(entry.Id, entry.Content, tree.Contents.Uri(entry.Content), record.Family, record.Format)");

    [Fact]
    public void A_selection_that_reads_residency_is_impure() => Catch(
        Breach.Impure, "TileStreamer.cs", "_policy.Select(Tree, views, inputs, Selection);",
        "_policy.Select(Tree, views, inputs with { DetailScale = _residency.CountByState[(int)ContentState.Resident] > 20 ? 0.5 : _detail.Value }, Selection);");

    [Fact]
    public void A_wrong_mask_bit_is_an_overlap() => Catch(
        Breach.Overlap, "Presentation/RenderResolver.cs", "(set.VisitArray[c].Tile - first & 7)", "(set.VisitArray[c].Tile - first + 1 & 7)");

    [Fact]
    public void A_counter_that_lies_is_dishonest() => Catch(
        Breach.Dishonest, "TileStreamer.cs", "s.Cancelled = _scheduler.Cancelled;", "s.Cancelled = _scheduler.Cancelled / 2;");

    [Fact]
    public void A_reason_that_lies_is_dishonest() => Catch(
        Breach.Dishonest, "Diagnostics/Explainer.cs", "ContentState.Fetching => TileReason.Fetching,", "ContentState.Fetching => TileReason.Preparing,");

    [Fact]
    public void A_drawn_tile_that_gives_way_to_its_ancestor_now_and_then_is_a_regression() => Catch(
        Breach.Regression, "Presentation/RenderResolver.cs", "                region.Opened = true;", "                region.Opened = visit.Parent <= 0 || set.FrameId % 16 != 0;");

    [Fact]
    public void A_retry_that_nobody_wakes_for_is_a_livelock() => Catch(
        Breach.Livelocked, "Streaming/RequestScheduler.cs", "        if (now < entry.RetryAt)\n        {\n            WakeAt(entry.RetryAt);", "        if (now < entry.RetryAt)\n        {");

    [Fact]
    public void Jitter_that_is_not_seeded_makes_replays_differ() => Catch(
        Breach.ReplayDiffers, "Streaming/HostHealth.cs", "UriHash.Mix(key ^ seed ^", "UriHash.Mix(key ^ (ulong)System.Diagnostics.Stopwatch.GetTimestamp() ^");

    [Fact]
    public void A_grace_period_that_never_ends_is_impure() => Catch(
        Breach.Impure, "Selection/Proximity/ProximityRule.cs", "        if (_now >= until)\n            return false;\n        LookAgain(until);", "");

    [Fact]
    public void Interior_tiles_that_load_from_outside_are_impure() => Catch(
        Breach.Impure, "Selection/Proximity/ProximitySearch.cs", "        if (!_insideZone)\n            return false;\n", "");

    [Fact]
    public void A_range_query_that_misses_some_is_impure() => Catch(
        Breach.Impure, "Selection/Proximity/ProximitySearch.cs", "SquaredDistance(cell, from) <= squaredReach", "4 * SquaredDistance(cell, from) <= squaredReach");

    [Fact]
    public void Representations_that_change_without_a_dwell_are_impure() => Catch(
        Breach.Impure, "Selection/Proximity/ProximityRule.cs", "                return before.Wanted;\n", "                return target;\n");

    private static void Catch(Breach expected, string file, string original, string mutant)
    {
        var core = new MutatedCore(file, original, mutant);
        var found = new HashSet<string>();
        for (ulong seed = 1; seed <= Scenarios && !found.Contains(expected.ToString()); seed++)
            found.UnionWith(core.Judge(seed, twice: expected == Breach.ReplayDiffers));
        core.Unload();
        Assert.True(found.Contains(expected.ToString()), $"{Scenarios} scenarios found {(found.Count == 0 ? "nothing" : string.Join(", ", found))}, not {expected}.");
    }
}
