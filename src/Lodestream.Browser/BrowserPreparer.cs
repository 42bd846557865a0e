using Lodestream.Browser.Interop;
using Lodestream.Formats;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Browser;

/// <summary>
/// Measures payloads here, from the few bytes that tell, a little each frame; has the page's workers decode them; and reads topology
/// in steps. Of payloads that are admitted out of core the page keeps the bytes, and decodes mesh by mesh from them.
/// </summary>
internal sealed class BrowserPreparer(int scene, TileTree tree, SharedBlock block, Inbox inbox, FailureLog failures, TimeProvider time, TextureTranscoding transcoding)
    : IContentPreparer
{
    // JSON tokens between two looks at the clock: a few tenths of a millisecond in the interpreter.
    private const int TopologyStep = 200;

    // Meshes of a payload that are worked out between two such looks.
    private const int PartingStep = 4;

    private readonly Dictionary<long, Preparation> _open = [];
    private readonly Dictionary<long, Preparation> _copies = [];
    private readonly Queue<long> _toMeasure = new();
    private readonly Queue<long> _topology = new();
    private readonly PageLabelMeasure _labelMeasure = new(scene);

    // What one of each took of late, milliseconds: what would be over the budget by more than it is within it waits for the next frame.
    private double _measureMs, _topologyMs;
    private bool _measuredLast;

    /// <summary>Who is told of what is on the GPU; null in scenes that are not batched.</summary>
    public SceneBatching? Batching { get; set; }

    /// <summary>Whether there is work for the next frame.</summary>
    public bool HasWork => _toMeasure.Count > 0 || _topology.Count > 0;

    public void Start(in PrepareJob job)
    {
        _open[job.Ticket] = new() { Job = job, Payload = (BrowserPayload?)job.Payload };
        (job.Format == ContentFormat.Tileset ? _topology : _toMeasure).Enqueue(job.Ticket);
    }

    public void Supply(long ticket, IReadOnlyList<DependencyFile> files)
    {
        if (!_open.TryGetValue(ticket, out var open))
            return;
        if (open.Topology is { } topology)
        {
            topology.Supply([.. files.Select(TakeBytes)]);
            _topology.Enqueue(ticket);
            return;
        }
        for (var i = 0; i < open.Asked.Length; i++)
        {
            var file = files[i].Payload as BrowserPayload;
            open.FileSet.Add(open.Asked[i], file is null ? null : new PayloadBytes(file));
            if (file is not null)
                open.Files[open.Asked[i]] = file;
        }
        _toMeasure.Enqueue(ticket);
    }

    public void Proceed(long ticket)
    {
        if (!_open.TryGetValue(ticket, out var open))
            return;
        open.Stage = PreparationStage.Decoding;
        if (open.Job.Mesh >= 0)
        {
            block.Write(Command.DecodeMesh);
            block.Write(ticket);
            block.Write(open.Job.Copy);
            block.Write(open.Plan);
            open.Plan = [];
            return;
        }
        open.Payload!.Dispose();
        block.Write(open.IsParted ? Command.KeepCopy : Command.Decode);
        block.Write(ticket);
        block.Write(open.Payload.Id);
        block.Write(open.Layout!.Files.Count);
        foreach (var reference in open.Layout.Files)
        {
            open.Files[reference].Dispose();
            block.Write(open.Files[reference].Id);
        }
        block.Write(open.Plan);
        open.Payload = null;
        open.Files.Clear();
        open.Plan = [];
        if (!open.IsParted)
            open.Layout = null;
    }

    public void Cancel(long ticket, CancelReason reason)
    {
        if (_copies.Remove(ticket))
        {
            block.Write(Command.DropCopy);
            block.Write(ticket);
            inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
            return;
        }
        if (!_open.TryGetValue(ticket, out var open))
            return;
        if (open.Stage == PreparationStage.Decoding)
        {
            // The worker answers when it has let go.
            block.Write(Command.CancelDecode);
            block.Write(ticket);
            block.Write(reason == CancelReason.TimedOut ? 1 : 0);
            return;
        }
        Drop(open);
        inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
    }

    /// <summary>Goes on with what waits, within the page's budget for it, as far as can be told before; with one thing at least.</summary>
    public void Work()
    {
        var (began, spent) = (time.GetTimestamp(), 0.0);
        while (HasWork)
        {
            // What is drawn waits for the one, what is known for the other: neither starves.
            _measuredLast = _topology.Count == 0 || (!_measuredLast && _toMeasure.Count > 0);
            var expected = _measuredLast ? _measureMs : _topologyMs;
            if (spent > 0 && spent + expected / 2 > block.PreparingBudgetMs)
                return;
            if (_measuredLast)
                Measure(_toMeasure.Dequeue());
            else
                ReadOn(_topology.Peek());
            var now = time.GetElapsedTime(began).TotalMilliseconds;
            ref var mean = ref _measuredLast ? ref _measureMs : ref _topologyMs;
            mean += (now - spent - mean) / 8;
            spent = now;
        }
    }

    /// <summary>An event of a decoding, an upload or a release.</summary>
    public void Receive(ReadOnlySpan<double> e)
    {
        var ticket = (long)e[1];
        switch ((PageEvent)(int)e[0])
        {
            case PageEvent.Decoded:
                if (_open.TryGetValue(ticket, out var open) && open.IsParted)
                    BeginParting(ticket, open);
                else if (open is not null)
                    inbox.Post(new() { Kind = InboxKind.Prepared, Id = ticket, Bytes = (long)e[2], CpuBytes = (long)e[2] + (open.Family.Labels?.Bytes ?? 0), CostMs = e[3], Labels = open.Family.Labels });
                break;
            case PageEvent.DecodeFailed:
                if (_open.TryGetValue(ticket, out open))
                    Fail(open, $"{open.Job.Uri}: {Page.TakeText(scene, (int)e[2])}", permanent: e[3] != 0);
                break;
            case PageEvent.Uploaded:
                if (_open.Remove(ticket, out open) && e[5] != 0)
                    Batching?.Report(open.Job.Content, ticket, Page.TakeNumbers(scene, (int)e[5]));
                inbox.Post(new() { Kind = InboxKind.Uploaded, Id = ticket, GpuGeometryBytes = (long)e[2], GpuTextureBytes = (long)e[3], CostMs = e[4] });
                break;
            case PageEvent.UploadFailed:
                ReceiveUploadFailure(ticket, Page.TakeText(scene, (int)e[2]));
                break;
            case PageEvent.Released:
                _open.Remove(ticket);
                inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
                break;
            default:
                throw new InvalidOperationException($"The page sent event {e[0]}, which is not known here.");
        }
    }

    private void Measure(long ticket)
    {
        if (!_open.TryGetValue(ticket, out var open) || open.Stage != PreparationStage.Measuring)
            return;
        if (open.Job.Mesh >= 0)
        {
            MeasureMesh(open);
            return;
        }
        var outcome = ContentMeasure.Read(open.Payload!, tree.UpAxisOf(open.Job.Tile), transcoding, open.FileSet, out open.Layout);
        if (!outcome.IsOk)
        {
            Fail(open, $"{open.Job.Uri}: {outcome.Error}", outcome.Status == ReadStatus.NotSupported);
            return;
        }
        if (open.Layout is null)
        {
            AskForFiles(open);
            return;
        }
        outcome = FamilyContent.Read(tree.Contents.Records[open.Job.Content].Family, open.Layout, open.Payload!, open.Files, _labelMeasure, out open.Family);
        if (!outcome.IsOk)
        {
            Fail(open, $"{open.Job.Uri}: {outcome.Error}", outcome.Status == ReadStatus.NotSupported);
            return;
        }
        if (open.Job.Admission?.IsOutOfCore(PartedContent.CountOf(open.Layout), open.Layout.Cost.GeometryBytes) == true)
        {
            MeasureCopy(open);
            return;
        }

        // What is told to the worker once there is memory costs as much as measuring: it is written here, where a budget holds.
        open.Plan = DecodePlan.Write(open.Layout, open.Family);
        open.Stage = PreparationStage.Measured;
        inbox.Post(new()
        {
            Kind = InboxKind.Measured,
            Id = ticket,
            CpuBytes = open.Layout!.Cost.DecodedBytes + open.Family.TextureBytes + (open.Family.Labels?.Bytes ?? 0),
            GpuGeometryBytes = HeldBytes(open.Layout.Cost),
            GpuTextureBytes = open.Layout.Cost.TextureBytes + open.Family.TextureBytes,
        });
    }

    // What is merged is kept in main memory beside the GPU's.
    private long HeldBytes(in GltfCost cost) => cost.GeometryBytes * (Batching is null ? 1 : 2);

    // The page keeps the bytes, unpacked where they are packed.
    private void MeasureCopy(Preparation open)
    {
        open.IsParted = true;
        open.FileBytes = [open.Payload!.Length, .. open.Layout!.Files.Select(reference => open.Files[reference].Length)];
        open.Plan = DecodePlan.WriteKeep(open.Layout);
        open.Stage = PreparationStage.Measured;
        inbox.Post(new() { Kind = InboxKind.Measured, Id = open.Job.Ticket, CpuBytes = DecodePlan.KeptBytes(open.Layout, open.FileBytes.Sum()) });
    }

    private void MeasureMesh(Preparation open)
    {
        if (!_copies.TryGetValue(open.Job.Copy, out var copy))
        {
            Fail(open, $"{open.Job.Uri}: its payload is not in main memory any more", permanent: false);
            return;
        }
        var mesh = copy.Meshes[open.Job.Mesh];
        open.Plan = DecodePlan.WriteMesh(copy.Layout!, mesh, copy.FileBytes);
        open.Stage = PreparationStage.Measured;
        inbox.Post(new()
        {
            Kind = InboxKind.Measured,
            Id = open.Job.Ticket,
            CpuBytes = mesh.Part.Cost.DecodedBytes,
            GpuGeometryBytes = HeldBytes(mesh.Part.Cost),
            GpuTextureBytes = mesh.Part.Cost.TextureBytes,
        });
    }

    private void BeginParting(long ticket, Preparation open)
    {
        open.Parting = PartedContent.Of(open.Layout!, transcoding).GetEnumerator();
        _topology.Enqueue(ticket);
    }

    private void Part(long ticket, Preparation open)
    {
        for (var i = 0; i < PartingStep; i++)
        {
            if (open.Parting!.MoveNext())
            {
                open.Meshes.Add(open.Parting.Current);
                continue;
            }
            _topology.Dequeue();
            _open.Remove(ticket);
            (_copies[ticket], open.Parting) = (open, null);
            PayloadMesh[] shapes = [.. open.Meshes.Select(mesh => mesh.Shape with { GeometryBytes = HeldBytes(mesh.Part.Cost) })];
            var topology = MeshTopology.Build(open.Job.Uri, tree.Transform(open.Job.Tile), tree.UpAxisOf(open.Job.Tile), shapes);
            inbox.Post(new() { Kind = InboxKind.TopologyReady, Id = ticket, Payload = topology });
            return;
        }
    }

    private void AskForFiles(Preparation open)
    {
        open.Asked = [.. open.FileSet.Missing.Select(file => file.Reference)];
        ContentDependency[] needed = [.. open.FileSet.Missing.Select(file => new ContentDependency(SceneUri.Resolve(open.Job.Uri, file.Reference), file.IsOptional))];
        inbox.Post(new() { Kind = InboxKind.NeedsFiles, Id = open.Job.Ticket, Payload = needed });
    }

    // The document's bytes are copied here once; reading them is what takes frames.
    private void ReadOn(long ticket)
    {
        if (!_open.TryGetValue(ticket, out var open))
        {
            _topology.Dequeue();
            return;
        }
        if (open.Parting is not null)
        {
            Part(ticket, open);
            return;
        }
        if (open.Topology is null)
        {
            var bytes = GC.AllocateUninitializedArray<byte>((int)open.Payload!.Length);
            open.Payload.CopyTo(0, bytes);
            DropPayload(open);
            open.Topology = new(bytes, open.Job.Uri, TilesetParent.Of(tree, open.Job.Tile));
        }
        if (!open.Topology.Step(TopologyStep))
            return;
        _topology.Dequeue();
        if (open.Topology.Result is not { } result)
        {
            inbox.Post(new() { Kind = InboxKind.NeedsFiles, Id = ticket, Payload = open.Topology.Needs });
            return;
        }
        if (!result.IsOk)
        {
            Fail(open, result.Error, permanent: false);
            return;
        }
        _open.Remove(ticket);
        inbox.Post(new() { Kind = InboxKind.TopologyReady, Id = ticket, Payload = result.Block });
    }

    // Files of topology are read here, once; the page keeps nothing of them.
    private DependencyFile TakeBytes(DependencyFile file)
    {
        if (file.Payload is not BrowserPayload payload)
            return file;
        var bytes = GC.AllocateUninitializedArray<byte>((int)payload.Length);
        payload.CopyTo(0, bytes);
        payload.Dispose();
        block.Write(Command.DropPayload);
        block.Write(payload.Id);
        return file with { Payload = bytes };
    }

    private void ReceiveUploadFailure(long ticket, string error)
    {
        if (_open.Remove(ticket, out var open))
            failures.Add(open.Job.Content, error);
        inbox.Post(new() { Kind = InboxKind.UploadFailed, Id = ticket, Error = error });
    }

    private void Fail(Preparation open, string error, bool permanent)
    {
        Drop(open);
        failures.Add(open.Job.Content, error);
        inbox.Post(new() { Kind = InboxKind.PrepareFailed, Id = open.Job.Ticket, Error = error, Permanent = permanent });
    }

    private void Drop(Preparation open)
    {
        DropPayload(open);
        _open.Remove(open.Job.Ticket);
    }

    private void DropPayload(Preparation open)
    {
        if (open.Payload is { } payload)
            Drop(payload);
        open.Payload = null;
        foreach (var file in open.Files.Values)
            Drop(file);
        open.Files.Clear();
    }

    private void Drop(BrowserPayload payload)
    {
        payload.Dispose();
        block.Write(Command.DropPayload);
        block.Write(payload.Id);
    }

    private enum PreparationStage : byte
    {
        Measuring,
        Measured,
        Decoding,
    }

    private sealed class Preparation
    {
        public required PrepareJob Job;
        public BrowserPayload? Payload;
        public PreparationStage Stage;
        public readonly ContentFileSet FileSet = new();
        public readonly Dictionary<string, BrowserPayload> Files = new(StringComparer.Ordinal);

        // References of the files that were asked for last, in the order in which they will come.
        public string[] Asked = [];
        public ContentLayout? Layout;
        public byte[] Plan = [];
        public FamilyContent Family = FamilyContent.Plain;
        public SceneDocumentReader? Topology;

        // It is admitted out of core: the page keeps its files, of these lengths, and its meshes are worked out step by step.
        public bool IsParted;
        public long[] FileBytes = [];
        public IEnumerator<PartedMesh>? Parting;
        public readonly List<PartedMesh> Meshes = [];
    }
}
