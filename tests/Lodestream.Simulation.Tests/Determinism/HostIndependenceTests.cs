using System.Diagnostics;
using System.Reflection;
using Lodestream.Determinism;

namespace Lodestream.Simulation.Tests.Determinism;

/// <summary>The core decides the same, bit for bit, on CoreCLR and in WebAssembly.</summary>
public sealed class HostIndependenceTests
{
    // A hang must end as a failure; the flights take seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string Bundle = typeof(HostIndependenceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "DeterminismBundle").Value!;

    [NodeFact]
    public async Task Every_frame_of_a_flight_is_the_same_natively_and_in_WebAssembly()
    {
        var native = Flight.All.SelectMany(flight => flight.Run().Lines).ToArray();
        var wasm = await RunInNodeAsync();

        for (var i = 0; i < Math.Min(native.Length, wasm.Length); i++)
            Assert.True(native[i] == wasm[i], $"The first frame that differs:\n  native       {native[i]}\n  WebAssembly  {wasm[i]}");
        Assert.Equal(native.Length, wasm.Length);
    }

    [Fact]
    public void The_flights_pass_through_failures_a_scarce_budget_and_requests_called_off()
    {
        foreach (var flight in Flight.All.Take(2))
        {
            var trace = flight.Run();
            var end = trace.Statistics;
            Assert.InRange(trace.LeastDetailScale, 0.01, 0.9);
            Assert.InRange(end.Cancelled, 1, long.MaxValue);
            Assert.InRange(end.Retries, 1, long.MaxValue);
            Assert.InRange(end.Evicted, 1, long.MaxValue);
            Assert.InRange(trace.Lines.Count, 200, 5000);
        }
    }

    // WebAssembly leaves the bits of a NaN open: one machine's agreement would prove nothing.
    [Fact]
    public void Nothing_that_is_hashed_is_ever_not_a_number() =>
        Assert.All(Flight.All, flight => Assert.DoesNotContain(flight.Run().Lines, line => line.Contains("NaN", StringComparison.Ordinal)));

    [Fact]
    public void The_trace_hash_sees_a_difference_in_the_last_bit_of_a_camera()
    {
        var flight = Flight.All.Single(f => f.Name == "globe");
        var nudged = new Flight(flight.Name, () => flight.SetUp() is var setup ? setup with { Cameras = [new NudgedCamera(setup.Cameras[0])] } : setup);
        Assert.NotEqual(flight.Run().Hash, nudged.Run().Hash);
    }

    private static async Task<string[]> RunInNodeAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Bundle, "run-in-node.mjs")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"node ended with {process.ExitCode}: {await output}{await errors}");
            return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
