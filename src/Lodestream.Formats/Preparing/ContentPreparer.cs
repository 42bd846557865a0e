using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Formats.Preparing;

/// <summary>
/// Prepares contents and topology in main memory, for headless hosts and engines written in .NET: payloads are <c>byte[]</c> or
/// <see cref="ReadOnlyMemory{T}"/>, prepared contents are <see cref="PreparedContent"/>. Of what is admitted out of core it keeps the whole
/// content, prepared; its meshes look into the same bytes. Work goes to the executor; the tree is read
/// in <see cref="Start"/> only, which the tick calls.
/// </summary>
public sealed class ContentPreparer : IContentPreparer
{
    // Between two looks at whether the job was called off: a fraction of a millisecond's worth of JSON tokens.
    private const int TopologyStep = 1 << 14;

    private readonly TileTree _tree;
    private readonly Inbox _inbox;
    private readonly Action<Action> _executor;
    private readonly TimeProvider _time;
    private readonly Action<string, TilesetResult>? _topologyRead;
    private readonly IReadOnlyList<TilesetDialect>? _dialects;
    private readonly ILabelMeasure _labelMeasure;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Preparation> _running = [];
    private readonly Dictionary<long, Preparation> _copies = [];

    private enum Stage : byte
    {
        Working,
        AwaitingFiles,
        Measured,
    }

    private sealed class Preparation(in PrepareJob job, in TilesetParent parent, ContentFamily family, Preparation? copy)
    {
        public readonly PrepareJob Job = job;
        public readonly bool IsOfLabels = family == ContentFamily.Label;
        public readonly TilesetParent Parent = parent;
        public Stage Stage;
        public volatile bool Cancelled;
        public PreparedContent? Content;
        public readonly ContentFileSet FileSet = new();
        public readonly Dictionary<string, ReadOnlyMemory<byte>> Files = new(StringComparer.Ordinal);

        // References of the files that were asked for last, in the order in which they will come.
        public string[] Asked = [];
        public SceneDocumentReader? Topology;

        // The meshes it is parted into, where it is admitted out of core; and for a mesh, what holds it.
        public IReadOnlyList<PartedMesh> Meshes = [];
        public readonly Preparation? Copy = copy;
    }

    /// <summary>Makes a preparer.</summary>
    /// <param name="tree">The scene, for what documents and contents inherit.</param>
    /// <param name="inbox">Where answers go.</param>
    /// <param name="executor">Runs work somewhere else, at once or later; null for the thread pool.</param>
    /// <param name="time">For the reported costs; null for the system's.</param>
    /// <param name="topologyRead">Told what became of each document, with its warnings, on the working thread.</param>
    /// <param name="dialects">Versions of 3D Tiles to accept; null for <see cref="TilesetDialect.Known"/>.</param>
    /// <param name="labelMeasure">Measures labels, on the working thread; null to guess (<see cref="EstimatedLabelMeasure"/>).</param>
    public ContentPreparer(
        TileTree tree, Inbox inbox, Action<Action>? executor = null, TimeProvider? time = null, Action<string, TilesetResult>? topologyRead = null,
        IReadOnlyList<TilesetDialect>? dialects = null, ILabelMeasure? labelMeasure = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(inbox);
#pragma warning disable RS0030 // What a preparation cost is a figure of this machine; who replays gives a clock of his own.
        (_tree, _inbox, _time, _topologyRead, _dialects) = (tree, inbox, time ?? TimeProvider.System, topologyRead, dialects);
#pragma warning restore RS0030
        _labelMeasure = labelMeasure ?? new EstimatedLabelMeasure();
        _executor = executor ?? (static work => ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false));
    }

    /// <inheritdoc/>
    public void Start(in PrepareJob job)
    {
        Preparation preparation;
        lock (_gate)
        {
            preparation = new(job, TilesetParent.Of(_tree, job.Tile), _tree.Contents.Records[job.Content].Family, job.Mesh < 0 ? null : _copies.GetValueOrDefault(job.Copy));
            _running.Add(job.Ticket, preparation);
        }
        _executor(job.Format == ContentFormat.Tileset ? () => Run(preparation, ReadTopology) : job.Mesh >= 0 ? () => Run(preparation, MeasureMesh) : () => Run(preparation, Measure));
    }

    /// <inheritdoc/>
    public void Supply(long ticket, IReadOnlyList<DependencyFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Preparation? preparation;
        lock (_gate)
        {
            if (!_running.TryGetValue(ticket, out preparation) || preparation.Stage != Stage.AwaitingFiles)
                return;
            preparation.Stage = Stage.Working;
        }
        if (preparation.Topology is { } topology)
        {
            topology.Supply(files);
            _executor(() => Run(preparation, ReadTopology));
            return;
        }
        for (var i = 0; i < preparation.Asked.Length; i++)
        {
            var bytes = Payloads.BytesOf(files[i].Payload);
            preparation.FileSet.Add(preparation.Asked[i], bytes is { } memory ? ContentBytes.Of(memory) : null);
            if (bytes is { } there)
                preparation.Files[preparation.Asked[i]] = there;
        }
        _executor(() => Run(preparation, Measure));
    }

    /// <inheritdoc/>
    public void Proceed(long ticket)
    {
        Preparation? preparation;
        lock (_gate)
        {
            if (!_running.TryGetValue(ticket, out preparation) || preparation.Stage != Stage.Measured)
                return;
            preparation.Stage = Stage.Working;
        }
        _executor(preparation.Copy is null ? () => Run(preparation, Prepare) : () => Run(preparation, PrepareMesh));
    }

    /// <inheritdoc/>
    public void Cancel(long ticket, CancelReason reason)
    {
        lock (_gate)
        {
            // Who works on it finds out and answers; otherwise nothing is held from here on.
            if (_copies.Remove(ticket))
                Release(ticket);
            else if (_running.TryGetValue(ticket, out var preparation) && preparation.Stage == Stage.Working)
                preparation.Cancelled = true;
            else
                Release(ticket);
        }
    }

    private void Run(Preparation preparation, Func<Preparation, InboxMessage> work)
    {
        var start = _time.GetTimestamp();
        InboxMessage answer;
        try
        {
            answer = preparation.Cancelled ? default : work(preparation);
        }
        catch (Exception e)
        {
            // A defect of ours: this content fails, the world goes on.
            answer = Failed(preparation.Job, $"could not be prepared: {e.GetType().Name}: {e.Message}");
        }
        answer.Id = preparation.Job.Ticket;
        answer.CostMs = _time.GetElapsedTime(start).TotalMilliseconds;
        lock (_gate)
        {
            if (preparation.Cancelled)
            {
                Release(preparation.Job.Ticket);
                return;
            }
            if (answer.Kind == InboxKind.Measured)
                preparation.Stage = Stage.Measured;
            else if (answer.Kind == InboxKind.NeedsFiles)
                preparation.Stage = Stage.AwaitingFiles;
            else
                _running.Remove(preparation.Job.Ticket);
            if (answer.Kind == InboxKind.TopologyReady && preparation.Meshes.Count > 0)
                _copies.Add(preparation.Job.Ticket, preparation);
            _inbox.Post(answer);
        }
    }

    private void Release(long ticket)
    {
        _running.Remove(ticket);
        _inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
    }

    private InboxMessage ReadTopology(Preparation preparation)
    {
        if (Payloads.BytesOf(preparation.Job.Payload) is not { } json)
            return Failed(preparation.Job, "came as something other than bytes");
        var reader = preparation.Topology ??= new(json, preparation.Job.Uri, preparation.Parent, _dialects);
        while (!reader.Step(TopologyStep))
        {
            if (preparation.Cancelled)
                return default;
        }
        if (reader.Result is not { } result)
            return new() { Kind = InboxKind.NeedsFiles, Payload = reader.Needs };
        _topologyRead?.Invoke(preparation.Job.Uri, result);
        return result.IsOk
            ? new() { Kind = InboxKind.TopologyReady, Payload = result.Block, Bytes = json.Length }
            : new() { Kind = InboxKind.PrepareFailed, Error = result.Error, Permanent = result.IsUnsupported };
    }

    private static InboxMessage Measure(Preparation preparation)
    {
        if (Payloads.BytesOf(preparation.Job.Payload) is not { } payload)
            return Failed(preparation.Job, "came as something other than bytes");
        var outcome = ContentReader.Open(payload, preparation.Parent.UpAxis, preparation.FileSet, preparation.Files, out var content);
        if (!outcome.IsOk)
            return Failed(preparation.Job, outcome.Error!) with { Permanent = outcome.Status == ReadStatus.NotSupported };
        if (preparation.FileSet.Missing.Count > 0)
            return AskForFiles(preparation);
        preparation.Content = content;
        var isParted = IsParted(preparation, content!);
        return new()
        {
            Kind = InboxKind.Measured,
            Bytes = payload.Length,
            // Of labels no more than this: a name takes twice its bytes, a record four times its columns'.
            CpuBytes = payload.Length * (preparation.IsOfLabels ? 5L : 1) + content!.UnpackedBytes + preparation.Files.Values.Sum(file => (long)file.Length),
            GpuGeometryBytes = isParted ? 0 : content.Cost.GeometryBytes,
            GpuTextureBytes = isParted ? 0 : content.Cost.TextureBytes,
        };
    }

    private static bool IsParted(Preparation preparation, PreparedContent content)
    {
        if (preparation.Job.Admission is not { } admission || preparation.IsOfLabels)
            return false;
        preparation.Meshes = admission.IsOutOfCore(PartedContent.CountOf(content.Layout), content.Cost.GeometryBytes) ? [.. PartedContent.Of(content.Layout)] : [];
        return preparation.Meshes.Count > 0;
    }

    // A mesh looks into its copy: in main memory it takes nothing of its own.
    private static InboxMessage MeasureMesh(Preparation preparation)
    {
        if (preparation.Copy is not { } copy)
            return Failed(preparation.Job, "its payload is not in main memory any more");
        var cost = copy.Meshes[preparation.Job.Mesh].Part.Cost;
        return new() { Kind = InboxKind.Measured, GpuGeometryBytes = cost.GeometryBytes, GpuTextureBytes = cost.TextureBytes };
    }

    private static InboxMessage PrepareMesh(Preparation preparation)
    {
        var mesh = preparation.Copy!.Meshes[preparation.Job.Mesh];
        var cost = mesh.Part.Cost;
        return new() { Kind = InboxKind.Prepared, Payload = preparation.Copy.Content!.With(mesh), GpuGeometryBytes = cost.GeometryBytes, GpuTextureBytes = cost.TextureBytes };
    }

    private InboxMessage Prepare(Preparation preparation)
    {
        var content = preparation.Content!;
        if (content.Verify(() => preparation.Cancelled) is { } error)
            return Failed(preparation.Job, error);
        if (preparation.Meshes.Count > 0)
        {
            PayloadMesh[] shapes = [.. preparation.Meshes.Select(mesh => mesh.Shape)];
            return new() { Kind = InboxKind.TopologyReady, Payload = MeshTopology.Build(preparation.Job.Uri, preparation.Parent.Transform, preparation.Parent.UpAxis, shapes) };
        }
        if (preparation.IsOfLabels && ReadLabels(content) is { IsOk: false } outcome)
            return Failed(preparation.Job, outcome.Error!) with { Permanent = outcome.Status == ReadStatus.NotSupported };
        return new()
        {
            Kind = InboxKind.Prepared,
            Payload = content,
            Labels = content.Labels,
            CpuBytes = content.Payload.Length + content.UnpackedBytes + (content.Labels?.Bytes ?? 0) + preparation.Files.Values.Sum(file => (long)file.Length),
            GpuGeometryBytes = content.Cost.GeometryBytes,
            GpuTextureBytes = content.Cost.TextureBytes,
        };
    }

    private ReadOutcome ReadLabels(PreparedContent content)
    {
        var outcome = LabelReader.Read(content, _labelMeasure, out var labels);
        content.Labels = labels;
        return outcome;
    }

    private static InboxMessage AskForFiles(Preparation preparation)
    {
        preparation.Asked = [.. preparation.FileSet.Missing.Select(file => file.Reference)];
        ContentDependency[] needed = [.. preparation.FileSet.Missing.Select(file => new ContentDependency(SceneUri.Resolve(preparation.Job.Uri, file.Reference), file.IsOptional))];
        return new() { Kind = InboxKind.NeedsFiles, Payload = needed };
    }

    private static InboxMessage Failed(in PrepareJob job, string error) => new() { Kind = InboxKind.PrepareFailed, Error = $"{job.Uri}: {error}" };
}
