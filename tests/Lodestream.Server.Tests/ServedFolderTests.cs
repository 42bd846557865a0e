using System.Text;
using Lodestream.Server.Files;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>No path escapes the served folder.</summary>
public sealed class ServedFolderTests : IAsyncLifetime, IDisposable
{
    private const string Secret = "not for the network";

    private readonly TemporaryFolder _outer = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _outer.Write("secret.txt", Encoding.UTF8.GetBytes(Secret));
        _outer.Write("scene-private/secret.txt", Encoding.UTF8.GetBytes(Secret));
        _outer.WriteTileset("scene/tileset.json");
        _outer.Write("scene/tiles/root.glb", "tile"u8);
        _outer.Write("scene/tiles/a b+ä.glb", "spaced"u8);
        _outer.Write("scene/.env", Encoding.UTF8.GetBytes(Secret));
        _outer.Write("scene/.git/config", Encoding.UTF8.GetBytes(Secret));
        var scene = Path.Combine(_outer.Path, "scene");
        File.CreateSymbolicLink(Path.Combine(scene, "link-to-file.txt"), Path.Combine(_outer.Path, "secret.txt"));
        File.CreateSymbolicLink(Path.Combine(scene, "relative-link.txt"), "../secret.txt");
        File.CreateSymbolicLink(Path.Combine(scene, "link-to-hidden"), ".env");
        File.CreateSymbolicLink(Path.Combine(scene, "link-to-itself"), "link-to-itself");
        File.CreateSymbolicLink(Path.Combine(scene, "link-inside.glb"), "tiles/root.glb");
        Directory.CreateSymbolicLink(Path.Combine(scene, "link-to-folder"), _outer.Path);
        Directory.CreateSymbolicLink(Path.Combine(scene, "link-to-sibling"), "../scene-private");
        _server = await RunningServer.ServeAsync(scene);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    public void Dispose() => _outer.Dispose();

    [Theory]
    [InlineData("/tilesets/scene/../secret.txt")]
    [InlineData("/tilesets/scene/../../secret.txt")]
    [InlineData("/tilesets/scene/tiles/../../secret.txt")]
    [InlineData("/tilesets/scene/./../secret.txt")]
    [InlineData("/../../../../../../etc/passwd")]
    [InlineData("/tilesets/../../../../../../etc/passwd")]
    [InlineData("/tilesets/scene/.../secret.txt")]
    public async Task Dotted_segments_do_not_leave_the_folder(string target) => await AssertRefusedAsync(target);

    [Theory]
    [InlineData("/tilesets/scene/%2e%2e/secret.txt")]
    [InlineData("/tilesets/scene/%2E%2E/%2E%2E/secret.txt")]
    [InlineData("/tilesets/scene/.%2e/secret.txt")]
    [InlineData("/tilesets/scene/..%2fsecret.txt")]
    [InlineData("/tilesets/scene/..%2Fsecret.txt")]
    [InlineData("/tilesets/scene/%2e%2e%2fsecret.txt")]
    [InlineData("/tilesets/scene/tiles%2f..%2f..%2fsecret.txt")]
    [InlineData("/tilesets/scene%2f..%2fsecret.txt")]
    [InlineData("/tilesets/%2e%2e/secret.txt")]
    public async Task Encoded_dots_and_slashes_do_not_leave_the_folder(string target) => await AssertRefusedAsync(target);

    [Theory]
    [InlineData("/tilesets/scene/%252e%252e/secret.txt")]
    [InlineData("/tilesets/scene/%252e%252e%252fsecret.txt")]
    [InlineData("/tilesets/scene/..%252fsecret.txt")]
    [InlineData("/tilesets/scene/..%255csecret.txt")]
    [InlineData("/tilesets/scene/%25252e%25252e/secret.txt")]
    public async Task Doubly_encoded_paths_are_not_decoded_twice(string target) => await AssertRefusedAsync(target);

    [Theory]
    [InlineData("/tilesets/scene/..\\secret.txt")]
    [InlineData("/tilesets/scene/..%5csecret.txt")]
    [InlineData("/tilesets/scene/..%5C..%5Csecret.txt")]
    [InlineData("/tilesets/scene/tiles%5croot.glb")]
    [InlineData("/tilesets/scene/%5c%5chost%5cshare%5cfile")]
    public async Task Backslashes_are_no_separators(string target) => await AssertRefusedAsync(target);

    [Theory]
    [InlineData("/tilesets/scene//etc/passwd")]
    [InlineData("/tilesets/scene/%2fetc%2fpasswd")]
    [InlineData("//etc/passwd")]
    [InlineData("/tilesets/scene/file:///etc/passwd")]
    [InlineData("/tilesets/scene//tiles/root.glb")]
    public async Task Absolute_paths_are_refused(string target) => await AssertRefusedAsync(target);

    [Fact]
    public async Task An_absolute_path_of_a_real_file_outside_is_refused()
    {
        await AssertRefusedAsync("/tilesets/scene/" + Path.Combine(_outer.Path, "secret.txt"));
        await AssertRefusedAsync("/tilesets/scene" + Path.Combine(_outer.Path, "secret.txt"));
        await AssertRefusedAsync($"http://127.0.0.1{Path.Combine(_outer.Path, "secret.txt")}");
    }

    [Theory]
    [InlineData("/tilesets/scene/tiles/root.glb%00.txt")]
    [InlineData("/tilesets/scene/%00")]
    [InlineData("/tilesets/scene/tiles/root.glb%0a")]
    [InlineData("/tilesets/scene/tiles/root.glb%0d%0aX-Injected:%20yes")]
    public async Task Control_characters_are_refused(string target) => await AssertRefusedAsync(target);

    [Theory]
    [InlineData("/tilesets/scene/link-to-file.txt")]
    [InlineData("/tilesets/scene/relative-link.txt")]
    [InlineData("/tilesets/scene/link-to-folder/secret.txt")]
    [InlineData("/tilesets/scene/link-to-sibling/secret.txt")]
    [InlineData("/tilesets/scene/link-to-hidden")]
    [InlineData("/tilesets/scene/link-to-itself")]
    public async Task A_link_that_leads_outside_is_not_followed(string target) => await AssertRefusedAsync(target);

    [Theory]
    [InlineData("/tilesets/scene/link-inside.glb")]
    [InlineData("/tilesets/scene/link-to-folder/scene/tiles/root.glb")]
    public async Task A_link_that_ends_inside_is_followed(string target)
    {
        var answer = await _server.GetAsync(target);
        Assert.Equal(200, answer.Status);
        Assert.Equal("tile", answer.Text);
    }

    [Theory]
    [InlineData("/tilesets/scene/.env")]
    [InlineData("/tilesets/scene/.git/config")]
    [InlineData("/tilesets/scene/%2eenv")]
    public async Task Hidden_files_are_not_served(string target) => await AssertRefusedAsync(target);

    [Theory]
    [InlineData("/tilesets/scene/tiles")]
    [InlineData("/tilesets/scene/tiles/")]
    [InlineData("/tilesets/scene/tiles/.")]
    public async Task A_folder_is_not_listed(string target) => await AssertRefusedAsync(target);

    [Fact]
    public async Task Ids_that_are_paths_name_nothing()
    {
        await AssertRefusedAsync("/tilesets/scene-private/secret.txt");
        await AssertRefusedAsync("/tilesets/SCENE/tiles/root.glb");
        await AssertRefusedAsync("/tilesets/./secret.txt");
    }

    [Theory]
    [InlineData("/tilesets/scene/tiles/root.glb", "tile")]
    [InlineData("/tilesets/scene/tiles/root.glb?v=1#top", "tile")]
    [InlineData("/tilesets/scene/tiles/../tiles/root.glb", "tile")]
    [InlineData("/tilesets/scene/tiles/a%20b%2B%C3%A4.glb", "spaced")]
    public async Task Plain_paths_are_served_with_query_spaces_and_letters_of_any_script(string target, string content)
    {
        var answer = await _server.GetAsync(target);
        Assert.Equal(200, answer.Status);
        Assert.Equal(content, answer.Text);
    }

    [Theory]
    [InlineData("./tiles/root.glb")]
    [InlineData("tiles/../tiles/root.glb")]
    [InlineData("../scene/tiles/root.glb")]
    [InlineData("../secret.txt")]
    [InlineData("tiles//root.glb")]
    [InlineData("/tiles/root.glb")]
    [InlineData("tiles/root.glb/")]
    [InlineData("")]
    public void A_path_is_refused_for_what_it_says_before_anyone_looks_where_it_leads(string path)
    {
        // The web server tidies most of these away before they come here; this folder does not rely on it.
        var folder = new ServedFolder(Path.Combine(_outer.Path, "scene"));
        Assert.NotNull(folder.Find("tiles/root.glb"));
        Assert.Null(folder.Find(path));
    }

    [Theory]
    [InlineData("back\\slash.glb")]
    [InlineData("encoded%2fslash.glb")]
    [InlineData("line\nbreak.glb")]
    public void A_name_that_means_something_else_elsewhere_is_refused_even_where_such_a_file_exists(string name)
    {
        if (OperatingSystem.IsWindows())
            return; // no such file can exist there
        _outer.Write(Path.Combine("scene", name), "tile"u8);
        Assert.Null(new ServedFolder(Path.Combine(_outer.Path, "scene")).Find(name));
    }

    private async Task AssertRefusedAsync(string target)
    {
        var answer = await _server.GetAsync(target);
        Assert.InRange(answer.Status, 400, 404);
        Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer.Text, StringComparison.Ordinal);
        Assert.Null(answer.Header("X-Injected"));
    }
}
