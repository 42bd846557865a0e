using Lodestream.Cli.Output;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Cli.Worlds;

/// <summary>Makes worlds while showing how far they are.</summary>
internal static class WorldMaking
{
    /// <summary>Makes a continent.</summary>
    /// <param name="directory">Where to; absent or empty.</param>
    /// <param name="options">What continent.</param>
    /// <param name="cancellation">Ends the work; nothing is left behind.</param>
    /// <exception cref="CommandException">An option is out of its range.</exception>
    public static Task<ContinentSummary> RunAsync(string directory, ContinentOptions options, CancellationToken cancellation) =>
        ShowAsync(progress => ContinentWorld.WriteAsync(directory, options, progress, cancellation));

    /// <summary>Makes a city.</summary>
    /// <param name="directory">Where to; absent or empty.</param>
    /// <param name="options">What city.</param>
    /// <param name="cancellation">Ends the work; nothing is left behind.</param>
    /// <exception cref="CommandException">An option is out of its range.</exception>
    public static Task<CitySummary> RunAsync(string directory, CityOptions options, CancellationToken cancellation) =>
        ShowAsync(progress => CityWorld.WriteAsync(directory, options, progress, cancellation));

    private static async Task<T> ShowAsync<T>(Func<IProgress<WorldProgress>, Task<T>> write)
    {
        try
        {
            return await ProgressDisplay.RunAsync((stage, report) => write(new Forward(stage, report)));
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
