using System.Globalization;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Scenarios;

namespace Lodestream.Simulation.Reporting;

/// <summary>A run in words: what was simulated, and what it would have felt like.</summary>
internal static class RunDescription
{
    /// <summary>What was simulated, item by item.</summary>
    public static IEnumerable<(string Name, string Value)> Setting(SimulationScenario s)
    {
        yield return ("camera", Camera(s));
        yield return ("network", Network(s.Network));
        yield return ("viewport", $"{(s.Viewport is { } size ? Text($"{size.Width:0} × {size.Height:0}") : LensOf(s.Camera) is { } lens ? Text($"{lens.ViewportWidth:0} × {lens.ViewportHeight:0}") : "1920 × 1080")}, {Text($"{s.FramesPerSecond:0.#}")} frames/s");
        yield return ("target", Text($"{s.TargetErrorPx ?? LensOf(s.Camera)?.TargetErrorPx ?? 16:0.##} px"));
        if (s.Policy != SimulatedPolicy.Error)
            yield return ("policy", s.Policy.ToString().ToLowerInvariant());
        yield return ("memory", Text($"{s.MemoryMB:0.##} MiB"));
        yield return ("device", Text($"decodes {s.Device.DecodeMBps:0.#} MB/s, uploads {s.Device.UploadMBps:0.#} MB/s"));
        yield return ("start", s.Cold ? "cold" : "first view settled");
        yield return ("seed", Text($"{s.Seed}"));
    }

    /// <summary>What happened on the way, with the times since the start of the run between which it lasted.</summary>
    public static IEnumerable<(double From, double To, string What)> Happenings(SimulationScenario scenario, double setOff)
    {
        foreach (var outage in scenario.Network.Outages)
            yield return (outage.Start, outage.Start + outage.Length, "link dead");
        foreach (var happening in scenario.Events)
        {
            var at = setOff + happening.Seconds;
            yield return happening switch
            {
                ScenarioEvent.Outage outage => (at, at + outage.Length, "link dead"),
                ScenarioEvent.Change change => (at, at, $"{change.Uri} changed"),
                ScenarioEvent.MemoryPressure => (at, at, "memory pressure"),
                ScenarioEvent.Layer layer => (at, at, $"{layer.Family} {(layer.Visible ? "on" : "off")}"),
                ScenarioEvent.ShedTextures shed => (at, at, $"textures of {shed.Contents} shed"),
                ScenarioEvent.UnloadAll => (at, at, "everything unloaded"),
                _ => throw new ArgumentException($"{happening.GetType().Name} has no words yet", nameof(scenario)),
            };
        }
    }

    /// <summary>What it would have felt like, in a sentence.</summary>
    public static string Impression(SimulationReport r)
    {
        var start = (r.Time.FirstCoverageMs, r.Time.FirstViewCompleteMs) switch
        {
            (null, _) => "The picture never was without gaps",
            ({ } covered, null) => $"The picture had no gaps after {Seconds(covered)} and never was complete",
            ({ } covered, { } complete) => $"The picture had no gaps after {Seconds(covered)} and was complete for the first time after {Seconds(complete)}",
        };
        var motion = r.Quality.AtWantedLevelRatio is { } share ? Text($"; on the move {Math.Floor(share * 1000) / 10:0.#} % of it was as fine as asked for") : "";
        var end = r.Time.SettleAfterStopMs switch
        {
            null => ", and after the stop something was still missing when patience ended.",
            0 => ", and nothing was missing when the camera stopped.",
            { } settled => $", and {Seconds(settled)} after the stop nothing was missing.",
        };
        return start + motion + end;
    }

    private static View? LensOf(CameraChoice camera) => camera switch
    {
        CameraChoice.Recorded { Path.Lens: var lens } => lens,
        CameraChoice.Keyframes { Lens: var lens } => lens,
        _ => null,
    };

    private static string Camera(SimulationScenario s) => s.Camera switch
    {
        CameraChoice.BuiltIn { Name: var name } => Text($"{name}, {s.DurationS:0.##} s"),
        CameraChoice.Keyframes { Frames: var frames } => Text($"{frames.Count} keyframes, {frames[^1].Seconds:0.##} s"),
        CameraChoice.Recorded { Path.Poses: var poses } => Text($"{poses.Count} recorded poses, {s.DurationS:0.##} s"),
        _ => "",
    };

    private static string Network(NetworkProfile network)
    {
        var figures = Text($"{network.LatencyMs:0.##}{(network.JitterMs > 0 ? Text($" ± {network.JitterMs:0.##}") : "")} ms, {network.BandwidthMbit:0.##} Mbit/s");
        var troubles = new (double Share, string What)[] { (network.Fail, "fail"), (network.Truncate, "cut short"), (network.Corrupt, "damaged"), (network.Stall, "stall") };
        foreach (var (share, what) in troubles.Where(trouble => trouble.Share > 0))
            figures += Text($", {share * 100:0.##} % {what}");
        if (network.RequestsPerSecond > 0)
            figures += Text($", {network.RequestsPerSecond:0.##} requests/s at most");
        return NetworkProfile.Named.FirstOrDefault(named => named.Profile == network).Name is { } name ? $"{name}: {figures}" : figures;
    }

    private static string Seconds(double milliseconds) => Text($"{milliseconds / 1000:0.0}\u00a0s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
