namespace Lodestream.Selection;

/// <summary>How far a tile's content is, as far as a selection may care.</summary>
public enum TilePresence : byte
{
    /// <summary>Not here and not on its way; waiting for a request slot, or going, counts as this.</summary>
    Absent,

    /// <summary>A request or a preparation is under way.</summary>
    Loading,

    /// <summary>It is here.</summary>
    Here,

    /// <summary>It failed, for now or for good.</summary>
    Failed,
}

/// <summary>
/// What a selection that may look at residency knows of it, by tile: facts of a moment, read while the tick selects. Tiles with one
/// content; of several, the one that changed last counts. Where nothing is given, nothing is here.
/// </summary>
/// <param name="presence">How far each tile is; shorter than the tree where the rest is absent.</param>
/// <param name="since">Since when, on the ticks' clock; as long as <paramref name="presence"/>.</param>
public readonly struct ResidencyFacts(TilePresence[]? presence, TimeSpan[]? since)
{
    /// <summary>How far a tile's content is.</summary>
    public TilePresence Of(int tile) => presence is not null && tile < presence.Length ? presence[tile] : TilePresence.Absent;

    /// <summary>Whether a tile's content is here or on its way.</summary>
    public bool IsHeld(int tile) => Of(tile) is TilePresence.Loading or TilePresence.Here;

    /// <summary>Since when it is so.</summary>
    public TimeSpan Since(int tile) => since is not null && tile < since.Length ? since[tile] : TimeSpan.Zero;
}
