using Lodestream.Browser.Tests.Harness;
using Lodestream.Server;

namespace Lodestream.Browser.Tests;

/// <summary>The viewer as users get it: from Lodestream's own server, under its content security policy, compressed.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ServedTests(Harness.Browser browser)
{
    [BrowserTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_server_shows_its_first_scene_and_the_browser_has_nothing_to_complain_about(bool isSecure)
    {
        var folder = Directory.CreateTempSubdirectory("lodestream-served");
        try
        {
            WriteWorld(folder.FullName, new(levels: 3));
            await using var server = await LodestreamServer.StartAsync(
                new() { Paths = [folder.FullName], Port = 0, ViewerDirectory = Machine.Viewer, Tls = isSecure ? new() : null }, CancellationToken.None);
            var complaints = new List<string>();
            var requested = new List<string>();
            await using var viewer = await browser.OpenAsync(server.Url, page =>
            {
                page.Console += (_, message) =>
                {
                    if (message.Type is "error" or "warning" && !message.Text.Contains("GPU stall", StringComparison.Ordinal))
                        complaints.Add(message.Text);
                };
                page.Request += (_, request) => requested.Add(new Uri(request.Url).AbsolutePath);
                return Task.CompletedTask;
            });
            await viewer.ReadyAsync();
            await viewer.UntilAsync("s.settled && s.renderedKeys.length > 0");

            Assert.Empty(complaints);
            Assert.Empty(viewer.PageErrors);
            Assert.Equal("br", await viewer.EvaluateAsync<string>("fetch('_framework/dotnet.native.wasm', { method: 'HEAD' }).then(r => r.headers.get('content-encoding'))"));
            Assert.Equal(isSecure ? "h2" : "http/1.1", await viewer.EvaluateAsync<string>("performance.getEntriesByType('navigation')[0].nextHopProtocol"));

            // The scene and its tiles come from URLs that never change.
            var tiles = requested.Where(path => path.EndsWith(".glb", StringComparison.Ordinal) || path.EndsWith("tileset.json", StringComparison.Ordinal)).ToArray();
            Assert.True(tiles.Length > 1, "no tile was asked for");
            Assert.All(tiles, path => Assert.StartsWith("/v/", path, StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [BrowserTheory]
    [InlineData("hill-draco.glb")]
    [InlineData("hill-meshopt.glb")]
    [InlineData("hill-ktx2.glb")]
    public async Task Decoders_work_under_the_server_s_content_security_policy(string file)
    {
        var folder = Directory.CreateTempSubdirectory("lodestream-served");
        try
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Assets", file), Path.Combine(folder.FullName, file));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "tileset.json"), $$$"""
                {"asset":{"version":"1.1"},"geometricError":100,"root":{"boundingVolume":{"box":[0,0,1,5,0,0,0,5,0,0,0,1]},"geometricError":0,"content":{"uri":"{{{file}}}"} } }
                """);
            await using var server = await LodestreamServer.StartAsync(new() { Paths = [folder.FullName], Port = 0, ViewerDirectory = Machine.Viewer }, CancellationToken.None);
            var violations = new List<string>();
            await using var viewer = await browser.OpenAsync(server.Url, page =>
            {
                page.Console += (_, message) =>
                {
                    if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
                        violations.Add(message.Text);
                };
                return Task.CompletedTask;
            });
            await viewer.ReadyAsync();
            await viewer.UntilAsync("s.settled && s.renderedKeys.length === 1");
            Assert.Empty(violations);
            Assert.Empty(viewer.PageErrors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void WriteWorld(string folder, FlatWorld world)
    {
        File.WriteAllBytes(Path.Combine(folder, "tileset.json"), world.FileAt(FlatWorld.Scene)!);
        for (var level = 0; level < world.Levels; level++)
        {
            for (var i = 0; i < 1 << (2 * level); i++)
            {
                var path = FlatWorld.PathOf(level, i & (1 << level) - 1, i >> level);
                File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(path)), world.FileAt(path)!);
            }
        }

        // As a world that was not made this very moment: only then is it offered under URLs that never change.
        foreach (var file in Directory.GetFiles(folder))
            File.SetLastWriteTimeUtc(file, new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }
}
