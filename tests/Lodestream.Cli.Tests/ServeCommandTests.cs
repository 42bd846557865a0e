using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
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
    public async Task A_log_in_JSON_is_one_object_a_line_that_names_the_request()
    {
        await using var process = LodestreamProcess.Start([], "serve", _folder.WriteTileset("harbour"), "--port", "0", "--verbose", "--log-format", "json");
        await _client.GetStringAsync(new Uri(await UrlOfAsync(process), "tilesets"));
        using var line = JsonDocument.Parse(await process.LineAsync("GET /tilesets 200"));
        var state = line.RootElement.GetProperty("State");
        Assert.Equal("/tilesets", state.GetProperty("Target").GetString());
        Assert.Equal(200, state.GetProperty("Status").GetInt32());
        Assert.NotEmpty(state.GetProperty("RequestId").GetString()!);
    }

    [Fact]
    public async Task With_TLS_it_makes_a_certificate_and_keeps_it_in_the_cache()
    {
        await using var process = LodestreamProcess.Start([("LODESTREAM_CACHE", _folder.At("cache"))], "serve", _folder.WriteTileset("harbour"), "--port", "0", "--tls");
        var url = await UrlOfAsync(process);
        Assert.Equal("https", url.Scheme);
        Assert.True(File.Exists(_folder.At("cache", "tls", "development.pfx")));
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject.Contains("CN=localhost", StringComparison.Ordinal) == true;
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Contains("harbour", await client.GetStringAsync(new Uri(url, "tilesets")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_the_configuration_is_one_line_with_file_and_place_and_exit_code_2()
    {
        var config = _folder.Write("config.json", "{\n  \"limits\": { \"maxConections\": 5 }\n}");
        var ended = await LodestreamProcess.RunAsync("serve", _folder.WriteTileset("harbour"), "--port", "0", "--config", config);
        Assert.Equal(2, ended.ExitCode);
        var line = Assert.Single(ended.ErrorLines);
        Assert.StartsWith($"lodestream: {config}: line 2, byte ", line, StringComparison.Ordinal);
        Assert.EndsWith(": no such option: limits.maxConections", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--certificate-key", "a.key")]
    [InlineData("--certificate", "absent.pem")]
    [InlineData("--log-format", "xml")]
    public async Task An_option_that_makes_no_sense_is_one_line_that_names_it_and_exit_code_2(string option, string value)
    {
        var ended = await LodestreamProcess.RunAsync("serve", _folder.WriteTileset("harbour"), "--port", "0", option, value);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(value, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
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

    [GeneratedRegex(@"https?://127\.0\.0\.1:\d+/")]
    private static partial Regex Url();
}
