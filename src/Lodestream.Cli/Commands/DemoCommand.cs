using System.CommandLine;
using Lodestream.Cli.Viewer;
using Lodestream.Cli.Worlds;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream demo</c></summary>
internal static class DemoCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var world = new Option<string>("--world") { Description = "which world", DefaultValueFactory = _ => "continent" };
        world.AcceptOnlyFromAmong("continent", "city");
        var seed = new Option<ulong?>("--seed") { Description = "which of all such worlds", HelpName = "N" };
        var open = new Option<bool>("--open") { Description = "open the viewer in the browser" };
        var options = new ServeOptions();
        var command = new Command("demo", "Makes the demo world if it is not there yet, and serves it.") { world, seed, open };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (cache, number) = (new WorldCache(CacheFolder.Path()), parsed.GetValue(seed));
            var isCity = parsed.GetRequiredValue(world) == "city";
            var folder = isCity ? await CityAsync(cache, number, cancellation) : await ContinentAsync(cache, number, cancellation);
            return await ServingSession.RunAsync([folder], parsed, options, url => Invite(isCity ? new Uri(url, "?walk=1") : null, parsed.GetValue(open) ? url : null), cancellation);
        });
        return command;
    }

    private static void Invite(Uri? walk, Uri? open)
    {
        if (walk is not null)
            Console.Out.WriteLine($"Walk through it: {walk}");
        if (open is not null)
            Browser.Open(walk ?? open);
    }

    private static Task<string> ContinentAsync(WorldCache cache, ulong? seed, CancellationToken cancellation)
    {
        var options = new ContinentOptions();
        options = options with { Seed = seed ?? options.Seed };
        return cache.GetContinentAsync(options, (directory, making) => WorldMaking.RunAsync(directory, options, making), cancellation);
    }

    private static Task<string> CityAsync(WorldCache cache, ulong? seed, CancellationToken cancellation)
    {
        var options = new CityOptions();
        options = options with { Seed = seed ?? options.Seed };
        return cache.GetCityAsync(options, (directory, making) => WorldMaking.RunAsync(directory, options, making), cancellation);
    }
}
