using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Lodestream.Simulation.Figures;

/// <summary>What a simulation came to; docs/figures.md defines every figure. What never came about is null.</summary>
public sealed record SimulationReport
{
    /// <summary>Version of this form.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The scene as it was named.</summary>
    [JsonRequired]
    public string Scene { get; init; } = "";

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Ticks.</summary>
    public long Frames { get; init; }

    /// <summary>Simulated time, seconds.</summary>
    public double DurationS { get; init; }

    /// <summary>Tiles known at the end.</summary>
    public int Tiles { get; init; }

    /// <summary>How often each law was broken: frames × regions, or events.</summary>
    [JsonRequired]
    public LawFigures Laws { get; init; } = new();

    /// <summary>How long it took.</summary>
    [JsonRequired]
    public TimeFigures Time { get; init; } = new();

    /// <summary>How good the picture was.</summary>
    [JsonRequired]
    public QualityFigures Quality { get; init; } = new();

    /// <summary>What went over the network.</summary>
    [JsonRequired]
    public NetworkFigures Network { get; init; } = new();

    /// <summary>What memory it took.</summary>
    [JsonRequired]
    public MemoryFigures Memory { get; init; } = new();

    /// <summary>The errors on screen.</summary>
    [JsonRequired]
    public SseFigures Sse { get; init; } = new();

    /// <summary>What it cost in real time, outside the trace hash.</summary>
    [JsonRequired]
    public CpuFigures Cpu { get; init; } = new();

    /// <summary>What the figures were held to.</summary>
    [JsonRequired]
    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    /// <summary>Hash of all that was decided, hexadecimal.</summary>
    [JsonRequired]
    public string TraceHash { get; init; } = "";

    /// <summary>Whether all laws and gates held.</summary>
    [JsonIgnore]
    public bool Passed => Laws.Broken == 0 && Gates.All(gate => gate.Passed);

    /// <summary>Whether gates can name a figure.</summary>
    /// <param name="name">Its JSON path without its group.</param>
    public static bool HasFigure(string name) => Find(Tree(new()), name, out _);

    /// <summary>This report with gates held against it.</summary>
    /// <exception cref="ArgumentException">A gate names no figure.</exception>
    public SimulationReport HeldTo(IEnumerable<Gate> gates)
    {
        ArgumentNullException.ThrowIfNull(gates);
        var tree = Tree(this);
        return this with { Gates = [.. gates.Select(gate => gate.Judge(Find(tree, gate.Name, out var value) ? value : throw new ArgumentException($"there is no figure '{gate.Name}'", nameof(gates))))] };
    }

    private static JsonNode Tree(SimulationReport report) => JsonSerializer.SerializeToNode(report, SimulationReportJson.Default.SimulationReport)!;

    private static bool Find(JsonNode tree, string name, out double? value)
    {
        value = null;
        foreach (var (_, group) in tree.AsObject())
        {
            JsonNode? at = group;
            var found = at is JsonObject;
            foreach (var part in name.Split('.'))
                found = found && at is JsonObject named && named.TryGetPropertyValue(part, out at);
            if (!found || at is JsonObject or JsonArray)
                continue;
            value = at?.GetValue<double>();
            return true;
        }
        return false;
    }
}

/// <summary>The report as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SimulationReport))]
public sealed partial class SimulationReportJson : JsonSerializerContext;

/// <summary>How often each law was broken; 0 where it held.</summary>
/// <param name="Impure">Law 1.</param>
/// <param name="Holes">Law 2: nothing drawn where something could be, or was.</param>
/// <param name="Regressions">Law 2: coarser than before, unwanted.</param>
/// <param name="Overlaps">Law 3.</param>
/// <param name="Livelocked">Law 4.</param>
/// <param name="OverBudget">Law 5.</param>
/// <param name="ReplayDiffers">Law 6.</param>
/// <param name="DuplicateRequests">Law 7.</param>
/// <param name="Dishonest">Law 8.</param>
public sealed record LawFigures(
    long Impure = 0, long Holes = 0, long Regressions = 0, long Overlaps = 0, long Livelocked = 0, long OverBudget = 0, long ReplayDiffers = 0, long DuplicateRequests = 0, long Dishonest = 0)
{
    internal long Broken => Impure + Holes + Regressions + Overlaps + Livelocked + OverBudget + ReplayDiffers + DuplicateRequests + Dishonest;
}

/// <summary>Times, milliseconds.</summary>
/// <param name="FirstCoverageMs">Until less than 0.5 % of the samples were uncovered.</param>
/// <param name="FirstViewCompleteMs">Until what was drawn was what was wanted.</param>
/// <param name="SettleAfterStopMs">From the camera's stop until what was drawn was what was wanted, for good.</param>
public sealed record TimeFigures(double? FirstCoverageMs = null, double? FirstViewCompleteMs = null, double? SettleAfterStopMs = null);

/// <summary>Quality of the picture.</summary>
/// <param name="ErrorIntegralPxS">Mean visible error over the samples, integrated over time, pixel seconds.</param>
/// <param name="OracleErrorIntegralPxS">The oracle's.</param>
/// <param name="LowerBoundPxS">What no order can go below.</param>
/// <param name="Regret">(error integral − oracle) ÷ max(oracle, 1 px·s).</param>
/// <param name="AtWantedLevelRatio">Share of samples in motion drawn at their wanted level or finer.</param>
/// <param name="UncoveredWantedRatio">Share of samples with nothing drawn.</param>
public sealed record QualityFigures(
    double ErrorIntegralPxS = 0, double OracleErrorIntegralPxS = 0, double LowerBoundPxS = 0, double Regret = 0, double? AtWantedLevelRatio = null, double? UncoveredWantedRatio = null);

/// <summary>What went over the network.</summary>
/// <param name="Requests">Attempts started.</param>
/// <param name="Cancelled">Attempts called off.</param>
/// <param name="Retries">Attempts that were not a content's first.</param>
/// <param name="BreakerOpenings">Breakers opened.</param>
/// <param name="BytesFetched">Bytes that went over the link, of attempts called off included.</param>
/// <param name="BytesWasted">Bytes of contents never drawn.</param>
/// <param name="WastedRatio">Wasted ÷ fetched.</param>
public sealed record NetworkFigures(
    long Requests = 0, long Cancelled = 0, long Retries = 0, int BreakerOpenings = 0, long BytesFetched = 0, long BytesWasted = 0, double WastedRatio = 0);

/// <summary>Memory, bytes: the most that was ever charged.</summary>
/// <param name="PeakBytes">All accounts together.</param>
/// <param name="BudgetBytes">The budget.</param>
/// <param name="Cpu">In flight, decoding, prepared.</param>
/// <param name="GpuGeometry">Vertex and index buffers.</param>
/// <param name="GpuTexture">Textures.</param>
public sealed record MemoryFigures(long PeakBytes = 0, long BudgetBytes = 0, long Cpu = 0, long GpuGeometry = 0, long GpuTexture = 0);

/// <summary>A quantity over the frames.</summary>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="Max">Greatest.</param>
public sealed record Spread(double P50 = 0, double P95 = 0, double Max = 0);

/// <summary>The four errors on screen over the frames, pixels.</summary>
public sealed record SseFigures
{
    /// <summary>Geometric, of tiles drawn for themselves.</summary>
    [JsonRequired]
    public Spread PrimaryGeometricSsePx { get; init; } = new();

    /// <summary>Raster, of tiles drawn for themselves.</summary>
    [JsonRequired]
    public Spread PrimaryRasterSsePx { get; init; } = new();

    /// <summary>Geometric, of tiles that fill in for others.</summary>
    [JsonRequired]
    public Spread UnderlayGeometricSsePx { get; init; } = new();

    /// <summary>Raster, of tiles that fill in for others.</summary>
    [JsonRequired]
    public Spread UnderlayRasterSsePx { get; init; } = new();
}

/// <summary>Real time, microseconds, and what a frame touches and allocates.</summary>
/// <param name="SelectUsP50">Selection, median.</param>
/// <param name="SelectUsP99">Selection, 99th percentile.</param>
/// <param name="TickUsP99">A tick, 99th percentile.</param>
/// <param name="TouchedPerFrame">Bounding volumes tested, mean.</param>
/// <param name="AllocatedBytesPerFrame">Managed bytes, median.</param>
public sealed record CpuFigures(double SelectUsP50 = 0, double SelectUsP99 = 0, double TickUsP99 = 0, double TouchedPerFrame = 0, double AllocatedBytesPerFrame = 0);
