using System.CommandLine;
using System.Text.Json.Serialization;
using Lodestream.Cli.Output;
using Lodestream.Cli.Scenes;
using Lodestream.Formats.Archive;
using Lodestream.Formats.Inspection;
using Lodestream.Transport.Caching;
using Spectre.Console;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream cache info|clear|prefetch</c></summary>
internal static class CacheCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("cache", "The disk cache of remote scenes.") { CreateInfo(), CreateClear(), PrefetchCommand.Create() };

    private static Command CreateInfo()
    {
        var verify = new Option<bool>("--verify") { Description = "read every entry to its end and compare its digest" };
        var json = JsonOutput.CreateOption();
        var cache = new CacheOptions();
        var command = new Command("info", "Says what the cache holds.") { verify };
        cache.AddTo(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var disk = cache.Open(parsed);
            var held = await disk.ListAsync(parsed.GetValue(verify), cancellation);
            if (JsonOutput.TargetOf(parsed, json) is { } target)
                JsonOutput.Write(target, held, CacheJson.Default.DiskCacheContents);
            else
                Print(held, Terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateClear()
    {
        var scene = new Argument<string?>("SCENE") { Description = "URL of the scene whose files go: all below its folder", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "all entries go" };
        var cache = new CacheOptions();
        var command = new Command("clear", "Takes a scene's entries, or all, out of the cache.") { scene, all };
        cache.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var named = parsed.GetValue(scene);
            if (named is null == !parsed.GetValue(all))
                throw new CommandException("name a SCENE, or --all");
            using var disk = cache.Open(parsed);
            var (entries, bytes) = await disk.ClearAsync(named is null ? null : FolderOf(named), cancellation);
            Console.Out.WriteLine($"{entries} {(entries == 1 ? "entry" : "entries")}, {Figures.Bytes(bytes)}, cleared");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The address under which a scene's files lie, without user, query and fragment, as entries keep it. An archive is a folder.</summary>
    private static string FolderOf(string scene)
    {
        if (!Uri.TryCreate(scene, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw new CommandException($"{scene}: is no http or https URL; nothing else is in the cache");
        var plain = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return ArchiveUri.IsArchive(plain) ? plain : plain[..(plain.LastIndexOf('/') + 1)];
    }

    private static void Print(DiskCacheContents held, IAnsiConsole console)
    {
        Console.Out.WriteLine(held.Folder);
        Console.Out.WriteLine($"{held.Entries} {(held.Entries == 1 ? "entry" : "entries")}, {Figures.Bytes(held.Bytes)} of {Figures.Bytes(held.QuotaBytes)}{(held.OldestUse is { } oldest ? FormattableString.Invariant($", the longest unused since {oldest:yyyy-MM-dd HH:mm} UTC") : "")}");
        if (held.Damaged > 0)
            Console.Out.WriteLine($"{held.Damaged} damaged: dropped when asked for");
        if (held.Origins.Count == 0)
            return;
        var table = new Table().Border(TableBorder.Simple).AddColumn("origin").AddColumn(new TableColumn("entries").RightAligned()).AddColumn(new TableColumn("size").RightAligned());
        foreach (var origin in held.Origins)
            table.AddRow(Markup.Escape(origin.Origin), FormattableString.Invariant($"{origin.Entries}"), Figures.Bytes(origin.Bytes));
        console.Write(table);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DiskCacheContents))]
[JsonSerializable(typeof(PrefetchReport))]
internal sealed partial class CacheJson : JsonSerializerContext;
