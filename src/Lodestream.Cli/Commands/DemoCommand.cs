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
        world.AcceptOnlyFromAmong("continent");
        var seed = new Option<ulong>("--seed") { Description = "which of all such worlds", HelpName = "N", DefaultValueFactory = _ => new ContinentOptions().Seed };
        var open = new Option<bool>("--open") { Description = "open the viewer in the browser" };
        var options = new ServeOptions();
        var command = new Command("demo", "Makes the demo world if it is not there yet, and serves it.") { world, seed, open };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var continent = new ContinentOptions { Seed = parsed.GetValue(seed) };
            var folder = await new WorldCache(CacheFolder.Path()).GetContinentAsync(
                continent, (directory, making) => ContinentMaking.RunAsync(directory, continent, making), cancellation);
            return await ServingSession.RunAsync([folder], parsed, options, parsed.GetValue(open) ? Browser.Open : null, cancellation);
        });
        return command;
    }
}
