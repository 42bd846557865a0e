using Lodestream.Cli.Tests.Fixtures;
using Lodestream.Cli.Worlds;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Cli.Tests;

/// <summary>When a cached world is used, and when it is made again.</summary>
public sealed class WorldCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _made;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_world_is_made_once_and_bears_its_kinds_name()
    {
        var first = await GetAsync(new());
        Assert.Equal(first, await GetAsync(new()));
        Assert.Equal(1, _made);
        Assert.Equal("continent", Path.GetFileName(first));
        Assert.Contains($"v{ContinentWorld.GeneratorVersion}", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_that_shapes_the_world_makes_another_and_threads_do_not()
    {
        var folders = new HashSet<string>();
        foreach (var options in new ContinentOptions[] { new(), new() { Seed = 77 }, new() { Levels = 3 }, new() { SizeMetres = 5000 } })
            folders.Add(await GetAsync(options));
        Assert.Equal(4, folders.Count);
        Assert.Contains(await GetAsync(new() { Threads = 1 }), folders);
        Assert.Equal(4, _made);
    }

    [Theory]
    [InlineData("a tile is gone")]
    [InlineData("a tile is cut short")]
    [InlineData("the book-keeping is gone")]
    [InlineData("the folder is gone")]
    public async Task A_world_that_is_not_whole_any_more_is_made_again(string damage)
    {
        var world = await GetAsync(new());
        var tile = Path.Combine(world, "tiles", "0.glb");
        switch (damage)
        {
            case "a tile is gone":
                File.Delete(tile);
                break;
            case "a tile is cut short":
                File.WriteAllText(tile, "t");
                break;
            case "the book-keeping is gone":
                File.Delete(Path.Combine(Path.GetDirectoryName(world)!, "contents"));
                break;
            default:
                Directory.Delete(world, recursive: true);
                break;
        }

        Assert.Equal(world, await GetAsync(new()));
        Assert.Equal(2, _made);
        Assert.Equal("tile", File.ReadAllText(tile));
    }

    [Fact]
    public async Task What_a_killed_run_left_half_made_is_taken_away()
    {
        var world = await GetAsync(new());
        var place = Path.GetDirectoryName(world)!;
        Directory.Delete(world, recursive: true);
        Directory.CreateDirectory(Path.Combine(place, ".continent.abc.partial", "tiles"));
        await GetAsync(new());
        Assert.Equal([world], Directory.GetDirectories(place));
    }

    [Fact]
    public async Task A_failed_making_is_not_taken_for_a_world()
    {
        await Assert.ThrowsAsync<IOException>(() => CacheFor().GetContinentAsync(new(), (_, _) => throw new IOException("disk full"), CancellationToken.None));
        await GetAsync(new());
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Two_that_want_the_same_world_at_once_make_it_once()
    {
        var making = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var first = CacheFor().GetContinentAsync(new(), async (directory, _) =>
        {
            begun.SetResult();
            await making.Task;
            Make(directory);
        }, CancellationToken.None);
        await begun.Task;
        var second = GetAsync(new());
        Assert.False(second.IsCompleted);
        making.SetResult();
        Assert.Equal(await first, await second);
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Waiting_for_another_ends_when_cancelled()
    {
        var making = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var first = CacheFor().GetContinentAsync(new(), async (directory, _) =>
        {
            begun.SetResult();
            await making.Task;
            Make(directory);
        }, CancellationToken.None);
        await begun.Task;
        using var impatience = new CancellationTokenSource();
        var second = CacheFor().GetContinentAsync(new(), (_, _) => Task.CompletedTask, impatience.Token);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        making.SetResult();
        await first;
    }

    private WorldCache CacheFor() => new(_folder.Path);

    private Task<string> GetAsync(ContinentOptions options) => CacheFor().GetContinentAsync(
        options,
        (directory, _) =>
        {
            Make(directory);
            return Task.CompletedTask;
        },
        CancellationToken.None);

    /// <summary>What counts here is when a world is made; what is in it, the generator's own tests look at.</summary>
    private void Make(string directory)
    {
        Assert.False(Directory.Exists(directory));
        Directory.CreateDirectory(Path.Combine(directory, "tiles"));
        File.WriteAllText(Path.Combine(directory, "tileset.json"), "{}");
        File.WriteAllText(Path.Combine(directory, "tiles", "0.glb"), "tile");
        _made++;
    }
}
