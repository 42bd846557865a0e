namespace Lodestream.Cli;

/// <summary>A command cannot do what was asked: wrong use or bad input. The message is one line that names the file or option.</summary>
internal sealed class CommandException : Exception
{
    /// <summary>Makes the exception.</summary>
    public CommandException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception, keeping what caused it.</summary>
    public CommandException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
