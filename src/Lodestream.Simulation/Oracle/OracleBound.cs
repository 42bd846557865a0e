namespace Lodestream.Simulation.Oracle;

/// <summary>What an order could have come to at best.</summary>
/// <param name="ErrorIntegral">The oracle's: the best of its heuristics and of the online run, pixel seconds.</param>
/// <param name="Heuristics">The best of its heuristics alone.</param>
/// <param name="LowerBound">What no order can go below.</param>
/// <param name="Best">Which was best.</param>
internal readonly record struct OracleBound(double ErrorIntegral, double Heuristics, double LowerBound, string Best)
{
    // Gains later than this count e times less, seconds: what pays depends on how fast the view changes.
    private static readonly double[] Horizons = [double.PositiveInfinity, 10, 4, 2, 1, 0.5];

    /// <summary>Asks the oracle.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="online">The online run's error integral.</param>
    public static OracleBound Of(OracleProblem problem, double online)
    {
        var screen = new OracleScreen(problem);
        var (best, name) = (screen.ErrorIntegral(OracleOrder.EarliestFirst(problem)), "earliest wanted first");
        foreach (var horizon in Horizons)
        {
            var integral = screen.ErrorIntegral(OracleOrder.ByGain(problem, horizon));
            if (integral < best)
                (best, name) = (integral, FormattableString.Invariant($"gain per byte, horizon {horizon} s"));
        }
        var oracle = Math.Min(best, online);

        // The bound holds for all that keep the release rule; an online run that guessed further ahead may have gone below it.
        var bound = Math.Min(new LowerBound(problem).Integral(), oracle);
        return new(oracle, best, bound, online < best ? "the online run" : name);
    }
}
