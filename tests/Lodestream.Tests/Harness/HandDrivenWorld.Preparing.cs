using Lodestream.Presentation.Labels;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Tests.Harness;

internal sealed partial class HandDrivenWorld
{
    private readonly SortedDictionary<long, PrepareJob> _jobs = [];

    /// <summary>Whether a decoder measures, decodes and parses as soon as it is asked to.</summary>
    public bool PreparesAtOnce { get; set; } = true;

    /// <summary>Whether memory of called off and freed contents comes back at once.</summary>
    public bool ReleasesAtOnce { get; set; } = true;

    /// <summary>What a content is measured to need, by its name.</summary>
    public Func<string, MemoryCharge> SizeOf { get; set; } = _ => new(1000, 2000, 3000);

    /// <summary>Files that contents depend on, by the content's name.</summary>
    public Dictionary<string, ContentDependency[]> FilesOf { get; } = [];

    /// <summary>What preparations were supplied with, by the content's name.</summary>
    public Dictionary<string, IReadOnlyList<DependencyFile>> Supplied { get; } = [];

    /// <summary>Labels that contents hold, by the content's name.</summary>
    public Dictionary<string, LabelSet> LabelsOf { get; } = [];

    /// <summary>Names of what is being prepared, in the order it came.</summary>
    public string[] Jobs => [.. _jobs.Values.Select(job => NameOfUri(job.Uri))];

    public PrepareJob Job(string content)
    {
        foreach (var job in _jobs.Values)
        {
            if (NameOfUri(job.Uri) == content)
                return job;
        }
        throw new InvalidOperationException($"{content} is not being prepared, but: {string.Join(' ', Jobs)}.");
    }

    public void Measure(string content) => Measure(Job(content));

    public void Prepare(string content) => Prepare(Job(content).Ticket);

    public void ExpandTopology(string content) => ExpandTopology(Job(content));

    public void FailToPrepare(string content, bool permanent = false, string error = "not a tile")
    {
        var ticket = Job(content).Ticket;
        _jobs.Remove(ticket);
        Inbox.Post(new() { Kind = InboxKind.PrepareFailed, Id = ticket, Permanent = permanent, Error = error });
    }

    /// <summary>The memory of a called off or freed content comes back.</summary>
    public void Release(long ticket) => Inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });

    void IContentPreparer.Start(in PrepareJob job)
    {
        Assert.True(job.Mesh < 0 || _copies.ContainsKey(job.Copy), "A mesh is to be taken from a copy that is not there.");
        _jobs.Add(job.Ticket, job);
        Log.Add($"prepare {NameOfUri(job.Uri)}");
        if (FilesOf.TryGetValue(NameOfUri(job.Uri), out var files))
            Inbox.Post(new() { Kind = InboxKind.NeedsFiles, Id = job.Ticket, Payload = files });
        else
            GoOn(job);
    }

    void IContentPreparer.Supply(long ticket, IReadOnlyList<DependencyFile> files)
    {
        Assert.True(_jobs.TryGetValue(ticket, out var job), "A preparation was supplied that is not under way.");
        Log.Add($"supply {NameOfUri(job.Uri)}");
        Supplied[NameOfUri(job.Uri)] = files;
        GoOn(job);
    }

    private void GoOn(in PrepareJob job)
    {
        if (!PreparesAtOnce)
            return;
        if (job.Format == ContentFormat.Tileset)
            ExpandTopology(job);
        else
            Measure(job);
    }

    void IContentPreparer.Proceed(long ticket)
    {
        Assert.True(_jobs.TryGetValue(ticket, out var job), "A preparation was to go on that is not under way.");
        Log.Add($"proceed {NameOfUri(job.Uri)}");
        if (PreparesAtOnce)
            Prepare(ticket);
    }

    void IContentPreparer.Cancel(long ticket, CancelReason reason)
    {
        if (DropCopy(ticket))
            return;
        Assert.True(_jobs.Remove(ticket, out var job), "A preparation was called off that is not under way.");
        Log.Add($"calloff {NameOfUri(job.Uri)} {reason}");
        if (ReleasesAtOnce)
            Release(ticket);
    }

    private void Measure(in PrepareJob job)
    {
        if (IsParted(job))
        {
            Inbox.Post(new() { Kind = InboxKind.Measured, Id = job.Ticket, CpuBytes = CopyBytes });
            return;
        }
        var size = SizeOf(NameOfUri(job.Uri));
        var (medium, full) = job.TextureSizes is null ? default : TexturesOf(NameOfUri(job.Uri));
        Inbox.Post(new() { Kind = InboxKind.Measured, Id = job.Ticket, CpuBytes = size.Cpu, GpuGeometryBytes = size.Geometry, GpuTextureBytes = size.Texture, MediumTextureBytes = medium, FullTextureBytes = full });
    }

    private void Prepare(long ticket)
    {
        _jobs.Remove(ticket, out var job);
        if (IsParted(job))
        {
            Part(job);
            return;
        }
        Inbox.Post(new() { Kind = InboxKind.Prepared, Id = ticket, Payload = ticket, Labels = LabelsOf.GetValueOrDefault(NameOfUri(job.Uri)) });
    }

    private void ExpandTopology(in PrepareJob job)
    {
        _jobs.Remove(job.Ticket);
        if (!_documents.TryGetValue(job.Uri, out var document))
            throw new InvalidOperationException($"There is no document {job.Uri}: add it first.");
        var volume = job.Tile == TileTree.SceneRoot ? SpecTile.RootVolume : Tree.Volume(job.Tile);
        var block = document.Build(job.Uri, volume, Tree.Links[job.Tile].Level + 1, _uriOf);
        Inbox.Post(new() { Kind = InboxKind.TopologyReady, Id = job.Ticket, Payload = block });
    }
}
