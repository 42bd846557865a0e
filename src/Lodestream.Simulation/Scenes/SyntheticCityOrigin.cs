using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenes;

/// <summary>What a <see cref="SyntheticCity"/>'s server holds: contents of the lengths the city names, and of every fourth block's full tile the meshes, side by side on a grid.</summary>
/// <param name="city">The city.</param>
/// <param name="tree">The run's tree.</param>
public sealed class SyntheticCityOrigin(SyntheticCity city, TileTree tree) : IContentOrigin
{
    private readonly TreeOrigin _plain = new(tree);

    /// <inheritdoc />
    public OriginContent? Find(in TileRequest request)
    {
        var content = _plain.Find(request);
        var tile = tree.Contents.Records[request.Content].Tile;
        var hasMany = content is not null && Representations.KindOf(tree, tile) == RepresentationKind.Full
            && ProximityTable.EntryOf(tree, tile) is var entry && entry < city.Tiles && entry % SyntheticCity.BlocksPerManyMeshes == 0;
        return hasMany ? content! with { Meshes = MeshesOf(tree.Volume(tile), content.GeometryBytes) } : content;
    }

    private OriginMesh[] MeshesOf(in BoundingVolume volume, long geometry)
    {
        var (low, high) = volume.AxisAlignedBounds();
        var meshes = new OriginMesh[city.Meshes];
        var side = (int)Math.Ceiling(Math.Sqrt(meshes.Length));
        var (x, y) = ((high.X - low.X) / side, (high.Y - low.Y) / side);
        for (var i = 0; i < meshes.Length; i++)
        {
            var from = new Vector3d(low.X + i % side * x, low.Y + i / side * y, low.Z);
            meshes[i] = new(new(from, new(from.X + x, from.Y + y, high.Z), geometry / meshes.Length), 0);
        }
        return meshes;
    }
}
