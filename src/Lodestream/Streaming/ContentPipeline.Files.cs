using Lodestream.Residency;

namespace Lodestream.Streaming;

/// <summary>Preparations that wait for files they depend on.</summary>
internal sealed partial class ContentPipeline
{
    private readonly List<int> _awaitingFiles = [];

    /// <summary>A preparation cannot go on without further files: the scheduler fetches them under its content.</summary>
    public void OnNeedsFiles(in InboxMessage message, TimeSpan now)
    {
        if (!TryFind(message.Id, ContentState.Preparing, out var index))
            return;
        ref var entry = ref residency.Entry(index);
        var needed = (IReadOnlyList<ContentDependency>)message.Payload!;
        if (needed.Count > options.MaximumFilesPerContent)
        {
            entry.Error = $"{tree.Contents.Uri(entry.Content)}: depends on {needed.Count} files; {options.MaximumFilesPerContent} at most are fetched for a content";
            Abandon(index, CancelReason.FileMissing, StateReason.Undecodable, now);
            return;
        }
        entry.Files = new(needed, scheduler.Hosts);
        _awaitingFiles.Add(index);
        if (needed.Count == 0)
            Supply(index, now);
    }

    /// <summary>
    /// Settles what became of the files that preparations wait for, once all that came was heard: goes on with those that are complete, ends
    /// those that lack one they cannot do without.
    /// </summary>
    public void SettleFiles(TimeSpan now)
    {
        for (var i = _awaitingFiles.Count - 1; i >= 0; i--)
        {
            var files = residency.Entry(_awaitingFiles[i]).Files!;
            if (files.Failure is not null)
                FailForFile(_awaitingFiles[i], now);
            else if (files.DoesNotFit)
                CallOff(_awaitingFiles[i], CancelReason.GaveWay, StateReason.OverBudget, now);
            else if (files.Missing == 0)
                Supply(_awaitingFiles[i], now);
        }
    }

    private void Supply(int index, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        var files = entry.Files!.Files;
        _awaitingFiles.Remove(index);
        (entry.Files, entry.FileFailures, entry.NetworkFailures, entry.Since) = (null, 0, 0, now);
        scheduler.WakeAt(now + TimeSpan.FromSeconds(options.PrepareTimeoutSeconds));
        preparer.Supply(entry.Id, files);
    }

    // The content fails as if it could not be fetched itself, as soon as its memory is back.
    private void FailForFile(int index, TimeSpan now)
    {
        var (reason, error, retryAt) = residency.Entry(index).Files!.Failure!.Value;
        CallOff(index, CancelReason.FileMissing, reason, now);
        ref var entry = ref residency.Entry(index);
        entry.Error = $"{tree.Contents.Uri(entry.Content)}: {error}";
        entry.NetworkFailures = Math.Max((byte)1, entry.FileFailures);
        (entry.AfterRelease, entry.RetryAt) = (ContentState.Failed, retryAt);
        if (retryAt == TimeSpan.MaxValue)
            residency.MarkFailedForGood(entry.Content);
        else
            scheduler.WakeAt(retryAt);
    }

    // Files that do not fit keep what waits for them from going on, and what that holds from others.
    private void GiveWayOfFiles(TimeSpan now)
    {
        while (_awaitingFiles.Count > (_awaitingMemory.Count > 0 ? 0 : 1))
        {
            var keep = _awaitingMemory.Count > 0 ? -1 : _awaitingFiles[MostUrgent(_awaitingFiles)];
            var index = _awaitingFiles[^1] == keep ? _awaitingFiles[^2] : _awaitingFiles[^1];
            ref var entry = ref residency.Entry(index);
            sizes.Remember(entry.Content, entry.Charge.Cpu);
            CallOff(index, CancelReason.GaveWay, StateReason.OverBudget, now);
        }
    }
}
