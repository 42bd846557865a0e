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
    private readonly Dictionary<long, (OriginContent Content, bool IsChanging)> _textures = [];
    private TimeSpan _busyUntil;

    /// <summary>Uploads and releases that were commanded and not acknowledged.</summary>
    public int InFlight { get; private set; }

    /// <inheritdoc />
    public void Upload(in UploadCommand command)
    {
        var (content, tier) = (PreparedOrigin)command.Prepared!;
        var ticket = command.Ticket;
        var cost = Occupy(content.GeometryBytes + content.TexturesAt(tier));
        _textures[ticket] = (content, false);
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
        _textures.Clear();
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
        _textures.Remove(ticket);
        time.After(TimeSpan.FromMilliseconds(profile.ReleaseMs), () =>
        {
            InFlight--;
            inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
        });
    }

    /// <inheritdoc />
    public void SetTextures(in TextureCommand command)
    {
        var (ticket, tier) = (command.Ticket, command.Tier);
        if (!_textures.TryGetValue(ticket, out var held) || held.IsChanging)
            throw new InvalidOperationException($"textures of ticket {ticket} are to change, which are not here or are changing");
        _textures[ticket] = (held.Content, true);
        var cost = Occupy(held.Content.TexturesAt(tier));
        var fails = _random.Chance(profile.UploadFail);
        InFlight++;
        time.At(_busyUntil, () =>
        {
            InFlight--;
            if (!_textures.ContainsKey(ticket))
                return;
            _textures[ticket] = (held.Content, false);
            inbox.Post(fails
                ? new() { Kind = InboxKind.TexturesChanged, Id = ticket, Error = "the device refused the textures" }
                : new() { Kind = InboxKind.TexturesChanged, Id = ticket, GpuTextureBytes = held.Content.TexturesAt(tier), CostMs = cost.TotalMilliseconds });
        });
    }

    // One after the other, at the device's speed.
    private TimeSpan Occupy(long bytes)
    {
        var cost = TimeSpan.FromSeconds(bytes / (profile.UploadMBps * 1e6));
        _busyUntil = (_busyUntil > time.Now ? _busyUntil : time.Now) + cost;
        return cost;
    }
}
