using System.Text.Json;

namespace Lodestream.Cli.Verification;

/// <summary>A page in a browser, whoever drives it.</summary>
internal interface IProbedPage
{
    /// <summary>Evaluates an expression in the page and awaits its value.</summary>
    /// <param name="expression">JavaScript; its value, or that of its promise, must be JSON.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="PageException">The expression threw.</exception>
    Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellation);
}

/// <summary>The page, or the browser it is in, could not do what it was asked to.</summary>
internal sealed class PageException : Exception
{
    /// <summary>Makes the exception.</summary>
    public PageException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception, keeping what caused it.</summary>
    public PageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
