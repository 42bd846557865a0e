namespace Lodestream.Cli.Verification;

/// <summary>Finds a browser of Chromium's kind.</summary>
internal static class ChromiumLocation
{
    /// <summary>Names the browser's program.</summary>
    public const string Variable = "LODESTREAM_BROWSER";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"];

    private static readonly string[] MacPrograms =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ];

    private static readonly string[] WindowsPrograms = [@"Google\Chrome\Application\chrome.exe", @"Chromium\Application\chrome.exe", @"Microsoft\Edge\Application\msedge.exe"];

    /// <summary>The browser's program: the one named by option or by <see cref="Variable"/>, else one on the PATH, else one where they are installed.</summary>
    /// <param name="named">The value of <c>--browser</c>, or null.</param>
    /// <exception cref="CommandException">There is none, or not where it was said to be.</exception>
    public static string Find(string? named)
    {
        if (named is not null)
            return File.Exists(named) ? named : throw new CommandException($"--browser {named}: there is no such file");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } fromEnvironment)
            return File.Exists(fromEnvironment) ? fromEnvironment : throw new CommandException($"{Variable}={fromEnvironment}: there is no such file");
        return Candidates().FirstOrDefault(File.Exists)
            ?? throw new CommandException($"no Chromium, Chrome or Edge was found: name one with --browser PATH or {Variable}");
    }

    private static IEnumerable<string> Candidates()
    {
        var extension = OperatingSystem.IsWindows() ? ".exe" : "";
        foreach (var name in Names)
        {
            foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
                yield return Path.Combine(folder, name + extension);
        }
        if (OperatingSystem.IsMacOS())
        {
            foreach (var program in MacPrograms)
                yield return program;
        }
        if (!OperatingSystem.IsWindows())
            yield break;
        foreach (var folder in new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.LocalApplicationData })
        {
            foreach (var program in WindowsPrograms)
                yield return Path.Combine(Environment.GetFolderPath(folder), program);
        }
    }
}
