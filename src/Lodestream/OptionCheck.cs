using System.Globalization;

namespace Lodestream;

/// <summary>What is said of an option that makes no sense: the same words for all of them, in every culture.</summary>
internal static class OptionCheck
{
    /// <summary>Throws where an option does not hold.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="options">Name of the options it is one of.</param>
    /// <param name="option">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="range">What it takes.</param>
    /// <exception cref="ArgumentException">It does not hold.</exception>
    public static void Require(bool holds, string options, string option, object value, string range)
    {
        if (!holds)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{options}.{option} is {value}; it takes {range}."), option);
    }
}
