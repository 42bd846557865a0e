using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>
/// Takes in that a content's source has a newer version. What is resident stays drawn and becomes stale: the newer version comes beside it
/// and takes its place in one commit. What is still on its way is called off and asked for anew, and what failed may be tried again.
/// </summary>
internal sealed class ContentChanges(TileTree tree, TileResidency residency, RequestScheduler scheduler, ContentPipeline pipeline, SizeEstimator sizes)
{
    private readonly List<ulong> _announced = [];

    /// <summary>
    /// A source announced that what is behind the absolute URI of this hash has changed. URIs that no known tile names mean nothing, nor does topology: it is read
    /// anew when it is expanded again.
    /// </summary>
    public void OnChanged(ulong uriHash)
    {
        if (!_announced.Contains(uriHash))
            _announced.Add(uriHash);
    }

    /// <summary>Applies what was announced. Comes after the inbox's other messages: an answer that came before is not taken for one that was called off.</summary>
    public void Apply(TimeSpan now)
    {
        foreach (var hash in _announced)
        {
            var content = tree.Contents.FindByUriHash(hash);

            // A mesh is what its payload is, which counts as topology while it is out of core.
            if (content >= 0 && tree.Contents.Records[content].Format != ContentFormat.PayloadMesh)
                Outdate(content, now);
        }
        _announced.Clear();
    }

    private void Outdate(int content, TimeSpan now)
    {
        sizes.Forget(content);
        scheduler.BypassCaches(content);
        if (residency.FindIncoming(content) is >= 0 and var incoming)
            OutdateEntry(incoming, now);
        if (residency.Find(content) is >= 0 and var current)
            OutdateEntry(current, now);
    }

    private void OutdateEntry(int index, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        switch (entry.State)
        {
            case ContentState.Fetching:
                scheduler.CallOff(index, CancelReason.Superseded, StateReason.Superseded, now);
                break;
            case ContentState.Preparing:
                pipeline.CallOff(index, CancelReason.Superseded, StateReason.Superseded, now);
                break;
            case ContentState.Ready:
            case ContentState.Resident:
            case ContentState.Failed when entry.HasFailedForGood && !entry.IsIncoming:
                residency.MarkStale(index);
                break;
            case ContentState.Queued:
            case ContentState.Failed:
            case ContentState.Releasing:
                pipeline.Forgive(index, now);
                break;
            default:
                break;
        }
    }
}
