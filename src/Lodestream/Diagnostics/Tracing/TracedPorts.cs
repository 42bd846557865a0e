using Lodestream.Presentation;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>Stands between a streamer and its ports: tells the recorder, then passes the call on unchanged.</summary>
internal sealed class TracedPorts(ITileTransport transport, IContentPreparer preparer, IRenderHost host, TraceRecorder recorder) : ITileTransport, IContentPreparer, IRenderHost
{
    void ITileTransport.Start(in TileRequest request)
    {
        recorder.Request(request);
        transport.Start(request);
    }

    void ITileTransport.Cancel(long requestId, CancelReason reason)
    {
        recorder.CancelRequest(requestId, reason);
        transport.Cancel(requestId, reason);
    }

    void IContentPreparer.Start(in PrepareJob job)
    {
        recorder.Prepare(job);
        preparer.Start(job);
    }

    void IContentPreparer.Supply(long ticket, IReadOnlyList<DependencyFile> files)
    {
        recorder.Supply(ticket);
        preparer.Supply(ticket, files);
    }

    void IContentPreparer.Proceed(long ticket)
    {
        recorder.Grant(ticket);
        preparer.Proceed(ticket);
    }

    void IContentPreparer.Cancel(long ticket, CancelReason reason)
    {
        recorder.CancelPreparation(ticket, reason);
        preparer.Cancel(ticket, reason);
    }

    void IRenderHost.Upload(in UploadCommand command)
    {
        recorder.Upload(command);
        host.Upload(command);
    }

    void IRenderHost.Commit(RenderCommit commit)
    {
        recorder.Commit(commit);
        host.Commit(commit);
    }

    void IRenderHost.Free(int content, long ticket)
    {
        recorder.Free(content, ticket);
        host.Free(content, ticket);
    }

    void IRenderHost.SetTextures(in TextureCommand command)
    {
        recorder.SetTextures(command);
        host.SetTextures(command);
    }
}
