using Lodestream.Diagnostics;
using Lodestream.Streaming;

namespace Lodestream;

/// <summary>Hands what came in through the inbox to the stage it is for.</summary>
public sealed partial class TileStreamer
{
    private void Receive(ReadOnlySpan<InboxMessage> messages, TimeSpan now)
    {
        foreach (ref readonly var message in messages)
            Receive(message, now);
        _changes.Apply(now);
    }

    private void Receive(in InboxMessage message, TimeSpan now)
    {
        switch (message.Kind)
        {
            case InboxKind.Headers or InboxKind.Progress when _scheduler.IsFile(message.Id):
                _scheduler.OnFileBytes(message, now);
                break;
            case InboxKind.Fetched when _scheduler.IsFile(message.Id):
                _scheduler.OnFileFetched(message, now);
                break;
            case InboxKind.Headers:
                _scheduler.OnHeaders(message, now);
                break;
            case InboxKind.Progress:
                _scheduler.OnProgress(message, now);
                break;
            case InboxKind.Connecting:
                _scheduler.OnConnecting(message);
                break;
            case InboxKind.Connected:
                _scheduler.OnConnected(message, now);
                break;
            case InboxKind.Fetched:
                var fetched = _scheduler.OnFetched(message, now);
                if (fetched >= 0)
                    _pipeline.Prepare(fetched, message, now);
                break;
            case InboxKind.NeedsFiles:
                _pipeline.OnNeedsFiles(message, now);
                break;
            case InboxKind.Measured:
                _pipeline.OnMeasured(message, now);
                _memory?.Textures?.OnMeasured(message);
                break;
            case InboxKind.Prepared:
                _pipeline.OnPrepared(message, now);
                break;
            case InboxKind.PrepareFailed:
                _pipeline.OnPrepareFailed(message, now);
                break;
            case InboxKind.TopologyReady:
                _pipeline.OnTopologyReady(message, now);
                break;
            case InboxKind.Released:
                _pipeline.OnReleased(message, now);
                break;
            case InboxKind.Uploaded:
                _uploads.OnUploaded(message);
                break;
            case InboxKind.UploadFailed:
                _uploads.OnUploadFailed(message, now);
                break;
            case InboxKind.Changed:
                _changes.OnChanged(TracedUri.HashOf(message.Payload));
                break;
            case InboxKind.LabelSeen or InboxKind.LabelHidden:
                _labels.OnSight(message.Id, message.Bytes, message.Kind == InboxKind.LabelSeen);
                break;
            case InboxKind.MemoryPressure:
                _planner.ReleaseMemory();
                break;
            case InboxKind.UnloadAll:
                _unloadsAll = true;
                break;
            case InboxKind.ShedTextures:
                _memory?.ShedTextures(message.Bytes);
                break;
            case InboxKind.TexturesChanged:
                _memory?.Textures?.OnChanged(message, now);
                break;
            case InboxKind.ContextLost:
                _pipeline.OnContextLost(now);
                _commits.Forget();
                _uploads.Forget();
                break;
            default:
                break;
        }
    }
}
