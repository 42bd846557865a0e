using Lodestream.Residency;

namespace Lodestream.Streaming;

/// <summary>A content that is wanted and not here.</summary>
public struct Demand
{
    /// <summary>The content.</summary>
    public int Content;

    /// <summary>The tile that wants it.</summary>
    public int Tile;

    /// <summary>The tile's visit in the frame's visibility set.</summary>
    public int Visit;

    /// <summary>What goes before what.</summary>
    public DemandClass Class;

    /// <summary>The tile is not wanted itself: it fills in for many below it that are missing.</summary>
    public bool FillsIn;

    /// <summary>Set by the priority model; greater goes first within a class.</summary>
    public double Priority;
}

/// <summary>The frame's demands; reused from frame to frame.</summary>
internal sealed class DemandList
{
    private Demand[] _demands = new Demand[64];

    /// <summary>Number of demands.</summary>
    public int Count { get; private set; }

    /// <summary>The demands.</summary>
    public Span<Demand> Items => _demands.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int content, int tile, int visit, DemandClass demandClass, bool fillsIn = false)
    {
        if (Count == _demands.Length)
            Array.Resize(ref _demands, Count * 2);
        _demands[Count++] = new() { Content = content, Tile = tile, Visit = visit, Class = demandClass, FillsIn = fillsIn };
    }
}
