using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>
/// A hash of all that a run decided: every request and preparation started, granted and called off, every upload, commit and free, and
/// every frame's selection, memory, detail and errors on screen, to the last bit.
/// </summary>
/// <param name="tree">The scene.</param>
public sealed class TraceHash(TileTree tree) : SimulationObserver
{
    private ulong _low = 0x243f6a8885a308d3, _high = 0x13198a2e03707344;

    /// <summary>The hash so far.</summary>
    public UInt128 Value => new(_high, _low);

    /// <inheritdoc />
    public override void OnRequest(in TileRequest request)
    {
        Add(1);
        Add((ulong)request.Id);
        Add(tree.Contents.Key(request.Content));
    }

    /// <inheritdoc />
    public override void OnRequestCancelled(long requestId, CancelReason reason)
    {
        Add(2);
        Add((ulong)reason);
        Add((ulong)requestId);
    }

    /// <inheritdoc />
    public override void OnPrepare(in PrepareJob job)
    {
        Add(3);
        Add((ulong)job.Ticket);
    }

    /// <inheritdoc />
    public override void OnProceed(long ticket)
    {
        Add(4);
        Add((ulong)ticket);
    }

    /// <inheritdoc />
    public override void OnPrepareCancelled(long ticket, CancelReason reason)
    {
        Add(5);
        Add((ulong)reason);
        Add((ulong)ticket);
    }

    /// <inheritdoc />
    public override void OnUpload(in UploadCommand command)
    {
        Add(6);
        Add((ulong)command.Ticket);
        Add(tree.Contents.Key(command.Content));
    }

    /// <inheritdoc />
    public override void OnFree(int content, long ticket)
    {
        Add(7);
        Add((ulong)ticket);
    }

    /// <inheritdoc />
    public override void OnCommit(RenderCommit commit)
    {
        Add(8);
        foreach (var item in commit.Shown)
        {
            Add(tree.PathKeys[item.Region]);
            Add(tree.PathKeys[item.Source]);
            Add((ulong)item.ChildMask << 32 | item.Contents);
        }
        foreach (var region in commit.Hidden)
            Add(~tree.PathKeys[region]);
    }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        Add(9);
        Add((ulong)frame.Time.Ticks);
        Add((ulong)frame.Decision.Kind);
        Add((ulong)frame.Decision.At.Ticks);
        Add((ulong)frame.Streamer.Selection.Signature);
        Add((ulong)(frame.Streamer.Selection.Signature >> 64));
        var statistics = frame.Streamer.Statistics;
        Add((ulong)statistics.CpuBytes);
        Add((ulong)statistics.GpuGeometryBytes);
        Add((ulong)statistics.GpuTextureBytes);
        Add(statistics.DetailScale);
        Add(statistics.PrimaryGeometricSsePx);
        Add(statistics.PrimaryRasterSsePx);
        Add(statistics.UnderlayGeometricSsePx);
        Add(statistics.UnderlayRasterSsePx);
    }

    private void Add(double value) => Add(BitConverter.DoubleToUInt64Bits(value));

    // Order matters: two multiplicative hashes with different constants.
    private void Add(ulong value)
    {
        _low = (_low ^ value) * 0x9e3779b97f4a7c15;
        _low ^= _low >> 32;
        _high = (_high + value) * 0xbf58476d1ce4e5b9;
        _high ^= _high >> 29;
    }
}
