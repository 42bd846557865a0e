using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>What was decided about an entry of a manifest.</summary>
public struct EntryDecision
{
    /// <summary>Stands for no representation in <see cref="Wanted"/>.</summary>
    public const int Nothing = -1;

    /// <summary>The entry.</summary>
    public int Entry;

    /// <summary>The representation that is wanted, counted from the coarsest, which is 0; <see cref="Nothing"/> for none.</summary>
    public int Wanted;

    /// <summary>Whether the full tile is asked for, wanted or ahead of being wanted.</summary>
    public bool AsksForFull;

    /// <summary>Whether the entry is beyond the query radius of every view: it is remembered only until what it held is gone.</summary>
    public bool IsOutOfRange;

    /// <summary>Whether memory was so short that what stood in for the entry's coarser representation is let go before that could come.</summary>
    public bool IsLettingGo;

    /// <summary>Since when this representation is wanted.</summary>
    public TimeSpan Since;

    /// <summary>Since when the full tile is beyond its unload radius and asked for all the same; <see cref="TimeSpan.MaxValue"/> while it is not.</summary>
    public TimeSpan BeyondSince;
}

/// <summary>
/// What a <see cref="ProximityPolicy"/> decided for the entries in range: hysteresis, dwell and grace need to know it in the next tick. It
/// is handed from tick to tick as an input (<see cref="SelectionInputs.Previous"/>), so that selections on trial leave no trace.
/// </summary>
public sealed class ProximityDecision
{
    private EntryDecision[] _entries = new EntryDecision[64];
    private int[] _placeOf = [];

    /// <summary>The manifest's table; null where the scene is none.</summary>
    public ProximityTable? Table { get; private set; }

    /// <summary>The manifest's root tile.</summary>
    public int Root { get; private set; }

    /// <summary>The detail scale it was made for.</summary>
    public double DetailScale { get; private set; } = 1;

    /// <summary>Number of entries something was decided for.</summary>
    public int Count { get; private set; }

    /// <summary>The entries, in no particular order.</summary>
    public ReadOnlySpan<EntryDecision> Entries => _entries.AsSpan(0, Count);

    /// <summary>Finds what was decided for an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="decision">What was decided, if anything was.</param>
    public bool TryGet(int entry, out EntryDecision decision)
    {
        var place = (uint)entry < (uint)_placeOf.Length ? _placeOf[entry] : Count;
        var known = place < Count && _entries[place].Entry == entry;
        decision = known ? _entries[place] : new() { Entry = entry, Wanted = EntryDecision.Nothing, BeyondSince = TimeSpan.MaxValue };
        return known;
    }

    internal void Begin(ProximityTable? table, int root, double detailScale)
    {
        (Table, Root, DetailScale, Count) = (table, root, detailScale, 0);

        // Places of entries that are not in the list lead to others or beyond its end: nothing needs to be cleared.
        if (table is not null && _placeOf.Length < table.Count)
            _placeOf = new int[table.Count];
    }

    internal void Add(in EntryDecision decision)
    {
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
        _placeOf[decision.Entry] = Count;
        _entries[Count++] = decision;
    }
}
