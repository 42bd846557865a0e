namespace Lodestream.Server;

/// <summary>What was asked to be served cannot be: the message is one sentence that names the path, port or option and why.</summary>
public sealed class ServeException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ServeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception, keeping what caused it.</summary>
    public ServeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
