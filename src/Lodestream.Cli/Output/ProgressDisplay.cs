using System.Globalization;
using Spectre.Console;

namespace Lodestream.Cli.Output;

/// <summary>Shows on stderr how far long work is: a bar on a terminal, a line per stage and quarter elsewhere.</summary>
internal static class ProgressDisplay
{
    /// <summary>Share of the work between two plain lines of one stage.</summary>
    private const double PlainStep = 0.25;

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
        var stage = "";
        var next = 0.0;
        return work(
            name =>
            {
                lock (gate)
                {
                    if (stage == name)
                        return;
                    stage = name;
                    Console.Error.WriteLine($"{name}…");
                }
            },
            share =>
            {
                lock (gate)
                {
                    if (next == 0)
                        next = PlainStep;
                    if (share < next)
                        return;
                    next = (Math.Floor(share / PlainStep) + 1) * PlainStep;
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share:P0} done"));
                }
            });
    }
}
