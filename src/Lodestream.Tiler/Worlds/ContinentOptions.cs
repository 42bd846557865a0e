namespace Lodestream.Tiler.Worlds;

/// <summary>What continent to make. The same options (threads aside) always give the same bytes.</summary>
public sealed record ContinentOptions : WorldOptions
{
    /// <summary>Levels of the quadtree, 1 to 10. Each further one halves the ground distance between vertices and makes the world up to four times as large on disk.</summary>
    public int Levels { get; init; } = 7;

    /// <summary>Length of the square's side in metres, 1,000 to 131,072; rounded so that the finest vertices are a whole number of 1/256 m apart.</summary>
    public double SizeMetres { get; init; } = 49152;

    /// <summary>Quads along a tile's side, even, 8 to 128.</summary>
    public int TileQuads { get; init; } = 32;

    /// <summary>Cells along the side of the grid on which rain carves the land, a power of two, 64 to 4096. Cost grows with its square.</summary>
    public int ErosionCells { get; init; } = 1024;

    /// <summary>
    /// How near the vertices of what is drawn come to each other, 0 to 16: geometric errors are at least this many times the distance
    /// between a tile's vertices where its colours are not yet what they will be. At a target of 16 px the default leaves at most 8 px
    /// between vertices; 0 makes errors the vertical distance to the surface alone.
    /// </summary>
    public double Sharpness { get; init; } = 2;

    /// <summary>Quads along the side of the whole world at the finest level.</summary>
    internal int FinestQuads => TileQuads << (Levels - 1);

    /// <summary>Metres between vertices of the finest level; a whole number of 1/256 m, so that positions are exact in 32-bit floats.</summary>
    internal double FinestSpacing => Math.Max(1, Math.Floor(SizeMetres / FinestQuads * 256 + 0.5)) / 256;

    internal override void Validate()
    {
        base.Validate();
        if (Levels is < 1 or > 10)
            throw Out(nameof(Levels), Levels, "1 to 10");
        if (!(SizeMetres is >= 1000 and <= 131072))
            throw Out(nameof(SizeMetres), SizeMetres, "1,000 to 131,072 m");
        if (TileQuads is < 8 or > 128 || TileQuads % 2 != 0)
            throw Out(nameof(TileQuads), TileQuads, "even, 8 to 128");
        if (ErosionCells is < 64 or > 4096 || !int.IsPow2(ErosionCells))
            throw Out(nameof(ErosionCells), ErosionCells, "a power of two, 64 to 4096");
        if (!(Sharpness is >= 0 and <= 16))
            throw Out(nameof(Sharpness), Sharpness, "0 to 16");
        if (FinestQuads > 8192)
            throw new ArgumentException($"Levels {Levels} with TileQuads {TileQuads} make {FinestQuads} quads along the side; the limit is 8192 (about 1 GB while making).", nameof(Levels));
        if (SizeMetres / FinestQuads < 0.25)
            throw new ArgumentException($"Levels {Levels} divide SizeMetres {SizeMetres} into quads of less than 0.25 m.", nameof(Levels));
    }
}
