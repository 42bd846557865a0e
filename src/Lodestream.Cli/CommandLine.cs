using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Lodestream.Cli.Commands;
using Lodestream.Server;

namespace Lodestream.Cli;

/// <summary>The tool as a whole: its commands, and how each way of ending becomes an exit code and at most one line.</summary>
internal static class CommandLine
{
    /// <summary>What users type.</summary>
    private const string Name = "lodestream";

    /// <summary>Set, it adds the stack to the line about a defect.</summary>
    private const string DebugVariable = "LODESTREAM_DEBUG";

    /// <summary>Runs the command the arguments name.</summary>
    /// <returns>The process's exit code: see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
            return Fail(ExitCode.BadInput, $"{MostTelling(parsed)} ({CommandPath(parsed)} --help says how)");

        // The library's own handling of SIGTERM now and then exits with 143 although the command ended well.
        using var interruption = new Interruption();
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(invocation, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
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
            return Fail(ExitCode.Defect, $"a defect of {Name}: {e.GetType().Name}: {e.Message} ({DebugVariable}=1 shows where)");
        }
    }

    /// <summary>A named command, where the library's own root would take its name from the program's file.</summary>
    private static Command Root() => new(Name, "Streams tiled 3D worlds: makes, serves and examines them.")
    {
        new HelpOption(),
        new VersionOption(),
        DemoCommand.Create(),
        ServeCommand.Create(),
        InspectCommand.Create(),
        WorldCommand.Create(),
        SimulateCommand.Create(),
        ReplayCommand.Create(),
        BenchCommand.Create(),
        CacheCommand.Create(),
        VerifyCommand.Create(),
    };

    /// <summary>A mistyped word also leaves something required missing; the word is what the user needs to see.</summary>
    private static string MostTelling(ParseResult parsed) => parsed.UnmatchedTokens is [var word, ..]
        ? $"Unrecognized command or argument '{word}'."
        : parsed.Errors[0].Message;

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
            names.Add(result.Command.Name);
        names.Reverse();
        return string.Join(' ', names);
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine($"{Name}: {string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
        return exitCode;
    }
}
