namespace Lodestream.Cli;

/// <summary>What the process answers to its caller.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A law or a gate failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong use or bad input: one line on stderr says what and where.</summary>
    public const int BadInput = 2;

    /// <summary>A defect of ours.</summary>
    public const int Defect = 3;

    /// <summary>Interrupted before it was done: the shells' number for Ctrl-C, 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
