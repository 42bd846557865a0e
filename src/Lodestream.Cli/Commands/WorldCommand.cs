using System.CommandLine;
using System.Text.Json.Serialization;
using Lodestream.Cli.Output;
using Lodestream.Cli.Worlds;
using Lodestream.Formats.Manifest;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Cli.Commands;

/// <summary>What <c>lodestream world</c> wrote, for machines.</summary>
internal sealed record WorldResult(string Directory, ulong Seed, int GeneratorVersion, int Tiles, long Files, long Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(WorldResult))]
internal sealed partial class WorldJson : JsonSerializerContext;

/// <summary><c>lodestream world continent|city -o DIR</c></summary>
internal static class WorldCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("world", "Makes a procedural world.") { Continent(), City() };

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
            var summary = await WorldMaking.RunAsync(directory, options, cancellation);
            Report(parsed, json, directory, options.Seed, ContinentWorld.GeneratorVersion, summary.Tiles);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command City()
    {
        var defaults = new CityOptions();
        var output = new Option<string>("--output", "-o") { Description = "folder to write; absent or empty", HelpName = "DIR", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "which of all cities", HelpName = "N", DefaultValueFactory = _ => defaults.Seed };
        var size = new Option<double>("--size") { Description = "length of its side in metres", HelpName = "M", DefaultValueFactory = _ => defaults.SizeMetres };
        var partitioning = new Option<string>("--partitioning") { Description = "how tiles are divided", DefaultValueFactory = _ => "quadtree-floor" };
        partitioning.AcceptOnlyFromAmong("uniform", "quadtree-floor", "kdtree-floor");
        var payload = new Option<string>("--payload") { Description = "what tiles are written as", DefaultValueFactory = _ => "untold" };
        payload.AcceptOnlyFromAmong("untold", "glb");
        var json = JsonOutput.CreateOption();
        var command = new Command("city", "A city of streets and buildings that can be entered, as a manifest scene.") { output, seed, size, partitioning, payload, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new CityOptions
            {
                Seed = parsed.GetValue(seed),
                SizeMetres = parsed.GetValue(size),
                Partitioning = parsed.GetRequiredValue(partitioning) switch
                {
                    "uniform" => ManifestPartitioning.UniformGrid,
                    "kdtree-floor" => ManifestPartitioning.KdtreeFloor,
                    _ => ManifestPartitioning.QuadtreeFloor,
                },
                Payload = parsed.GetRequiredValue(payload) == "glb" ? CityPayload.Glb : CityPayload.Untold,
            };
            var directory = parsed.GetRequiredValue(output);
            var summary = await WorldMaking.RunAsync(directory, options, cancellation);
            Report(parsed, json, directory, options.Seed, CityWorld.GeneratorVersion, summary.Tiles);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Report(ParseResult parsed, Option<string?> json, string directory, ulong seed, int version, int tiles)
    {
        var contents = FolderContents.Of(directory);
        if (JsonOutput.TargetOf(parsed, json) is { } target)
            JsonOutput.Write(target, new(directory, seed, version, tiles, contents.Files, contents.Bytes), WorldJson.Default.WorldResult);
        else
            Console.Out.WriteLine($"{directory}: {tiles} tiles, {Figures.Bytes(contents.Bytes)}");
    }
}
