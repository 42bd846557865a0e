using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;
using Lodestream.Streaming;

namespace Lodestream.Bench;

/// <summary>The bench world with a network, a decoder and a screen that answer at once and cost nothing: what is left is the core.</summary>
internal sealed class InstantWorld : ITileTransport, IContentPreparer
{
    private const int ContentBytes = 51_200;

    private readonly Inbox _inbox = new();

    public InstantWorld(int levels, PyramidOptions? pyramid = null)
    {
        var tree = new TileTree("synthetic:/quadtree/tileset.json");
        tree.Append(TileTree.SceneRoot, new SyntheticQuadtree(levels).Build());
        Streamer = new(tree, this, this, new HeadlessHost(_inbox), _inbox, new() { MemoryBudgetBytes = 4L << 30, UploadBudgetMs = 1e9, Pyramid = pyramid });
    }

    public TileStreamer Streamer { get; }

    void ITileTransport.Start(in TileRequest request) =>
        _inbox.Post(new() { Kind = InboxKind.Fetched, Id = request.Id, Status = FetchStatus.Ok, Bytes = ContentBytes });

    void ITileTransport.Cancel(long requestId, CancelReason reason)
    {
    }

    void IContentPreparer.Start(in PrepareJob job) =>
        _inbox.Post(new() { Kind = InboxKind.Measured, Id = job.Ticket, CpuBytes = ContentBytes, GpuGeometryBytes = ContentBytes });

    void IContentPreparer.Proceed(long ticket) => _inbox.Post(new() { Kind = InboxKind.Prepared, Id = ticket });

    void IContentPreparer.Cancel(long ticket, CancelReason reason) => _inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
}
