using System.Globalization;
using System.Text.Json;

namespace Lodestream.Cli.Verification;

/// <summary>What the probe found, camera by camera.</summary>
/// <param name="Url">The page.</param>
/// <param name="Passed">Whether every camera passed.</param>
/// <param name="Steps">The cameras, in the order in which they were visited.</param>
internal sealed record CoherenceReport(string Url, bool Passed, IReadOnlyList<CoherenceStep> Steps);

/// <summary>
/// The frame-coherence probe: six moves of the camera in a real page, and whether the selection of each ran in the next frame, stood still
/// while the camera did, and asked the network for exactly what it newly wanted.
/// </summary>
internal static class CoherenceProbe
{
    // Page loads are watched this often, milliseconds.
    private const int PollMs = 50;

    // Once a document is complete its module scripts have run: what is not there so much later will not come.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Probes a page that has begun to load.</summary>
    /// <param name="page">The page.</param>
    /// <param name="url">Its address, for the report and for messages.</param>
    /// <param name="patience">How long the page may take to be ready, and a view to settle.</param>
    /// <param name="time">Measures patience.</param>
    /// <param name="onStep">Told the name of a camera as it is visited, and the share of the whole that is done.</param>
    /// <param name="cancellation">Ends the probe.</param>
    /// <exception cref="PageException">The page is no viewer, its scene cannot be shown, or it broke.</exception>
    public static async Task<CoherenceReport> RunAsync(
        IProbedPage page, string url, TimeSpan patience, TimeProvider time, Action<string, double> onStep, CancellationToken cancellation)
    {
        onStep("Opening", 0);
        var answering = new AnsweringPage(page, url, patience, time);
        await UntilViewerAsync(answering, url, patience, time, cancellation);
        await UntilReadyAsync(answering, url, patience, cancellation);
        await answering.EvaluateAsync(Script(), cancellation);
        var milliseconds = patience.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        var cameras = await answering.EvaluateAsync($"lodestreamProbe.begin({milliseconds})", cancellation);
        var (names, steps) = (cameras.EnumerateArray().Select(name => name.GetString()!).ToArray(), new List<CoherenceStep>());
        foreach (var name in names)
        {
            onStep(name, (double)steps.Count / names.Length);
            steps.Add(CoherenceStep.Judge(StepFacts.Read(await answering.EvaluateAsync($"lodestreamProbe.step({JsonSerializer.Serialize(name, ProbeText.Default.String)}, {milliseconds})", cancellation))));
        }
        return new(url, steps.TrueForAll(step => step.Passed), steps);
    }

    private static async Task UntilViewerAsync(AnsweringPage page, string url, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        long? complete = null;
        for (;;)
        {
            var state = (await page.EvaluateAsync("typeof window.lodestream?.debugState === 'function' ? 'viewer' : document.readyState", cancellation)).GetString();
            if (state == "viewer")
                return;
            if (state == "complete")
                complete ??= time.GetTimestamp();
            if ((complete is { } since && time.GetElapsedTime(since) > Grace) || time.GetElapsedTime(began) > patience)
                throw new PageException($"{url}: no Lodestream viewer is there: the page has no window.lodestream");
            await Task.Delay(TimeSpan.FromMilliseconds(PollMs), time, cancellation);
        }
    }

    private static async Task UntilReadyAsync(AnsweringPage page, string url, TimeSpan patience, CancellationToken cancellation)
    {
        var outcome = await page.EvaluateAsync(
            FormattableString.Invariant($$"""
            Promise.race([
              window.lodestream.ready.then(() => '', error => error.message),
              new Promise(resolve => setTimeout(resolve, {{patience.TotalMilliseconds}}, 'the first view was not there after {{patience.TotalSeconds}} s')),
            ])
            """),
            cancellation);
        if (outcome.GetString() is { Length: > 0 } error)
            throw new PageException($"{url}: {error}");
    }

    private static string Script()
    {
        using var stream = typeof(CoherenceProbe).Assembly.GetManifestResourceStream("coherence-probe.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class ProbeText : System.Text.Json.Serialization.JsonSerializerContext;
