using Lodestream.Formats.Manifest;
using Lodestream.Scene;

namespace Lodestream.Formats.Inspection;

/// <summary>Manifest scenes.</summary>
public sealed partial class SceneInspector
{
    private void ReadManifest(Pending pending, ReadOnlyMemory<byte> json)
    {
        if (TreeOf(ManifestReader.Read(json, pending.Uri, pending.Inherited), pending.Uri, pending.Uri) is not { } tree)
            return;
        for (var tile = 1; tile < tree.Capacity; tile++)
            InspectRepresentation(pending, tree, tile);
        CountManifest(ProximityTable.Of(tree, 1)!);
    }

    private void InspectRepresentation(Pending pending, TileTree tree, int tile)
    {
        ref readonly var links = ref tree.Links[tile];
        var level = pending.Level + links.Level;
        _tally.AddTile(level, tree.Nodes[tile].GeometricError, (links.Flags & TileFlags.Add) != 0 ? Refinement.Add : Refinement.Replace);
        foreach (var content in tree.SlotsOf(tile))
        {
            var record = tree.Contents.Records[content];
            var place = $"{pending.Uri}#{tree.Contents.RelativeUri(content)}";
            _tally.AddContent(new(tree.Contents.Uri(content), record.Format, record.Family, level, place, tree.UpAxisOf(tile), tree.Transform(tile), tree.Volume(tile), default));
        }
    }

    private void CountManifest(ProximityTable table)
    {
        _tally.Manifest = new(
            table.IsShared.Count(shared => !shared), table.IsShared.Count(shared => shared), table.Kind.Count(kind => kind == RepresentationKind.Lod), table.Kind.Count(kind => kind == RepresentationKind.Hlod),
            [.. table.Floor.Where(floor => floor != ProximityTable.NoFloor).CountBy(floor => floor).OrderBy(floor => floor.Key).Select(floor => new FloorFigures(floor.Key, floor.Value))],
            [.. table.Tier.Where(tier => tier != SemanticTier.None).CountBy(tier => tier).OrderBy(tier => tier.Key).Select(tier => new TierFigures(tier.Key.ToString(), tier.Value))],
            table.IsInterior.Count(interior => interior), table.RegionCount, table.InteriorZone is not null, table.FileBytes.Sum());
    }
}
