using Lodestream.Diagnostics;
using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Tests.Harness;

/// <summary>
/// A streamer with transport, decoder, screen and clock in the test's hands. Requests wait until <see cref="Answer"/> or
/// <see cref="Fail"/>; decoding and uploading answer by themselves unless they are switched off. What is on screen is put together
/// from the commits alone and compared with the streamer's own account after every tick. Tiles and contents go by the names of the
/// <see cref="TreeSpec"/>; the third mesh of a payload a is a#2.
/// </summary>
internal sealed partial class HandDrivenWorld : ITileTransport, IContentPreparer, IRenderHost
{
    public const string SceneUri = "http://tiles.test/scene/R.json";

    private readonly Dictionary<string, SpecTile> _documents = [];
    private readonly Func<string, string>? _uriOf;

    /// <summary>Makes a world over a document of a few tiles, which is in the tree already.</summary>
    public HandDrivenWorld(string tiles, StreamerOptions? options = null, Func<string, string>? uriOf = null, TraceRecorder? recorder = null)
        : this(options, uriOf, recorder)
    {
        AddDocument(SceneUri, tiles);
        Tree.Append(TileTree.SceneRoot, _documents[SceneUri].Build(SceneUri, uriOf: uriOf));
    }

    /// <summary>Makes a world over a block that is in the tree already.</summary>
    public HandDrivenWorld(TileBlock block, StreamerOptions? options = null, TraceRecorder? recorder = null)
        : this(options, recorder: recorder) => Tree.Append(TileTree.SceneRoot, block);

    /// <summary>Makes a world that has yet to ask for its first document.</summary>
    public HandDrivenWorld(StreamerOptions? options = null, Func<string, string>? uriOf = null, TraceRecorder? recorder = null)
    {
        _uriOf = uriOf;
        Tree = new(SceneUri);
        Streamer = new(Tree, this, this, this, Inbox, options ?? Plain, recorder);
    }

    /// <summary>Options of a world that is not given any: the caps alone say how much is in flight, and nothing is guessed ahead.</summary>
    public static StreamerOptions Plain => new() { AdaptiveWindow = false, Prediction = new() { PrefetchSeconds = 0 } };

    public TileTree Tree { get; }

    public Inbox Inbox { get; } = new();

    public TileStreamer Streamer { get; }

    /// <summary>Time of the next tick.</summary>
    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>The cameras of the next tick.</summary>
    public View[] Views { get; set; } = [Cameras.All(level: 20)];

    /// <summary>Why a tile is, or is not, on screen.</summary>
    public TileExplanation Why(string tile) => Streamer.Why(Tile(tile));

    /// <summary>What the governor said last.</summary>
    public FrameDecision Decision { get; private set; }

    /// <summary>What was called on transport, preparer and host, in order: "start a", "cancel a NoLongerWanted", "upload a", ….</summary>
    public List<string> Log { get; } = [];

    /// <summary>Names a document that an <c>@</c> tile or the scene asks for.</summary>
    public void AddDocument(string uri, string tiles) => _documents[uri] = TreeSpec.Parse(tiles);

    /// <summary>One tick at <see cref="Now"/>.</summary>
    public FrameDecision Tick()
    {
        Decision = Streamer.Tick(Now, Views);
        CheckScreen();
        return Decision;
    }

    /// <summary>Ticks until the streamer has nothing left to do now.</summary>
    public FrameDecision Settle()
    {
        for (var ticks = 0; ticks < 10_000; ticks++)
        {
            if (Tick().Kind != WakeKind.Now)
                return Decision;
            // Fades end with time alone.
            if (Streamer.Labels.Placed.Length > 0)
                Now += TimeSpan.FromMilliseconds(16);
        }
        throw new InvalidOperationException("The streamer wants to tick for ever.");
    }

    /// <summary>Settles and gives the world back.</summary>
    public HandDrivenWorld Settled()
    {
        Settle();
        return this;
    }

    /// <summary>Lets time pass, then settles.</summary>
    public FrameDecision Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Settle();
    }

    /// <summary>Looks through another camera, or several, and settles.</summary>
    public FrameDecision Look(params View[] views)
    {
        Views = views;
        return Settle();
    }

    /// <summary>Answers everything that is asked for, until nothing more is.</summary>
    public void DeliverAll()
    {
        Settle();
        for (var rounds = 0; _requests.Count > 0; rounds++)
        {
            Assert.True(rounds < 1000, "The streamer asks for ever.");
            foreach (var id in _requests.Keys.ToArray())
                AnswerRequest(id);
            Settle();
        }
    }

    /// <summary>Answers everything that is asked for but some, until nothing more is.</summary>
    public void DeliverAllBut(params string[] names)
    {
        Settle();
        while (_requests.Values.FirstOrDefault(request => !names.Contains(NameOfUri(request.Uri))) is { Id: > 0 } next)
        {
            AnswerRequest(next.Id);
            Settle();
        }
    }

    /// <summary>Answers a request and settles.</summary>
    public void Deliver(params string[] contents)
    {
        foreach (var content in contents)
        {
            Answer(content);
            Settle();
        }
    }

    /// <summary>What was logged since the last call.</summary>
    public string[] TakeLog()
    {
        var log = Log.ToArray();
        Log.Clear();
        return log;
    }

    /// <summary>The names in the log's lines that begin with a word, since the log was last taken.</summary>
    public string[] Logged(string verb) =>
        [.. Log.Where(line => line.StartsWith(verb + ' ', StringComparison.Ordinal)).Select(line => line.Split(' ')[1])];

    /// <summary>The tile of a name.</summary>
    public int Tile(string name)
    {
        for (var tile = 0; tile < Tree.Capacity; tile++)
        {
            if (IsTile(tile) && NameOfTile(tile) == name)
                return tile;
        }
        throw new InvalidOperationException($"There is no tile {name} in the tree.");
    }

    /// <summary>The content of a name.</summary>
    public int Content(string name)
    {
        for (var tile = 0; tile < Tree.Capacity; tile++)
        {
            foreach (var content in IsTile(tile) ? Tree.SlotsOf(tile) : [])
            {
                if (NameOfContent(content) == name)
                    return content;
            }
        }
        throw new InvalidOperationException($"There is no content {name} in the tree.");
    }

    /// <summary>The name of a tile, found by walking its document and its text side by side; of other documents, its content's.</summary>
    public string NameOfTile(int tile)
    {
        if (tile == TileTree.SceneRoot)
            return "scene";
        var found = SpecOf(tile);
        return found is not null ? found.Name : Tree.Links[tile].SlotCount > 0 ? NameOfContent(Tree.SlotsOf(tile)[0]) : $"tile{tile}";
    }

    public string NameOfContent(int content) => NameOfUri(Tree.Contents.Uri(content));

    private static string NameOfUri(string uri)
    {
        var name = uri[(uri.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.');
        var mesh = name.IndexOf("#mesh=", StringComparison.Ordinal);
        return dot < 0 ? name : mesh < 0 ? name[..dot] : $"{name[..dot]}#{name[(mesh + 6)..]}";
    }

    private SpecTile? SpecOf(int tile)
    {
        var parent = Tree.Links[tile].Parent;
        if (Tree.BlockOf(tile) != Tree.BlockOf(parent))
            return _documents.GetValueOrDefault(Tree.BaseUri(Tree.BlockOf(tile)));
        return SpecOf(parent)?.Children[tile - Tree.Links[parent].FirstChild];
    }

    private bool IsTile(int tile)
    {
        for (var t = tile; t >= 0; t = Tree.Links[t].Parent)
        {
            if (t == TileTree.SceneRoot)
                return true;
        }
        return false;
    }
}
