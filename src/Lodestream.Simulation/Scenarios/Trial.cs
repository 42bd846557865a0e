using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Scenarios;

/// <summary>What became of a random scenario.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Report">The laws.</param>
/// <param name="Crash">What the core threw; null when it did not.</param>
/// <param name="Result">The run; null when the core threw.</param>
public sealed record Verdict(RandomScenario Scenario, LawReport Report, Exception? Crash, SimulationResult? Result)
{
    /// <summary>Whether the core ran to the end and kept the laws.</summary>
    public bool IsClean => Crash is null && Report.IsClean;

    /// <inheritdoc />
    public override string ToString() => $"{Scenario}\n{Report}{(Crash is null ? "" : $"\n{Crash}")}";
}

/// <summary>Runs random scenarios before the law checker.</summary>
public static class Trial
{
    /// <summary>Runs a scenario.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="twice">Whether to run it again and compare (law 6).</param>
    /// <param name="change">Changes the set-up before it runs; tests put a broken stage in.</param>
    /// <param name="cancellation">Ends the run between frames.</param>
    public static Verdict Run(RandomScenario scenario, bool twice = false, Func<SimulationSetup, SimulationSetup>? change = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var setup = Change(scenario.Build());
        // The world knows what it holds that fails; not what network and device make fail for good, whose place what lies below must take.
        var floor = scenario.FailForNow || scenario.DeviceFails ? long.MaxValue : (setup.Origin as RandomWorld)?.MemoryFloor ?? (setup.Origin as RandomCity)?.MemoryFloor ?? long.MaxValue;
        var checker = new LawChecker(setup.Tree, setup.Options, floor);
        try
        {
            var result = SimulationRun.Run(setup with { Observers = [.. setup.Observers, checker] }, cancellation);
            if (twice)
                checker.CompareWith(result, SimulationRun.Run(Change(scenario.Build()), cancellation));
            return new(scenario, checker.Report, null, result);
        }
        catch (Exception crash) when (crash is not OperationCanceledException)
        {
            return new(scenario, checker.Report, crash, null);
        }

        SimulationSetup Change(SimulationSetup made) => change is null ? made : change(made);
    }

    /// <summary>Makes a failing scenario as simple as it can be while it goes on failing in the same way.</summary>
    /// <param name="failed">The failure.</param>
    /// <param name="change">As given to <see cref="Run"/>.</param>
    /// <param name="cancellation">Ends the search; the simplest failure found so far is given.</param>
    public static Verdict Simplify(Verdict failed, Func<SimulationSetup, SimulationSetup>? change = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(failed);
        for (var simplest = failed; ;)
        {
            Verdict? simpler = null;
            foreach (var candidate in failed.Scenario.Simpler())
            {
                if (cancellation.IsCancellationRequested)
                    return simplest;
                var verdict = Run(candidate, change: change, cancellation: CancellationToken.None);
                if (!FailsAlike(verdict, failed))
                    continue;
                simpler = verdict;
                break;
            }
            if (simpler is null)
                return simplest;
            failed = simplest = simpler;
        }
    }

    private static bool FailsAlike(Verdict a, Verdict b) => a.Crash is not null
        ? b.Crash?.GetType() == a.Crash.GetType()
        : b.Crash is null && a.Report.Firsts.Any(first => first.Breach == b.Report.Firsts[0].Breach);
}
