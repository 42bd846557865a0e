using System.Globalization;

namespace Lodestream.Server.Configuration;

/// <summary>Checks of options, by name.</summary>
internal static class Check
{
    /// <summary>A number within bounds.</summary>
    /// <exception cref="ServeException">It is not; the message names the option, the value and the bounds.</exception>
    public static void Range(double value, double min, double max, string name)
    {
        if (!(value >= min && value <= max))
            throw new ServeException(string.Create(CultureInfo.InvariantCulture, $"{name}: {value} is not between {min} and {max}"));
    }

    /// <summary>A source of a content security policy: one word that cannot end its directive.</summary>
    public static void Source(string value, string name)
    {
        if (value.Length == 0 || value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ';' or ',' || c > '~'))
            throw new ServeException($"{name}: '{value}' is not a source such as https://example.org");
    }
}
