using Lodestream.Presentation;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>What a frame's outputs are told apart by.</summary>
public enum TracePart : byte
{
    /// <summary>What the cameras wanted.</summary>
    Selection,

    /// <summary>Requests started and called off.</summary>
    Requests,

    /// <summary>Preparations started, granted, supplied and called off.</summary>
    Preparations,

    /// <summary>Uploads commanded.</summary>
    Uploads,

    /// <summary>What was shown, hidden and replaced.</summary>
    Commit,

    /// <summary>What was freed.</summary>
    Frees,

    /// <summary>Labels that are drawn or watched.</summary>
    Labels,

    /// <summary>When to tick again.</summary>
    Decision,

    /// <summary>Memory, detail scale and errors on screen.</summary>
    Statistics,
}

/// <summary>
/// A hash of all that a streamer decided: every request and preparation started, granted and called off, every upload, commit and free, and
/// every frame's selection, memory, detail and errors on screen, to the last bit. The same inputs give the same hash on every host.
/// </summary>
/// <param name="tree">The scene.</param>
public sealed class TraceHash(TileTree tree)
{
    internal const int Parts = 9;

    private readonly ulong[] _frame = new ulong[Parts], _last = new ulong[Parts];
    private long _labelRevision;
    private ulong _low = 0x243f6a8885a308d3, _high = 0x13198a2e03707344;

    /// <summary>The hash of all frames that have ended.</summary>
    public UInt128 Value => new(_high, _low);

    /// <summary>The last frame's parts, by <see cref="TracePart"/>; 0 where there was nothing.</summary>
    internal ReadOnlySpan<ulong> LastFrame => _last;

    /// <summary>A request was started.</summary>
    public void Request(in TileRequest request)
    {
        Add(TracePart.Requests, 1);
        Add(TracePart.Requests, (ulong)request.Id);
        Add(TracePart.Requests, tree.Contents.Key(request.Content));
        Add(TracePart.Requests, (request.IsDependency ? 1UL : 0) | (request.BypassesCaches ? 2UL : 0));
    }

    /// <summary>A request was called off.</summary>
    public void CancelRequest(long id, CancelReason reason) => Add(TracePart.Requests, 2, (ulong)reason, (ulong)id);

    /// <summary>A preparation was started.</summary>
    public void Prepare(in PrepareJob job) => Add(TracePart.Preparations, 3, (ulong)job.Ticket, tree.Contents.Key(job.Content));

    /// <summary>A preparation was granted its memory.</summary>
    public void Grant(long ticket) => Add(TracePart.Preparations, 4, (ulong)ticket, 0);

    /// <summary>A preparation was given the files it had asked for.</summary>
    public void Supply(long ticket) => Add(TracePart.Preparations, 5, (ulong)ticket, 0);

    /// <summary>A preparation was called off.</summary>
    public void CancelPreparation(long ticket, CancelReason reason) => Add(TracePart.Preparations, 6, (ulong)reason, (ulong)ticket);

    /// <summary>An upload was commanded.</summary>
    public void Upload(in UploadCommand command) => Add(TracePart.Uploads, 7, (ulong)command.Ticket, tree.Contents.Key(command.Content));

    /// <summary>What is on screen was changed.</summary>
    public void Commit(RenderCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var keys = tree.PathKeyArray;
        foreach (ref readonly var item in commit.Shown)
        {
            Add(TracePart.Commit, 8, keys[item.Region], keys[item.Source]);
            Add(TracePart.Commit, (ulong)item.ChildMask << 32 | item.Contents);
            if (item.MapTile >= 0)
                Add(TracePart.Commit, keys[item.MapTile]);
        }
        foreach (var region in commit.Hidden)
            Add(TracePart.Commit, 9, keys[region], 0);
        foreach (var content in commit.Replaced)
            Add(TracePart.Commit, 10, tree.Contents.Key(content), 0);
    }

    /// <summary>A content was freed.</summary>
    public void Free(long ticket) => Add(TracePart.Frees, 11, (ulong)ticket, 0);

    /// <summary>Textures were commanded to change.</summary>
    public void SetTextures(in TextureCommand command) => Add(TracePart.Uploads, 14, (ulong)command.Ticket, (ulong)command.Tier);

    /// <summary>A tick ended.</summary>
    /// <param name="now">Its time.</param>
    /// <param name="decision">When to tick again.</param>
    /// <param name="selection">What was wanted.</param>
    /// <param name="statistics">The streamer's, after the tick.</param>
    /// <param name="labels">The streamer's, after the tick.</param>
    public void EndFrame(TimeSpan now, FrameDecision decision, VisibilitySet selection, StreamerStatistics statistics, LabelList labels)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(labels);
        Add(TracePart.Selection, 12, (ulong)selection.Signature, (ulong)(selection.Signature >> 64));
        Add(TracePart.Decision, 13, (ulong)decision.Kind, (ulong)decision.At.Ticks);
        Add(TracePart.Statistics, (ulong)statistics.CpuBytes, (ulong)statistics.GpuGeometryBytes, (ulong)statistics.GpuTextureBytes);
        Add(TracePart.Statistics, statistics.DetailScale);
        Add(TracePart.Statistics, statistics.PrimaryGeometricSsePx);
        Add(TracePart.Statistics, statistics.PrimaryRasterSsePx);
        Add(TracePart.Statistics, statistics.UnderlayGeometricSsePx);
        Add(TracePart.Statistics, statistics.UnderlayRasterSsePx);
        Add(labels);
        EndFrame(now);
    }

    /// <summary>A frame without a selection ended: the streamer was closed.</summary>
    internal void EndFrame(TimeSpan now)
    {
        Mix((ulong)now.Ticks);
        for (var part = 0; part < Parts; part++)
        {
            Mix(_frame[part]);
            (_last[part], _frame[part]) = (_frame[part], 0);
        }
    }

    // A list that is the frame's before was counted then.
    private void Add(LabelList labels)
    {
        if (labels.Revision == _labelRevision)
            return;
        _labelRevision = labels.Revision;
        foreach (ref readonly var label in labels.Placed)
            Add(TracePart.Labels, (ulong)(uint)label.Slot << 32 | (uint)label.Version, BitConverter.SingleToUInt32Bits(label.Opacity), label.IsWatched ? 1UL : 0);
    }

    private void Add(TracePart part, ulong a, ulong b, ulong c)
    {
        Add(part, a);
        Add(part, b);
        Add(part, c);
    }

    private void Add(TracePart part, double value) => Add(part, BitConverter.DoubleToUInt64Bits(value));

    private void Add(TracePart part, ulong value)
    {
        ref var hash = ref _frame[(int)part];
        hash = (hash ^ value) * 0x9e3779b97f4a7c15 + 1;
        hash ^= hash >> 32;
    }

    // Order matters: two multiplicative hashes with different constants.
    private void Mix(ulong value)
    {
        _low = (_low ^ value) * 0x9e3779b97f4a7c15;
        _low ^= _low >> 32;
        _high = (_high + value) * 0xbf58476d1ce4e5b9;
        _high ^= _high >> 29;
    }
}
