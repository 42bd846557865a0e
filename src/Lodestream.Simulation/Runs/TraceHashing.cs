using Lodestream.Diagnostics;
using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>Hashes all that a run decides: <see cref="TraceHash"/>, which a recording of the run ends with as well.</summary>
/// <param name="tree">The scene.</param>
public sealed class TraceHashing(TileTree tree) : SimulationObserver
{
    private readonly TraceHash _hash = new(tree);

    /// <summary>The hash so far.</summary>
    public UInt128 Value => _hash.Value;

    /// <inheritdoc />
    public override void OnRequest(in TileRequest request) => _hash.Request(request);

    /// <inheritdoc />
    public override void OnRequestCancelled(long requestId, CancelReason reason) => _hash.CancelRequest(requestId, reason);

    /// <inheritdoc />
    public override void OnPrepare(in PrepareJob job) => _hash.Prepare(job);

    /// <inheritdoc />
    public override void OnProceed(long ticket) => _hash.Grant(ticket);

    /// <inheritdoc />
    public override void OnSupply(long ticket) => _hash.Supply(ticket);

    /// <inheritdoc />
    public override void OnPrepareCancelled(long ticket, CancelReason reason) => _hash.CancelPreparation(ticket, reason);

    /// <inheritdoc />
    public override void OnUpload(in UploadCommand command) => _hash.Upload(command);

    /// <inheritdoc />
    public override void OnFree(int content, long ticket) => _hash.Free(ticket);

    /// <inheritdoc />
    public override void OnSetTextures(in TextureCommand command) => _hash.SetTextures(command);

    /// <inheritdoc />
    public override void OnCommit(RenderCommit commit) => _hash.Commit(commit);

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame) => _hash.EndFrame(frame.Time, frame.Decision, frame.Streamer.Selection, frame.Streamer.Statistics, frame.Streamer.Labels);
}
