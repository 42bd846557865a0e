using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>A hash of all that a run decided: every frame's selection and draw items, every request started and called off.</summary>
/// <param name="tree">The scene.</param>
internal sealed class TraceHash(TileTree tree) : SimulationObserver
{
    private ulong _low = 0x243f6a8885a308d3, _high = 0x13198a2e03707344;

    public UInt128 Value => new(_high, _low);

    public override void OnRequest(in TileRequest request)
    {
        Add(1);
        Add((ulong)request.Id);
        Add(tree.Contents.Key(request.Content));
    }

    public override void OnRequestCancelled(long requestId, CancelReason reason)
    {
        Add(2 + (ulong)reason);
        Add((ulong)requestId);
    }

    public override void OnCommit(RenderCommit commit)
    {
        foreach (var item in commit.Shown)
        {
            Add(tree.PathKeys[item.Region]);
            Add(tree.PathKeys[item.Source]);
            Add((ulong)item.ChildMask << 8 | item.Contents);
        }
        foreach (var region in commit.Hidden)
            Add(~tree.PathKeys[region]);
    }

    public override void OnFrame(in SimulatedFrame frame)
    {
        Add((ulong)frame.Time.Ticks);
        Add((ulong)frame.Streamer.Selection.Signature);
        Add((ulong)(frame.Streamer.Selection.Signature >> 64));
    }

    // Order matters: two multiplicative hashes with different constants.
    private void Add(ulong value)
    {
        _low = (_low ^ value) * 0x9e3779b97f4a7c15;
        _low ^= _low >> 32;
        _high = (_high + value) * 0xbf58476d1ce4e5b9;
        _high ^= _high >> 29;
    }
}
