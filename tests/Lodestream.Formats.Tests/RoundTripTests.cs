using System.Buffers;
using System.Numerics;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Tiles3D;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests;

public class RoundTripTests
{
    [Fact]
    public void What_the_tileset_writer_writes_the_reader_reads()
    {
        var output = new MemoryStream();
        using (var writer = new TilesetWriter(output, new() { GeometricError = 64, Groups = [("terrain", null), ("water", null)] }))
        {
            writer.BeginTile(new()
            {
                Volume = BoundingVolume.AxisAligned(new(-1, -2, -3), new(3, 2, 1)),
                GeometricError = 32,
                Refinement = Refinement.Add,
                Transform = Transform3d.Identity with { Translation = new(1e6, 0.1, -7) },
                Contents = [new("t.glb", 0), new("w.glb", 1)],
            });
            writer.BeginTile(new() { Volume = BoundingVolume.Sphere(new(1, 2, 3), 0.5), GeometricError = 0.1, Contents = [new("a%20b.glb")] });
            writer.EndTile();
            writer.EndTile();
            writer.Complete();
        }
        var result = TilesetReader.Read(output.ToArray(), TilesetText.DocumentUri, TilesetParent.Scene);
        var tree = TilesetText.Tree(result);
        Assert.Equal(0, result.WarningCount);
        Assert.Equal(new Vector3d(1e6 + 1, 0.1, -8), tree.Volume(1).Center);
        Assert.Equal((32, 0.1), (tree.Nodes[1].GeometricError, tree.Nodes[2].GeometricError));
        Assert.Equal([ContentFamily.Terrain, ContentFamily.Water], tree.SlotsOf(1).ToArray().Select(c => tree.Contents.Records[c].Family));
        Assert.Equal(["a%20b.glb"], tree.Uris(2));
        Assert.Equal(0.5, tree.Volume(2).Radius);
    }

    [Fact]
    public void What_the_glb_writer_writes_opens_and_has_the_bounds_that_went_in()
    {
        var writer = new GlbWriter();
        var mesh = writer.AddMesh(new GlbPrimitive
        {
            Positions = writer.AddPositions([new(0, 0, 0), new(1, 0, 0), new(0, 2, -3)]),
            Normals = writer.AddNormals([Vector3.UnitZ, Vector3.UnitZ, Vector3.UnitZ]),
            Indices = writer.AddIndices((ReadOnlySpan<ushort>)[0, 1, 2]),
        });
        writer.AddNode(new(mesh, new(5, 0, 0)));
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        var outcome = ContentReader.Open(output.WrittenMemory, UpAxis.Y, out var content);
        Assert.True(outcome.IsOk, outcome.Error);
        Assert.Null(content!.Verify(() => false));
        Assert.Equal((new Vector3d(5, 0, -3), new Vector3d(6, 2, 0)), (content.Min, content.Max));
        Assert.Equal(3 * 12 * 2 + 3 * 2, content.Cost.GeometryBytes);
    }
}
