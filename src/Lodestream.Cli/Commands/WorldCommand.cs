using System.CommandLine;
using System.Text.Json.Serialization;
using Lodestream.Cli.Output;
using Lodestream.Cli.Worlds;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Cli.Commands;

/// <summary>What <c>lodestream world</c> wrote, for machines.</summary>
internal sealed record WorldResult(string Directory, ulong Seed, int GeneratorVersion, int Tiles, long Files, long Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(WorldResult))]
internal sealed partial class WorldJson : JsonSerializerContext;

/// <summary><c>lodestream world continent -o DIR</c></summary>
internal static class WorldCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("world", "Makes a procedural world.") { Continent() };

    private static Command Continent()
    {
        var defaults = new ContinentOptions();
        var output = new Option<string>("--output", "-o") { Description = "folder to write; absent or empty", HelpName = "DIR", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "which of all continents", HelpName = "N", DefaultValueFactory = _ => defaults.Seed };
        var levels = new Option<int>("--levels") { Description = "levels of detail; each makes the world up to four times as large", HelpName = "N", DefaultValueFactory = _ => defaults.Levels };
        var size = new Option<double>("--size") { Description = "length of its side in metres", HelpName = "M", DefaultValueFactory = _ => defaults.SizeMetres };
        var json = JsonOutput.CreateOption();
        var command = new Command("continent", "A continent with ranges, plains and rivers, as a 3D Tiles 1.1 tileset.") { output, seed, levels, size, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new ContinentOptions { Seed = parsed.GetValue(seed), Levels = parsed.GetValue(levels), SizeMetres = parsed.GetValue(size) };
            var directory = parsed.GetRequiredValue(output);
            var summary = await ContinentMaking.RunAsync(directory, options, cancellation);
            var contents = FolderContents.Of(directory);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, new(directory, options.Seed, ContinentWorld.GeneratorVersion, summary.Tiles, contents.Files, contents.Bytes), WorldJson.Default.WorldResult);
            else
                Console.Out.WriteLine($"{directory}: {summary.Tiles} tiles, {Figures.Bytes(contents.Bytes)}");
            return ExitCode.Done;
        });
        return command;
    }
}
