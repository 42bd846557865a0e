using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Lodestream.Cli.Tests.Fixtures;
using Lodestream.Tests.Shared;

namespace Lodestream.Cli.Tests;

/// <summary><c>lodestream serve</c> as a process.</summary>
public sealed partial class ServeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _folder.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task It_says_where_it_serves_and_ends_with_0_on_Ctrl_C()
    {
        await using var process = LodestreamProcess.Start([], "serve", _folder.WriteTileset("harbour"), "--port", "0");
        var url = await UrlOfAsync(process);
        Assert.Contains("/tilesets/harbour/tileset.json", await _client.GetStringAsync(new Uri(url, "tilesets")), StringComparison.Ordinal);

        process.Interrupt();
        var ended = await process.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("harbour", ended.Out, StringComparison.Ordinal);
        Assert.Contains("3D Tiles 1.1", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_managers_signal_ends_it_as_well()
    {
        await using var process = LodestreamProcess.Start([], "serve", _folder.WriteTileset("harbour"), "--port", "0");
        await UrlOfAsync(process);
        process.Terminate();
        Assert.Equal(0, (await process.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var ended = await LodestreamProcess.RunAsync("serve", _folder.WriteTileset("harbour"), "--port", port);
        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Out);
        Assert.Equal($"lodestream: port {port} on 127.0.0.1 is in use", Assert.Single(ended.ErrorLines));
    }

    [Theory]
    [InlineData("--viewer")]
    [InlineData("LODESTREAM_VIEWER")]
    public async Task A_viewer_named_by_option_or_environment_is_served_at_the_root(string by)
    {
        _folder.Write("viewer/index.html", "<title>the viewer</title>");
        var scene = _folder.WriteTileset("harbour");
        await using var process = by == "--viewer"
            ? LodestreamProcess.Start([], "serve", scene, "--port", "0", by, _folder.At("viewer"))
            : LodestreamProcess.Start([(by, _folder.At("viewer"))], "serve", scene, "--port", "0");
        var url = await UrlOfAsync(process);
        Assert.Equal("<title>the viewer</title>", await _client.GetStringAsync(url));
    }

    [Fact]
    public async Task Requests_are_logged_to_stderr_only_when_asked_for()
    {
        var scene = _folder.WriteTileset("harbour");
        await using var quiet = LodestreamProcess.Start([], "serve", scene, "--port", "0");
        await _client.GetStringAsync(new Uri(await UrlOfAsync(quiet), "tilesets"));
        quiet.Interrupt();
        Assert.DoesNotContain("GET /tilesets", (await quiet.EndAsync()).Error, StringComparison.Ordinal);

        await using var verbose = LodestreamProcess.Start([], "serve", scene, "--port", "0", "--verbose");
        await _client.GetStringAsync(new Uri(await UrlOfAsync(verbose), "tilesets"));
        await verbose.LineAsync("GET /tilesets 200");
        verbose.Interrupt();
        Assert.DoesNotContain("GET /tilesets", (await verbose.EndAsync()).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_is_no_terminal_has_no_escape_sequences()
    {
        await using var process = LodestreamProcess.Start([], "serve", _folder.WriteTileset("harbour"), "--port", "0");
        await UrlOfAsync(process);
        process.Interrupt();
        var ended = await process.EndAsync();
        Assert.DoesNotContain('\e', ended.Out + ended.Error);
    }

    [RealDataFact]
    public async Task Mars_is_served_whole()
    {
        var mars = Path.Combine(DataFolder.Path!, "mars-dingo-gap");
        await using var process = LodestreamProcess.Start([], "serve", mars, "--port", "0");
        var url = await UrlOfAsync(process);
        foreach (var file in Directory.GetFiles(mars))
            Assert.Equal(await File.ReadAllBytesAsync(file), await _client.GetByteArrayAsync(new Uri(url, $"tilesets/mars-dingo-gap/{Path.GetFileName(file)}")));
    }

    private static async Task<Uri> UrlOfAsync(LodestreamProcess process) => new(Url().Match(await process.LineAsync("Serving ")).Value);

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/")]
    private static partial Regex Url();
}
