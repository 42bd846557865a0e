using Microsoft.Playwright;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>One headless Chromium with a fresh profile for all tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    // Software rendering, and nothing that talks to the outside on its own.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Machine.Chromium is null)
        {
            Assert.False(Machine.IsCi, "CI=true, and there is no chromium on the PATH");
            return;
        }
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Machine.Chromium, Headless = true, Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens the viewer on a scene.</summary>
    /// <param name="server">Serves viewer and scene.</param>
    /// <param name="scene">Path of the scene's tileset on the server.</param>
    /// <param name="parameters">Further parameters of the viewer's address.</param>
    /// <param name="prepare">What to do with the page before it opens the viewer.</param>
    public Task<ViewerPage> OpenAsync(LoopbackServer server, string scene, string parameters = "", Func<IPage, Task>? prepare = null) =>
        OpenAsync(new Uri($"{server.Url}?scene={Uri.EscapeDataString(scene)}{(parameters.Length == 0 ? "" : "&" + parameters)}"), prepare);

    /// <summary>Opens the viewer at an address.</summary>
    public async Task<ViewerPage> OpenAsync(Uri address, Func<IPage, Task>? prepare = null)
    {
        // A development certificate vouches for itself alone.
        var viewer = await NewPageAsync(trustsAll: address.Scheme == Uri.UriSchemeHttps);
        if (prepare is not null)
            await prepare(viewer.Page);
        await viewer.Page.GotoAsync(address.AbsoluteUri);
        return viewer;
    }

    /// <summary>Opens another page of the server.</summary>
    public async Task<ViewerPage> OpenPageAsync(LoopbackServer server, string path)
    {
        var page = await NewPageAsync();
        await page.Page.GotoAsync(server.Url + path);
        return page;
    }

    private async Task<ViewerPage> NewPageAsync(bool trustsAll = false)
    {
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = 640, Height = 400 }, IgnoreHTTPSErrors = trustsAll });
        return new ViewerPage(await context.NewPageAsync());
    }
}

/// <summary>All browser tests share one Chromium, and run one after the other: the cores are few.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}
