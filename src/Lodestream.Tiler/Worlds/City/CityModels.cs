using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>Makes what a tile's payloads hold: the full tile, its coarser models, its proxy.</summary>
internal static class CityModels
{
    /// <summary>The full tile: objects with meshes by material.</summary>
    public static List<CityMesh> Whole(CityTile tile)
    {
        var meshes = new List<CityMesh>();
        foreach (var site in tile.Sites)
        {
            if (tile.Tier is SemanticTier.None or SemanticTier.ExteriorShell)
                Add(meshes, site.Name, site.Center, mesh => site.Draw(CityDetail.Whole, mesh));
            if (tile.Tier is SemanticTier.None or SemanticTier.FineProps && !tile.IsInterior)
                Add(meshes, $"{site.Name} small", site.Center, site.DrawSmall);
            if (site is not BuildingSite { Plan: var plan })
                continue;
            if (tile.Tier == SemanticTier.None)
            {
                for (var floor = 0; floor < plan.Floors; floor++)
                    AddFloor(meshes, site, plan, floor);
            }
            else if (tile.IsInterior)
                AddInterior(meshes, site, plan, tile.Floor, tile.Tier);
        }
        return meshes;
    }

    /// <summary>A coarser model: an object for each site.</summary>
    public static List<CityMesh> Coarse(CityTile tile, CityDetail detail)
    {
        var meshes = new List<CityMesh>();
        foreach (var site in tile.Sites)
            Add(meshes, site.Name, site.Center, mesh => site.Draw(detail, mesh));
        return meshes;
    }

    /// <summary>A still coarser one, and the proxy: all sites in one object.</summary>
    public static List<CityMesh> Merged(CityTile tile, CityDetail detail)
    {
        var meshes = new List<CityMesh>();
        var middle = tile.Sites.Aggregate(Vector3d.Zero, (sum, site) => sum + site.Center) / tile.Sites.Count;
        Add(meshes, $"{tile.Id} far", middle, mesh =>
        {
            foreach (var site in tile.Sites)
                site.Draw(detail, mesh);
        });
        return meshes;
    }

    // In a uniform grid a floor is an object: rooms of their own would be too many to draw.
    private static void AddFloor(List<CityMesh> meshes, CitySite site, BuildingPlan plan, int floor) => Add(meshes, Named(site, floor), site.Center, mesh =>
    {
        InteriorDrawing.Draw(plan, floor, mesh);
        for (var room = 0; room < plan.RoomsOf(floor).Count; room++)
            FurnitureDrawing.Draw(plan, floor, room, mesh, mesh);
    });

    private static void AddInterior(List<CityMesh> meshes, CitySite site, BuildingPlan plan, int floor, SemanticTier tier)
    {
        if (tier == SemanticTier.StructuralInterior)
        {
            Add(meshes, Named(site, floor), site.Center, mesh => InteriorDrawing.Draw(plan, floor, mesh));
            return;
        }
        for (var room = 0; room < plan.RoomsOf(floor).Count; room++)
        {
            var place = plan.RoomsOf(floor)[room];
            var origin = plan.Frame.Point((place.U0 + place.U1) / 2, (place.V0 + place.V1) / 2, plan.FloorBase(floor));
            var other = new CityMesh("", Rounded(origin));
            Add(meshes, FormattableString.Invariant($"{Named(site, floor)} room {room} {place.Use}"), origin, mesh =>
            {
                var (large, small) = tier == SemanticTier.RoomContents ? (mesh, other) : (other, mesh);
                FurnitureDrawing.Draw(plan, floor, room, large, small);
            });
        }
    }

    private static string Named(CitySite site, int floor) => FormattableString.Invariant($"{site.Name} floor {floor}");

    private static void Add(List<CityMesh> meshes, string name, Vector3d origin, Action<CityMesh> draw)
    {
        var mesh = new CityMesh(name, Rounded(origin));
        draw(mesh);
        if (!mesh.IsEmpty)
            meshes.Add(mesh);
    }

    // A whole number of 1/16 m, so that places are exact in 32-bit floats.
    private static Vector3d Rounded(Vector3d p) => new(Math.Floor(p.X * 16) / 16, Math.Floor(p.Y * 16) / 16, Math.Floor(p.Z * 16) / 16);
}
