using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// Decides about one entry: which of its representations is wanted, and whether its full tile is asked for. From its distance and from what
/// was decided before; gates keep what is not loading yet from starting, never what is.
/// </summary>
internal struct ProximityRule(ProximityOptions options)
{
    private TileTree _tree = null!;
    private ProximityIndex _index = null!;
    private ResidencyFacts _facts;
    private TimeSpan _now;
    private double _scale;
    private bool _waitsForNothing;

    /// <summary>When one of the decisions made so far has to be looked at again.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Starts a tick's decisions.</summary>
    public void Begin(TileTree tree, ProximityIndex index, in SelectionInputs inputs, bool waitsForNothing)
    {
        (_tree, _index, _facts, _now, _scale, _waitsForNothing) = (tree, index, inputs.Residency, inputs.Now, inputs.DetailScale, waitsForNothing);
        NextDeadline = TimeSpan.MaxValue;
    }

    /// <summary>Decides about an entry within the query radius.</summary>
    /// <param name="before">What was decided before.</param>
    /// <param name="known">Whether anything was.</param>
    /// <param name="distance">Metres to the entry's centre.</param>
    /// <param name="mayStart">Whether anything of it may start to load: the interior and the floor gate.</param>
    /// <param name="fullMayStart">Whether its full tile may: the frustum gate besides.</param>
    public EntryDecision Decide(EntryDecision before, bool known, double distance, bool mayStart, bool fullMayStart)
    {
        var entry = before.Entry;
        var first = _index.Table.FirstRepresentation[entry];
        var full = _index.Table.FirstRepresentation[entry + 1] - first - 1;
        if (!known && full > 0 && _facts.IsHeld(_index.TileOf[first]))
        {
            // Beyond the query radius nothing is remembered: there it was its coarsest representation.
            (before.Wanted, before.Since, known) = (0, TimeSpan.MinValue, true);
        }
        var decision = new EntryDecision { Entry = entry, BeyondSince = TimeSpan.MaxValue };
        var wantsFull = DecideFull(before, ref decision, distance, _index.TileOf[first + full], full);
        if ((decision.AsksForFull || wantsFull) && !fullMayStart && !_facts.IsHeld(_index.TileOf[first + full]))
        {
            // Where it is to start and may not, what was shown stays; one that is wanted by its past alone gives way.
            decision.AsksForFull = false;
            var isNear = distance <= _index.Table.StreamingRadius[entry] * _scale;
            decision.Wanted = isNear
                ? before.Wanted < full ? before.Wanted : EntryDecision.Nothing
                : DecideCoarser(before, known, distance, mayStart, first, full);
        }
        else
        {
            decision.Wanted = wantsFull ? full : DecideCoarser(before, known, distance, mayStart, first, full);
        }
        decision.Since = known && decision.Wanted == before.Wanted ? before.Since : _now;
        return decision;
    }

    // Wanted within the streaming radius; asked for from the prefetch radius on, and wanted as soon as it is here; until it is beyond the
    // unload radius for the time of grace, and was here for its least time.
    private bool DecideFull(in EntryDecision before, ref EntryDecision decision, double distance, int tile, int full)
    {
        var table = _index.Table;
        var entry = decision.Entry;
        if (distance <= table.StreamingRadius[entry] * _scale)
            return decision.AsksForFull = true;
        var wanted = before.Wanted == full || _facts.Of(tile) == TilePresence.Here;
        if (distance <= table.PrefetchRadius[entry] * _scale || (before.AsksForFull && distance <= table.UnloadRadius[entry] * _scale))
        {
            decision.AsksForFull = true;
            return wanted;
        }
        if (!before.AsksForFull || _waitsForNothing)
            return false;
        var beyond = before.BeyondSince == TimeSpan.MaxValue ? _now : before.BeyondSince;
        var until = beyond + TimeSpan.FromSeconds(options.UnloadGracePeriod);
        if (_facts.Of(tile) == TilePresence.Here)
        {
            var resident = _facts.Since(tile) + TimeSpan.FromSeconds(options.MinimumParsedTileResidentSeconds);
            until = resident > until ? resident : until;
        }
        if (_now >= until)
            return false;
        LookAgain(until);
        (decision.AsksForFull, decision.BeyondSince) = (true, beyond);
        return wanted;
    }

    private int DecideCoarser(in EntryDecision before, bool known, double distance, bool mayStart, int first, int full)
    {
        var target = Target(before, distance, first, full);
        var isCoarser = known && before.Wanted >= 0 && before.Wanted < full;
        if (target == before.Wanted || target < 0)
            return target;
        if (isCoarser && !_waitsForNothing && before.Since != TimeSpan.MinValue && !HasFailed(first + before.Wanted))
        {
            var until = before.Since + TimeSpan.FromSeconds(options.SecondaryRepresentationMinDwellSeconds);
            if (_now < until)
            {
                LookAgain(until);
                return before.Wanted;
            }
        }
        if (!mayStart && !_facts.IsHeld(_index.TileOf[first + target]))
            return isCoarser ? before.Wanted : EntryDecision.Nothing;
        return target;
    }

    // The coarsest whose distance is reached; nearer than all of them the finest, which fills the gap up to the full tile's radius.
    private readonly int Target(in EntryDecision before, double distance, int first, int full)
    {
        var finest = EntryDecision.Nothing;
        for (var i = 0; i < full; i++)
        {
            if (HasFailed(first + i))
                continue;
            finest = i;
            if (distance >= _index.Table.SwitchDistance[first + i] * _scale * (before.Wanted == i ? Hysteresis(first + i) : 1))
                return i;
        }
        return finest;
    }

    private readonly double Hysteresis(int representation) =>
        _index.Table.Kind[representation] == RepresentationKind.Hlod ? options.HlodHysteresisFactor : options.LodHysteresisFactor;

    // For good: the tree counts the tile as content-less then.
    private readonly bool HasFailed(int representation) => (_tree.LinkArray[_index.TileOf[representation]].Flags & TileFlags.ContentFailed) != 0;

    private void LookAgain(TimeSpan at) => NextDeadline = at < NextDeadline ? at : NextDeadline;
}
