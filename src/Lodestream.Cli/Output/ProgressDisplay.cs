using System.Globalization;
using Spectre.Console;

namespace Lodestream.Cli.Output;

/// <summary>Shows on stderr how far long work is: a bar on a terminal; elsewhere, once it has proved long, a line per stage and quarter.</summary>
internal static class ProgressDisplay
{
    /// <summary>Share of the work between two plain lines of one stage.</summary>
    private const double PlainStep = 0.25;

    /// <summary>Work shorter than this leaves no line in a log.</summary>
    private static readonly TimeSpan PlainDelay = TimeSpan.FromSeconds(2);

    /// <summary>Runs work that tells what it is doing and what share of the whole, 0 to 1, is done. It may tell from several threads.</summary>
    public static Task<T> RunAsync<T>(Func<Action<string>, Action<double>, Task<T>> work) =>
        Console.IsErrorRedirected || !Terminal.Error.Profile.Capabilities.Interactive ? RunPlainAsync(work) : RunBarAsync(work);

    private static Task<T> RunBarAsync<T>(Func<Action<string>, Action<double>, Task<T>> work) => Terminal.Error
        .Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
        .StartAsync(context =>
        {
            var bar = context.AddTask("", maxValue: 1);
            return work(stage => bar.Description = Markup.Escape(stage), share => bar.Value = share);
        });

    private static Task<T> RunPlainAsync<T>(Func<Action<string>, Action<double>, Task<T>> work)
    {
        var gate = new Lock();
        var started = TimeProvider.System.GetTimestamp();
        var stage = "";
        var next = PlainStep;
        return work(
            name =>
            {
                lock (gate)
                {
                    if (stage == name || !IsLong())
                        return;
                    stage = name;
                    Console.Error.WriteLine($"{name}…");
                }
            },
            share =>
            {
                lock (gate)
                {
                    if (share < next || !IsLong())
                        return;
                    next = (Math.Floor(share / PlainStep) + 1) * PlainStep;
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share:P0} done"));
                }
            });

        bool IsLong() => TimeProvider.System.GetElapsedTime(started) >= PlainDelay;
    }
}
