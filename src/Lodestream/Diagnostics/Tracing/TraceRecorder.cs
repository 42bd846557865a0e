using System.IO.Compression;
using System.Text;
using Lodestream.Presentation;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>
/// Records a session: all that enters a <see cref="TileStreamer"/>, and what it decides. <see cref="TraceReplay"/> runs it again. It holds no content:
/// of payloads a digest at most, of URIs no query, user name or password. A recorder serves one streamer, and is called by its thread.
/// </summary>
/// <param name="limitBytes">Bytes it may hold. One that would need more gives up and holds nothing any more (<see cref="IsComplete"/>).</param>
public sealed class TraceRecorder(long limitBytes = long.MaxValue)
{
    private readonly TraceUris _uris = new();
    private readonly TraceOutputs _outputs = new();
    private readonly TraceViews _views = new();
    private readonly TraceFrameWriter _frames = new();
    private TraceBuffer? _buffer;
    private TraceHash? _hash;

    // Until something is recorded the host may still give the tree its first topology.
    private TileTree? _unwritten;
    private readonly List<TraceSetting> _early = [];
    private TimeSpan _now;

    /// <summary>Bytes it may hold.</summary>
    public long LimitBytes { get; set; } = limitBytes;

    /// <summary>Bytes it holds, not packed.</summary>
    public long Bytes => _buffer?.Length ?? 0;

    /// <summary>Ticks recorded.</summary>
    public long Frames { get; private set; }

    /// <summary>Whether everything since the streamer was made is there.</summary>
    public bool IsComplete => _buffer is not null;

    /// <summary>The hash of all that was decided until now.</summary>
    public UInt128 Hash => _hash?.Value ?? default;

    /// <summary>What the last frame put out.</summary>
    internal TraceOutputs Outputs => _outputs;

    /// <summary>Writes what was recorded until now, packed: a file that <see cref="TraceFile.Read"/> reads.</summary>
    /// <exception cref="InvalidOperationException">No streamer was recorded, or it took more than <see cref="LimitBytes"/>.</exception>
    public void Save(Stream stream)
    {
        using var packed = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        WriteTo(packed);
    }

    /// <summary>Writes the same without packing it: for hosts that have gzip of their own.</summary>
    /// <exception cref="InvalidOperationException">No streamer was recorded, or it took more than <see cref="LimitBytes"/>.</exception>
    public void WriteTo(Stream stream)
    {
        var buffer = _buffer ?? throw new InvalidOperationException(_hash is null
            ? "Nothing was recorded: give the recorder to a TileStreamer first."
            : $"The recording took more than {LimitBytes:N0} bytes and was given up.");
        WriteTree(buffer);
        buffer.CopyTo(stream);
        var end = new TraceBuffer();
        end.Byte((byte)TraceRecord.End);
        end.Whole((ulong)Frames);
        end.Word((ulong)Hash);
        end.Word((ulong)(Hash >> 64));
        end.CopyTo(stream);
    }

    /// <summary>Keeps nothing of the frames until now: for a replay, which compares and needs no recording of its own.</summary>
    internal void Forget() => _buffer?.Clear();

    /// <summary>A streamer is made.</summary>
    internal void Begin(TileTree tree, StreamerOptions options)
    {
        if (_hash is not null)
            throw new InvalidOperationException("The recorder has recorded a streamer already: every one takes its own.");
        var buffer = new TraceBuffer();
        buffer.Bytes(Encoding.UTF8.GetBytes($"{TraceFormat.Magic}{TraceFormat.Version}\n"));
        buffer.Text(TraceFormat.LodestreamVersion);
        var root = tree.SlotsOf(TileTree.SceneRoot)[0];
        buffer.Text(_uris.Strip(tree.Contents.Uri(root)));
        buffer.Word(tree.Contents.Key(root));
        TraceOptions.Write(options, buffer);
        (_buffer, _hash, _unwritten) = (buffer, new(tree), tree);
    }

    internal void BeginTick(TimeSpan now, ReadOnlySpan<View> views, bool requestsAllowed, ReadOnlySpan<InboxMessage> messages)
    {
        _outputs.Items.Clear();
        if (_buffer is null)
            return;
        Begin(TraceRecord.Tick, _buffer);
        WriteTime(now, _buffer);
        _buffer.Flag(requestsAllowed);
        _views.Write(views, _buffer);
        _buffer.Whole((ulong)messages.Length);
        foreach (ref readonly var message in messages)
            TraceMessages.Write(message, _buffer, _uris);
    }

    internal void EndTick(FrameDecision decision, bool arrived, VisibilitySet selection, StreamerStatistics statistics, LabelList labels)
    {
        if (_buffer is null)
            return;
        _hash!.EndFrame(_now, decision, selection, statistics, labels);
        _hash.LastFrame.CopyTo(_outputs.Hashes);
        _outputs.Figures = new()
        {
            Signature = selection.Signature,
            Wanted = selection.PrimaryCount,
            Decision = decision,
            Cpu = statistics.CpuBytes,
            Geometry = statistics.GpuGeometryBytes,
            Texture = statistics.GpuTextureBytes,
            DetailScale = statistics.DetailScale,
            PrimaryGeometric = statistics.PrimaryGeometricSsePx,
            PrimaryRaster = statistics.PrimaryRasterSsePx,
            UnderlayGeometric = statistics.UnderlayGeometricSsePx,
            UnderlayRaster = statistics.UnderlayRasterSsePx,
            Labels = labels.Placed.Length,
            LabelHash = _hash.LastFrame[(int)TracePart.Labels],
        };
        _buffer.Byte((byte)TraceRecord.EndTick);
        _buffer.Flag(arrived);
        _frames.Write(_outputs, _now, _buffer);
        Frames++;
        KeepWithinLimit();
    }

    internal void SetFamilies(FamilySet families)
    {
        if (_buffer is null)
            return;
        if (_unwritten is null)
            Write(new TraceSetting(families, 0), _buffer);
        else
            _early.Add(new(families, 0));
    }

    internal void SetBudget(long bytes)
    {
        if (_buffer is null)
            return;
        if (_unwritten is null)
            Write(new TraceSetting(null, bytes), _buffer);
        else
            _early.Add(new(null, bytes));
    }

    internal void BeginClose(TimeSpan now)
    {
        _outputs.Items.Clear();
        if (_buffer is null)
            return;
        Begin(TraceRecord.Close, _buffer);
        WriteTime(now, _buffer);
    }

    internal void EndClose()
    {
        if (_buffer is null)
            return;
        _hash!.EndFrame(_now);
        _hash.LastFrame.CopyTo(_outputs.Hashes);
        _buffer.Byte((byte)TraceRecord.EndClose);
        TraceFrameWriter.WriteOutputs(_outputs, _buffer);
    }

    internal void Request(in TileRequest request)
    {
        if (_buffer is null)
            return;
        _hash!.Request(request);
        _outputs.Items.Add(new(OutputKind.RequestStarted, request.Id, request.Content, Detail: (byte)((request.IsDependency ? 1 : 0) | (request.BypassesCaches ? 2 : 0))));
    }

    internal void CancelRequest(long id, CancelReason reason)
    {
        if (_buffer is null)
            return;
        _hash!.CancelRequest(id, reason);
        _outputs.Items.Add(new(OutputKind.RequestCancelled, id, 0, Detail: (byte)reason));
    }

    internal void Prepare(in PrepareJob job)
    {
        if (_buffer is null)
            return;
        _hash!.Prepare(job);
        _outputs.Items.Add(new(OutputKind.PreparationStarted, job.Ticket, job.Content));
    }

    internal void Grant(long ticket)
    {
        if (_buffer is null)
            return;
        _hash!.Grant(ticket);
        _outputs.Items.Add(new(OutputKind.PreparationGranted, ticket, 0));
    }

    internal void Supply(long ticket)
    {
        if (_buffer is null)
            return;
        _hash!.Supply(ticket);
        _outputs.Items.Add(new(OutputKind.PreparationSupplied, ticket, 0));
    }

    internal void CancelPreparation(long ticket, CancelReason reason)
    {
        if (_buffer is null)
            return;
        _hash!.CancelPreparation(ticket, reason);
        _outputs.Items.Add(new(OutputKind.PreparationCancelled, ticket, 0, Detail: (byte)reason));
    }

    internal void Upload(in UploadCommand command)
    {
        if (_buffer is null)
            return;
        _hash!.Upload(command);
        _outputs.Items.Add(new(OutputKind.Uploaded, command.Ticket, command.Content));
    }

    internal void Commit(RenderCommit commit)
    {
        if (_buffer is null)
            return;
        _hash!.Commit(commit);
        foreach (ref readonly var item in commit.Shown)
            _outputs.Items.Add(new(OutputKind.Shown, 0, item.Region, item.Source, item.ChildMask, item.Contents));
        foreach (var region in commit.Hidden)
            _outputs.Items.Add(new(OutputKind.Hidden, 0, region));
        foreach (var content in commit.Replaced)
            _outputs.Items.Add(new(OutputKind.Replaced, 0, content));
    }

    internal void Free(int content, long ticket)
    {
        if (_buffer is null)
            return;
        _hash!.Free(ticket);
        _outputs.Items.Add(new(OutputKind.Freed, ticket, content));
    }

    internal void SetTextures(in TextureCommand command)
    {
        if (_buffer is null)
            return;
        _hash!.SetTextures(command);
        _outputs.Items.Add(new(OutputKind.TexturesSet, command.Ticket, command.Content, Detail: (byte)command.Tier));
    }

    private static void Write(TraceSetting setting, TraceBuffer to)
    {
        to.Byte((byte)(setting.Families is null ? TraceRecord.Budget : TraceRecord.Families));
        if (setting.Families is { } families)
            to.Byte(families.Bits);
        else
            to.Whole((ulong)setting.Budget);
    }

    private void Begin(TraceRecord record, TraceBuffer to)
    {
        WriteTree(to);
        to.Byte((byte)record);
    }

    // Times are differences: a clock that goes on from frame to frame takes three bytes.
    private void WriteTime(TimeSpan now, TraceBuffer to)
    {
        to.Signed((now - _now).Ticks);
        _now = now;
    }

    // What the tree knows already, as blocks; each names the block it hangs below, and the tile in it.
    private void WriteTree(TraceBuffer to)
    {
        if (_unwritten is not { } tree)
            return;
        _unwritten = null;
        var blocks = tree.AppendedBlocks();
        to.Whole((ulong)blocks.Count);
        foreach (var block in blocks)
        {
            var parent = tree.ParentOf(block);
            var above = blocks.IndexOf(tree.BlockOf(parent));
            to.Whole((ulong)(above + 1));
            to.Whole((ulong)(above < 0 ? 0 : parent - tree.RangeOf(blocks[above]).First));
            TraceTopology.Write(tree.CopyBlock(block), to, _uris);
        }
        foreach (var setting in _early)
            Write(setting, to);
        _early.Clear();
    }

    private void KeepWithinLimit()
    {
        if (_buffer!.Length > LimitBytes)
            _buffer = null;
    }
}
