namespace Lodestream.Simulation.Oracle;

/// <summary>What an order could have come to at best.</summary>
/// <param name="ErrorIntegral">The oracle's: the best of its heuristics and of the online run, pixel seconds.</param>
/// <param name="Heuristics">The best of its heuristics alone.</param>
/// <param name="LowerBound">What no order can go below.</param>
/// <param name="BeforeCoverage">Of the best heuristic's, the part before the online run covered the view.</param>
/// <param name="Best">Which was best.</param>
/// <param name="Errors">The best heuristic's mean visible error at every moment, pixels.</param>
internal readonly record struct OracleBound(double ErrorIntegral, double Heuristics, double LowerBound, double BeforeCoverage, string Best, IReadOnlyList<double> Errors)
{
    // Gains later than this count e times less, seconds: what pays depends on how fast the view changes.
    private static readonly double[] Horizons = [double.PositiveInfinity, 10, 4, 2, 1, 0.5, 0.25];

    /// <summary>Asks the oracle.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="online">The online run's error integral.</param>
    /// <param name="covered">When it first covered the view, seconds.</param>
    public static OracleBound Of(OracleProblem problem, double online, double covered)
    {
        var screen = new OracleScreen(problem);
        var (errors, name) = (screen.Errors(OracleOrder.EarliestFirst(problem)), "earliest wanted first");
        var best = problem.Integral(errors);
        foreach (var horizon in Horizons)
        {
            var tried = screen.Errors(OracleOrder.ByGain(problem, horizon));
            var integral = problem.Integral(tried);
            if (integral < best)
                (errors, best, name) = (tried, integral, FormattableString.Invariant($"gain per byte, horizon {horizon} s"));
        }
        var oracle = Math.Min(best, online);

        // The bound holds for all that keep the release rule; an online run that guessed further ahead may have gone below it.
        var bound = Math.Min(new LowerBound(problem).Integral(), oracle);
        return new(oracle, best, bound, problem.Integral(errors, covered), online < best ? "the online run" : name, errors);
    }
}
