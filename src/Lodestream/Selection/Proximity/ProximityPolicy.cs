using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// Selection by distance, for manifest scenes: every entry's chain of representations (HLODs, LODs, the full tile) is wanted down to the one
/// that its distance asks for. Pure, with more inputs than time and views: what it decided in the tick before, the cameras' velocities and
/// what is resident are among them. Of a scene that is no manifest it wants the root alone.
/// </summary>
/// <remarks>
/// Within the query radius every entry is looked at, in view or not; what is farther is its coarsest representation, where a view sees it.
/// A distance is the smaller of those from where a camera is and where it will be. A tile drawn stays drawn until what is wanted in its
/// place is here: this only says what is wanted.
/// </remarks>
public sealed partial class ProximityPolicy : ISelectionPolicy
{
    // Measured at once: what they are measured into stays in the processor's first cache.
    private const int FarAtOnce = 256;

    private readonly ProximityOptions _options;
    private readonly ProximitySearch _search;
    private ProximityRule _rule;
    private ProximityIndex? _index;
    private Wanted[] _wanted = new Wanted[64];
    private int _count;
    private VisitSum _sum;
    private readonly double[] _distances = new double[FarAtOnce], _errors = new double[FarAtOnce];
    private bool[] _isRemembered = [];
    private bool _isAnyRemembered;
    private short _farLevel;
    private long _failuresKnownFor = -1;
    private bool _hasFailed;

    // What is to be visited of an entry: its tiles down to the last, and which of them is wanted.
    private struct Wanted
    {
        public int Entry, Cut, Last, Visit;
        public bool Ahead, Covers;
    }

    /// <summary>Makes a policy.</summary>
    /// <param name="options">Distances and times; defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public ProximityPolicy(ProximityOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
        (_search, _rule) = (new(_options), new(_options));
    }

    /// <summary>What it was made with, for recordings.</summary>
    internal ProximityOptions MadeWith => _options;

    /// <inheritdoc/>
    public void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(set);
        set.Begin(views.Length);
        _sum = new();
        if (Open(tree, set) is { } table)
        {
            Find(tree, table, views, inputs);
            Decide(tree, inputs, set);
            Visit(tree, set);
            VisitMeshes(tree, set);
            set.NextDeadline = _search.IsAhead ? Sooner(_rule.NextDeadline, inputs.Now + TimeSpan.FromSeconds(_options.BurstTickInterval)) : _rule.NextDeadline;
        }
        set.Conclude(_sum);
    }

    // The manifest's root is the scene's only child; until it is there its topology is wanted.
    private ProximityTable? Open(TileTree tree, VisibilitySet set)
    {
        ref readonly var scene = ref tree.LinkArray[TileTree.SceneRoot];
        if ((scene.Flags & TileFlags.Unexpanded) != 0)
            set.VisitArray[0].Flags |= VisitFlags.Expand;
        if (scene.ChildCount == 0)
        {
            _sum.Add(tree.PathKeyArray[TileTree.SceneRoot], set.VisitArray[0].Flags, scene.Level);
            return null;
        }
        var root = scene.FirstChild;
        ref var visit = ref set.Add(0, root);
        visit.Views = set.VisitArray[0].Views;
        if (ProximityTable.Of(tree, root) is { } table)
        {
            visit.Flags = VisitFlags.Refined;
            return table;
        }
        visit.Flags = VisitFlags.Primary;
        _sum.Add(tree.PathKeyArray[root], visit.Flags, tree.LinkArray[root].Level);
        return null;
    }

    private void Find(TileTree tree, ProximityTable table, ReadOnlySpan<View> views, in SelectionInputs inputs)
    {
        var root = tree.LinkArray[TileTree.SceneRoot].FirstChild;
        if (_index is null || !_index.IsOf(tree, table, root))
        {
            _index = new(tree, table, root, _options);
            (_failuresKnownFor, _farLevel) = (-1, (short)(tree.LinkArray[root].Level + 1));
        }
        _search.Search(tree, _index, views, inputs.Velocities.Span);
    }

    private void Decide(TileTree tree, in SelectionInputs inputs, VisibilitySet set)
    {
        var previous = inputs.Previous;
        if (previous is not null && (previous.Table != _index!.Table || previous.Root != _index.Root))
            previous = null;
        var decision = set.NewDecision();
        decision.Begin(_index!.Table, _index.Root, inputs.DetailScale);
        _rule.Begin(tree, _index, inputs, waitsForNothing: inputs.IsTrial || inputs.DetailScale < previous?.DetailScale);
        _count = 0;
        foreach (var entry in _index.Shared)
            DecideShared(entry, inputs, previous, decision);
        foreach (var place in _search.Near)
            DecideNear(tree, place, inputs, previous, decision);
        var inRange = decision.Count;
        if (previous is not null)
            DecideLeft(tree, inputs, previous, decision);
        DecideFar(tree, decision, inRange);
        set.Touched = _search.Touched;
    }

    // What was decided for an entry that no view has in range any more.
    private void DecideLeft(TileTree tree, in SelectionInputs inputs, ProximityDecision previous, ProximityDecision decision)
    {
        foreach (ref readonly var before in previous.Entries)
        {
            if (_index!.PlaceOf[before.Entry] is not (>= 0 and var place) || _search.IsNear(place))
                continue;
            DecideOutOfRange(tree, before, inputs, decision);
        }
    }

    // What is far is its coarsest representation; of those that are neither remembered nor failed there is nothing to decide.
    private void DecideFar(TileTree tree, ProximityDecision decision, int inRange)
    {
        if (_isRemembered.Length < _index!.Placed)
            _isRemembered = new bool[_index.Placed];
        _isAnyRemembered = decision.Count > inRange;
        foreach (ref readonly var remembered in decision.Entries[inRange..])
            _isRemembered[_index.PlaceOf[remembered.Entry]] = true;
        if (!HasAnyFailed(tree))
            return;
        foreach (var (first, count) in _search.Far)
        {
            for (var place = first; place < first + count; place++)
            {
                if (!_isRemembered[place] && !_search.IsNear(place) && CoarsestOf(tree, _index.Order[place]) is >= 0 and var coarsest)
                    Want() = new() { Entry = _index.Order[place], Cut = coarsest, Last = coarsest };
            }
        }
    }

    // Whether a coarsest representation failed for good; looked at again when something has in the tree.
    private bool HasAnyFailed(TileTree tree)
    {
        if (_failuresKnownFor == tree.Version)
            return _hasFailed;
        (_failuresKnownFor, _hasFailed) = (tree.Version, false);
        foreach (var tile in _index!.CoarsestTiles)
            _hasFailed |= (tree.LinkArray[tile].Flags & TileFlags.ContentFailed) != 0;
        return _hasFailed;
    }

    private void DecideShared(int entry, in SelectionInputs inputs, ProximityDecision? previous, ProximityDecision decision)
    {
        var full = FullOf(entry);
        var since = previous is not null && previous.TryGet(entry, out var before) ? before.Since : inputs.Now;
        decision.Add(new() { Entry = entry, Wanted = full, AsksForFull = true, Since = since, BeyondSince = TimeSpan.MaxValue });
        Want() = new() { Entry = entry, Cut = full, Last = full, Covers = NeedsCover(entry, full, inputs) };
    }

    private void DecideNear(TileTree tree, int place, in SelectionInputs inputs, ProximityDecision? previous, ProximityDecision decision)
    {
        var entry = _index!.Order[place];
        var before = new EntryDecision { Entry = entry, Wanted = EntryDecision.Nothing, BeyondSince = TimeSpan.MaxValue };
        var known = previous is not null && previous.TryGet(entry, out before);
        var full = FullOf(entry);
        var mayStart = _search.IsOpen(entry);
        var decided = _rule.Decide(before, known, _search.DistanceTo(place), mayStart, mayStart && _search.Sees(tree, place));
        LetGo(ref decided, before, inputs, full);
        if (decided.Wanted >= 0 || decided.AsksForFull)
        {
            Want() = new()
            {
                Entry = entry,
                Cut = decided.Wanted,
                Last = decided.AsksForFull ? full : decided.Wanted,
                Ahead = decided.AsksForFull && decided.Wanted != full,
                Covers = decided.Wanted >= 0 && NeedsCover(entry, decided.Wanted, inputs),
            };
        }
        else if (!IsAnythingHeld(entry, 0, inputs))
        {
            return;
        }
        decision.Add(decided);
    }

    // Something coarser is to come in the place of what is drawn, and cannot, because what is drawn takes all memory there is: as detail
    // falls, the farthest go first, and are nothing until they are gone.
    private void LetGo(ref EntryDecision decided, in EntryDecision before, in SelectionInputs inputs, int full)
    {
        if (!before.IsLettingGo && !(inputs.IsStarved && _search.DistanceTo(_index!.PlaceOf[decided.Entry]) > _index.QueryRadius * inputs.DetailScale))
            return;
        if (decided.Wanted < 0 || decided.Wanted == full || IsHere(decided.Entry, decided.Wanted, inputs) || !IsAnyHere(decided.Entry, decided.Wanted + 1, inputs))
            return;
        (decided.Wanted, decided.AsksForFull, decided.IsLettingGo, decided.Since) = (EntryDecision.Nothing, false, true, inputs.Now);
    }

    // Nothing but the coarsest representation is wanted any more, at once; it is remembered until the rest is gone.
    private void DecideOutOfRange(TileTree tree, in EntryDecision before, in SelectionInputs inputs, ProximityDecision decision)
    {
        var coarsest = CoarsestOf(tree, before.Entry);
        if (!IsAnythingHeld(before.Entry, coarsest + 1, inputs))
            return;
        var seen = coarsest >= 0 && _search.IsFar(_index!.PlaceOf[before.Entry]);
        var wanted = seen ? coarsest : EntryDecision.Nothing;
        decision.Add(new() { Entry = before.Entry, Wanted = wanted, IsOutOfRange = true, Since = wanted == before.Wanted ? before.Since : inputs.Now, BeyondSince = TimeSpan.MaxValue });
        if (seen)
            Want() = new() { Entry = before.Entry, Cut = coarsest, Last = coarsest };
    }

    // Breadth first: first the coarsest tiles of all entries, then the next finer ones of those that go on.
    private void Visit(TileTree tree, VisibilitySet set)
    {
        const int root = 1;
        set.VisitArray[root].FirstChild = set.Count;
        for (var i = 0; i < _count; i++)
            AddVisit(tree, set, root, ref _wanted[i], 0);
        AddFar(tree, set, root);
        set.VisitArray[root].ChildCount = set.Count - set.VisitArray[root].FirstChild;
        for (var depth = 1; _count > 0; depth++)
        {
            var going = 0;
            for (var i = 0; i < _count; i++)
            {
                if (_wanted[i].Last < depth)
                    continue;
                ref var wanted = ref _wanted[going++];
                wanted = _wanted[i];
                ref var above = ref set.VisitArray[wanted.Visit];
                (above.FirstChild, above.ChildCount) = (set.Count, 1);
                AddVisit(tree, set, wanted.Visit, ref wanted, depth);
            }
            _count = going;
        }
    }

    private void AddVisit(TileTree tree, VisibilitySet set, int parent, ref Wanted wanted, int depth)
    {
        if (set.Count == set.VisitArray.Length)
            set.Grow();
        var tile = _index!.TileOf[_index.Table.FirstRepresentation[wanted.Entry] + depth];
        ref var visit = ref set.VisitArray[set.Count];
        (visit.Tile, visit.Parent, visit.FirstChild, visit.ChildCount) = (tile, parent, 0, 0);
        (visit.Views, visit.Inside) = (_search.ViewsOf(wanted.Entry), 0);
        _search.Measure(tree, tile, ref visit);
        visit.Flags = FlagsAt(wanted, depth);
        if (depth == wanted.Last)
            Part(tree, set, set.Count);
        if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Ahead)) != 0)
            _sum.Add(tree.PathKeyArray[tile], visit.Flags, tree.LinkArray[tile].Level);
        wanted.Visit = set.Count++;
    }

    private void AddFar(TileTree tree, VisibilitySet set, int parent)
    {
        while (set.Count + _search.FarPlaces > set.VisitArray.Length)
            set.Grow();
        if (!_hasFailed)
        {
            foreach (var (first, count) in _search.Far)
            {
                if (_search.IsOfOneView)
                    AddRun(set, parent, first, count);
                else
                    AddOneByOne(tree, set, parent, first, count);
            }
        }
        if (_isAnyRemembered)
            Array.Clear(_isRemembered);
    }

    private void AddOneByOne(TileTree tree, VisibilitySet set, int parent, int first, int count)
    {
        for (var place = first; place < first + count; place++)
        {
            if (_isRemembered[place] || _search.IsNear(place))
                continue;
            ref var visit = ref set.VisitArray[set.Count++];
            visit = new() { Tile = _index!.CoarsestTiles[place], Parent = parent, Flags = VisitFlags.Primary };
            _search.MeasureFar(tree, place, ref visit);
            _sum.Add(_index.CoarsestKeys[place], VisitFlags.Primary, _farLevel);
        }
    }

    private void AddRun(VisibilitySet set, int parent, int first, int count)
    {
        var (visits, next, sum, level) = (set.VisitArray, set.Count, _sum, _farLevel);
        var (distances, errors) = (_distances, _errors);
        for (; count > 0; first += FarAtOnce, count -= FarAtOnce)
        {
            var places = Math.Min(count, FarAtOnce);
            _search.MeasureFar(first, distances.AsSpan(0, places), errors.AsSpan(0, places));
            var tiles = _index!.CoarsestTiles.AsSpan(first, places);
            var keys = _index.CoarsestKeys.AsSpan(first, places);
            var (remembered, hasRemembered) = (_isRemembered, _isAnyRemembered && _isRemembered.AsSpan(first, places).Contains(true));
            for (var i = 0; i < tiles.Length; i++)
            {
                if (hasRemembered && remembered[first + i])
                    continue;
                ref var visit = ref visits[next++];
                (visit.ErrorPx, visit.Distance) = (errors[i], distances[i]);
                (visit.Tile, visit.Parent, visit.FirstChild, visit.ChildCount) = (tiles[i], parent, 0, 0);
                (visit.Views, visit.Inside, visit.Flags) = (1, 0, VisitFlags.Primary);
                sum.Add(keys[i], VisitFlags.Primary, level);
            }
        }
        (set.Count, _sum) = (next, sum);
    }

    private static VisitFlags FlagsAt(in Wanted wanted, int depth)
    {
        if (depth == wanted.Cut)
            return VisitFlags.Primary;
        if (depth < wanted.Cut)
            return wanted.Covers ? VisitFlags.Refined : VisitFlags.Refined | VisitFlags.Passed;
        return depth == wanted.Last && wanted.Ahead ? VisitFlags.Ahead : VisitFlags.Passed;
    }

    private ref Wanted Want()
    {
        if (_count == _wanted.Length)
            Array.Resize(ref _wanted, _count * 2);
        return ref _wanted[_count++];
    }

    // The coarsest representation that did not fail for good, besides the full tile; nothing where there is none.
    private int CoarsestOf(TileTree tree, int entry)
    {
        var (first, full) = (_index!.Table.FirstRepresentation[entry], FullOf(entry));
        for (var i = 0; i < full; i++)
        {
            if ((tree.LinkArray[_index.TileOf[first + i]].Flags & TileFlags.ContentFailed) == 0)
                return i;
        }
        return EntryDecision.Nothing;
    }

    private int FullOf(int entry) => _index!.Table.FirstRepresentation[entry + 1] - _index.Table.FirstRepresentation[entry] - 1;

    // What is wanted failed, and nothing finer is here that fills in for it: then what is coarser is asked for.
    private bool NeedsCover(int entry, int representation, in SelectionInputs inputs)
    {
        var tile = _index!.TileOf[_index.Table.FirstRepresentation[entry] + representation];
        return inputs.Residency.Of(tile) == TilePresence.Failed && !IsAnyHere(entry, representation + 1, inputs);
    }

    private bool IsHere(int entry, int representation, in SelectionInputs inputs) =>
        inputs.Residency.Of(_index!.TileOf[_index.Table.FirstRepresentation[entry] + representation]) == TilePresence.Here;

    private bool IsAnyHere(int entry, int from, in SelectionInputs inputs)
    {
        for (var representation = from; representation <= FullOf(entry); representation++)
        {
            if (IsHere(entry, representation, inputs))
                return true;
        }
        return false;
    }

    private bool IsAnythingHeld(int entry, int from, in SelectionInputs inputs)
    {
        var table = _index!.Table;
        for (var representation = table.FirstRepresentation[entry] + from; representation < table.FirstRepresentation[entry + 1]; representation++)
        {
            if (inputs.Residency.IsHeld(_index.TileOf[representation]))
                return true;
        }
        return false;
    }

    private static TimeSpan Sooner(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
