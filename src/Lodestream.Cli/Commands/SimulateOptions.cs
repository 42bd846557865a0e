using System.CommandLine;
using System.Globalization;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Device;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Scenarios;

namespace Lodestream.Cli.Commands;

/// <summary>The options of <c>lodestream simulate</c> that make up a scenario, and how they override a file's.</summary>
internal sealed class SimulateOptions
{
    private static readonly SimulationScenario Defaults = new();

    private readonly Option<string?> _scenario = new("--scenario") { Description = "scenario file; the options below override it", HelpName = "FILE" };
    private readonly Option<string?> _policy = new("--policy") { Description = "how tiles are selected: error (default), pyramid, or proximity for manifest scenes", HelpName = "NAME" };
    private readonly Option<string?> _camera = new("--camera") { Description = $"{string.Join(", ", BuiltInCamera.Names)}, or a file of keyframes, poses or a recording (orbit)", HelpName = "NAME|FILE" };
    private readonly Option<double?> _duration = new("--duration") { Description = "seconds a built-in or recorded camera moves (20)", HelpName = "S" };
    private readonly Option<double?> _fps = new("--fps") { Description = "frames a second (60)", HelpName = "N" };
    private readonly Option<string?> _viewport = new("--viewport") { Description = "pixels (1920x1080)", HelpName = "WxH" };
    private readonly Option<double?> _fov = new("--fov") { Description = "vertical field of view, degrees (60)", HelpName = "DEG" };
    private readonly Option<double?> _sse = new("--sse") { Description = "target error in pixels (16)", HelpName = "PX" };
    private readonly Option<double?> _rasterSse = new("--raster-sse") { Description = "target for the error of colours, in pixels (the same)", HelpName = "PX" };
    private readonly Option<string?> _network = new("--network") { Description = "local, fibre, cable, 4g, 3g, flaky, outage, throttled, or latency=40,bandwidth=20,… (cable)", HelpName = "PROFILE" };
    private readonly Option<string?> _device = new("--device") { Description = "decode=MB/s,upload=MB/s (100, 400)", HelpName = "PROFILE" };
    private readonly Option<double?> _memory = new("--memory") { Description = "memory budget in MiB (512)", HelpName = "MB" };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "seed of everything random (1)", HelpName = "N" };
    private readonly Option<bool?> _cold = new("--cold") { Description = "false lets the first view settle before the camera moves (true)", HelpName = "true|false" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_scenario, _policy, _camera, _duration, _fps, _viewport, _fov, _sse, _rasterSse, _network, _device, _memory, _seed, _cold])
            command.Add(option);
    }

    /// <summary>The scenario that file and options make.</summary>
    /// <exception cref="CommandException">One of them is wrong; the message names it.</exception>
    public async Task<SimulationScenario> ReadAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var scenario = parsed.GetValue(_scenario) is { } file ? ScenarioFile.Parse(file, await InputFile.ReadAsync(file, cancellation)) : Defaults;
        return scenario with
        {
            Camera = parsed.GetValue(_camera) is { } camera ? await ReadCameraAsync(camera, cancellation) : scenario.Camera,
            DurationS = Number(parsed, _duration, 0.1, 3600) ?? scenario.DurationS,
            FramesPerSecond = Number(parsed, _fps, 1, 1000) ?? scenario.FramesPerSecond,
            Viewport = parsed.GetValue(_viewport) is { } viewport ? Viewport(viewport) : scenario.Viewport,
            FovYDegrees = Number(parsed, _fov, 1, 170) ?? scenario.FovYDegrees,
            TargetErrorPx = Number(parsed, _sse, 0.01, 10_000) ?? scenario.TargetErrorPx,
            RasterTargetErrorPx = Number(parsed, _rasterSse, 0.01, 10_000) ?? scenario.RasterTargetErrorPx,
            Policy = parsed.GetValue(_policy) is { } policy ? ScenarioFile.ReadPolicy(policy, out var unknown) ?? throw new CommandException($"--policy: {unknown}") : scenario.Policy,
            Network = parsed.GetValue(_network) is { } network ? NetworkProfile.Parse(network, out var error) ?? throw new CommandException($"--{error}") : scenario.Network,
            Device = parsed.GetValue(_device) is { } device ? DeviceProfile.Parse(device, out var wrong) ?? throw new CommandException($"--{wrong}") : scenario.Device,
            MemoryMB = Number(parsed, _memory, 0.001, 1e6) ?? scenario.MemoryMB,
            Seed = parsed.GetValue(_seed) ?? scenario.Seed,
            Cold = parsed.GetValue(_cold) ?? scenario.Cold,
        };
    }

    private static double? Number(ParseResult parsed, Option<double?> option, double least, double most) => parsed.GetValue(option) switch
    {
        null => null,
        { } value when value >= least && value <= most => value,
        { } value => throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; it takes {least} to {most}")),
    };

    private static (double, double) Viewport(string text)
    {
        var sides = text.Split('x');
        return sides.Length == 2 && Side(sides[0], out var width) && Side(sides[1], out var height)
            ? (width, height)
            : throw new CommandException($"--viewport is '{text}'; it takes width and height in pixels, as in 1920x1080");

        static bool Side(string side, out int pixels) => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out pixels) && pixels is >= 1 and <= 100_000;
    }

    private static async Task<CameraChoice> ReadCameraAsync(string camera, CancellationToken cancellation)
    {
        if (BuiltInCamera.Names.Contains(camera))
            return new CameraChoice.BuiltIn(camera);
        if (!File.Exists(camera))
            throw new CommandException($"--camera '{camera}' is not known and no file; there are {string.Join(", ", BuiltInCamera.Names)}");
        return CameraFile.Parse(camera, await InputFile.ReadAsync(camera, cancellation));
    }
}
