using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Diagnostics;

/// <summary>What the proximity policy decides by, in a recording: its options, and what a manifest says of its tiles.</summary>
internal static class TraceProximity
{
    // The fewest bytes an entry, a representation and a region take.
    private const int EntryBytes = 6 * sizeof(double) + 7, RepresentationBytes = sizeof(double) + 1, RegionBytes = 6 * sizeof(double) + 1;

    public static void Write(ProximityOptions options, TraceBuffer to)
    {
        to.Real(options.MaxQueryRadius);
        to.Real(options.VelocityLookAheadTime);
        to.Real(options.VelocityLookAheadMinSpeed);
        to.Real(options.TileFrustumGatePadding);
        to.Real(options.FloorProximityGate);
        to.Real(options.LodHysteresisFactor);
        to.Real(options.HlodHysteresisFactor);
        to.Real(options.SecondaryRepresentationMinDwellSeconds);
        to.Real(options.UnloadGracePeriod);
        to.Real(options.MinimumParsedTileResidentSeconds);
        to.Whole((ulong)options.MaxConcurrentTileLoads);
        to.Whole((ulong)options.MaxConcurrentLodLoads);
        to.Whole((ulong)options.MaxConcurrentHlodLoads);
        to.Real(options.TileParseMemoryBudgetMB);
        to.Whole((ulong)options.MaxTileUnloadsPerUpdate);
        to.Real(options.UpdateInterval);
        to.Real(options.BurstTickInterval);
        to.Flag(options.EnableImportanceSort);
        to.Flag(options.EnableOcclusionSort);
        to.Real(options.OcclusionFullThreshold);
        to.Real(options.HierarchyOcclusionPenalty);
        to.Real(options.OcclusionMinWeight);
        to.Real(options.ViewAlignmentMinWeight);
    }

    public static ProximityOptions ReadOptions(TraceInput from)
    {
        var options = new ProximityOptions
        {
            MaxQueryRadius = from.Real(),
            VelocityLookAheadTime = from.Real(),
            VelocityLookAheadMinSpeed = from.Real(),
            TileFrustumGatePadding = from.Real(),
            FloorProximityGate = from.Real(),
            LodHysteresisFactor = from.Real(),
            HlodHysteresisFactor = from.Real(),
            SecondaryRepresentationMinDwellSeconds = from.Real(),
            UnloadGracePeriod = from.Real(),
            MinimumParsedTileResidentSeconds = from.Real(),
            MaxConcurrentTileLoads = Int(from),
            MaxConcurrentLodLoads = Int(from),
            MaxConcurrentHlodLoads = Int(from),
            TileParseMemoryBudgetMB = from.Real(),
            MaxTileUnloadsPerUpdate = Int(from),
            UpdateInterval = from.Real(),
            BurstTickInterval = from.Real(),
            EnableImportanceSort = from.Flag(),
            EnableOcclusionSort = from.Flag(),
            OcclusionFullThreshold = from.Real(),
            HierarchyOcclusionPenalty = from.Real(),
            OcclusionMinWeight = from.Real(),
            ViewAlignmentMinWeight = from.Real(),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw from.Damage(e.Message);
        }
        return options;
    }

    /// <summary>Writes a block's table with the entries its tiles show; nothing but that there is none where it comes from no manifest.</summary>
    public static void Write(TileBlock block, TraceBuffer to)
    {
        var table = block.Document as ProximityTable;
        to.Flag(table is not null);
        if (table is null)
            return;
        to.Whole((ulong)table.Count);
        to.Whole((ulong)table.SwitchDistance.Length);
        to.Whole((ulong)table.RegionCount);
        for (var e = 0; e < table.Count; e++)
            WriteEntry(table, e, to);
        for (var r = 0; r < table.SwitchDistance.Length; r++)
        {
            to.Real(table.SwitchDistance[r]);
            to.Byte((byte)table.Kind[r]);
        }
        for (var r = 0; r < table.RegionCount; r++)
        {
            Write(table.RegionMin[r], to);
            Write(table.RegionMax[r], to);
            to.Signed(table.RegionParent[r]);
        }
        Write(table.Up, to);
        to.Flag(table.InteriorZone is not null);
        if (table.InteriorZone is { } zone)
            TraceTopology.Write(zone, to);
        to.Whole((ulong)block.Notes.Length);
        foreach (var note in block.Notes)
            to.Signed(note);
    }

    public static void Read(TileBlock block, TraceInput from)
    {
        if (!from.Flag())
            return;
        var (entries, representations, regions) = (from.CountOf(EntryBytes, "entries"), from.CountOf(RepresentationBytes, "representations"), from.CountOf(RegionBytes, "regions"));
        var arrays = new ProximityTable(entries, representations, regions);
        for (var e = 0; e < entries; e++)
            ReadEntry(arrays, e, from);
        arrays.FirstRepresentation[entries] = representations;
        for (var e = 0; e < entries; e++)
        {
            if (arrays.FirstRepresentation[e] < 0 || arrays.FirstRepresentation[e] >= arrays.FirstRepresentation[e + 1])
                throw from.Damage($"entry {e} has representations that are not there");
        }
        for (var r = 0; r < representations; r++)
            (arrays.SwitchDistance[r], arrays.Kind[r]) = (from.Real(), from.Member<RepresentationKind>());
        for (var r = 0; r < regions; r++)
        {
            (arrays.RegionMin[r], arrays.RegionMax[r]) = (TraceTopology.ReadVector(from), TraceTopology.ReadVector(from));
            arrays.RegionParent[r] = Index(from, regions, "a region above another");
        }
        var up = TraceTopology.ReadVector(from);
        BoundingVolume? zone = from.Flag() ? TraceTopology.ReadVolume(from) : null;
        block.Document = arrays.With(up, zone);
        var notes = new int[from.CountOf(1, "notes")];
        if (notes.Length != 0 && notes.Length != block.TileCount)
            throw from.Damage($"{notes.Length} notes on {block.TileCount} tiles");
        for (var i = 0; i < notes.Length; i++)
            notes[i] = 1 + Index(from, entries, "an entry", offset: 1);
        block.Notes = notes;
    }

    private static void WriteEntry(ProximityTable table, int e, TraceBuffer to)
    {
        Write(table.Center[e], to);
        to.Real(table.StreamingRadius[e]);
        to.Real(table.UnloadRadius[e]);
        to.Real(table.PrefetchRadius[e]);
        to.Signed(table.Priority[e]);
        to.Signed(table.Floor[e]);
        to.Byte((byte)table.Tier[e]);
        to.Byte((byte)((table.IsInterior[e] ? 1 : 0) | (table.IsShared[e] ? 2 : 0)));
        to.Signed(table.FileBytes[e]);
        to.Signed(table.Region[e]);
        to.Whole((ulong)table.FirstRepresentation[e]);
    }

    private static void ReadEntry(ProximityTable table, int e, TraceInput from)
    {
        table.Center[e] = TraceTopology.ReadVector(from);
        (table.StreamingRadius[e], table.UnloadRadius[e], table.PrefetchRadius[e]) = (from.Real(), from.Real(), from.Real());
        (table.Priority[e], table.Floor[e]) = ((int)from.Signed(), (int)from.Signed());
        table.Tier[e] = from.Member<SemanticTier>();
        var flags = from.Byte();
        (table.IsInterior[e], table.IsShared[e]) = ((flags & 1) != 0, (flags & 2) != 0);
        table.FileBytes[e] = from.Signed();
        table.Region[e] = Index(from, table.RegionCount, "a region");
        table.FirstRepresentation[e] = from.Count(table.SwitchDistance.Length, "as a representation's number");
    }

    // A number, or −1 for none.
    private static int Index(TraceInput from, int count, string what, int offset = 0)
    {
        var index = from.Signed() - offset;
        return index >= -1 && index < count ? (int)index : throw from.Damage($"{what} is not there");
    }

    private static int Int(TraceInput from) => from.Count(int.MaxValue, "of an option");

    private static void Write(Vector3d vector, TraceBuffer to)
    {
        to.Real(vector.X);
        to.Real(vector.Y);
        to.Real(vector.Z);
    }
}
