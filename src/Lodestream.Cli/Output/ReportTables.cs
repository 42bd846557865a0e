using System.Globalization;
using Lodestream.Formats.Inspection;
using Spectre.Console;

namespace Lodestream.Cli.Output;

/// <summary>An inspection's report for people.</summary>
internal static class ReportTables
{
    /// <summary>Problems of one kind that are printed; all that were kept are in the JSON.</summary>
    private const int ProblemsPerKind = 5;

    /// <summary>Prints the report.</summary>
    public static void Print(SceneReport report, IAnsiConsole console)
    {
        PrintSummary(report, console);
        PrintLevels(report, console);
        PrintContents("Format", report.Formats, console);
        PrintContents("Family", report.Families, console);
        PrintMetadata(report, console);
        PrintManifest(report, console);
        PrintProblems(report, console);
    }

    private static void PrintSummary(SceneReport report, IAnsiConsole console)
    {
        WriteLine(console, Plain(report.Scene));
        WriteLine(console, $"{Count(report.Tiles, "tile")} ({report.ReplaceTiles} REPLACE, {report.AddTiles} ADD) in {Count(report.Documents, "document")} of {Figures.Bytes(report.DocumentBytes)}{(report.Subtrees > 0 ? $", {Count(report.Subtrees, "subtree")} among them" : "")}");
        WriteLine(console, $"{Count(report.Contents, "content")}, {Figures.Bytes(report.ContentBytes)}");
        if (report.Gpu is not { } gpu)
            return;
        WriteLine(console, string.Create(
            CultureInfo.InvariantCulture,
            $"all at once on a GPU: {Figures.Bytes(gpu.GeometryBytes)} of geometry ({gpu.Vertices:N0} vertices, {gpu.Triangles:N0} triangles), {Figures.Bytes(gpu.TextureBytes)} of textures"));
        if (gpu.Unmeasured > 0)
            WriteLine(console, $"without {Count(gpu.Unmeasured, "content")} that could not be measured");
    }

    private static void PrintLevels(SceneReport report, IAnsiConsole console)
    {
        var table = NewTable("Level", "Tiles", "Contents", "Bytes", "Geometric error, m");
        foreach (var level in report.Levels)
        {
            var error = level.MinGeometricError == level.MaxGeometricError
                ? Metres(level.MaxGeometricError)
                : $"{Metres(level.MinGeometricError)} – {Metres(level.MaxGeometricError)}";
            table.AddRow(Cells(Number(level.Level), Number(level.Tiles), Number(level.Contents), Figures.Bytes(level.Bytes), error));
        }

        console.Write(table);
    }

    private static void PrintContents(string what, IReadOnlyList<ContentFigures> contents, IAnsiConsole console)
    {
        if (contents.Count == 0)
            return;
        var table = NewTable(what, "Contents", "Bytes");
        foreach (var kind in contents)
            table.AddRow(Cells(Plain(kind.Name), Number(kind.Contents), Figures.Bytes(kind.Bytes)));
        console.Write(table);
    }

    private static void PrintMetadata(SceneReport report, IAnsiConsole console)
    {
        if (report.Groups > 0)
            WriteLine(console, Count(report.Groups, "content group"));
        foreach (var @class in report.Metadata)
            WriteLine(console, $"metadata class {Plain(@class.Class)}{(@class.Schema.Length > 0 ? $" of schema {Plain(@class.Schema)}" : "")}: {Plain(string.Join(", ", @class.Properties))}");
    }

    private static void PrintManifest(SceneReport report, IAnsiConsole console)
    {
        if (report.Manifest is not { } manifest)
            return;
        WriteLine(console, $"manifest: {Count(manifest.Tiles, "tile")} of {Figures.Bytes(manifest.FileBytes)}, {Count(manifest.Lods, "LOD")}, {Count(manifest.Hlods, "HLOD")}{(manifest.Shared > 0 ? ", a shared bucket" : "")}{(manifest.Regions > 0 ? $", {Count(manifest.Regions, "region")}" : "")}");
        if (manifest.Floors.Count > 0)
            WriteLine(console, $"floors: {string.Join(", ", manifest.Floors.Select(floor => $"{floor.Floor.ToString(CultureInfo.InvariantCulture)} ({Number(floor.Tiles)})"))}");
        if (manifest.Tiers.Count > 0)
            WriteLine(console, $"tiers: {string.Join(", ", manifest.Tiers.Select(tier => $"{tier.Tier} ({Number(tier.Tiles)})"))}");
        if (manifest.InteriorTiles > 0)
            WriteLine(console, $"{Count(manifest.InteriorTiles, "tile")} inside{(manifest.HasInteriorZone ? "" : ", without an interior zone: the gate is off")}");
    }

    private static void PrintProblems(SceneReport report, IAnsiConsole console)
    {
        if (report.ProblemCount == 0)
        {
            WriteLine(console, "No problems found.");
            return;
        }

        WriteLine(console, $"{Count(report.ProblemCount, "problem")}, {Count(report.ErrorCount, "error")} among them:");
        foreach (var kind in report.Problems.GroupBy(problem => (problem.Severity, problem.Kind)))
        {
            foreach (var problem in kind.Take(ProblemsPerKind))
            {
                console.Write(new Text($"{kind.Key.Severity.ToString().ToLowerInvariant()}: ", new Style(ColourOf(kind.Key.Severity))));
                WriteLine(console, $"{Plain(problem.Place)}: {Plain(problem.Message)}");
            }

            if (kind.Count() > ProblemsPerKind)
                WriteLine(console, $"  and {kind.Count() - ProblemsPerKind} more of this kind ({kind.Key.Kind}); --json has them");
        }
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column) { NoWrap = true, Alignment = column == columns[0] ? Justify.Left : Justify.Right });
        return table;
    }

    /// <summary>A line as long as it is: the console would break it, and break names in it.</summary>
    private static void WriteLine(IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(line);

    // Text, not markup: names from files may hold brackets.
    private static Text[] Cells(params string[] cells) => [.. cells.Select(cell => new Text(cell))];

    private static Color ColourOf(ProblemSeverity severity) => severity switch
    {
        ProblemSeverity.Error => Color.Red,
        ProblemSeverity.Warning => Color.Yellow,
        _ => Color.Default,
    };

    private static string Count(int count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Metres(double metres) => metres.ToString(metres is >= 1000 or 0 ? "0" : "G4", CultureInfo.InvariantCulture);

    /// <summary>Text from a file, which must not steer the terminal.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
