using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>Payloads that are kept in main memory, and the meshes that are taken from them.</summary>
internal sealed partial class ContentPipeline
{
    /// <summary>Takes a mesh out of a payload's copy.</summary>
    /// <param name="index">The mesh's entry; what it is expected to need is reserved.</param>
    /// <param name="copy">The payload's preparation.</param>
    /// <param name="now">Time of the tick.</param>
    public void PrepareMesh(int index, long copy, TimeSpan now)
    {
        ref var entry = ref residency.Entry(index);
        ref readonly var record = ref tree.Contents.Records[entry.Content];
        residency.Enter(index, ContentState.Preparing, StateReason.Wanted, now);
        entry.Id = _nextTicket++;
        _byTicket[entry.Id] = index;
        _preparing.Add(index);
        scheduler.WakeAt(now + TimeSpan.FromSeconds(PatienceFor(entry)));
        preparer.Start(new(entry.Id, entry.Content, record.Tile, tree.Contents.Uri(entry.Content), record.Format, null, record.ByteLength)
        {
            Copy = copy,
            Mesh = record.Tile - tree.MeshesOf(tree.PayloadTileOf(record.Tile)).First,
            TextureSizes = TextureSizes,
        });
    }

    // A full tile's own payload that nobody else names can be parted into its meshes.
    private Selection.TileAdmission? AdmissionOf(in ContentEntry entry)
    {
        if (options.Proximity is not { } proximity || entry.IsIncoming || entry.IsStale)
            return null;
        ref readonly var record = ref tree.Contents.Records[entry.Content];
        var mayPart = record.Format is not (ContentFormat.Tileset or ContentFormat.PayloadMesh) && tree.Links[record.Tile].SlotCount == 1
            && tree.OtherTilesOf(entry.Content).Count == 0 && Representations.KindOf(tree, record.Tile) == RepresentationKind.Full;
        return mayPart ? new(proximity.OutOfCore, ledger.GeometryBudget) : null;
    }

    // What was to be one drawable turned out to be many.
    private bool IsParted(int index, TileBlock block) => block.IsOfMeshes && AdmissionOf(residency.Entry(index)) is not null;

    private double PatienceFor(in ContentEntry entry) => tree.Contents.Records[entry.Content].Format == ContentFormat.PayloadMesh && options.Proximity is { } proximity
        ? proximity.OutOfCore.MeshLoadTimeoutSeconds
        : options.PrepareTimeoutSeconds;
}
