using Lodestream.Presentation;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>Stands between the core and its transport, preparer and host: tells the observers, then passes the call on unchanged.</summary>
internal sealed class ObservedPorts(ITileTransport transport, IContentPreparer preparer, IRenderHost host, IReadOnlyList<SimulationObserver> observers)
    : ITileTransport, IContentPreparer, IRenderHost
{
    void ITileTransport.Start(in TileRequest request)
    {
        foreach (var observer in observers)
            observer.OnRequest(request);
        transport.Start(request);
    }

    void ITileTransport.Cancel(long requestId, CancelReason reason)
    {
        foreach (var observer in observers)
            observer.OnRequestCancelled(requestId, reason);
        transport.Cancel(requestId, reason);
    }

    void IContentPreparer.Start(in PrepareJob job)
    {
        foreach (var observer in observers)
            observer.OnPrepare(job);
        preparer.Start(job);
    }

    void IContentPreparer.Supply(long ticket, IReadOnlyList<DependencyFile> files)
    {
        foreach (var observer in observers)
            observer.OnSupply(ticket);
        preparer.Supply(ticket, files);
    }

    void IContentPreparer.Proceed(long ticket)
    {
        foreach (var observer in observers)
            observer.OnProceed(ticket);
        preparer.Proceed(ticket);
    }

    void IContentPreparer.Cancel(long ticket, CancelReason reason)
    {
        foreach (var observer in observers)
            observer.OnPrepareCancelled(ticket, reason);
        preparer.Cancel(ticket, reason);
    }

    void IRenderHost.Upload(in UploadCommand command)
    {
        foreach (var observer in observers)
            observer.OnUpload(command);
        host.Upload(command);
    }

    void IRenderHost.Commit(RenderCommit commit)
    {
        foreach (var observer in observers)
            observer.OnCommit(commit);
        host.Commit(commit);
    }

    void IRenderHost.Free(int content, long ticket)
    {
        foreach (var observer in observers)
            observer.OnFree(content, ticket);
        host.Free(content, ticket);
    }

    void IRenderHost.SetTextures(in TextureCommand command)
    {
        foreach (var observer in observers)
            observer.OnSetTextures(command);
        host.SetTextures(command);
    }
}
