using System.Buffers;
using System.Numerics;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Formats.Tests.Untold;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Formats.Tests.Preparing;

/// <summary>Contents that are parted into their meshes, and preparers that keep the whole and hand out parts.</summary>
public class PartedContentTests
{
    private const string Uri = "https://example.test/city/tile.untold";

    private readonly Inbox _inbox = new();
    private readonly TileTree _tree;
    private readonly ContentPreparer _preparer;

    public PartedContentTests()
    {
        var builder = new TileBlockBuilder("https://example.test/city/city.json") { UpAxis = UpAxis.Y };
        builder.AddTile(-1, BoundingVolume.AxisAligned(new(-1000, -1000, -1000), new(1000, 1000, 1000)), 100, Refinement.Add, Transform3d.Identity);
        builder.AddContent(builder.AddTile(0, BoundingVolume.AxisAligned(new(-100, -100, -100), new(100, 100, 100)), 0, Refinement.Replace, Turned), "tile.untold"u8, ContentFamily.Mesh, ContentFormat.Untold);
        _tree = new TileTree("https://example.test/city/city.json");
        _tree.Append(TileTree.SceneRoot, builder.Build());
        _preparer = new(_tree, _inbox, work => work());
    }

    // From y up to z up, and a step aside.
    private static Transform3d Turned => new(Vector3d.UnitX, Vector3d.UnitZ, -Vector3d.UnitY, new(1000, 0, 0));

    [Theory]
    [InlineData(UntoldCompression.None)]
    [InlineData(UntoldCompression.Lz4)]
    public void The_meshes_of_a_payload_make_up_the_whole_and_lie_where_it_draws_them(UntoldCompression compression)
    {
        var random = new Random(5);
        for (var round = 0; round < 40; round++)
        {
            var whole = Open(UntoldWriter.Write(UntoldBytes.Random(random), compression));
            Assert.Null(whole.Verify(() => false));
            PartedMesh[] parts = [.. PartedContent.Of(whole.Layout)];
            Assert.Equal(parts.Length, PartedContent.CountOf(whole.Layout));
            Assert.Equal(whole.Models[0].Document.Nodes.Count(node => node.Mesh >= 0), parts.Length);
            Assert.Equal(whole.Cost.GeometryBytes, parts.Sum(part => part.Shape.GeometryBytes));
            Assert.Equal(whole.Cost.Triangles, parts.Sum(part => part.Part.Cost.Triangles));
            foreach (var part in parts)
            {
                var mesh = whole.With(part);
                var model = Assert.Single(mesh.Models);
                var (min, max) = Bounds(model);
                Assert.True((min - part.Shape.Min).Length < 1e-3 && (max - part.Shape.Max).Length < 1e-3, $"{min} … {max} is drawn, {part.Shape} is said");
            }
        }
    }

    [Fact]
    public void A_mesh_that_several_nodes_draw_is_one_and_its_box_holds_all_of_them()
    {
        PartedMesh[] parts = [.. PartedContent.Of(Open(Glb()).Layout)];
        Assert.Equal(2, parts.Length);
        Assert.Equal((new Vector3d(0, 0, 0), new Vector3d(31, 1, 0)), (parts[0].Shape.Min, parts[0].Shape.Max));
        Assert.Equal((new Vector3d(5, 50, 0), new Vector3d(6, 51, 0)), (parts[1].Shape.Min, parts[1].Shape.Max));
        Assert.Equal(2, parts[0].Part.Document.Nodes.Length);
    }

    [Fact]
    public void What_cannot_be_told_apart_is_not_parted()
    {
        Assert.Empty(PartedContent.Of(Open(GltfBytes.TriangleGlb()).Layout));
        var (empty, _) = (new ArrayBufferWriter<byte>(), 0);
        new GlbWriter().WriteTo(empty);
        Assert.Empty(PartedContent.Of(Open(empty.WrittenSpan.ToArray()).Layout));
    }

    [Fact]
    public void A_payload_that_is_admitted_out_of_core_becomes_topology_and_its_meshes_come_from_the_copy()
    {
        var payload = UntoldWriter.Write(Row(3), UntoldCompression.Lz4);
        var whole = Open(payload);
        _preparer.Start(Job(1, payload, new() { Policy = AdmissionPolicy.OutOfCore }));
        var measured = Assert.Single(_inbox.Drain());
        Assert.Equal((InboxKind.Measured, payload.Length + whole.UnpackedBytes, 0L, 0L), (measured.Kind, measured.CpuBytes, measured.GpuGeometryBytes, measured.GpuTextureBytes));
        _preparer.Proceed(1);
        var ready = Assert.Single(_inbox.Drain());
        Assert.Equal(InboxKind.TopologyReady, ready.Kind);
        var block = Assert.IsType<TileBlock>(ready.Payload);
        Assert.Equal((4, 3, UpAxis.Y), (block.TileCount, block.ContentCount, block.UpAxis));
        var probe = new TileTree("https://example.test/probe.json");
        probe.Append(TileTree.SceneRoot, block);
        for (var mesh = 0; mesh < 3; mesh++)
        {
            var tile = probe.Links[probe.Links[TileTree.SceneRoot].FirstChild].FirstChild + mesh;
            Assert.Equal($"{Uri}#mesh={mesh}", probe.Contents.Uri(probe.SlotsOf(tile)[0]));
            Assert.Equal((ContentFormat.PayloadMesh, (uint)(whole.Cost.GeometryBytes / 3)), (probe.Contents.Records[probe.SlotsOf(tile)[0]].Format, probe.Contents.Records[probe.SlotsOf(tile)[0]].ByteLength));

            // Walls stand 20 m apart along x, a square of a metre in the plane of x and y, which is that of x and z in the scene.
            Assert.Equal((new Vector3d(1000 + 20 * mesh, 0, 0), new Vector3d(1001 + 20 * mesh, 0, 1)), probe.Volume(tile).AxisAlignedBounds());
            Assert.Equal(Turned, probe.Transform(tile));
        }
        foreach (var mesh in new[] { 2, 0, 2 })
        {
            _preparer.Start(Mesh(10 + mesh, copy: 1, mesh));
            measured = Assert.Single(_inbox.Drain());
            Assert.Equal((InboxKind.Measured, 0L, whole.Cost.GeometryBytes / 3), (measured.Kind, measured.CpuBytes, measured.GpuGeometryBytes));
            _preparer.Proceed(10 + mesh);
            var prepared = Assert.Single(_inbox.Drain());
            var content = Assert.IsType<PreparedContent>(prepared.Payload);
            Assert.Equal(new Vector3d(20 * mesh, 0, 0), Bounds(Assert.Single(content.Models)).Min);
        }
    }

    [Fact]
    public void A_copy_is_released_when_it_is_called_off_and_nothing_comes_from_it_any_more()
    {
        _preparer.Start(Job(1, UntoldWriter.Write(Row(3)), new() { Policy = AdmissionPolicy.OutOfCore }));
        _preparer.Proceed(1);
        _inbox.Drain();
        _preparer.Cancel(1, CancelReason.NoLongerWanted);
        var released = Assert.Single(_inbox.Drain());
        Assert.Equal((InboxKind.Released, 1L), (released.Kind, released.Id));
        _preparer.Start(Mesh(2, copy: 1, 0));
        var failed = Assert.Single(_inbox.Drain());
        Assert.Equal(InboxKind.PrepareFailed, failed.Kind);
        Assert.Contains("not in main memory any more", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payload_that_is_called_off_before_it_is_parted_holds_nothing()
    {
        _preparer.Start(Job(1, UntoldWriter.Write(Row(3)), new() { Policy = AdmissionPolicy.OutOfCore }));
        _inbox.Drain();
        _preparer.Cancel(1, CancelReason.NoLongerWanted);
        Assert.Equal(InboxKind.Released, Assert.Single(_inbox.Drain()).Kind);
        _preparer.Start(Mesh(2, copy: 1, 0));
        Assert.Equal(InboxKind.PrepareFailed, Assert.Single(_inbox.Drain()).Kind);
    }

    [Theory]
    [InlineData(49, false)]
    [InlineData(50, true)]
    public void From_fifty_meshes_on_a_payload_is_parted_and_where_it_may_not_be_it_never_is(int meshes, bool isParted)
    {
        var payload = UntoldWriter.Write(Row(meshes));
        Assert.Equal(isParted ? InboxKind.TopologyReady : InboxKind.Prepared, Prepare(new()));
        Assert.Equal(InboxKind.Prepared, Prepare(null));

        InboxKind Prepare(OutOfCoreOptions? admission)
        {
            _preparer.Start(Job(1, payload, admission));
            _inbox.Drain();
            _preparer.Proceed(1);
            var answer = Assert.Single(_inbox.Drain());
            if (answer.Kind == InboxKind.TopologyReady)
                _preparer.Cancel(1, CancelReason.NoLongerWanted);
            _inbox.Drain();
            return answer.Kind;
        }
    }

    private static UntoldModel Row(int count) => UntoldBytes.Plain() with
    {
        Entities = [.. Enumerable.Range(0, count).Select(i => new UntoldPlacement($"e{i}", -1, Transform3d.Identity with { Translation = new(20 * i, 0, 0) }, [UntoldBytes.Wall(0)]))],
    };

    // Two meshes, the first of them drawn twice.
    private static byte[] Glb()
    {
        var writer = new GlbWriter();
        var positions = writer.AddPositions([new(0, 0, 0), new(1, 0, 0), new(0, 1, 0)]);
        var indices = writer.AddIndices([(ushort)0, 1, 2]);
        var (a, b) = (writer.AddMesh(new GlbPrimitive { Positions = positions, Indices = indices }), writer.AddMesh(new GlbPrimitive { Positions = positions, Indices = indices }));
        writer.AddNode(new(a));
        writer.AddNode(new(b, new(5, 50, 0)));
        writer.AddNode(new(a, new(30, 0, 0)));
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static (Vector3d Min, Vector3d Max) Bounds(PreparedModel model)
    {
        var (min, max) = (new Vector3d(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new Vector3d(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));
        for (var number = 0; number < model.Document.Nodes.Length; number++)
        {
            var place = model.Part.Frame * model.NodeTransforms[number];
            foreach (var primitive in model.Document.Meshes[model.Document.Nodes[number].Mesh].Primitives)
            {
                var positions = model.View(primitive.Find("POSITION"));
                for (var i = 0; i < positions.Accessor.Count; i++)
                    (min, max) = (Vector3d.Min(min, place.Point(positions.Vector(i))), Vector3d.Max(max, place.Point(positions.Vector(i))));
            }
        }
        return (min, max);
    }

    private static PreparedContent Open(byte[] file)
    {
        var outcome = ContentReader.Open(file, UpAxis.Y, out var content);
        Assert.True(outcome.IsOk, outcome.Error);
        return content!;
    }

    private static PrepareJob Job(long ticket, byte[] payload, OutOfCoreOptions? admission) => new(ticket, 1, 2, Uri, ContentFormat.Untold, payload, payload.Length) { Admission = admission is null ? null : new(admission, 1 << 30) };

    private static PrepareJob Mesh(long ticket, long copy, int mesh) => new(ticket, 1, 2, $"{Uri}#mesh={mesh}", ContentFormat.PayloadMesh, null, 100) { Copy = copy, Mesh = mesh };
}
