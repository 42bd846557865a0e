namespace Lodestream.Fuzz;

/// <summary>What a parser said of an input.</summary>
/// <param name="Error">Why it refused it; null where it took it.</param>
/// <param name="Kept">What it made of it, so that it stays in memory while that is measured.</param>
/// <param name="Tiles">Tiles that a subtree says are there: a bit each, or a constant for all.</param>
internal readonly record struct Parsed(string? Error, object? Kept, int Tiles = 0);

/// <summary>A parser that is given broken inputs.</summary>
/// <param name="Name">What it is called: file names of saved inputs begin with it.</param>
/// <param name="Parse">Gives it an input: memory is counted.</param>
/// <param name="Look">Looks at all it made of an input that it took, as hosts do.</param>
/// <param name="Seeds">Sound inputs.</param>
internal sealed record FuzzTarget(string Name, Func<byte[], Parsed> Parse, Action<object> Look, IReadOnlyList<byte[]> Seeds)
{
    /// <summary>How often it is chosen, beside the others.</summary>
    public int Weight { get; init; } = 4;
}
