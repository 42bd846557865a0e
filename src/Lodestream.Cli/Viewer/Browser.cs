using System.ComponentModel;
using System.Diagnostics;

namespace Lodestream.Cli.Viewer;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens a page, or says that it could not: the address was printed.</summary>
    public static void Open(Uri url)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(url.ToString()) { UseShellExecute = true }
            : new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [url.ToString()]) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using var process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Console.Error.WriteLine($"No browser could be opened; the address is {url}");
        }
    }
}
