using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream;

/// <summary>What became of the first view.</summary>
public enum InitialResidencyState : byte
{
    /// <summary>Something that is missing can still arrive.</summary>
    Pending,

    /// <summary>Nothing that is missing can arrive any more, and what is here can be shown.</summary>
    Resident,

    /// <summary>The scene's first document failed for good.</summary>
    SceneCannotOpen,

    /// <summary>The first view sees tiles, and not one of them can be drawn.</summary>
    NothingDrawable,

    /// <summary>Wanted tiles name contents of a required, enabled family, and not one of that family could be had.</summary>
    FamilyAbsent,
}

/// <summary>A content that failed for good.</summary>
/// <param name="Uri">Its absolute URI.</param>
/// <param name="Reason">Why.</param>
/// <param name="Error">What went wrong, for people; null where nobody said.</param>
public readonly record struct FailedContent(string Uri, StateReason Reason, string? Error);

/// <summary>
/// Whether the first view is there. It is decided once: by the first tick with a view after which nothing that is missing can still
/// arrive, or, where the scene cannot be opened, by the tick that learns it. What fails and will be tried again is waited for.
/// </summary>
/// <param name="State">What became of it.</param>
/// <param name="Error">Why it is neither pending nor resident, in a sentence that names file or family; null otherwise.</param>
/// <param name="AbsentFamilies">With <see cref="InitialResidencyState.FamilyAbsent"/>: the families.</param>
/// <param name="Failures">Every content that had failed for good when it was decided, in no order.</param>
public sealed record InitialResidency(InitialResidencyState State, string? Error, FamilySet AbsentFamilies, IReadOnlyList<FailedContent> Failures)
{
    /// <summary>Not decided yet.</summary>
    public static InitialResidency Pending { get; } = new(InitialResidencyState.Pending, null, default, []);
}

/// <summary>Decides what became of the first view, from a tick that has ended.</summary>
internal static class InitialResidencyJudge
{
    /// <summary>The verdict; <see cref="InitialResidency.Pending"/> while there is none.</summary>
    /// <param name="tree">The scene.</param>
    /// <param name="residency">What is here, and what failed.</param>
    /// <param name="set">What the tick's views wanted.</param>
    /// <param name="hasViews">Whether there were any.</param>
    /// <param name="isSettled">Whether everything wanted is drawn or failed for good.</param>
    /// <param name="drawn">Items on screen.</param>
    public static InitialResidency Judge(TileTree tree, TileResidency residency, VisibilitySet set, bool hasViews, bool isSettled, int drawn)
    {
        if (tree.LinkArray[TileTree.SceneRoot].ChildCount == 0)
            return JudgeOpening(tree, residency);
        if (!hasViews || !isSettled)
            return InitialResidency.Pending;
        var failures = FailuresOf(tree, residency);

        // A view that sees nothing of the scene lacks nothing.
        if (drawn == 0 && set.Count > 1)
            return new(InitialResidencyState.NothingDrawable, $"nothing of the first view can be drawn{Told(failures)}", default, failures);
        var absent = AbsentFamilies(tree, residency, set, out var names);
        return absent == default
            ? new(InitialResidencyState.Resident, null, default, failures)
            : new(InitialResidencyState.FamilyAbsent, $"nothing of the required {names} could be had for the first view{Told(failures)}", absent, failures);
    }

    private static InitialResidency JudgeOpening(TileTree tree, TileResidency residency)
    {
        foreach (var content in tree.SlotsOf(TileTree.SceneRoot))
        {
            if (!residency.HasFailedForGood(content))
                continue;
            var failures = FailuresOf(tree, residency);
            return new(InitialResidencyState.SceneCannotOpen, $"the scene cannot be opened{Told(failures)}", default, failures);
        }
        return InitialResidency.Pending;
    }

    // Families that wanted tiles name and that are neither in them nor in the tiles above, which would stand in for them.
    private static FamilySet AbsentFamilies(TileTree tree, TileResidency residency, VisibilitySet set, out string names)
    {
        FamilySet named = default, here = default;
        foreach (ref readonly var visit in set.Visits)
        {
            foreach (var content in tree.SlotsOf(visit.Tile))
            {
                ref readonly var record = ref tree.Contents.Records[content];
                if (record.Format == ContentFormat.Tileset)
                    continue;
                if (residency.StateOf(content) == ContentState.Resident)
                    here = here.With(record.Family);
                else if ((visit.Flags & VisitFlags.Primary) != 0)
                    named = named.With(record.Family);
            }
        }
        var absent = default(FamilySet);
        var list = new List<string>();
        foreach (var family in Enum.GetValues<ContentFamily>())
        {
            if (!named.Contains(family) || here.Contains(family) || !residency.Required.Contains(family) || !residency.Enabled.Contains(family))
                continue;
            absent = absent.With(family);
            list.Add(family.ToString().ToLowerInvariant());
        }
        names = $"{(list.Count == 1 ? "family" : "families")} {string.Join(", ", list)}";
        return absent;
    }

    private static List<FailedContent> FailuresOf(TileTree tree, TileResidency residency)
    {
        var failures = new List<FailedContent>();
        for (var index = 0; index < residency.EntryCount; index++)
        {
            ref var entry = ref residency.Entry(index);
            if (entry.HasFailedForGood && !entry.IsIncoming)
                failures.Add(new(tree.Contents.Uri(entry.Content), entry.Reason, entry.Error));
        }
        return failures;
    }

    // The first failure in words: the others are in the list.
    private static string Told(List<FailedContent> failures)
    {
        if (failures.Count == 0)
            return "";
        var (uri, reason, error) = failures[0];
        var told = error is null ? $"{uri}: {reason}" : error.Contains(uri, StringComparison.Ordinal) ? error : $"{uri}: {error}";
        return $": {told}{(failures.Count > 1 ? $", and {failures.Count - 1} more" : "")}";
    }
}
