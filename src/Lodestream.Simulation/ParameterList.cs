using System.Globalization;

namespace Lodestream.Simulation;

/// <summary>Reads <c>name=number,name=number</c>, as profiles are written on a command line.</summary>
internal static class ParameterList
{
    /// <summary>Hands every pair to a setter, which answers what is wrong with it or null.</summary>
    /// <param name="what">What is being read; it starts every error message.</param>
    /// <param name="text">The list.</param>
    /// <param name="names">The names there are, for the message about an unknown one.</param>
    /// <param name="set">Takes name and number.</param>
    /// <returns>What is wrong, null when all is well.</returns>
    public static string? Read(string what, string text, string names, Func<string, double, string?> set)
    {
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2)
                return $"{what} '{text}': '{pair}' is not name=number; there are {names}";
            if (!double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                return $"{what} '{text}': {parts[0]} is '{parts[1]}', which is not a number";
            if (set(parts[0], number) is { } error)
                return $"{what} '{text}': {error}";
        }
        return null;
    }

    /// <summary>What is wrong with a number outside its range, null when it is inside.</summary>
    public static string? Range(string name, double value, double least, double most, string unit) =>
        value >= least && value <= most ? null : string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it takes {least} to {most}{unit}");
}
