using System.Text.Json;
using Lodestream.Cli.Tests.Fixtures;

namespace Lodestream.Cli.Tests;

/// <summary><c>lodestream simulate</c> as a process.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private const string World = "synthetic:quadtree?levels=3&bytes=5000";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task JSON_has_the_documented_form()
    {
        var ended = await LodestreamProcess.RunAsync("simulate", World, "--camera", "spin", "--duration", "1", "--json");
        Assert.Equal(0, ended.ExitCode);
        var root = JsonDocument.Parse(ended.Out).RootElement;
        Assert.Equal(
            ["schema", "scene", "seed", "frames", "durationS", "tiles", "laws", "time", "quality", "network", "memory", "sse", "cpu", "gates", "traceHash"],
            root.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["impure", "holes", "regressions", "overlaps", "livelocked", "overBudget", "replayDiffers", "duplicateRequests", "dishonest"],
            root.GetProperty("laws").EnumerateObject().Select(member => member.Name));
        Assert.Equal(["p50", "p95", "max"], root.GetProperty("sse").GetProperty("underlayRasterSsePx").EnumerateObject().Select(member => member.Name));
        Assert.Equal(32, root.GetProperty("traceHash").GetString()!.Length);
        Assert.Equal(21, root.GetProperty("tiles").GetInt32());
    }

    [Fact]
    public async Task A_gate_that_fails_is_exit_code_1_and_options_override_the_scenario()
    {
        var scenario = _folder.Write("s.json", $$"""{ "scene": "{{World}}", "camera": "dive", "seed": 9, "gates": { "firstCoverageMs": { "max": 300 }, "holes": { "max": 0 } } }""");
        var passed = await LodestreamProcess.RunAsync("simulate", "--scenario", scenario, "--duration", "1", "--json");
        Assert.Equal(0, passed.ExitCode);
        Assert.Equal(9UL, JsonDocument.Parse(passed.Out).RootElement.GetProperty("seed").GetUInt64());
        var failed = await LodestreamProcess.RunAsync("simulate", "--scenario", scenario, "--duration", "1", "--network", "latency=400");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("failed: firstCoverageMs is ", failed.Out, StringComparison.Ordinal);
        Assert.Contains("passed: holes is 0", failed.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--policy nearest", "the policy 'nearest' is not known; there are error, pyramid and proximity")]
    [InlineData("--camera sideways", "--camera 'sideways' is not known")]
    [InlineData("--network fast", "network 'fast' is not known")]
    [InlineData("--device decode=x", "decode is 'x'")]
    [InlineData("--viewport 1920", "--viewport is '1920'")]
    [InlineData("--fps 0", "--fps is 0; it takes 1 to 1000")]
    [InlineData("--scenario absent.json", "absent.json: there is no such file")]
    [InlineData("--why nothing.glb --duration 1", "--why nothing.glb: the run never came to know such a tile")]
    [InlineData("--record absent/x.trace", "absent/x.trace: there is no folder to write it to")]
    public async Task Bad_input_is_exit_code_2_and_one_line_that_names_it(string arguments, string message)
    {
        var ended = await LodestreamProcess.RunAsync(["simulate", World, .. arguments.Split(' ')]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(message, ended.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tiles_story_is_told_with_times()
    {
        var ended = await LodestreamProcess.RunAsync("simulate", World, "--camera", "orbit", "--duration", "1", "--why", "t/0/0_0.glb");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("t/0/0_0.glb is asked for", ended.Out, StringComparison.Ordinal);
        Assert.Contains(" s  drawn from now on", ended.Out, StringComparison.Ordinal);
    }
}
