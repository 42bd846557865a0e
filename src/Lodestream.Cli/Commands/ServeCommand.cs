using System.CommandLine;

namespace Lodestream.Cli.Commands;

/// <summary><c>lodestream serve PATH…</c></summary>
internal static class ServeCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "folders that hold a tileset.json, or tileset files",
            Arity = ArgumentArity.OneOrMore,
        };
        paths.Validators.Add(result =>
        {
            // An argument of any number would swallow a mistyped option; a file of such a name can be written ./-name.
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } option)
                result.AddError($"Unrecognized option '{option.Value}'.");
        });
        var options = new ServeOptions();
        var command = new Command("serve", "Serves tilesets over HTTP, with the viewer.") { paths };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => ServingSession.RunAsync(
            parsed.GetRequiredValue(paths), parsed, options, onStarted: null, cancellation));
        return command;
    }
}
