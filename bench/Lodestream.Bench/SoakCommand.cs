using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Time;

namespace Lodestream.Bench;

/// <summary>Runs random scenarios on all cores until the time is up or a law breaks.</summary>
internal static class SoakCommand
{
    // Only every so many scenarios are run twice: a replay that differs shows as well in one of eight.
    private const ulong TwiceEvery = 8;

    public static Command Make()
    {
        var seconds = new Option<double>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 60 };
        var minutes = new Option<double?>("--minutes") { Description = "How long; goes before --seconds." };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of the first scenario; the next ones follow from it. By default a fresh one." };
        var only = new Option<bool>("--only") { Description = "Run the first scenario alone, twice, and say what came of it." };
        var keep = new Option<bool>("--keep-going") { Description = "Go on after a broken law." };
        var plenty = new Option<bool>("--plenty") { Description = "Memory to spare, no pressure and no lost GPU." };
        var command = new Command("soak", "Runs random scenes, cameras, networks, budgets and failures on all cores until a law breaks.") { seconds, minutes, seed, only, keep, plenty };
        command.SetAction((result, cancellation) => Task.FromResult(Run(
            result.GetValue(seed) ?? (ulong)Random.Shared.NextInt64(),
            result.GetValue(only) ? TimeSpan.Zero : TimeSpan.FromSeconds(result.GetValue(minutes) * 60 ?? result.GetValue(seconds)),
            result.GetValue(keep),
            result.GetValue(plenty),
            cancellation)));
        return command;
    }

    private static int Run(ulong seed, TimeSpan time, bool keepGoing, bool plenty, CancellationToken cancellation)
    {
        Console.WriteLine($"soak: seed {seed}");
        if (time == TimeSpan.Zero)
            return Judge(RandomScenario.FromSeed(seed), twice: true, cancellation) ? 0 : 1;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(time);
        var start = Stopwatch.GetTimestamp();
        long next = -1, runs = 0, failures = 0, frames = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            while (!over.IsCancellationRequested)
            {
                var number = (ulong)Interlocked.Increment(ref next);
                var scenario = RandomScenario.FromSeed(new SeededRandom(seed + number).Next());
                if (plenty)
                    scenario = scenario.WithPlenty();
                try
                {
                    var verdict = Trial.Run(scenario, number % TwiceEvery == 0, cancellation: over.Token);
                    Interlocked.Increment(ref runs);
                    Interlocked.Add(ref frames, verdict.Result?.Frames ?? 0);
                    if (verdict.IsClean)
                        continue;
                    Interlocked.Increment(ref failures);
                    if (!keepGoing)
                        over.Cancel();
                    Report(verdict);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"soak: {runs} scenarios, {frames} frames in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s; {failures} broke a law"));
        return failures == 0 ? 0 : 1;
    }

    private static bool Judge(RandomScenario scenario, bool twice, CancellationToken cancellation)
    {
        var verdict = Trial.Run(scenario, twice, cancellation: cancellation);
        if (!verdict.IsClean)
            Report(verdict);
        else
            Console.WriteLine($"soak: {verdict.Result!.Frames} frames, all laws hold");
        return verdict.IsClean;
    }

    private static void Report(Verdict failed)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var simplest = Trial.Simplify(failed, cancellation: patience.Token);
        lock (Console.Out)
        {
            Console.WriteLine($"soak: seed {failed.Scenario.Seed} broke a law (again: soak --only --seed {failed.Scenario.Seed})");
            Console.WriteLine(failed);
            if (simplest != failed)
                Console.WriteLine($"simplest:\n{simplest}");
        }
    }
}
