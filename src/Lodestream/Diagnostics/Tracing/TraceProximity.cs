using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Diagnostics;

/// <summary>What a manifest says of its tiles, in a recording: what the proximity policy decides by.</summary>
internal static class TraceProximity
{
    // The fewest bytes an entry, a representation and a region take.
    private const int EntryBytes = 6 * sizeof(double) + 7, RepresentationBytes = sizeof(double) + 1, RegionBytes = 6 * sizeof(double) + 1;

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
            to.Vector(table.RegionMin[r]);
            to.Vector(table.RegionMax[r]);
            to.Signed(table.RegionParent[r]);
        }
        to.Vector(table.Up);
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
            (arrays.RegionMin[r], arrays.RegionMax[r]) = (from.Vector(), from.Vector());
            arrays.RegionParent[r] = Index(from, regions, "a region above another");
        }
        var up = from.Vector();
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
        to.Vector(table.Center[e]);
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
        table.Center[e] = from.Vector();
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
}
