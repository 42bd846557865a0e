using System.Text.Json;
using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Network;

namespace Lodestream.Simulation.Scenarios;

/// <summary>Reads scenario files.</summary>
public static class ScenarioFile
{
    private static readonly string[] Families = [.. Enum.GetNames<ContentFamily>().Select(name => name.ToLowerInvariant())];

    /// <summary>Reads a scenario.</summary>
    /// <param name="file">Its path; it starts every error message.</param>
    /// <param name="json">Its text.</param>
    /// <exception cref="FormatException">It is no scenario; the message names file and place.</exception>
    public static SimulationScenario Parse(string file, ReadOnlyMemory<byte> json)
    {
        using var document = JsonPlace.Open(file, json);
        var root = JsonPlace.Root(file, document);
        root.TakeOnly("scene", "viewport", "fovY", "sse", "rasterSse", "fps", "seed", "memoryMB", "network", "policy", "camera", "settleLimitS", "events", "gates");
        var otherwise = new SimulationScenario();
        return new()
        {
            Scene = root.Optional("scene")?.Text(),
            Viewport = root.Optional("viewport") is { } viewport ? ReadViewport(viewport) : null,
            FovYDegrees = root.Optional("fovY")?.Number(1, 170),
            TargetErrorPx = root.Optional("sse")?.Number(0.01, 10_000),
            RasterTargetErrorPx = root.Optional("rasterSse")?.Number(0.01, 10_000),
            FramesPerSecond = root.Optional("fps")?.Number(1, 1000) ?? otherwise.FramesPerSecond,
            Seed = root.Optional("seed")?.Whole() ?? otherwise.Seed,
            MemoryMB = root.Optional("memoryMB")?.Number(0.001, 1e6) ?? otherwise.MemoryMB,
            Policy = root.Optional("policy") is { } policy ? ReadPolicy(policy.Text(), out var unknown) ?? throw policy.Fail(unknown!) : otherwise.Policy,
            Network = root.Optional("network") is { } network ? NetworkProfile.Parse(network.Text(), out var error) ?? throw network.Fail(error!) : otherwise.Network,
            Camera = root.Optional("camera") is { } camera ? ReadCamera(camera) : otherwise.Camera,
            SettleLimitS = root.Optional("settleLimitS")?.Number(1, 3600) ?? otherwise.SettleLimitS,
            Events = root.Optional("events") is { } events ? [.. events.Items().Select(item => ReadEvent(item))] : [],
            Gates = root.Optional("gates") is { } gates ? [.. gates.Members().SelectMany(member => ReadGate(member.Name, member.Value))] : [],
        };
    }

    /// <summary>Reads a policy's name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="error">What is wrong with it; null when it can be simulated.</param>
    public static SimulatedPolicy? ReadPolicy(string name, out string? error)
    {
        SimulatedPolicy? policy = name switch { "error" => SimulatedPolicy.Error, "pyramid" => SimulatedPolicy.Pyramid, "proximity" => SimulatedPolicy.Proximity, _ => null };
        error = policy is null ? $"the policy '{name}' is not known; there are error, pyramid and proximity" : null;
        return policy;
    }

    private static (double, double) ReadViewport(in JsonPlace place)
    {
        var sides = place.Items().Select(item => item.Number(1, 100_000)).ToArray();
        return sides.Length == 2 ? (sides[0], sides[1]) : throw place.Fail($"has {sides.Length} numbers; it takes width and height");
    }

    private static CameraChoice ReadCamera(in JsonPlace place)
    {
        if (place.Element.ValueKind == JsonValueKind.Array)
            return new CameraChoice.Keyframes(CameraFile.ReadKeyframes(place));
        var name = place.Text();
        return BuiltInCamera.Names.Contains(name)
            ? new CameraChoice.BuiltIn(name)
            : throw place.Fail($"'{name}' is not known; there are {string.Join(", ", BuiltInCamera.Names)}, or a list of keyframes");
    }

    private static ScenarioEvent ReadEvent(in JsonPlace place)
    {
        var seconds = place.Required("t").Number(0, 1e5);
        if (place.Optional("outage") is { } outage)
        {
            place.TakeOnly("t", "outage");
            return new ScenarioEvent.Outage(seconds, outage.Number(0, 1e5));
        }
        if (place.Optional("change") is { } change)
        {
            place.TakeOnly("t", "change");
            return new ScenarioEvent.Change(seconds, change.Text());
        }
        if (place.Optional("memoryPressure") is { } pressure)
        {
            place.TakeOnly("t", "memoryPressure");
            return pressure.Truth() ? new ScenarioEvent.MemoryPressure(seconds) : throw pressure.Fail("is false; it takes true");
        }
        if (place.Optional("unloadAll") is { } unload)
        {
            place.TakeOnly("t", "unloadAll");
            return unload.Truth() ? new ScenarioEvent.UnloadAll(seconds) : throw unload.Fail("is false; it takes true");
        }
        if (place.Optional("shedTextures") is { } shed)
        {
            place.TakeOnly("t", "shedTextures");
            return new ScenarioEvent.ShedTextures(seconds, (int)shed.Number(1, 1e6));
        }
        place.TakeOnly("t", "outage", "change", "memoryPressure", "unloadAll", "shedTextures", "layer", "visible");
        if (place.Optional("layer") is not { } layer)
            throw place.Fail("nothing happens; there are outage, change, memoryPressure, unloadAll, shedTextures and layer");
        var family = Array.IndexOf(Families, layer.Text());
        return family >= 0
            ? new ScenarioEvent.Layer(seconds, (ContentFamily)family, place.Required("visible").Truth())
            : throw layer.Fail($"'{layer.Text()}' is not known; there are {string.Join(", ", Families)}");
    }

    private static List<Gate> ReadGate(string name, JsonPlace place)
    {
        place.TakeOnly("min", "max");
        if (!SimulationReport.HasFigure(name))
            throw place.Fail($"there is no figure '{name}'");
        var gates = new List<Gate>();
        if (place.Optional("min") is { } min)
            gates.Add(new(name, min.Number(double.MinValue, double.MaxValue), IsMaximum: false));
        if (place.Optional("max") is { } max)
            gates.Add(new(name, max.Number(double.MinValue, double.MaxValue), IsMaximum: true));
        return gates.Count > 0 ? gates : throw place.Fail("takes min or max");
    }
}
