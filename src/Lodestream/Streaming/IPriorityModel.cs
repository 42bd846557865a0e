using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// What a priority model may look at. One that is made outside a streamer, for a test of a model, knows of no content that is here and of
/// no sizes but those the documents tell.
/// </summary>
public readonly ref struct PriorityInputs()
{
    /// <summary>The scene.</summary>
    public required TileTree Tree { get; init; }

    /// <summary>What is wanted.</summary>
    public required VisibilitySet Set { get; init; }

    /// <summary>The cameras.</summary>
    public required ReadOnlySpan<View> Views { get; init; }

    /// <summary>Time of the tick.</summary>
    public required TimeSpan Now { get; init; }

    /// <summary>The cameras' predictors, one per view.</summary>
    public required ReadOnlySpan<CameraPredictor> Predictors { get; init; }

    /// <summary>How far ahead predictions count, seconds.</summary>
    public required double LookAheadSeconds { get; init; }

    /// <summary>When what is asked for now is expected to be here, seconds from now.</summary>
    public required double ArrivalSeconds { get; init; }

    /// <summary>What the network is thought to carry.</summary>
    public required double BytesPerSecond { get; init; }

    // Null outside a streamer: then nothing is here, and no size was learned.
    internal Residency.TileResidency? Residency { get; init; }

    internal bool HostHasMasks { get; init; } = true;

    internal SizeEstimator? Sizes { get; init; }

    /// <summary>Bytes a content is expected to have on the wire.</summary>
    public double ExpectedBytes(int content)
    {
        var known = Tree.Contents.Records[content].ByteLength;
        return known > 0 ? known : Sizes?.Expected(content, 0).Cpu ?? SizeEstimator.FirstLength;
    }

    /// <summary>The nearest ancestor of a tile that can be drawn; −1 without.</summary>
    public int DrawnAncestor(int tile) => DrawnAncestor(tile, out _);

    /// <summary>The nearest ancestor of a tile that can be drawn, and whether the tile has to wait for others.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="gate">The topmost tile below that ancestor, or it, that gives way only to everything below it at once; −1 without.</param>
    /// <returns>The ancestor; −1 without.</returns>
    public int DrawnAncestor(int tile, out int gate)
    {
        gate = -1;
        if (Residency is null)
            return -1;
        for (var above = Tree.LinkArray[tile].Parent; above >= 0; above = Tree.LinkArray[above].Parent)
        {
            ref readonly var links = ref Tree.LinkArray[above];
            if (!links.CanMask(HostHasMasks))
                gate = above;
            if (!Residency.Drawable[above])
                continue;

            // An ADD tile stays when its children come: nothing waits for anything.
            if ((links.Flags & TileFlags.Add) != 0)
                gate = -1;
            return above;
        }
        gate = -1;
        return -1;
    }
}

/// <summary>Orders what is wanted and not here: one call per frame for all of it.</summary>
public interface IPriorityModel
{
    /// <summary>Sets <see cref="Demand.Priority"/> of every demand; greater goes first within a class.</summary>
    void Order(in PriorityInputs inputs, Span<Demand> demands);

    /// <summary>Demands that the last <see cref="Order"/> put behind others because a region that holds them is hidden; 0 where nothing of the kind is done.</summary>
    int Penalised => 0;
}

/// <summary>In the order in which contents were first asked for: what a plain queue does. For comparison.</summary>
public sealed class FirstInFirstOut : IPriorityModel
{
    private readonly Dictionary<int, long> _since = [];
    private long _next;

    /// <inheritdoc />
    public void Order(in PriorityInputs inputs, Span<Demand> demands)
    {
        foreach (ref var demand in demands)
        {
            if (!_since.TryGetValue(demand.Content, out var place))
                _since[demand.Content] = place = _next++;
            demand.Priority = -place;
        }
    }
}

/// <summary>Greatest in view first: the square of a tile's size over that of its distance, as seen now. For comparison.</summary>
public sealed class ScreenAreaOrder : IPriorityModel
{
    /// <inheritdoc />
    public void Order(in PriorityInputs inputs, Span<Demand> demands)
    {
        var visits = inputs.Set.Visits;
        foreach (ref var demand in demands)
        {
            ref readonly var node = ref inputs.Tree.NodeArray[demand.Tile];
            var distance = Math.Max(1, visits[demand.Visit].Distance);
            demand.Priority = (node.HalfX * node.HalfX + node.HalfY * node.HalfY + node.HalfZ * node.HalfZ) / (distance * distance);
        }
    }
}

/// <summary>Nearest first. For comparison, and for hosts that want the plainest thing.</summary>
public sealed class DistanceOrder : IPriorityModel
{
    /// <inheritdoc />
    public void Order(in PriorityInputs inputs, Span<Demand> demands)
    {
        var visits = inputs.Set.Visits;
        foreach (ref var demand in demands)
            demand.Priority = -visits[demand.Visit].Distance;
    }
}
