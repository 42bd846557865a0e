using System.Globalization;
using Lodestream.Simulation.Scenarios;
using Spectre.Console;

namespace Lodestream.Cli.Output;

/// <summary>A simulation's verdict for people.</summary>
internal static class SimulationTables
{
    /// <summary>Prints the verdict.</summary>
    public static void Print(SimulationVerdict verdict, IAnsiConsole console)
    {
        PrintFigures(verdict, console);
        PrintLaws(verdict, console);
        PrintGates(verdict, console);
    }

    private static void PrintFigures(SimulationVerdict verdict, IAnsiConsole console)
    {
        var r = verdict.Report;
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        table.Columns[1].RightAligned();
        Row("simulated", $"{Number(r.DurationS)} s in {Number(r.Frames)} frames, {Number(r.Tiles)} tiles");
        Row("first coverage", Milliseconds(r.Time.FirstCoverageMs));
        Row("first view complete", Milliseconds(r.Time.FirstViewCompleteMs));
        Row("settled after the stop", Milliseconds(r.Time.SettleAfterStopMs));
        Row("error integral", $"{Number(r.Quality.ErrorIntegralPxS)} px·s");
        Row("of it before the first coverage", $"{Number(verdict.ErrorBeforeCoveragePxS)} px·s, the oracle's {Number(verdict.OracleErrorBeforeCoveragePxS)}");
        Row("the oracle's", $"{Number(r.Quality.OracleErrorIntegralPxS)} px·s ({verdict.OracleChoice})");
        Row("no order goes below", $"{Number(r.Quality.LowerBoundPxS)} px·s");
        Row("regret", Number(r.Quality.Regret));
        Row("at the wanted level in motion", Percent(r.Quality.AtWantedLevelRatio));
        Row("wanted and uncovered", Percent(r.Quality.UncoveredWantedRatio));
        Row("requests", $"{Number(r.Network.Requests)}, {Number(r.Network.Cancelled)} called off, {Number(r.Network.Retries)} retries");
        Row("fetched", $"{Figures.Bytes(r.Network.BytesFetched)}, {Percent(r.Network.WastedRatio)} wasted");
        Row("memory at its highest", $"{Figures.Bytes(r.Memory.PeakBytes)} of {Figures.Bytes(r.Memory.BudgetBytes)}");
        Row("geometric error on screen, 95 %", $"{Number(r.Sse.PrimaryGeometricSsePx.P95)} px, {Number(r.Sse.UnderlayGeometricSsePx.P95)} px filling in");
        Row("selection, median", $"{Number(r.Cpu.SelectUsP50)} µs");
        Row("tick, 99th percentile", $"{Number(r.Cpu.TickUsP99)} µs");
        Row("trace hash", r.TraceHash);
        console.Write(table);
        if (verdict.BudgetError is { } error)
            WriteLine(console, error);

        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));
    }

    private static void PrintLaws(SimulationVerdict verdict, IAnsiConsole console)
    {
        if (verdict.Laws.IsClean)
            WriteLine(console, "All laws held.");
        foreach (var first in verdict.Laws.Firsts)
        {
            console.Write(new Text("broken: ", new Style(Color.Red)));
            WriteLine(console, $"{first} (× {verdict.Laws.Count(first.Breach).ToString(CultureInfo.InvariantCulture)})");
        }
    }

    private static void PrintGates(SimulationVerdict verdict, IAnsiConsole console)
    {
        foreach (var gate in verdict.Report.Gates)
        {
            console.Write(gate.Passed ? new Text("passed: ", new Style(Color.Green)) : new Text("failed: ", new Style(Color.Red)));
            WriteLine(console, $"{gate.Name} is {(gate.Value is { } value ? Number(value) : "never reached")}, limit {Number(gate.Limit)}");
        }
    }

    /// <summary>A line as long as it is: the console would break it, and break names in it.</summary>
    private static void WriteLine(IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(line);

    private static string Milliseconds(double? value) => value is { } known ? $"{Number(known)} ms" : "never";

    private static string Percent(double? share) => share is { } known ? $"{Number(known * 100)} %" : "–";

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.###", CultureInfo.InvariantCulture);
}
