using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Device;

/// <summary>A decoded content as the simulated host takes it.</summary>
/// <param name="Origin">What it is.</param>
/// <param name="Tier">The size its textures have.</param>
internal sealed record PreparedOrigin(OriginContent Origin, TextureTier Tier);

/// <summary>
/// Decodes in virtual time with a few workers: measures, waits to be granted the memory, decodes. A worker cannot be interrupted: a
/// decode that is called off holds its memory until it ends, unless the worker was given up as stuck and replaced. What is admitted out of core
/// it keeps, and takes single meshes from it.
/// </summary>
public sealed class SimulatedPreparer(TileTree tree, VirtualTime time, DeviceProfile profile, SimulatedInbox inbox, ulong seed) : IContentPreparer
{
    // Reading a container's tables takes next to nothing next to decoding it.
    private static readonly TimeSpan MeasuringTime = TimeSpan.FromMilliseconds(0.2);

    private readonly Dictionary<long, Job> _jobs = [];
    private readonly Queue<Job> _queue = new();
    private readonly Dictionary<string, int> _attempts = [];
    private readonly Dictionary<long, OriginContent> _copies = [];
    private int _busy, _releasing;

    private sealed class Job(long ticket, SimulatedPayload payload, long bytes, bool limitsTextures, SeededRandom fate)
    {
        public readonly bool LimitsTextures = limitsTextures && payload.Origin.MinimumTextureBytes > 0;
        public readonly long Ticket = ticket;
        public readonly SimulatedPayload Payload = payload;
        public readonly long Bytes = bytes;
        public SeededRandom Fate = fate;
        public ScheduledEvent? Measuring;
        public required PrepareJob Order;
        public bool IsParted;
        public bool Decoding, Granted, IsStuck, IsCancelled, IsDamaged = payload.Damaged;

        public OriginContent Origin => Payload.Origin;
    }

    /// <summary>Jobs that were not answered for good, and copies that are being freed.</summary>
    public int InFlight => _jobs.Count + _releasing;

    /// <inheritdoc />
    public void Start(in PrepareJob job)
    {
        var payload = job.Mesh < 0 ? (SimulatedPayload)job.Payload! : new(MeshOf(_copies[job.Copy], job.Mesh), Damaged: false);
        var attempt = _attempts[job.Uri] = _attempts.GetValueOrDefault(job.Uri) + 1;
        var isParted = job.Admission?.IsOutOfCore(payload.Origin.Meshes.Count, payload.Origin.GeometryBytes) == true;
        var started = new Job(job.Ticket, payload, job.ByteLength, job.TextureSizes is not null && !isParted, SeededRandom.For(~seed, job.Uri, attempt)) { Order = job, IsParted = isParted };
        _jobs[job.Ticket] = started;
        if (payload.Origin.Files.Count > 0 && !payload.Damaged)
            started.Measuring = time.After(MeasuringTime, () => AskForFiles(started));
        else
            Begin(started);
    }

    /// <inheritdoc />
    public void Supply(long ticket, IReadOnlyList<DependencyFile> files)
    {
        var job = _jobs[ticket];
        job.IsDamaged = files.Any(file => file.Payload is SimulatedPayload { Damaged: true });
        Begin(job);
    }

    /// <inheritdoc />
    public void Proceed(long ticket)
    {
        var job = _jobs[ticket];
        job.Granted = true;
        Enqueue(job);
    }

    /// <inheritdoc />
    public void Cancel(long ticket, CancelReason reason)
    {
        if (_copies.Remove(ticket))
        {
            _releasing++;
            time.After(TimeSpan.FromMilliseconds(profile.ReleaseMs), () =>
            {
                _releasing--;
                inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
            });
            return;
        }
        if (!_jobs.TryGetValue(ticket, out var job))
            return;
        job.IsCancelled = true;
        job.Measuring?.Cancel();
        if (job.IsStuck && reason == CancelReason.TimedOut)
        {
            _busy--;
            StartNext();
        }
        if (!job.Decoding || job.IsStuck)
            time.After(TimeSpan.FromMilliseconds(profile.ReleaseMs), () => Release(job));
    }

    private void AskForFiles(Job job)
    {
        job.Measuring = null;
        inbox.Post(new() { Kind = InboxKind.NeedsFiles, Id = job.Ticket, Payload = job.Origin.Files });
    }

    private void Begin(Job job)
    {
        if (job.Origin.Topology is null)
            job.Measuring = time.After(MeasuringTime, () => Measure(job));
        else
            Enqueue(job);
    }

    private void Measure(Job job)
    {
        job.Measuring = null;
        if (job.IsDamaged)
        {
            Fail(job, "the bytes are damaged", permanent: false);
            return;
        }
        if (job.Origin.IsUnsupported)
        {
            Fail(job, "not supported", permanent: true);
            return;
        }
        inbox.Post(new()
        {
            Kind = InboxKind.Measured,
            Id = job.Ticket,
            CpuBytes = job.Origin.DecodedBytes,
            GpuGeometryBytes = job.IsParted ? 0 : job.Origin.GeometryBytes,
            GpuTextureBytes = job.IsParted ? 0 : job.Origin.TexturesAt(job.LimitsTextures ? TextureTier.Minimum : TextureTier.Full),
            MediumTextureBytes = job.LimitsTextures ? job.Origin.MediumTextureBytes : 0,
            FullTextureBytes = job.LimitsTextures ? job.Origin.TextureBytes : 0,
        });
    }

    private void Enqueue(Job job)
    {
        _queue.Enqueue(job);
        StartNext();
    }

    private void StartNext()
    {
        while (_busy < profile.Workers && _queue.TryDequeue(out var job))
        {
            if (job.IsCancelled)
                continue;
            _busy++;
            job.Decoding = true;
            job.IsStuck = job.Fate.Chance(profile.Stuck);
            if (!job.IsStuck)
                time.After(TimeSpan.FromSeconds(job.Bytes / (profile.DecodeMBps * 1e6)), () => Finish(job));
        }
    }

    private void Finish(Job job)
    {
        _busy--;
        StartNext();
        if (job.IsCancelled)
        {
            Release(job);
            return;
        }
        if (job.IsDamaged || job.Origin.IsBroken)
        {
            Fail(job, job.IsDamaged ? "the bytes are damaged" : "the content is broken", permanent: false);
            return;
        }
        _jobs.Remove(job.Ticket);
        inbox.Post(new()
        {
            Kind = job.Origin.Topology is null && !job.IsParted ? InboxKind.Prepared : InboxKind.TopologyReady,
            Id = job.Ticket,
            Payload = job.Origin.Topology is { } parse ? parse() : job.IsParted ? Keep(job) : new PreparedOrigin(job.Origin, job.LimitsTextures ? TextureTier.Minimum : TextureTier.Full),
        });
    }

    private TileBlock Keep(Job job)
    {
        _copies[job.Ticket] = job.Origin;
        return MeshTopology.Build(job.Order.Uri, tree.Transform(job.Order.Tile), tree.UpAxisOf(job.Order.Tile), [.. job.Origin.Meshes.Select(mesh => mesh.Shape)]);
    }

    // While it is decoded a mesh takes as much of main memory again as it will of the GPU's.
    private static OriginContent MeshOf(OriginContent copy, int number)
    {
        var (shape, textures) = copy.Meshes[number];
        return new(shape.GeometryBytes) { DecodedBytes = shape.GeometryBytes + textures, GeometryBytes = shape.GeometryBytes, TextureBytes = textures };
    }

    private void Fail(Job job, string error, bool permanent)
    {
        _jobs.Remove(job.Ticket);
        inbox.Post(new() { Kind = InboxKind.PrepareFailed, Id = job.Ticket, Error = error, Permanent = permanent });
    }

    private void Release(Job job)
    {
        _jobs.Remove(job.Ticket);
        inbox.Post(new() { Kind = InboxKind.Released, Id = job.Ticket });
    }
}
