using Lodestream.Formats.Manifest;
using Lodestream.Formats.Untold;
using Lodestream.Scene;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Writes tiles' payloads and says what the manifest is to say of them.</summary>
/// <param name="directory">The manifest's folder.</param>
/// <param name="payload">What to write.</param>
internal sealed class CityTileFiles(string directory, CityPayload payload)
{
    /// <summary>From how far on the coarser models of the outside are shown, metres: at twice the distance half the detail.</summary>
    public const double FlatFrom = 90, StripedFrom = 170, BoxFrom = 400;

    /// <summary>Radii where a tile says nothing: those of the outside.</summary>
    public static readonly ManifestDefaults Defaults = new(FlatFrom, 130);

    private const string Folder = "tiles", EmptyName = "empty", SharedName = "shared";

    private readonly string _extension = CityPayloads.ExtensionOf(payload);

    private volatile bool _isEmptyNamed;

    /// <summary>Makes the folder of payloads.</summary>
    public void Begin() => Directory.CreateDirectory(Path.Combine(directory, Folder));

    /// <summary>Writes the payload of nothing, where a tile names it: what is shown of an inside from afar.</summary>
    public void End()
    {
        if (_isEmptyNamed)
            WriteFile(EmptyName, UntoldFileType.Lod, []);
    }

    /// <summary>Writes what is always there.</summary>
    public ManifestTile WriteShared(CityPlan plan)
    {
        var mesh = new CityMesh("ground", default);
        GroundDrawing.Draw(plan, mesh);
        return new() { Id = SharedName, Path = PathOf(SharedName), FileBytes = WriteFile(SharedName, UntoldFileType.Shared, [mesh]), Bounds = CityPayloads.BoundsOf([mesh])!.Value };
    }

    /// <summary>Writes a tile.</summary>
    /// <returns>Its entry; null where it holds nothing.</returns>
    public ManifestTile? Write(CityTile tile)
    {
        var whole = CityModels.Whole(tile);
        if (whole.Count == 0)
            return null;
        var isOutside = tile.Tier is SemanticTier.None or SemanticTier.ExteriorShell;
        return isOutside ? WriteOutside(tile, whole) : WriteInside(tile, whole);
    }

    private ManifestTile WriteOutside(CityTile tile, List<CityMesh> whole)
    {
        List<CityMesh> flat = CityModels.Coarse(tile, CityDetail.Flat), striped = CityModels.Merged(tile, CityDetail.Striped), box = CityModels.Merged(tile, CityDetail.Box);
        return Entry(tile, whole, [.. whole, .. flat, .. striped, .. box]) with
        {
            LodLevels = [Level(tile.Id + "_lod1", UntoldFileType.Lod, flat, FlatFrom), Level(tile.Id + "_lod2", UntoldFileType.Lod, striped, StripedFrom)],
            HlodLevels = [Level(tile.Id + "_hlod", UntoldFileType.Hlod, box, BoxFrom)],
        };
    }

    private ManifestTile WriteInside(CityTile tile, List<CityMesh> whole)
    {
        var (streaming, unload, priority) = tile.Tier switch
        {
            SemanticTier.StructuralInterior => (65.0, 95.0, 2),
            SemanticTier.RoomContents => (50, 75, 1),
            _ => (42, 62, 0),
        };
        return Entry(tile, whole, whole) with { StreamingRadius = streaming, UnloadRadius = unload, Priority = priority, LodLevels = [Nothing(streaming)] };
    }

    private ManifestTile Entry(CityTile tile, List<CityMesh> whole, List<CityMesh> all) => new()
    {
        Id = tile.Id,
        Path = PathOf(tile.Id),
        FileBytes = WriteFile(tile.Id, UntoldFileType.Tile, whole),
        Bounds = CityPayloads.BoundsOf(all)!.Value,
        Priority = tile.Tier == SemanticTier.ExteriorShell ? 3 : null,
        Floor = tile.Node is null ? null : tile.Floor,
        NodeId = tile.Node,
        Tier = tile.Tier,
        IsInterior = tile.IsInterior,
    };

    private ManifestLevel Level(string name, UntoldFileType type, List<CityMesh> meshes, double from)
    {
        if (meshes.Count == 0)
            return Nothing(from);
        WriteFile(name, type, meshes);
        return new(PathOf(name), from);
    }

    private ManifestLevel Nothing(double from)
    {
        _isEmptyNamed = true;
        return new(PathOf(EmptyName), from);
    }

    private long WriteFile(string name, UntoldFileType type, IReadOnlyList<CityMesh> meshes)
    {
        var bytes = CityPayloads.Write(payload, type, meshes);
        File.WriteAllBytes(Path.Combine(directory, Folder, name + _extension), bytes);
        return bytes.Length;
    }

    private string PathOf(string name) => $"{Folder}/{name}{_extension}";
}
