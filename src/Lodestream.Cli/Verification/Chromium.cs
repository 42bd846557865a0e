using System.ComponentModel;
using System.Diagnostics;

namespace Lodestream.Cli.Verification;

/// <summary>A headless browser of our own: a fresh profile, software rendering, gone with us.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    // What the browser writes once its DevTools listen, before the address.
    private const string Announcement = "DevTools listening on ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), ClosingPatience = TimeSpan.FromSeconds(3);

    // Software rendering, so that the same is seen everywhere; nothing that talks to the outside by itself; frames whether or not anybody looks.
    private static readonly string[] Arguments =
    [
        "--headless", "--remote-debugging-port=0", "--disable-quic", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-extensions", "--mute-audio", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
        "--ignore-gpu-blocklist", "--disable-dev-shm-usage", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "--disable-background-timer-throttling",
    ];

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private Task _drained = Task.CompletedTask;

    private Chromium(Process process, DirectoryInfo profile) => (_process, _profile) = (process, profile);

    /// <summary>Where its DevTools listen: a WebSocket on the loopback.</summary>
    public Uri DevTools { get; private set; } = null!;

    /// <summary>Starts a browser.</summary>
    /// <param name="program">Its program.</param>
    /// <param name="cancellation">Ends the waiting, and the browser.</param>
    /// <exception cref="CommandException">The program does not start, or is no browser of this kind.</exception>
    public static async Task<Chromium> StartAsync(string program, CancellationToken cancellation)
    {
        var profile = Directory.CreateTempSubdirectory("lodestream-browser-");
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in Arguments)
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add($"--user-data-dir={profile.FullName}");

        // Chromium has no sandbox for the superuser, and says so instead of starting.
        if (Environment.IsPrivilegedProcess && OperatingSystem.IsLinux())
            start.ArgumentList.Add("--no-sandbox");
        start.ArgumentList.Add("about:blank");
        Chromium browser;
        try
        {
            browser = new(Process.Start(start)!, profile);
        }
        catch (Win32Exception e)
        {
            profile.Delete(recursive: true);
            throw new CommandException($"{program}: {e.Message}", e);
        }
        try
        {
            browser.DevTools = await browser.ListenAsync(program, cancellation);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Asked to close, it does so by itself; what does not is ended with everything it started.
        using (var patience = new CancellationTokenSource(ClosingPatience))
        {
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }
        await _drained;
        _process.Dispose();
        await DeleteProfileAsync();
    }

    private async Task<Uri> ListenAsync(string program, CancellationToken cancellation)
    {
        _drained = DrainAsync(_process.StandardOutput);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        string? last = null;
        try
        {
            while (await _process.StandardError.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith(Announcement, StringComparison.Ordinal) && Uri.TryCreate(line[Announcement.Length..].Trim(), UriKind.Absolute, out var address))
                {
                    _drained = Task.WhenAll(_drained, DrainAsync(_process.StandardError));
                    return address;
                }
                last = line.Length > 0 ? line : last;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException($"{program}: it did not open its DevTools within {Patience.TotalSeconds} s{(last is null ? "" : $"; it last said: {last}")}");
        }
        throw new CommandException($"{program}: it ended instead of starting{(last is null ? "" : $"; it last said: {last}")}");
    }

    // Nobody reads what it goes on to write, and a full pipe would stop it.
    private static Task DrainAsync(StreamReader output) => output.BaseStream.CopyToAsync(Stream.Null);

    // Its other processes may hold files for a moment longer; what cannot be deleted is the system's to clean up.
    private async Task DeleteProfileAsync()
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                _profile.Delete(recursive: true);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(100);
            }
        }
    }
}
