using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// What a selection may depend on, besides the tree: law 1 holds the policies to it. A policy that selects by error looks at the scale alone
/// and sees no residency at all.
/// </summary>
/// <param name="DetailScale">Divides the target error, or multiplies distances: below 1, the views make do with less detail so that the wanted set fits the budget.</param>
public readonly record struct SelectionInputs(double DetailScale)
{
    /// <summary>Time of the tick.</summary>
    public TimeSpan Now { get; init; }

    /// <summary>The views' smoothed velocities, metres per second; fewer than views where the rest stand still.</summary>
    public ReadOnlyMemory<Vector3d> Velocities { get; init; }

    /// <summary>What the last real selection decided (<see cref="VisibilitySet.Decision"/>); null at first.</summary>
    public ProximityDecision? Previous { get; init; }

    /// <summary>What is here and on its way.</summary>
    public ResidencyFacts Residency { get; init; }

    /// <summary>Memory is short, nothing can be evicted, and nothing is under way that would change that: as the last plan found it.</summary>
    public bool IsStarved { get; init; }

    /// <summary>A selection on trial: what would be wanted once nothing waits for a time any more.</summary>
    public bool IsTrial { get; init; }
}

/// <summary>
/// Says which tiles are wanted. A policy is a pure function: the same tree, views and inputs give the same set, whatever was selected
/// before and whatever is resident. It may keep scratch space, so every streamer has one of its own
/// (<see cref="StreamerOptions.Policy"/>). It is called once a tick, and now and then on trial: for what a prediction or another detail
/// scale would want.
/// </summary>
public interface ISelectionPolicy
{
    /// <summary>Works out what the views want.</summary>
    /// <param name="tree">The known tree.</param>
    /// <param name="views">The cameras.</param>
    /// <param name="inputs">What else the selection depends on.</param>
    /// <param name="set">Filled anew: <see cref="VisibilitySet.Begin"/>, then <see cref="VisibilitySet.Add"/> in breadth-first order, then
    /// <see cref="VisibilitySet.End"/>.</param>
    /// <exception cref="ArgumentException">More than <see cref="VisibilitySet.MaximumViews"/> views.</exception>
    void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set);
}
