using Lodestream.Cli.Output;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Cli.Worlds;

/// <summary>Makes a continent while showing how far it is.</summary>
internal static class ContinentMaking
{
    /// <summary>Makes it.</summary>
    /// <param name="directory">Where to; absent or empty.</param>
    /// <param name="options">What continent.</param>
    /// <param name="cancellation">Ends the work; nothing is left behind.</param>
    /// <exception cref="CommandException">An option is out of its range.</exception>
    public static async Task<ContinentSummary> RunAsync(string directory, ContinentOptions options, CancellationToken cancellation)
    {
        try
        {
            return await ProgressDisplay.RunAsync(
                (stage, report) => ContinentWorld.WriteAsync(directory, options, new Forward(stage, report), cancellation));
        }
        catch (ArgumentException e) when (e.ParamName is { } option)
        {
            // The platform appends the parameter to the sentence that already names it.
            throw new CommandException(e.Message.Replace($" (Parameter '{option}')", "", StringComparison.Ordinal), e);
        }
    }

    private sealed class Forward(Action<string> stage, Action<double> report) : IProgress<WorldProgress>
    {
        public void Report(WorldProgress value)
        {
            stage(value.Stage);
            report(value.Overall);
        }
    }
}
