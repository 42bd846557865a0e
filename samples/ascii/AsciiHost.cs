namespace Lodestream.Samples.Ascii;

/// <summary>
/// A whole host: keeps what is on screen and draws, as characters seen from above, which level of detail is where. It decodes nothing
/// but topology; where a real one decodes meshes and uploads them, this one says that it is done.
/// </summary>
internal sealed class AsciiHost(TileTree tree, Inbox inbox) : IRenderHost, IContentPreparer
{
    private const int Columns = 64, Rows = 24;

    private readonly Dictionary<int, DrawItem> _shown = [];

    public void Start(in PrepareJob job)
    {
        var bytes = (byte[])job.Payload!;
        if (job.Format != ContentFormat.Tileset)
        {
            inbox.Post(new() { Kind = InboxKind.Measured, Id = job.Ticket, CpuBytes = bytes.Length });
            return;
        }
        var document = TilesetReader.Read(bytes, job.Uri, TilesetParent.Of(tree, job.Tile));
        inbox.Post(document.IsOk
            ? new() { Kind = InboxKind.TopologyReady, Id = job.Ticket, Payload = document.Block }
            : new() { Kind = InboxKind.PrepareFailed, Id = job.Ticket, Error = document.Error, Permanent = document.IsUnsupported });
    }

    public void Proceed(long ticket) => inbox.Post(new() { Kind = InboxKind.Prepared, Id = ticket });
    public void Cancel(long ticket, CancelReason reason) => inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
    public void Upload(in UploadCommand command) => inbox.Post(new() { Kind = InboxKind.Uploaded, Id = command.Ticket });
    public void Free(int content, long ticket) => inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });

    public void Commit(RenderCommit commit)
    {
        foreach (var item in commit.Shown)
            _shown[item.Region] = item;
        foreach (var region in commit.Hidden)
            _shown.Remove(region);
    }

    // Between two corners of the scene, x to the right: the level that is drawn at each place, a dot where nothing is.
    public void Draw(Vector3d min, Vector3d max, Vector3d north)
    {
        for (var row = 0; row < Rows; row++)
        {
            var line = new char[Columns];
            for (var x = 0; x < Columns; x++)
                line[x] = LevelAt(min.X + (max.X - min.X) * (x + 0.5) / Columns, Vector3d.Dot(max + (min - max) * ((row + 0.5) / Rows), north), north);
            Console.WriteLine(line);
        }
    }

    // Where regions lie within each other the deepest one draws: those above it have a mask there.
    private char LevelAt(double x, double y, Vector3d north)
    {
        var (deepest, level) = (-1, '.');
        foreach (var item in _shown.Values)
        {
            var (min, max) = tree.Volume(item.Region).AxisAlignedBounds();
            if (x >= min.X && x <= max.X && y >= Vector3d.Dot(min, north) && y <= Vector3d.Dot(max, north) && tree.Links[item.Region].Level > deepest)
                (deepest, level) = (tree.Links[item.Region].Level, "0123456789abcdefghijklmnopqrstuvwxyz"[Math.Min(tree.Links[item.Source].Level, (short)35)]);
        }
        return level;
    }
}
