using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Tests.Samples;

/// <summary>The samples are run as their readers run them: as programs of their own, on real files.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly WorldOnDisk _world = new(levels: 5);

    [Theory]
    [InlineData(0, 0, 9000)]
    [InlineData(-3000, 2500, 700)]
    public void Headless_prints_what_would_be_drawn(double x, double y, double z)
    {
        var set = new VisibilitySet();
        new ScreenSpaceErrorPolicy().Select(
            _world.Tree, [new() { Position = new(x, y, z), Direction = -Vector3d.UnitZ, Up = Vector3d.UnitY }], new(1), set);
        var wanted = set.Visits.ToArray().Where(visit => (visit.Flags & VisitFlags.Primary) != 0)
            .Select(visit => _world.Tree.Contents.RelativeUri(_world.Tree.SlotsOf(visit.Tile)[0]));
        var (exit, output, error) = Run("Headless", _world.Folder, Text(x), Text(y), Text(z));
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(wanted.Order(), output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [Fact]
    public void Ascii_draws_a_map_of_levels_per_frame_finer_where_the_camera_is()
    {
        var (exit, output, error) = Run("Ascii", _world.Folder, "3");
        Assert.Equal((0, ""), (exit, error));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3 * 25, lines.Length);
        for (var frame = 0; frame < 3; frame++)
        {
            Assert.StartsWith($"frame {frame + 1}: ", lines[frame * 25], StringComparison.Ordinal);
            var map = lines[(frame * 25 + 1)..(frame * 25 + 25)];
            Assert.All(map, line => Assert.Equal(64, line.Length));
            Assert.Contains(map, line => line.Contains('4', StringComparison.Ordinal));
        }

        // In the first frame the far corner is coarser than the ground ahead; behind the camera of the last one nothing is drawn.
        Assert.InRange(lines[1][63], '1', '3');
        Assert.Equal('.', lines[^1][0]);
    }

    [Theory]
    [InlineData("Headless")]
    [InlineData("Ascii")]
    public void A_scene_that_is_not_there_is_one_line_that_names_it(string sample)
    {
        var (exit, output, error) = Run(sample, "/no/such/scene", "0", "0", "0");
        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("/no/such/scene", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_is_silent_is_not_waited_for_for_ever()
    {
        // It takes the connection and never answers.
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var (exit, output, error) = Run("Headless", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/tileset.json", "0", "0", "0", "0.5");
        listener.Stop();
        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("not all is here after 0.5 s", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_README_shows_the_headless_program_as_it_is_in_fifteen_lines()
    {
        var root = RepositoryRoot();
        var program = File.ReadAllText(Path.Combine(root, "samples", "headless", "Program.cs")).ReplaceLineEndings("\n");
        Assert.Contains("```csharp\n" + program + "```", File.ReadAllText(Path.Combine(root, "README.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.InRange(program.Split('\n').Count(line => line.Length > 0), 1, 15);
    }

    [Fact]
    public void The_third_host_has_under_a_hundred_lines()
    {
        var lines = Directory.GetFiles(Path.Combine(RepositoryRoot(), "samples", "ascii"), "*.cs").Sum(file => File.ReadLines(file).Count());
        Assert.InRange(lines, 1, 99);
    }

    public void Dispose() => _world.Dispose();

    private static string RepositoryRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static (int Exit, string Output, string Error) Run(string sample, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, sample + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            process.Kill();
            Assert.Fail($"{sample} did not end");
        }
        return (process.ExitCode, output.GetAwaiter().GetResult().ReplaceLineEndings("\n"), error.GetAwaiter().GetResult().ReplaceLineEndings("\n"));
    }
}
