using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Lodestream.Cli.Output;

/// <summary><c>--json FILE|-</c>: results for machines.</summary>
internal static class JsonOutput
{
    private const string Stdout = "-";

    /// <summary>The option; without a value it means stdout.</summary>
    public static Option<string?> CreateOption() => new("--json")
    {
        Description = "write the result as JSON to FILE, or to stdout for - or no value",
        HelpName = "FILE|-",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Where JSON was asked for, or null if it was not.</summary>
    public static string? TargetOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetResult(option) is null ? null : parsed.GetValue(option) ?? Stdout;

    /// <summary>Writes a result. A file is there whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write<T>(string target, T result, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.Serialize(result, type);
        if (target == Stdout)
        {
            Console.Out.WriteLine(json);
            return;
        }
        OutputFile.Write(target, json + "\n");
    }
}
