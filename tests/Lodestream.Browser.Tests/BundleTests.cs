using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lodestream.Browser.Tests.Harness;
using Lodestream.Diagnostics;

namespace Lodestream.Browser.Tests;

/// <summary>The published bundle itself: it boots, it is small, its JavaScript is what it says it is.</summary>
public sealed class BundleTests
{
    [Fact]
    public async Task The_bundle_boots_in_Node_and_its_first_frame_asks_for_the_tileset()
    {
        var output = await RunAsync("node", [Path.Combine(AppContext.BaseDirectory, "boot-in-node.mjs"), Machine.Viewer], AppContext.BaseDirectory);
        using var answer = JsonDocument.Parse(output);
        Assert.Equal("https://example.test/world/tileset.json", answer.RootElement.GetProperty("asked").GetString());
        Assert.Equal(1, answer.RootElement.GetProperty("frameId").GetInt32());
    }

    [Fact]
    public void The_runtime_and_the_core_come_in_two_megabytes_of_brotli()
    {
        var framework = new DirectoryInfo(Path.Combine(Machine.Viewer, "_framework"));
        var plain = framework.GetFiles().Where(file => file.Extension is not (".br" or ".gz"));
        var bytes = plain.Sum(file => File.Exists(file.FullName + ".br") ? new FileInfo(file.FullName + ".br").Length : file.Length);
        Assert.InRange(bytes, 500_000, 2_000_000);
    }

    [Fact]
    public void Every_large_file_has_a_compressed_sibling_as_new_as_itself()
    {
        var large = new DirectoryInfo(Machine.Viewer).GetFiles("*", SearchOption.AllDirectories).Where(f => f.Extension is ".js" or ".wasm" or ".dll" or ".css" && f.Length > 4096).ToList();
        Assert.NotEmpty(large);
        Assert.All(large, file =>
        {
            foreach (var suffix in new[] { ".br", ".gz" })
                Assert.InRange((new FileInfo(file.FullName + suffix).LastWriteTimeUtc - file.LastWriteTimeUtc).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        });
    }

    [Fact]
    public void Nothing_served_names_another_host()
    {
        var scripts = new DirectoryInfo(Machine.Viewer).GetFiles("*", SearchOption.AllDirectories).Where(f => f.Extension is ".html" or ".js" or ".css" && !f.FullName.Contains("vendor", StringComparison.Ordinal) && !f.FullName.Contains("_framework", StringComparison.Ordinal));
        Assert.All(scripts, file => Assert.DoesNotMatch(@"(src|href|import|from|url)\s*[=(]?\s*['""(]https?://", File.ReadAllText(file.FullName)));
    }

    [Fact]
    public void The_inspector_has_words_for_every_reason_of_a_tile_and_for_no_other()
    {
        var script = File.ReadAllText(Path.Combine(Machine.Viewer, "viewer", "inspector.js"));
        var reasons = Regex.Match(script, @"const REASONS = \{(.*?)\};", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(Enum.GetNames<TileReason>().Order(), Regex.Matches(reasons, @"(\w+): '[^']+'").Select(word => word.Groups[1].Value).Order());
    }

    [Theory]
    [InlineData("Lodestream.Browser")]
    [InlineData("Lodestream.Simulation")]
    public Task The_JavaScript_passes_the_type_checker(string project) =>
        RunAsync("node", [Path.Combine("node_modules", "typescript", "bin", "tsc"), "--project", Path.Combine("..", project, "jsconfig.json")], Path.Combine(Machine.Root, "src", "Lodestream.Browser"));

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await output}{await errors}");
        return await output;
    }
}
