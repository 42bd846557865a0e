using System.Diagnostics;
using Lodestream.Scene;

namespace Lodestream.Residency;

/// <summary>
/// The one registry of what is here: a state per content, and per tile whether it can be drawn and how much below it can. All
/// transitions go through <see cref="Enter"/>. It decides nothing.
/// </summary>
internal sealed partial class TileResidency(TileTree tree, FamilySet required)
{
    private ContentEntry[] _entries = new ContentEntry[64];
    private readonly Stack<int> _free = [];
    private readonly Dictionary<int, int> _incoming = [];
    private readonly HashSet<int> _stale = [];
    private int[] _entryOf = [];
    private int _entryCount;

    /// <summary>Families that are fetched and drawn.</summary>
    public FamilySet Enabled { get; private set; } = FamilySet.All;

    /// <summary>Families a tile waits for, as far as they are enabled.</summary>
    public FamilySet Required { get; } = required;

    /// <summary>Number of entries, free ones included: iterate over them and skip the absent.</summary>
    public int EntryCount => _entryCount;

    /// <summary>Rises whenever a content with labels comes or goes, or families are switched.</summary>
    public long LabelsVersion { get; private set; }

    /// <summary>How many entries are in each <see cref="ContentState"/>; one that was removed counts nowhere.</summary>
    public int[] CountByState { get; } = new int[8];

    public ref ContentEntry Entry(int index) => ref _entries[index];

    /// <summary>Makes room for what the tree has grown to.</summary>
    public void Match()
    {
        MatchTiles();
        var contents = tree.Contents.Capacity;
        if (_entryOf.Length < contents)
        {
            var old = _entryOf.Length;
            Array.Resize(ref _entryOf, Math.Max(contents, old * 3 / 2));
            Array.Fill(_entryOf, -1, old, _entryOf.Length - old);
        }
    }

    /// <summary>State of a content.</summary>
    public ContentState StateOf(int content) => _entryOf[content] < 0 ? ContentState.Absent : _entries[_entryOf[content]].State;

    /// <summary>Whether a content failed and no retry will help.</summary>
    public bool HasFailedForGood(int content) => _entryOf[content] >= 0 && _entries[_entryOf[content]].HasFailedForGood;

    /// <summary>Index of a content's entry, −1 when it is absent.</summary>
    public int Find(int content) => _entryOf[content];

    /// <summary>Resident contents of which a newer version is known.</summary>
    public HashSet<int> Stale => _stale;

    /// <summary>Index of the entry of a content's newer version, −1 when there is none on its way.</summary>
    public int FindIncoming(int content) => _incoming.GetValueOrDefault(content, -1);

    /// <summary>Index of the entry that what is fetched for a content fills, made if there is none: its own or, where it is stale, its newer version's.</summary>
    public int FindOrAdd(int content)
    {
        var index = _entryOf[content];
        if (index < 0)
            return _entryOf[content] = Add(content);
        if (!_entries[index].IsStale || !StaysUntilReplaced(_entries[index]))
            return index;
        if (!_incoming.TryGetValue(content, out var incoming))
        {
            _incoming[content] = incoming = Add(content);
            _entries[incoming].IsIncoming = true;
        }
        return incoming;
    }

    private int Add(int content)
    {
        if (!_free.TryPop(out var index))
        {
            if (_entryCount == _entries.Length)
                Array.Resize(ref _entries, _entries.Length * 2);
            index = _entryCount++;
        }
        _entries[index] = new() { Content = content, RetryAt = TimeSpan.Zero };
        CountByState[(int)ContentState.Absent]++;
        return index;
    }

    /// <summary>Puts a content in a state; the only place where states change.</summary>
    public void Enter(int index, ContentState state, StateReason reason, TimeSpan now)
    {
        ref var entry = ref _entries[index];
        Debug.Assert(IsAllowed(entry.State, state), $"A content does not go from {entry.State} to {state}: look at who called.");
        var wasResident = entry.State == ContentState.Resident && !entry.IsOutgoing;
        var stayed = entry.IsStale && !entry.IsIncoming && !entry.IsOutgoing && StaysUntilReplaced(entry);
        CountByState[(int)entry.State]--;
        CountByState[(int)state]++;
        entry.State = state;
        entry.Reason = reason;
        entry.Since = now;
        if (state is not (ContentState.Preparing or ContentState.Ready))
            (entry.AwaitsMemory, entry.Uploading, entry.Prepared, entry.Files) = (false, false, null, null);
        if (entry.Labels is not null && (state == ContentState.Resident || wasResident))
            LabelsVersion++;
        if (state is not (ContentState.Ready or ContentState.Resident))
            entry.Labels = null;
        if (state == ContentState.Resident)
            Settle(index);
        else if (stayed)
            MakeWayForIncoming(index);
        else if (state == ContentState.Fetching)
            entry.IsStale = false;
        TellTilesOf(entry.Content, now);
        if (entry.IsIncoming || (entry.IsOutgoing && !wasResident))
        {
            // The tiles go by the content's own entry.
        }
        else if (wasResident || state is ContentState.Resident or ContentState.Failed or ContentState.Absent)
            UpdateTilesOf(entry.Content, keepDrawable: !wasResident, withoutUpload: state == ContentState.Failed);
        if (state == ContentState.Absent)
            Forget(index);
    }

    /// <summary>
    /// A content is not here any more. One that failed before keeps the count of its failures, and its time, for when it is wanted again;
    /// one that did not is simply absent.
    /// </summary>
    public void Leave(int index, StateReason reason, TimeSpan now)
    {
        ref var entry = ref _entries[index];
        var failedBefore = entry.NetworkFailures + entry.FileFailures + entry.ParseFailures > 0;
        if (!failedBefore || entry.State != ContentState.Failed)
            Enter(index, failedBefore ? ContentState.Failed : ContentState.Absent, reason, now);
    }

    /// <summary>
    /// Says that a newer version of what an entry holds is known. What is resident is drawn until the newer one is, what failed for good counts as
    /// failed until then, and what is only prepared will be stale when it arrives.
    /// </summary>
    public void MarkStale(int index)
    {
        ref var entry = ref _entries[index];
        entry.IsStale = true;
        if (!entry.IsIncoming && StaysUntilReplaced(entry))
            _stale.Add(entry.Content);
    }

    /// <summary>Makes the newer version that is here the content's own, in the place of the one it had.</summary>
    /// <returns>Index of the entry that was replaced and whose memory is to be freed; −1 where it had failed and holds none.</returns>
    public int Supersede(int index, TimeSpan now)
    {
        ref var entry = ref _entries[index];
        Debug.Assert(entry.IsIncoming, "Only a newer version takes another one's place.");
        var old = _entryOf[entry.Content];
        _incoming.Remove(entry.Content);
        _entryOf[entry.Content] = index;
        entry.IsIncoming = false;
        _entries[old].IsOutgoing = true;
        _entries[old].AfterRelease = ContentState.Absent;
        var holdsMemory = _entries[old].State == ContentState.Resident;
        if (!holdsMemory)
            ClearFailedForGood(entry.Content);
        Enter(index, ContentState.Resident, StateReason.Arrived, now);
        Enter(old, holdsMemory ? ContentState.Releasing : ContentState.Absent, StateReason.Superseded, now);
        return holdsMemory ? old : -1;
    }

    /// <summary>
    /// Sets which families are fetched and drawn. Tiles that are complete under the new rule become drawable at once; those that were
    /// drawable without a family that is switched on stay so, and the family joins when it comes.
    /// </summary>
    public void SetEnabled(FamilySet enabled)
    {
        Enabled = enabled;
        LabelsVersion++;
        for (var i = 0; i < _entryCount; i++)
        {
            if (_entries[i].State == ContentState.Resident)
                JoinTilesOf(_entries[i].Content);
        }
        for (var i = 0; i < _entryCount; i++)
        {
            if (_entries[i].State != ContentState.Absent)
                UpdateTilesOf(_entries[i].Content, keepDrawable: true, withoutUpload: true);
        }
    }

    // What is resident is up to date, unless something newer was announced while it was on its way.
    private void Settle(int index)
    {
        if (_entries[index].IsStale)
            _stale.Add(_entries[index].Content);
        else
            _stale.Remove(_entries[index].Content);
    }

    private static bool WillFailForGood(in ContentEntry entry) =>
        entry.HasFailedForGood || (entry.RetryAt == TimeSpan.MaxValue && entry.State == ContentState.Releasing && entry.AfterRelease == ContentState.Failed);

    // What a newer version is brought beside, not in the place of: what can be drawn, and what is known never to come.
    private static bool StaysUntilReplaced(in ContentEntry entry) =>
        entry.State == ContentState.Resident || entry.HasFailedForGood;

    // What was current goes; a newer version that is on its way is the content's own from now on.
    private void MakeWayForIncoming(int index)
    {
        ref var entry = ref _entries[index];
        _stale.Remove(entry.Content);
        if (!_incoming.Remove(entry.Content, out var incoming))
            return;
        _entryOf[entry.Content] = incoming;
        _entries[incoming].IsIncoming = false;
        entry.IsOutgoing = true;
    }

    private void Forget(int index)
    {
        CountByState[(int)ContentState.Absent]--;
        if (_entries[index].IsIncoming)
            _incoming.Remove(_entries[index].Content);
        else if (!_entries[index].IsOutgoing)
            _entryOf[_entries[index].Content] = -1;
        _entries[index] = default;
        _free.Push(index);
    }

    private static bool IsAllowed(ContentState from, ContentState to) => to switch
    {
        ContentState.Absent => true,
        ContentState.Queued => from is ContentState.Absent or ContentState.Failed,
        ContentState.Fetching => from is ContentState.Queued,
        ContentState.Preparing => from is ContentState.Fetching or ContentState.Queued,
        ContentState.Ready => from is ContentState.Preparing,
        ContentState.Resident => from is ContentState.Ready or ContentState.Preparing,
        ContentState.Failed => from is not (ContentState.Absent or ContentState.Resident),
        ContentState.Releasing => from is ContentState.Preparing or ContentState.Ready or ContentState.Resident,
        _ => false,
    };
}
