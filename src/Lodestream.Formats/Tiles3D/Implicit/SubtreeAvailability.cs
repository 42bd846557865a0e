namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>What a subtree says is there, checked against the lengths of its bytes.</summary>
internal sealed class SubtreeAvailability
{
    public SubtreeAvailability(ImplicitTiling tiling, SubtreeDocument document, SubtreeBuffers buffers)
    {
        var tiles = tiling.TilesAbove(tiling.SubtreeLevels);
        Tiles = Read(document.Tiles, tiles, "tileAvailability", buffers);
        ChildSubtrees = Read(document.ChildSubtrees, tiling.TilesOnLevel(tiling.SubtreeLevels), "childSubtreeAvailability", buffers);
        Contents = new Availability[tiling.Contents.Count];
        for (var c = 0; c < Contents.Length; c++)
        {
            Contents[c] = c < document.Contents.Count
                ? Read(document.Contents[c], tiles, $"contentAvailability[{c}]", buffers)
                : Availability.Constant(tiles, false);
        }
        if (document.Contents.Count < Contents.Length)
            Warnings.Add($"has {document.Contents.Count} contentAvailability for {Contents.Length} contents; the others are taken as absent");
        var known = Error is null ? Tiles.Total + (long)ChildSubtrees.Total : 0;
        if (known > ImplicitTiling.MostTilesOfSubtree)
            Error = $"has {known} tiles and subtrees below them; {ImplicitTiling.MostTilesOfSubtree} at most are read";
    }

    public Availability Tiles { get; }

    public Availability[] Contents { get; }

    public Availability ChildSubtrees { get; }

    /// <summary>What is wrong, with its place; null where nothing is.</summary>
    public string? Error { get; private set; }

    public List<string> Warnings { get; } = [];

    private Availability Read(in WrittenAvailability written, long count, string place, SubtreeBuffers buffers)
    {
        if (written.View < 0)
        {
            if (written.Constant is not (0 or 1))
                Error ??= $"{place} has neither a bitstream nor a constant of 0 or 1";
            return Availability.Constant(count, written.Constant == 1);
        }
        if (buffers.Of(written.View) is not { } bits)
            Error ??= $"{place} is buffer view {written.View}, which is not there";
        else if (bits.Length < (count + 7) / 8)
            Error ??= $"{place} takes {(count + 7) / 8} bytes for {count} bits; buffer view {written.View} has {bits.Length}";
        else
            return Availability.Bitstream(count, bits);
        return Availability.Constant(count, false);
    }
}
