using System.Text;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Formats.Tests.Tiles3D;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Streaming;
using Lodestream.Tests.Shared;

namespace Lodestream.Formats.Tests.Preparing;

public class ContentPreparerTests
{
    private readonly Inbox _inbox = new();
    private readonly Queue<Action> _work = [];
    private readonly List<TilesetResult> _documents = [];
    private readonly TileTree _tree;
    private readonly ContentPreparer _preparer;

    public ContentPreparerTests()
    {
        _tree = TilesetText.Tree($$$"""
            {"asset":{"version":"1.0","gltfUpAxis":"Z"},"geometricError":9,"root":{ {{{TilesetText.Box}}},"geometricError":4,"transform":[1,0,0,0,0,1,0,0,0,0,1,0,100,0,0,1],"content":{"uri":"inner.json"}} }
            """);
        _preparer = new(_tree, _inbox, _work.Enqueue, topologyRead: (_, result) => _documents.Add(result));
    }

    [Fact]
    public void A_content_is_measured_then_waits_and_is_prepared_when_its_memory_is_granted()
    {
        var payload = GltfBytes.TriangleGlb();
        _preparer.Start(Job(1, payload));
        Assert.Empty(_inbox.Drain());
        RunAll();
        var measured = Assert.Single(_inbox.Drain());
        Assert.Equal((InboxKind.Measured, 1L, 42L, 0L), (measured.Kind, measured.Id, measured.GpuGeometryBytes, measured.GpuTextureBytes));
        Assert.Equal(payload.Length, measured.CpuBytes);
        Assert.Empty(_work);

        _preparer.Proceed(1);
        RunAll();
        var prepared = Assert.Single(_inbox.Drain());
        Assert.Equal(InboxKind.Prepared, prepared.Kind);
        var content = Assert.IsType<PreparedContent>(prepared.Payload);
        Assert.Equal((new Vector3d(10, 0, 0), new Vector3d(11, 2, 0)), (content.Min, content.Max));
        Assert.Equal(new Vector3d(0, 2, 0), content.Models[0].View(0).Vector(2));
        Assert.True(content.Models[0].View(0).TryGetPacked<float>(out var positions));
        Assert.Equal(9, positions.Length);
        Assert.False(content.Models[0].View(0).TryGetPacked<ushort>(out _));
        Assert.Equal([0u, 1u, 2u], new[] { 0, 1, 2 }.Select(i => content.Models[0].View(1).Index(i)));
    }

    [Fact]
    public void Quantized_vertices_are_measured_as_what_they_stand_for_and_counted_as_they_are_stored()
    {
        var (plain, quantized) = (Prepared("hill.glb"), Prepared("hill-quantized.glb"));
        Assert.Equal(new Vector3d(5, 2, 5), quantized.Max);
        Assert.InRange((quantized.Min - plain.Min).Length, 0, 1e-4);

        var (stored, written) = (quantized.Models[0], plain.Models[0]);
        var place = stored.NodeTransforms[0];
        var positions = stored.View(0);
        var normals = stored.View(1);
        var coordinates = stored.View(2);
        for (var vertex = 0; vertex < 17 * 17; vertex++)
        {
            var distance = place.Point(positions.Vector(vertex)) - written.View(0).Vector(vertex);
            Assert.True(distance.Length < 1e-3, $"vertex {vertex} is {distance.Length} m away");
            Assert.Equal(1, normals.Vector(vertex).Length, 0.02);
            Assert.Equal(written.View(2).Component(vertex, 0), coordinates.Component(vertex, 0), 1e-4);
        }

        // Shorts for floats of positions, bytes of normals, shorts of texture coordinates: 13 bytes in place of 32.
        Assert.Equal(17 * 17 * (32 - 13), plain.Layout.Cost.GeometryBytes - quantized.Layout.Cost.GeometryBytes);

        PreparedContent Prepared(string file)
        {
            _preparer.Start(Job(1, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Assets", file))));
            RunAll();
            Assert.Equal(InboxKind.Measured, Assert.Single(_inbox.Drain()).Kind);
            _preparer.Proceed(1);
            RunAll();
            return Assert.IsType<PreparedContent>(Assert.Single(_inbox.Drain()).Payload);
        }
    }

    [Fact]
    public void The_centre_of_a_batched_model_is_turned_to_the_contents_axes()
    {
        var payload = GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":0,\"RTC_CENTER\":[1,2,3]}");
        Assert.True(ContentReader.Open(payload, UpAxis.Z, out var zUp).IsOk);
        Assert.Equal(new Vector3d(1, 2, 3), zUp!.Models[0].Part.Frame.Translation);
        Assert.True(ContentReader.Open(payload, UpAxis.Y, out var yUp).IsOk);

        // Turned back by the tile's transform it is where the file says.
        Assert.Equal(new Vector3d(1, 2, 3), ContentFrame.ToTile(UpAxis.Y).Point(yUp!.Models[0].Part.Frame.Translation));
    }

    [Fact]
    public void Topology_is_placed_by_the_tile_that_names_it_and_inherits_its_up_axis()
    {
        var json = TilesetText.WithRoot($$"""{{TilesetText.Box}},"geometricError":2,"content":{"uri":"a.b3dm"},"children":[{}]""");
        _preparer.Start(Job(5, Encoding.UTF8.GetBytes(json), ContentFormat.Tileset) with { Tile = 1, Uri = "https://example.test/world/inner.json" });
        RunAll();
        var ready = Assert.Single(_inbox.Drain());
        Assert.Equal(InboxKind.TopologyReady, ready.Kind);
        _tree.Append(1, (TileBlock)ready.Payload!);
        Assert.Equal(new Vector3d(100, 0, 0), _tree.Volume(2).Center);
        Assert.Equal(new Vector3d(101, 2, 3), _tree.Transform(2).Point(new(1, 2, 3)));
        Assert.Equal("root.children[0]", _documents.Single().Warnings.Single().Path);
    }

    [Theory]
    [InlineData(ContentFormat.Tileset, "{\"asset\"", "not valid JSON", false)]
    [InlineData(ContentFormat.Tileset, "subt\u0001\0\0\0", "only an implicit tiling names subtrees", false)]
    [InlineData(ContentFormat.Tileset, "{\"asset\":{\"version\":\"9\"}}", "\"9\"", true)]
    [InlineData(ContentFormat.I3dm, "i3dm\u0001\0\0\0", "cut off: an instanced model", false)]
    [InlineData(ContentFormat.Unknown, "pnts\u0001\0\0\0", "cut off: a point cloud", false)]
    [InlineData(ContentFormat.Cmpt, "cmpt\u0001\0\0\0", "cut off: a composite", false)]
    [InlineData(ContentFormat.B3dm, "b3dm\u0001\0\0\0", "cut off", false)]
    [InlineData(ContentFormat.Glb, "<html>", "\"<html>\"", false)]
    [InlineData(ContentFormat.Glb, "", "empty", false)]
    [InlineData(ContentFormat.Unknown, "{\"asset\":{\"version\":\"1.0\"},\"root\":{}}", "is a tileset", false)]
    [InlineData(ContentFormat.Gltf, "{\"asset\":{\"version\":\"2.0\"},\"extensionsRequired\":[\"KHR_draco_mesh_expansion\"],\"nodes\":[]}", "KHR_draco", true)]
    [InlineData(ContentFormat.Gltf, "{\"asset\":{\"version\":\"1.0\"},\"nodes\":[]}", "glTF 1.0", true)]
    public void What_cannot_be_prepared_fails_with_file_and_reason_and_says_whether_a_retry_can_help(ContentFormat format, string content, string reason, bool permanent)
    {
        _preparer.Start(Job(2, Encoding.UTF8.GetBytes(content), format));
        RunAll();
        var failed = Assert.Single(_inbox.Drain());
        Assert.Equal((InboxKind.PrepareFailed, 2L, permanent), (failed.Kind, failed.Id, failed.Permanent));
        Assert.StartsWith("https://example.test/world/x", failed.Error, StringComparison.Ordinal);
        Assert.Contains(reason, failed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 1f, "index 3")]
    [InlineData(2, float.NaN, "not finite")]
    public void Vertices_and_indices_are_looked_at_before_a_host_sees_them(byte lastIndex, float x, string reason)
    {
        _preparer.Start(Job(3, GltfBytes.Glb(GltfBytes.Triangle, GltfBytes.TriangleBinary(lastIndex, x))));
        RunAll();
        _preparer.Proceed(3);
        RunAll();
        var failed = _inbox.Drain()[1];
        Assert.Equal(InboxKind.PrepareFailed, failed.Kind);
        Assert.Contains(reason, failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_cancelled_before_it_runs_while_it_waits_and_after_it_ended_is_released_once_each()
    {
        _preparer.Start(Job(1, GltfBytes.TriangleGlb()));
        _preparer.Cancel(1, CancelReason.NoLongerWanted);
        Assert.Empty(_inbox.Drain());
        RunAll();
        AssertReleased(1);

        _preparer.Start(Job(2, GltfBytes.TriangleGlb()));
        RunAll();
        _inbox.Drain();
        _preparer.Cancel(2, CancelReason.OverBudget);
        AssertReleased(2);
        _preparer.Proceed(2);
        RunAll();
        Assert.Empty(_inbox.Drain());

        _preparer.Start(Job(3, GltfBytes.TriangleGlb()));
        RunAll();
        _preparer.Proceed(3);
        _preparer.Cancel(3, CancelReason.TimedOut);
        RunAll();
        Assert.Equal([InboxKind.Measured, InboxKind.Released], _inbox.Drain().Select(m => m.Kind));

        _preparer.Start(Job(4, GltfBytes.TriangleGlb()));
        RunAll();
        _preparer.Proceed(4);
        RunAll();
        _inbox.Drain();
        _preparer.Cancel(4, CancelReason.Closed);
        AssertReleased(4);
    }

    [Fact]
    public void A_host_s_own_dialect_is_read_and_only_those_it_names_are()
    {
        var json = TilesetText.WithRoot($$"""{{TilesetText.Box}},"geometricError":2,"content":{"url":"a.b3dm"}""");
        var next = Encoding.UTF8.GetBytes(json.Replace("\"1.1\"", "\"2.0\"", StringComparison.Ordinal));
        _preparer.Start(Job(1, next, ContentFormat.Tileset));
        RunAll();
        var refused = Assert.Single(_inbox.Drain());
        Assert.Equal((InboxKind.PrepareFailed, true), (refused.Kind, refused.Permanent));

        var preparer = new ContentPreparer(_tree, _inbox, _work.Enqueue, dialects: [new("2.0", LegacyUrl: true)]);
        preparer.Start(Job(2, next, ContentFormat.Tileset));
        RunAll();
        var ready = Assert.Single(_inbox.Drain());
        Assert.True(ready.Kind == InboxKind.TopologyReady, ready.Error);
        _tree.Append(1, (TileBlock)ready.Payload!);
        Assert.EndsWith("a.b3dm", _tree.Contents.Uri(_tree.SlotsOf(2)[0]), StringComparison.Ordinal);

        preparer.Start(Job(3, Encoding.UTF8.GetBytes(json), ContentFormat.Tileset));
        RunAll();
        Assert.Contains("supported are 2.0", Assert.Single(_inbox.Drain()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_thread_pool_every_job_is_answered()
    {
        var preparer = new ContentPreparer(_tree, _inbox);
        var payload = GltfBytes.TriangleGlb();
        for (var ticket = 0; ticket < 200; ticket++)
            preparer.Start(Job(ticket, payload));
        var answers = new List<InboxMessage>();
        while (answers.Count < 400)
        {
            Assert.True(answers.Count(a => a.Kind == InboxKind.Measured) <= 200);
            foreach (var message in _inbox.Drain().ToArray())
            {
                answers.Add(message);
                if (message.Kind == InboxKind.Measured)
                    preparer.Proceed(message.Id);
            }
            await Task.Yield();
        }
        Assert.Equal(200, answers.Where(a => a.Kind == InboxKind.Prepared).Select(a => a.Id).Distinct().Count());
    }

    [Fact]
    public void Files_that_a_content_names_are_asked_for_and_one_it_can_do_without_may_be_missing()
    {
        var json = GltfBytes.Triangle
            .Replace("\"byteLength\":39", "\"byteLength\":39,\"uri\":\"sub/a.bin\"", StringComparison.Ordinal)
            .Replace("\"scene\":0", "\"scene\":0,\"extensions\":{\"EXT_structural_metadata\":{\"schemaUri\":\"/schema.json\"}}", StringComparison.Ordinal);
        _preparer.Start(Job(7, Encoding.UTF8.GetBytes(json), ContentFormat.Gltf));
        RunAll();
        var binary = GltfBytes.TriangleBinary();
        var asked = Assert.Single(_inbox.Drain());
        Assert.Equal(InboxKind.NeedsFiles, asked.Kind);
        Assert.Equal(
            [new("https://example.test/world/sub/a.bin"), new("https://example.test/schema.json", IsOptional: true)],
            (IReadOnlyList<ContentDependency>)asked.Payload!);
        _preparer.Supply(7, [new("https://example.test/world/sub/a.bin", binary, binary.Length, null), new("https://example.test/schema.json", null, 0, "404")]);
        RunAll();
        var measured = Assert.Single(_inbox.Drain());
        Assert.Equal((InboxKind.Measured, (long)json.Length + binary.Length), (measured.Kind, measured.CpuBytes));
        _preparer.Proceed(7);
        RunAll();
        Assert.Equal(new Vector3d(0, 2, 0), ((PreparedContent)Assert.Single(_inbox.Drain()).Payload!).Models[0].View(0).Vector(2));
    }

    [RealDataFact]
    public void Every_tile_of_mars_is_prepared_and_lies_where_its_tileset_says()
    {
        var uri = new Uri(DataFolder.Of("mars-dingo-gap/tileset.json"));
        var tree = new TileTree(uri.AbsoluteUri);
        tree.Append(TileTree.SceneRoot, TilesetReader.Read(File.ReadAllBytes(uri.LocalPath), uri.AbsoluteUri, TilesetParent.Scene).Block!);
        var preparer = new ContentPreparer(tree, _inbox, work => work());
        for (var tile = 1; tile < tree.TileCount; tile++)
        {
            var content = tree.SlotsOf(tile)[0];
            preparer.Start(new(tile, content, tile, tree.Contents.Uri(content), tree.Contents.Records[content].Format, File.ReadAllBytes(new Uri(tree.Contents.Uri(content)).LocalPath), 0));
            preparer.Proceed(tile);
            var answer = _inbox.Drain()[^1];
            Assert.True(answer.Kind == InboxKind.Prepared, answer.Error);
            var prepared = (PreparedContent)answer.Payload!;
            var volume = tree.Volume(tile);
            var box = BoundingVolume.AxisAligned(prepared.Min, prepared.Max).Transformed(tree.Transform(tile));
            Assert.True(volume.DistanceTo(box.Center) == 0, $"tile {tile}: {box.Center} is outside {volume}");
            Assert.True(box.Radius <= volume.Radius * 1.1, $"tile {tile}: {box.Radius} m, its volume {volume.Radius} m");
        }
    }

    private static PrepareJob Job(long ticket, byte[] payload, ContentFormat format = ContentFormat.Glb) =>
        new(ticket, 0, 1, "https://example.test/world/x", format, payload, payload.Length);

    private void RunAll()
    {
        while (_work.TryDequeue(out var work))
            work();
    }

    private void AssertReleased(long ticket)
    {
        var released = Assert.Single(_inbox.Drain());
        Assert.Equal((InboxKind.Released, ticket), (released.Kind, released.Id));
    }
}
