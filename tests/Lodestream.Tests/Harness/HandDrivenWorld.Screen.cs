using Lodestream.Geometry;
using Lodestream.Presentation;
using Lodestream.Presentation.Batching;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Tests.Harness;

internal sealed partial class HandDrivenWorld
{
    private readonly Dictionary<int, DrawItem> _screen = [];
    private readonly SortedDictionary<long, UploadCommand> _uploads = [];
    private readonly SortedDictionary<long, int> _held = [];
    private readonly Dictionary<int, long> _onGpu = [];
    private readonly Dictionary<string, long> _freed = [];

    /// <summary>Whether the host acknowledges uploads as soon as it is asked for them.</summary>
    public bool UploadsAtOnce { get; set; } = true;

    /// <summary>Told of what is on the GPU and on screen, as a host that batches tells it; each content is drawn with two meshes.</summary>
    public DrawnContents? Batching { get; set; }

    /// <summary>What an upload is reported to cost, milliseconds.</summary>
    public double UploadMs { get; set; }

    /// <summary>Names of contents the host was asked to upload and has not acknowledged.</summary>
    public string[] Uploads => [.. _uploads.Values.Select(upload => NameOfContent(upload.Content))];

    /// <summary>Whether the host looks at commits; off only to measure what the streamer alone allocates.</summary>
    public bool IsRecording { get; set; } = true;

    /// <summary>Commits that came, each as text: shown items, hidden regions with a leading '!', replaced contents with a '*'.</summary>
    public List<string> Commits { get; } = [];

    /// <summary>What is on screen by region, as the commits told it.</summary>
    public IReadOnlyDictionary<int, DrawItem> Picture => _screen;

    /// <summary>
    /// What is on screen: regions in alphabetical order, <c>R-a-b</c> for R drawn around its children a and b, <c>m&lt;R-c</c> for R
    /// standing in for m around m's child c.
    /// </summary>
    public string Screen => string.Join(' ', _screen.Values.Select(TextOf).Order(StringComparer.Ordinal));

    public void Upload(string content)
    {
        var upload = Pending(content);
        _uploads.Remove(upload.Ticket);
        _held.Add(upload.Ticket, upload.Content);
        _onGpu.TryAdd(upload.Content, upload.Ticket);
        Batching?.Report(upload.Content, upload.Ticket, [new(0, 100, 150, 4000, Vector3d.Zero, new(1, 1, 1)), new(0, 100, 150, 4000, Vector3d.Zero, new(1, 1, 1))]);
        Inbox.Post(new() { Kind = InboxKind.Uploaded, Id = upload.Ticket, CostMs = UploadMs });
    }

    public void FailToUpload(string content, string error = "out of GPU memory")
    {
        var upload = Pending(content);
        _uploads.Remove(upload.Ticket);
        Inbox.Post(new() { Kind = InboxKind.UploadFailed, Id = upload.Ticket, Error = error });
    }

    /// <summary>The ticket under which a content was freed.</summary>
    public long FreedTicket(string content) => _freed[content];

    /// <summary>The GPU loses everything, what is being uploaded included.</summary>
    public void LoseContext()
    {
        _screen.Clear();
        _uploads.Clear();
        _onGpu.Clear();
        _held.Clear();
        Batching?.Clear();
        Inbox.Post(new() { Kind = InboxKind.ContextLost });
    }

    void IRenderHost.Upload(in UploadCommand command)
    {
        Assert.Equal(command.Ticket, command.Prepared);
        _uploads.Add(command.Ticket, command);
        Log.Add($"upload {NameOfContent(command.Content)}");
        if (UploadsAtOnce)
            Upload(NameOfContent(command.Content));
    }

    void IRenderHost.Commit(RenderCommit commit)
    {
        if (!IsRecording)
            return;
        Batching?.Commit(commit);
        Assert.False(commit.IsEmpty, "A commit came that changes nothing.");
        var text = new List<string>();
        foreach (var content in commit.Replaced)
        {
            var newest = _held.Last(pair => pair.Value == content).Key;
            Assert.True(newest > _onGpu[content], $"{NameOfContent(content)} is replaced, and nothing newer is on the GPU.");
            _onGpu[content] = newest;
            text.Add('*' + NameOfContent(content));
        }
        foreach (var item in commit.Shown)
        {
            Assert.False(_screen.TryGetValue(item.Region, out var before) && before == item, $"{TextOf(item)} is shown, and was already.");
            Assert.True(HasUploads(item), $"{TextOf(item)} is shown, and is not on the GPU.");
            _screen[item.Region] = item;
            text.Add(TextOf(item));
        }
        foreach (var region in commit.Hidden)
        {
            Assert.True(_screen.Remove(region), $"{NameOfTile(region)} is hidden, and is not on screen.");
            text.Add('!' + NameOfTile(region));
        }
        text.Sort(StringComparer.Ordinal);
        Commits.Add(string.Join(' ', text));
    }

    void IRenderHost.Free(int content, long ticket)
    {
        Batching?.Free(content, ticket);
        Assert.True(_held.Remove(ticket), $"{NameOfContent(content)} is freed, and is not on the GPU.");
        if (_onGpu[content] == ticket)
        {
            Assert.DoesNotContain(_screen.Values, item => Tree.SlotsOf(item.Source).Contains(content));
            _onGpu.Remove(content);
            if (_held.ContainsValue(content))
                _onGpu[content] = _held.Last(pair => pair.Value == content).Key;
        }
        Log.Add($"free {NameOfContent(content)}");
        _freed[NameOfContent(content)] = ticket;
        if (ReleasesAtOnce)
            Release(ticket);
    }

    private UploadCommand Pending(string content)
    {
        foreach (var upload in _uploads.Values)
        {
            if (NameOfContent(upload.Content) == content)
                return upload;
        }
        throw new InvalidOperationException($"{content} is not being uploaded, but: {string.Join(' ', Uploads)}.");
    }

    private bool HasUploads(in DrawItem item)
    {
        var slots = Tree.SlotsOf(item.Source);
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if ((item.Contents >> slot & 1) != 0 && !_onGpu.ContainsKey(slots[slot]))
                return false;
        }
        return item.Contents != 0;
    }

    private void CheckScreen()
    {
        Assert.Equal(Streamer.Drawn.Length, _screen.Count);
        foreach (var item in Streamer.Drawn)
            Assert.Equal(item, _screen[item.Region]);
    }

    private string TextOf(DrawItem item)
    {
        var text = NameOfTile(item.Region);
        if (item.Source != item.Region)
            text += '<' + NameOfTile(item.Source);
        for (var child = 0; child < 8; child++)
        {
            if ((item.ChildMask >> child & 1) != 0)
                text += '-' + NameOfTile(Tree.Links[item.Region].FirstChild + child);
        }
        return text;
    }
}
