using Lodestream.Presentation;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Device;

/// <summary>A host that draws nothing: uploads one after the other at the device's speed, acknowledges, and frees.</summary>
public sealed class SimulatedHost(VirtualTime time, DeviceProfile profile, SimulatedInbox inbox, ulong seed) : IRenderHost
{
    private SeededRandom _random = new(seed);
    private readonly Dictionary<long, ScheduledEvent> _uploads = [];
    private TimeSpan _busyUntil;

    /// <summary>Uploads and releases that were commanded and not acknowledged.</summary>
    public int InFlight { get; private set; }

    /// <inheritdoc />
    public void Upload(in UploadCommand command)
    {
        var content = (OriginContent)command.Prepared!;
        var cost = TimeSpan.FromSeconds((content.GeometryBytes + content.TextureBytes) / (profile.UploadMBps * 1e6));
        var begin = _busyUntil > time.Now ? _busyUntil : time.Now;
        _busyUntil = begin + cost;
        var ticket = command.Ticket;
        var fails = _random.Chance(profile.UploadFail);
        InFlight++;
        _uploads[ticket] = time.At(_busyUntil, () =>
        {
            InFlight--;
            _uploads.Remove(ticket);
            inbox.Post(fails
                ? new() { Kind = InboxKind.UploadFailed, Id = ticket, Error = "the device refused the upload" }
                : new() { Kind = InboxKind.Uploaded, Id = ticket, CostMs = cost.TotalMilliseconds });
        });
    }

    /// <summary>The GPU loses everything: what was uploaded is gone, what is being uploaded is never acknowledged.</summary>
    public void LoseContext()
    {
        foreach (var upload in _uploads.Values)
            upload.Cancel();
        InFlight -= _uploads.Count;
        _uploads.Clear();
        inbox.Post(new() { Kind = InboxKind.ContextLost });
    }

    /// <inheritdoc />
    public void Commit(RenderCommit commit)
    {
    }

    /// <inheritdoc />
    public void Free(int content, long ticket)
    {
        InFlight++;
        time.After(TimeSpan.FromMilliseconds(profile.ReleaseMs), () =>
        {
            InFlight--;
            inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
        });
    }
}
