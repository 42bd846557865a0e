using Lodestream.Simulation.Cameras;
using Lodestream.Tests.Shared;

namespace Lodestream.Tests.Harness;

/// <summary>The bench world's flight of 300 poses.</summary>
internal static class BenchFlight
{
    public static string? Absent { get; } = DataFolder.BenchFlight is null ? DataFolder.Absent + ", with the bench flight next to it (../bench/path.json)" : null;

    public static PosePath Read() => PosePath.Parse(DataFolder.BenchFlight!, File.ReadAllBytes(DataFolder.BenchFlight!));
}

/// <summary>A theory over the bench flight; skipped, with the reason, where its poses are absent.</summary>
internal sealed class BenchFlightTheoryAttribute : TheoryAttribute
{
    public BenchFlightTheoryAttribute() => Skip = BenchFlight.Absent;
}

/// <summary>A fact about the bench flight; skipped, with the reason, where its poses are absent.</summary>
internal sealed class BenchFlightFactAttribute : FactAttribute
{
    public BenchFlightFactAttribute() => Skip = BenchFlight.Absent;
}
