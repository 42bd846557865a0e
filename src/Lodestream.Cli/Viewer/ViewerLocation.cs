namespace Lodestream.Cli.Viewer;

/// <summary>Finds the published viewer.</summary>
internal static class ViewerLocation
{
    /// <summary>Names the viewer's folder for every command that serves.</summary>
    public const string Variable = "LODESTREAM_VIEWER";

    private const string Page = "index.html";

    /// <summary>Where publishing <c>src/Lodestream.Browser</c> puts the web files.</summary>
    private static readonly string PublishedInRepository = Path.Combine("src", "Lodestream.Browser", "bin", "publish", "wwwroot");

    /// <summary>
    /// The viewer's folder: the one named by option or by <see cref="Variable"/>, else <c>viewer</c> beside the tool, else, when the
    /// tool runs from its sources, the one published there.
    /// </summary>
    /// <param name="named">The value of <c>--viewer</c>, or null.</param>
    /// <returns>A folder with an <c>index.html</c>, or null where there is no viewer and none was named.</returns>
    /// <exception cref="CommandException">The folder that was named has no <c>index.html</c>.</exception>
    public static string? Find(string? named)
    {
        if (named is not null)
            return HasPage(named) ? named : throw new CommandException($"--viewer {named}: no {Page} there");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } fromEnvironment)
            return HasPage(fromEnvironment) ? fromEnvironment : throw new CommandException($"{Variable}={fromEnvironment}: no {Page} there");

        var beside = Path.Combine(AppContext.BaseDirectory, "viewer");
        if (HasPage(beside))
            return beside;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Lodestream.slnx")))
                continue;
            var published = Path.Combine(folder.FullName, PublishedInRepository);
            return HasPage(published) ? published : null;
        }

        return null;
    }

    private static bool HasPage(string folder) => File.Exists(Path.Combine(folder, Page));
}
