using System.Globalization;
using Lodestream.Cli.Verification;
using Spectre.Console;

namespace Lodestream.Cli.Output;

/// <summary>The frame-coherence probe's verdict for people.</summary>
internal static class VerificationTable
{
    // Enough of a hash to tell two apart by eye; the JSON has all of it.
    private const int SignatureDigits = 8;

    /// <summary>Prints the verdict.</summary>
    public static void Print(CoherenceReport report, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("Camera").NoWrap());
        foreach (var heading in new[] { "Frames to\nselection", "Signature\nframe 1", "Signature\nframe 3", "Level", "Requests", "Not yet\nresident", "Primary\ngeometric px", "Primary\nraster px", "Underlay\ngeometric px", "Underlay\nraster px" })
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        foreach (var step in report.Steps)
            table.AddRow(Cells(step).Select(cell => new Text(cell)));
        console.Write(table);
        foreach (var step in report.Steps)
        {
            foreach (var finding in step.Findings)
            {
                console.Write(new Text("failed: ", new Style(Color.Red)));
                console.Profile.Out.Writer.WriteLine($"{step.Name}: {finding}");
            }
        }
        if (report.Passed)
            console.Profile.Out.Writer.WriteLine("Every camera was coherent within one frame.");
    }

    private static string[] Cells(CoherenceStep step) =>
    [
        step.Name, Number(step.FramesToFirstSelection), Short(step.SignatureAtFrame1), Short(step.SignatureAtFrame3), Number(step.PrimaryZ), Number(step.RequestsDispatched),
        Number(step.NotYetResident), Pixels(step.PrimaryGeometricSsePx), Pixels(step.PrimaryRasterSsePx), Pixels(step.UnderlayGeometricSsePx), Pixels(step.UnderlayRasterSsePx),
    ];

    private static string Short(string signature) => signature.Length > SignatureDigits ? signature[..SignatureDigits] : signature;

    private static string Pixels(double? pixels) => pixels is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : "∞";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
