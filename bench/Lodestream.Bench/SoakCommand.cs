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

    private enum Memory
    {
        Any,
        Plenty,
        Tight,
    }

    public static Command Make()
    {
        var seconds = new Option<double>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 60 };
        var minutes = new Option<double?>("--minutes") { Description = "How long; goes before --seconds." };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of the first scenario; the next ones follow from it. By default a fresh one." };
        var only = new Option<bool>("--only") { Description = "Run the first scenario alone, twice, and say what came of it." };
        var keep = new Option<bool>("--keep-going") { Description = "Go on after a broken law." };
        var plenty = new Option<bool>("--plenty") { Description = "Memory to spare, no pressure and no lost GPU." };
        var tight = new Option<bool>("--tight") { Description = "Budgets between the least there is and half as much again, always, and pressure every other time." };
        var policy = new Option<string?>("--policy") { Description = "Every scenario by this policy: error, pyramid or proximity. By default as it is drawn." };
        policy.AcceptOnlyFromAmong("error", "pyramid", "proximity");
        var command = new Command("soak", "Runs random scenes, cameras, networks, budgets and failures on all cores until a law breaks.") { seconds, minutes, seed, only, keep, plenty, tight, policy };
        command.SetAction((result, cancellation) => Task.FromResult(Run(
            result.GetValue(seed) ?? (ulong)Random.Shared.NextInt64(),
            result.GetValue(only) ? TimeSpan.Zero : TimeSpan.FromSeconds(result.GetValue(minutes) * 60 ?? result.GetValue(seconds)),
            result.GetValue(keep),
            result.GetValue(plenty) ? Memory.Plenty : result.GetValue(tight) ? Memory.Tight : Memory.Any,
            result.GetValue(policy),
            cancellation)));
        return command;
    }

    private static int Run(ulong seed, TimeSpan time, bool keepGoing, Memory memory, string? policy, CancellationToken cancellation)
    {
        Console.WriteLine($"soak: seed {seed}");
        if (time == TimeSpan.Zero)
            return Judge(Scenario(seed, memory, policy), memory, cancellation) ? 0 : 1;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(time);
        var start = Stopwatch.GetTimestamp();
        long next = -1, runs = 0, failures = 0, frames = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            while (!over.IsCancellationRequested)
            {
                var number = (ulong)Interlocked.Increment(ref next);
                var scenario = Scenario(new SeededRandom(seed + number).Next(), memory, policy);
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
                    Report(verdict, memory);
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

    private static RandomScenario Scenario(ulong seed, Memory memory, string? policy)
    {
        var scenario = RandomScenario.FromSeed(seed);
        scenario = memory switch
        {
            Memory.Plenty => scenario.WithPlenty(),
            Memory.Tight => scenario.WithTightMemory(),
            _ => scenario,
        };
        return policy is null ? scenario : scenario with { Pyramid = policy == "pyramid", Proximity = policy == "proximity" };
    }

    private static bool Judge(RandomScenario scenario, Memory memory, CancellationToken cancellation)
    {
        var verdict = Trial.Run(scenario, twice: true, cancellation: cancellation);
        if (!verdict.IsClean)
            Report(verdict, memory);
        else
            Console.WriteLine($"soak: {verdict.Result!.Frames} frames, all laws hold");
        return verdict.IsClean;
    }

    private static void Report(Verdict failed, Memory memory)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var simplest = Trial.Simplify(failed, cancellation: patience.Token);
        lock (Console.Out)
        {
            var option = (memory == Memory.Any ? "" : $" --{memory.ToString().ToLowerInvariant()}") + (failed.Scenario.Proximity ? " --policy proximity" : failed.Scenario.Pyramid ? " --policy pyramid" : " --policy error");
            Console.WriteLine($"soak: seed {failed.Scenario.Seed} broke a law (again: dotnet run --project bench/Lodestream.Bench -c Release -- soak --only --seed {failed.Scenario.Seed}{option})");
            Console.WriteLine(failed);
            if (simplest != failed)
                Console.WriteLine($"simplest:\n{simplest}");
        }
    }
}
