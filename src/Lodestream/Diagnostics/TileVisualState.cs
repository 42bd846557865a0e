namespace Lodestream.Diagnostics;

/// <summary>How much of a manifest tile that is streamed mesh by mesh is here. It is told, not acted upon.</summary>
public enum TileVisualState : byte
{
    /// <summary>No mesh is here.</summary>
    Empty,

    /// <summary>Some are.</summary>
    Partial,

    /// <summary>So many are that the tile can be used (<see cref="Selection.OutOfCoreOptions.UsableShare"/>).</summary>
    Usable,

    /// <summary>All are.</summary>
    Complete,
}

/// <summary>How many tiles that are streamed mesh by mesh are in which state.</summary>
/// <param name="Empty">Tiles of which no mesh is here.</param>
/// <param name="Partial">Tiles of which some are.</param>
/// <param name="Usable">Tiles of which enough are.</param>
/// <param name="Complete">Tiles of which all are.</param>
public readonly record struct VisualStateCounts(int Empty, int Partial, int Usable, int Complete)
{
    /// <summary>All of them.</summary>
    public int All => Empty + Partial + Usable + Complete;

    /// <summary>The counts with a tile more.</summary>
    internal VisualStateCounts With(TileVisualState state) => state switch
    {
        TileVisualState.Empty => this with { Empty = Empty + 1 },
        TileVisualState.Partial => this with { Partial = Partial + 1 },
        TileVisualState.Usable => this with { Usable = Usable + 1 },
        _ => this with { Complete = Complete + 1 },
    };
}
