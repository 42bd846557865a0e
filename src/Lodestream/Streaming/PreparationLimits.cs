using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// How many manifest tiles are decoded at once: full tiles, LODs and HLODs each have a cap, and together they have a share of main memory.
/// What counts is what is being decoded now; nothing is kept that could be forgotten to be given back.
/// </summary>
internal sealed class PreparationLimits(TileTree tree, TileResidency residency, ProximityOptions options)
{
    /// <summary>Whether a measured content may be decoded beside what is being decoded.</summary>
    /// <param name="measured">The content, which waits for its memory.</param>
    /// <param name="preparing">Entries of all contents being prepared.</param>
    public bool MayStart(in ContentEntry measured, List<int> preparing)
    {
        if (KindOf(measured.Content) is not { } kind)
            return true;
        var (ofKind, any, bytes) = (0, 0, measured.Measured.Cpu);
        foreach (var index in preparing)
        {
            ref var entry = ref residency.Entry(index);
            if (entry.AwaitsMemory || entry.Files is not null || entry.Measured.Total == 0 || KindOf(entry.Content) is not { } other)
                continue;
            ofKind += other == kind ? 1 : 0;
            any++;
            bytes += entry.Measured.Cpu;
        }

        // However large it is, one goes ahead: of full tiles one beside whatever else is being decoded.
        var isFirst = kind == RepresentationKind.Full ? ofKind == 0 : any == 0;
        return ofKind < Cap(kind) && (isFirst || bytes <= options.TileParseMemoryBudgetMB * (1 << 20));
    }

    private int Cap(RepresentationKind kind) => kind switch
    {
        RepresentationKind.Full => options.MaxConcurrentTileLoads,
        RepresentationKind.Lod => options.MaxConcurrentLodLoads,
        _ => options.MaxConcurrentHlodLoads,
    };

    private RepresentationKind? KindOf(int content)
    {
        ref readonly var record = ref tree.Contents.RecordArray[content];
        return record.Format is ContentFormat.Tileset or ContentFormat.PayloadMesh ? null : Representations.KindOf(tree, record.Tile);
    }
}
