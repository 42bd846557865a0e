using Lodestream.Residency;

namespace Lodestream.Diagnostics;

/// <summary>The state of a manifest tile's representation by the names people know; it follows from its content's state.</summary>
public enum TileState : byte
{
    /// <summary>Not here and not on its way.</summary>
    Unloaded,

    /// <summary>Its file is on its way.</summary>
    Fetching,

    /// <summary>It is being decoded or uploaded.</summary>
    Parsing,

    /// <summary>It can be drawn.</summary>
    Parsed,

    /// <summary>It failed: it waits to be tried again, or for ever.</summary>
    Failed,

    /// <summary>It is going; until then it is not asked for again.</summary>
    Unloading,
}

/// <summary>Names of states.</summary>
internal static class TileStates
{
    public static TileState Of(ContentState state) => state switch
    {
        ContentState.Fetching => TileState.Fetching,
        ContentState.Preparing or ContentState.Ready => TileState.Parsing,
        ContentState.Resident => TileState.Parsed,
        ContentState.Failed => TileState.Failed,
        ContentState.Releasing => TileState.Unloading,
        _ => TileState.Unloaded,
    };
}
