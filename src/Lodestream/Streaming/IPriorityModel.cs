using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>What a priority model may look at.</summary>
public readonly ref struct PriorityInputs
{
    /// <summary>The scene.</summary>
    public required TileTree Tree { get; init; }

    /// <summary>What is wanted.</summary>
    public required VisibilitySet Set { get; init; }

    /// <summary>The cameras.</summary>
    public required ReadOnlySpan<View> Views { get; init; }

    /// <summary>Time of the tick.</summary>
    public required TimeSpan Now { get; init; }
}

/// <summary>Orders what is wanted and not here: one call per frame for all of it.</summary>
public interface IPriorityModel
{
    /// <summary>Sets <see cref="Demand.Priority"/> of every demand; greater goes first within a class.</summary>
    void Order(in PriorityInputs inputs, Span<Demand> demands);
}

/// <summary>Nearest first.</summary>
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
