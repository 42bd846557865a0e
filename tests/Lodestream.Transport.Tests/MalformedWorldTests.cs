using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Lodestream.Diagnostics;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Archive;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Formats.Tests.Legacy;
using Lodestream.Geometry;
using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Transport.Tests;

/// <summary>A world on disk with one tile of each broken kind among sound ones, under the real transport, preparer and streamer.</summary>
public sealed class MalformedWorldTests : IDisposable
{
    private const int Sound = 8;

    private static readonly View FromAbove = new() { Position = new(0, 0, 300), Direction = new(0.01, 0, -1), Up = new(0, 1, 0), TargetErrorPx = 1 };

    private readonly string _folder = Directory.CreateTempSubdirectory("lodestream-malformed-").FullName;

    // By file: what is in it, and what its error says.
    private static readonly (string File, byte[] Bytes, string Error)[] Broken =
    [
        ("cut.glb", GltfBytes.TriangleGlb()[..100], "is cut off: it names"),
        ("index.glb", GltfBytes.Glb(GltfBytes.Triangle, GltfBytes.TriangleBinary(lastIndex: 9)), "meshes[0].primitives[0] has index 9 at 2"),
        ("json.glb", GltfBytes.Glb(GltfBytes.Triangle.Replace("\"scene\":0", "\"scene\":tru", StringComparison.Ordinal)), "its glTF is not valid JSON"),
        ("huge.glb", GltfBytes.Glb(GltfBytes.Triangle.Replace("\"count\":3", "\"count\":2000000000", StringComparison.Ordinal), GltfBytes.TriangleBinary()), "accessors[0] needs 24000000000 bytes of bufferViews[0]"),
        ("cut.b3dm", GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{}")[..40], "is cut off: it names"),
        ("nothing.b3dm", [], "is empty"),
        ("text.b3dm", "<html>not found</html>"u8.ToArray(), "begins with \"<html>no\", which is no known content"),
        ("table.i3dm", LegacyBytes.I3dm("{\"INSTANCES_LENGTH\":9,\"POSITION\":{\"byteOffset\":0}}", new byte[24], GltfBytes.TriangleGlb()), "its feature table"),
        ("points.pnts", LegacyBytes.Pnts("{\"POINTS_LENGTH\":-1}", []), "its feature table"),
        ("deep.cmpt", Enumerable.Range(0, 20).Aggregate(GltfBytes.TriangleGlb(), (inner, _) => LegacyBytes.Cmpt(inner)), "nests composites more than 8 deep"),
        ("absent.glb", null!, "absent.glb"),
        ("file.gltf", Encoding.UTF8.GetBytes(GltfBytes.Triangle.Replace("\"buffers\":[{", "\"buffers\":[{\"uri\":\"absent.bin\",", StringComparison.Ordinal)), "absent.bin"),
        ("outer.json", "{\"asset\":{\"version\":\"1.1\"},\"root\":{}}"u8.ToArray(), "outer.json: root"),
        ("cut.json", "{\"asset\":{\"version\":\"1."u8.ToArray(), "cut.json: is not valid JSON"),
        ("future.json", "{\"asset\":{\"version\":\"9.0\"},\"root\":{}}"u8.ToArray(), "asset.version is \"9.0\""),
        ("implicit.json", Encoding.UTF8.GetBytes("""
            {"asset":{"version":"1.1"},"geometricError":64,"root":{"boundingVolume":{"box":[0,0,0,100,0,0,0,100,0,0,0,10]},"geometricError":32,"refine":"REPLACE","content":{"uri":"c/{level}.glb"},
             "implicitTiling":{"subdivisionScheme":"QUADTREE","subtreeLevels":2,"availableLevels":2,"subtrees":{"uri":"broken.subtree"}}}}
            """), "broken.subtree: ends within its header, after 6 of 24 bytes"),
        ("world.3tz/tileset.json", new ArchiveBytes().Add("tileset.json", "{}", method: 93).AddIndex().Build(), "Zstandard"),
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_kind_of_broken_tile_is_an_error_that_names_its_file_and_the_rest_of_the_world_is_drawn()
    {
        Write();
        using var client = HttpTransport.CreateClient();
        var run = new Run(new Uri(Path.Combine(_folder, "tileset.json")).AbsoluteUri);
        await run.UntilAsync(RoutingTransport.For(run.Scene, client, run.Inbox), () => run.SoundDrawn == Sound && Broken.All(broken => run.ErrorOf(broken.File) is not null));
        foreach (var (file, _, expected) in Broken)
        {
            var error = run.ErrorOf(file)!;
            Assert.Contains(expected, error, StringComparison.Ordinal);
            Assert.Contains(file.Split('/')[0].Replace("implicit.json", "broken.subtree", StringComparison.Ordinal), error, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
        }
    }

    private void Write()
    {
        var children = new StringBuilder();
        foreach (var name in Enumerable.Range(0, Sound).Select(i => $"sound{i}.glb").Concat(Broken.Select(broken => broken.File)))
        {
            var at = (children.Length % 7 - 3) * 20;
            children.Append(children.Length == 0 ? "" : ",").Append(System.Globalization.CultureInfo.InvariantCulture,
                $$$"""{"boundingVolume":{"box":[{{{at}}},{{{at}}},0,10,0,0,0,10,0,0,0,10]},"geometricError":0,"content":{"uri":"{{{name}}}"}}""");
        }
        File.WriteAllText(Path.Combine(_folder, "tileset.json"), $$$"""
            {"asset":{"version":"1.1"},"geometricError":500,"root":{"boundingVolume":{"box":[0,0,0,100,0,0,0,100,0,0,0,10]},"geometricError":400,"refine":"ADD","children":[{{{children}}}]}}
            """);
        for (var i = 0; i < Sound; i++)
            File.WriteAllBytes(Path.Combine(_folder, $"sound{i}.glb"), GltfBytes.TriangleGlb());
        File.WriteAllText(Path.Combine(_folder, "broken.subtree"), "subt\u0001\0");
        foreach (var (file, bytes, _) in Broken.Where(broken => broken.Bytes is not null))
            File.WriteAllBytes(Path.Combine(_folder, file.Split('/')[0]), bytes);
    }

    private sealed class Run(string scene) : IRenderHost
    {
        private readonly Channel<bool> _arrivals = Channel.CreateUnbounded<bool>();
        private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);
        private TileTree _tree = null!;
        private TileStreamer _streamer = null!;

        public string Scene => scene;

        public Inbox Inbox { get; } = new();

        public int SoundDrawn { get; private set; }

        /// <summary>What a broken tile says; a subtree's tile says it for the implicit tileset that names it.</summary>
        public string? ErrorOf(string file) => _errors.GetValueOrDefault(file == "implicit.json" ? "broken.subtree" : file);

        public async Task UntilAsync(ITileTransport transport, Func<bool> done)
        {
            _tree = new(scene);
            _streamer = new(_tree, transport, new ContentPreparer(_tree, Inbox), this, Inbox);
            Inbox.Arrived += () => _arrivals.Writer.TryWrite(true);
            var clock = Stopwatch.StartNew();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            while (true)
            {
                var decision = _streamer.Tick(clock.Elapsed, [FromAbove]);
                Look();
                if (done())
                    return;
                if (decision.Kind != WakeKind.Now)
                    await WaitAsync(decision.At - clock.Elapsed, patience.Token);
                if (patience.IsCancellationRequested)
                    Assert.Fail($"{SoundDrawn} sound tiles are drawn; missing errors: {string.Join(", ", Broken.Select(broken => broken.File).Where(file => ErrorOf(file) is null))}");
            }
        }

        private void Look()
        {
            SoundDrawn = 0;
            foreach (var item in _streamer.Drawn)
                SoundDrawn += NameOf(item.Source).StartsWith("sound", StringComparison.Ordinal) ? 1 : 0;
            for (var tile = 1; tile < _tree.Capacity; tile++)
            {
                if (_tree.SlotsOf(tile).Length > 0 && _streamer.Why(tile) is { Reason: TileReason.FailedForNow or TileReason.FailedForGood, Detail: { } detail })
                    _errors.TryAdd(NameOf(tile), detail);
            }
        }

        private string NameOf(int tile) => _tree.SlotsOf(tile).Length == 0 ? "" : _tree.Contents.Uri(_tree.SlotsOf(tile)[0])[(scene.LastIndexOf('/') + 1)..];

        // Until something arrives or the streamer's own deadline, whichever is first.
        private async Task WaitAsync(TimeSpan atMost, CancellationToken patience)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(patience);
            if (atMost < TimeSpan.FromDays(1))
                waiting.CancelAfter(atMost < TimeSpan.Zero ? TimeSpan.Zero : atMost);
            try
            {
                await _arrivals.Reader.ReadAsync(waiting.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }

        public void Upload(in UploadCommand command) => Inbox.Post(new() { Kind = InboxKind.Uploaded, Id = command.Ticket });

        public void Commit(RenderCommit commit)
        {
        }

        public void Free(int content, long ticket) => Inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
    }
}
