using Lodestream.Geometry;
using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenes;

/// <summary>What a <see cref="SyntheticCity"/>'s server holds: contents of the lengths the city names, and of every fourth block's full tile the meshes, side by side on a grid; of the block beside it, and of every room, a texture.</summary>
/// <param name="city">The city.</param>
/// <param name="tree">The run's tree.</param>
public sealed class SyntheticCityOrigin(SyntheticCity city, TileTree tree) : IContentOrigin
{
    /// <summary>Pixels of a texture's side.</summary>
    public const int TextureSide = 2048;

    private readonly TreeOrigin _plain = new(tree);

    /// <inheritdoc />
    public OriginContent? Find(in TileRequest request)
    {
        var content = _plain.Find(request);
        var tile = tree.Contents.Records[request.Content].Tile;
        if (content is null || Representations.KindOf(tree, tile) != RepresentationKind.Full)
            return content;
        var entry = ProximityTable.EntryOf(tree, tile);
        if (entry < city.Tiles && entry % SyntheticCity.BlocksPerManyMeshes == 0)
            return content with { Meshes = MeshesOf(tree.Volume(tile), content.GeometryBytes) };
        return entry >= city.Tiles || entry % SyntheticCity.BlocksPerManyMeshes == 1 ? Textured(content) : content;
    }

    // Without its texture a content says what it takes with the least of it: that is how it is decoded.
    private static OriginContent Textured(OriginContent content)
    {
        var sizes = new TextureTierOptions();
        var least = TextureMemory.Rgba8(TextureSide, TextureSide, sizes.MinimumPixels);
        return content with
        {
            DecodedBytes = content.DecodedBytes + least,
            TextureBytes = TextureMemory.Rgba8(TextureSide, TextureSide, int.MaxValue),
            MediumTextureBytes = TextureMemory.Rgba8(TextureSide, TextureSide, sizes.MediumPixels),
            MinimumTextureBytes = least,
        };
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
