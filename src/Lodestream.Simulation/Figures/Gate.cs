namespace Lodestream.Simulation.Figures;

/// <summary>A limit to a figure.</summary>
/// <param name="Name">JSON path of the figure in the report, without its group.</param>
/// <param name="Limit">The limit.</param>
/// <param name="IsMaximum">Whether the figure may not exceed it; otherwise it may not fall below.</param>
public sealed record Gate(string Name, double Limit, bool IsMaximum)
{
    /// <summary>Holds a figure to the limit; one that never came about fails.</summary>
    public GateResult Judge(double? value) => new(Name, value, Limit, value is { } known && (IsMaximum ? known <= Limit : known >= Limit));
}

/// <summary>What came of a gate.</summary>
/// <param name="Name">The figure.</param>
/// <param name="Value">Its value; null when it never came about.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Passed">Whether it held.</param>
public sealed record GateResult(string Name, double? Value, double Limit, bool Passed);
