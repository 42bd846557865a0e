using System.CommandLine;
using System.Text.Json.Serialization;
using Lodestream.Cli.Output;
using Lodestream.Cli.Verification;

namespace Lodestream.Cli.Commands;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CoherenceReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;

/// <summary><c>lodestream verify URL</c></summary>
internal static class VerifyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "the viewer of a served scene, as `lodestream serve` and `lodestream demo` print it" };
        var browser = new Option<string?>("--browser") { Description = $"program of a Chromium, Chrome or Edge, if not found by itself; also {ChromiumLocation.Variable}", HelpName = "PATH" };
        var timeout = new Option<double>("--timeout") { Description = "how long a view may take to settle", HelpName = "SECONDS", DefaultValueFactory = _ => 120 };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 3600))
                result.AddError("--timeout takes more than 0 s, 3600 at most");
        });
        var json = JsonOutput.CreateOption();
        var command = new Command("verify", "Probes a served scene's viewer in a real browser: six cameras, and whether what each wants is known and asked for in the next frame.")
        {
            url, browser, timeout, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var report = await RunAsync(AddressOf(parsed.GetRequiredValue(url)), ChromiumLocation.Find(parsed.GetValue(browser)), TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellation);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, report, VerifyJson.Default.CoherenceReport);
            else
                VerificationTable.Print(report, Terminal.Out);
            return report.Passed ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Uri AddressOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new CommandException($"{url}: it is no http or https URL");

    private static async Task<CoherenceReport> RunAsync(Uri url, string program, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            return await ProgressDisplay.RunAsync(async (stage, share) =>
            {
                await using var browser = await Chromium.StartAsync(program, cancellation);
                await using var page = await DevToolsPage.OpenAsync(browser.DevTools, cancellation);
                await page.GoToAsync(url, patience, cancellation);
                return await CoherenceProbe.RunAsync(page, url.AbsoluteUri, patience, TimeProvider.System, OnStep, cancellation);

                void OnStep(string name, double done)
                {
                    stage(name);
                    share(done);
                }
            });
        }
        catch (PageException e)
        {
            throw new CommandException(e.Message, e);
        }
    }
}
