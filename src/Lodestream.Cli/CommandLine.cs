using System.CommandLine;
using Lodestream.Cli.Commands;
using Lodestream.Server;

namespace Lodestream.Cli;

/// <summary>The tool as a whole: its commands, and how each way of ending becomes an exit code and at most one line.</summary>
internal static class CommandLine
{
    /// <summary>Set, it adds the stack to the line about a defect.</summary>
    private const string DebugVariable = "LODESTREAM_DEBUG";

    /// <summary>After Ctrl-C a command has this long to end cleanly.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs the command the arguments name.</summary>
    /// <returns>The process's exit code: see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
            return Fail(ExitCode.BadInput, $"{MostTelling(parsed)} ({CommandPath(parsed)} --help says how)");

        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TerminationTimeout };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is CommandException or ServeException or IOException or UnauthorizedAccessException)
        {
            return Fail(ExitCode.BadInput, e.Message);
        }
        catch (Exception e)
        {
            if (Environment.GetEnvironmentVariable(DebugVariable) is { Length: > 0 })
                Console.Error.WriteLine(e);
            return Fail(ExitCode.Defect, $"a defect of lodestream: {e.GetType().Name}: {e.Message} ({DebugVariable}=1 shows where)");
        }
    }

    private static RootCommand Root() => new("Streams tiled 3D worlds: makes, serves and examines them.")
    {
        ServeCommand.Create(),
    };

    /// <summary>A mistyped word also leaves something required missing; the word is what the user needs to see.</summary>
    private static string MostTelling(ParseResult parsed) => parsed.UnmatchedTokens is [var word, ..]
        ? $"Unrecognized command or argument '{word}'."
        : parsed.Errors[0].Message;

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            names.Add(result.Command is RootCommand ? "lodestream" : result.Command.Name);
        names.Reverse();
        return string.Join(' ', names);
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine($"lodestream: {message.ReplaceLineEndings(" ")}");
        return exitCode;
    }
}
