using System.Reflection;
using Lodestream.Tests.Shared;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>What this machine has for the tests: the published viewer, a browser, real data.</summary>
internal static class Machine
{
    /// <summary>The repository's root.</summary>
    public static readonly string Root = typeof(Machine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "LodestreamRoot").Value!;

    /// <summary>The published viewer's web root.</summary>
    public static readonly string Viewer = Path.Combine(Root, "src", "Lodestream.Browser", "bin", "publish", "wwwroot");

    /// <summary>The Chromium on the PATH, or null.</summary>
    public static readonly string? Chromium = FindOnPath("chromium", "chromium-browser", "google-chrome");

    /// <summary>Where a missing browser is a failure.</summary>
    public static bool IsCi => Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>A folder of real data, or null where this machine has none.</summary>
    public static string? Data(string name)
    {
        var folder = DataFolder.Path is { } data ? Path.Combine(data, name) : null;
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    private static string? FindOnPath(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            {
                var file = Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);
                if (File.Exists(file))
                    return file;
            }
        }
        return null;
    }
}

/// <summary>A test in a real Chromium; skipped, visibly, where there is none, but never under CI.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Machine.Chromium is null && !Machine.IsCi)
            Skip = "no chromium on the PATH";
    }
}

/// <summary>A test in a real Chromium over cases; skipped as <see cref="BrowserFactAttribute"/>.</summary>
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute(string? data = null)
    {
        if (Machine.Chromium is null && !Machine.IsCi)
            Skip = "no chromium on the PATH";
        else if (data is not null && Machine.Data(data) is null)
            Skip = $"no {data} among the test data";
    }
}
