using System.IO.Compression;
using System.Text.Json;
using Lodestream.Cli.Tests.Fixtures;

namespace Lodestream.Cli.Tests;

/// <summary><c>lodestream simulate --record</c> and <c>lodestream replay</c> as processes.</summary>
public sealed class ReplayCommandTests : IDisposable
{
    private const string World = "synthetic:quadtree?levels=3&bytes=5000";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recorded_simulation_replays_to_the_reports_trace_hash()
    {
        var (trace, report) = await RecordAsync();
        var ended = await LodestreamProcess.RunAsync("replay", trace, "--json");
        Assert.Equal(0, ended.ExitCode);
        var root = JsonDocument.Parse(ended.Out).RootElement;
        Assert.Equal(
            ["schema", "trace", "scene", "recordedBy", "frames", "durationS", "identical", "recordedHash", "replayedHash", "difference"],
            root.EnumerateObject().Select(member => member.Name));
        Assert.True(root.GetProperty("identical").GetBoolean());
        Assert.Equal(report.GetProperty("traceHash").GetString(), root.GetProperty("replayedHash").GetString());
        Assert.Equal(report.GetProperty("frames").GetInt64(), root.GetProperty("frames").GetInt64());

        var plain = await LodestreamProcess.RunAsync("replay", trace);
        Assert.Equal(0, plain.ExitCode);
        Assert.Contains($"identical: trace hash {report.GetProperty("traceHash").GetString()}", plain.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_comes_to_something_else_is_exit_code_1_and_the_first_frame_that_differs()
    {
        var (trace, _) = await RecordAsync();
        var bytes = Unpack(await File.ReadAllBytesAsync(trace));

        // The header: a line, the version, the scene, its key; then the first option, the requests there may be.
        var at = Array.IndexOf(bytes, (byte)'\n') + 1;
        at += 1 + bytes[at];
        at += 1 + bytes[at] + 8;
        Assert.Equal(24, bytes[at]);
        bytes[at] = 1;
        await File.WriteAllBytesAsync(trace, Pack(bytes));

        var ended = await LodestreamProcess.RunAsync("replay", trace);
        Assert.Equal(1, ended.ExitCode);
        Assert.Matches(@"frame 1 \(t 0\.000 s\): requests differ: recorded request 2 started for t/\S+ \(2 of 2\), replayed nothing more after 1", ended.Out);

        var json = await LodestreamProcess.RunAsync("replay", trace, "--json");
        Assert.Equal(1, json.ExitCode);
        Assert.Equal("requests", JsonDocument.Parse(json.Out).RootElement.GetProperty("difference").GetProperty("part").GetString());
    }

    [Fact]
    public async Task What_is_no_recording_is_exit_code_2_and_one_line_that_names_it()
    {
        var (trace, _) = await RecordAsync();
        var whole = await File.ReadAllBytesAsync(trace);
        await Check("absent.trace", null, "absent.trace: there is no such file");
        await Check("text.trace", "{}"u8.ToArray(), "text.trace: no recording: it is not packed with gzip");
        await Check("foreign.trace", Pack("something else\n"u8.ToArray()), "foreign.trace: no recording: what is packed in it does not begin with 'lodestream-trace'");
        await Check("newer.trace", Pack("lodestream-trace 99\nand so on"u8.ToArray()), "newer.trace: a recording of version 99; this Lodestream (0.1.0) reads version 1");
        await Check("half.trace", whole[..(whole.Length / 2)], "half.trace: damaged");

        async Task Check(string name, byte[]? bytes, string message)
        {
            var file = Path.Combine(_folder.Path, name);
            if (bytes is not null)
                await File.WriteAllBytesAsync(file, bytes);
            foreach (string[] arguments in (string[][])[["replay", file], ["simulate", World, "--camera", file]])
            {
                if (arguments[0] == "simulate" && bytes is null or [(byte)'{', ..])
                    continue;
                var ended = await LodestreamProcess.RunAsync(arguments);
                Assert.Equal(2, ended.ExitCode);
                Assert.Contains(message, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_recordings_path_is_a_camera()
    {
        var (trace, recorded) = await RecordAsync("--viewport", "800x600");
        var ended = await LodestreamProcess.RunAsync("simulate", World, "--camera", trace, "--json");
        Assert.Equal(0, ended.ExitCode);
        var flown = JsonDocument.Parse(ended.Out).RootElement;
        Assert.Equal(Error(recorded), Error(flown), 0.01 * Error(recorded));

        static double Error(JsonElement report) => report.GetProperty("sse").GetProperty("primaryGeometricSsePx").GetProperty("max").GetDouble();
    }

    private async Task<(string Trace, JsonElement Report)> RecordAsync(params string[] more)
    {
        var trace = Path.Combine(_folder.Path, "run.trace");
        var ended = await LodestreamProcess.RunAsync(["simulate", World, "--camera", "dive", "--duration", "1", "--network", "flaky", "--record", trace, "--json", .. more]);
        Assert.True(ended.ExitCode == 0, ended.Error);
        return (trace, JsonDocument.Parse(ended.Out).RootElement);
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var stream = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
