namespace Lodestream.Tiler.Worlds;

/// <summary>How far the making of a world has come.</summary>
/// <param name="Stage">What is being done, in words for people.</param>
/// <param name="Done">Steps of this stage that are done.</param>
/// <param name="Total">Steps of this stage.</param>
/// <param name="Overall">Share of the whole work that is done, 0 to 1, never falling.</param>
public readonly record struct WorldProgress(string Stage, long Done, long Total, double Overall);
