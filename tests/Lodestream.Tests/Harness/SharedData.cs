using System.Runtime.CompilerServices;
using Lodestream.Simulation.Cameras;

namespace Lodestream.Tests.Harness;

/// <summary>Where the real data is: beside the repository, or where LODESTREAM_DATA says; the bench flight lies next to it.</summary>
internal static class SharedData
{
    public static string? Folder { get; } = Find();

    public static string? BenchPath { get; } = Folder is null ? null : Existing(Path.Combine(Folder, "..", "bench", "path.json"));

    /// <summary>The bench world's flight of 300 poses.</summary>
    public static PosePath Flight() => PosePath.Parse(BenchPath!, File.ReadAllBytes(BenchPath!));

    private static string? Existing(string file) => File.Exists(file) ? file : null;

    private static string? Find([CallerFilePath] string source = "")
    {
        if (Environment.GetEnvironmentVariable("LODESTREAM_DATA") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (var folder = new FileInfo(source).Directory; folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data))
                return data;
        }
        return null;
    }
}

/// <summary>A theory over the bench flight; skipped, with the reason, where its poses are absent.</summary>
internal sealed class BenchFlightTheoryAttribute : TheoryAttribute
{
    public BenchFlightTheoryAttribute()
    {
        if (SharedData.BenchPath is null)
            Skip = "the bench flight is absent (../shared/bench/path.json, or beside LODESTREAM_DATA)";
    }
}

/// <summary>A fact about the bench flight; skipped, with the reason, where its poses are absent.</summary>
internal sealed class BenchFlightFactAttribute : FactAttribute
{
    public BenchFlightFactAttribute()
    {
        if (SharedData.BenchPath is null)
            Skip = "the bench flight is absent (../shared/bench/path.json, or beside LODESTREAM_DATA)";
    }
}
