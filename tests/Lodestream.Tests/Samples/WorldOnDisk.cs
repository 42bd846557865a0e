using System.Buffers;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Tests.Samples;

/// <summary>The bench world as real files in a temporary folder: a tileset.json and a glb with one quad per tile.</summary>
internal sealed class WorldOnDisk : IDisposable
{
    public WorldOnDisk(int levels)
    {
        Tree.Append(TileTree.SceneRoot, new SyntheticQuadtree(levels).Build());
        var quad = Quad();
        using var file = File.Create(Path.Combine(Folder, "tileset.json"));
        using var writer = new TilesetWriter(file, new() { GeometricError = 2048 });
        Write(1);
        writer.Complete();

        void Write(int tile)
        {
            var uri = Tree.Contents.RelativeUri(Tree.SlotsOf(tile)[0]);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, uri))!);
            File.WriteAllBytes(Path.Combine(Folder, uri), quad);
            writer.BeginTile(new()
            {
                Volume = Tree.Volume(tile),
                GeometricError = Tree.Nodes[tile].GeometricError,
                Refinement = Refinement.Replace,
                Contents = [new(uri)],
            });
            for (var child = 0; child < Tree.Links[tile].ChildCount; child++)
                Write(Tree.Links[tile].FirstChild + child);
            writer.EndTile();
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("lodestream-samples-").FullName;

    /// <summary>The same world, for comparison.</summary>
    public TileTree Tree { get; } = new("http://tiles.test/tileset.json");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static byte[] Quad()
    {
        var writer = new GlbWriter();
        var positions = writer.AddPositions([new(-1, 0, 1), new(1, 0, 1), new(1, 0, -1), new(-1, 0, -1)]);
        writer.AddNode(new(writer.AddMesh(new GlbPrimitive { Positions = positions, Indices = writer.AddIndices((ushort[])[0, 1, 2, 0, 2, 3]) })));
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
