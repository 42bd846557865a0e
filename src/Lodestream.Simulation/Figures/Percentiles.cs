namespace Lodestream.Simulation.Figures;

/// <summary>Percentiles by nearest rank.</summary>
internal static class Percentiles
{
    /// <summary>Median, 95th percentile and greatest; 0 of nothing.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(At(sorted, 0.5), At(sorted, 0.95), At(sorted, 1));
    }

    /// <summary>The value that a share of the sorted values does not exceed; 0 of nothing.</summary>
    public static double At(ReadOnlySpan<double> sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}
