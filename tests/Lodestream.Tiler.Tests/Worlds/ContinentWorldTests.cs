using Lodestream.Tiler.Worlds;

namespace Lodestream.Tiler.Tests.Worlds;

public sealed class ContinentWorldTests : IDisposable
{
    private static readonly ContinentOptions Tiny = new() { Seed = 3, Levels = 4, TileQuads = 8, SizeMetres = 9000, ErosionCells = 64 };

    private readonly string _around = Directory.CreateTempSubdirectory("lodestream-continent-").FullName;

    public void Dispose() => Directory.Delete(_around, recursive: true);

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_on_any_number_of_threads()
    {
        var one = await Make("one", Tiny with { Threads = 1 });
        var many = await Make("many", Tiny with { Threads = 5 });
        Assert.Equal(one.Keys, many.Keys);
        Assert.All(one, file => Assert.True(file.Value.AsSpan().SequenceEqual(many[file.Key]), file.Key));
    }

    [Fact]
    public async Task Another_seed_gives_another_continent()
    {
        var one = await Make("one", Tiny);
        var other = await Make("other", Tiny with { Seed = 4 });
        Assert.False(one["terrain/0/0_0.glb"].AsSpan().SequenceEqual(other["terrain/0/0_0.glb"]));
    }

    [Theory]
    [InlineData("Carving the land")]
    [InlineData("Settling the land")]
    [InlineData("Sampling the surface")]
    [InlineData("Writing tiles")]
    public async Task A_cancelled_run_leaves_nothing(string stage)
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Told(p =>
        {
            if (p.Stage == stage)
                cancellation.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ContinentWorld.WriteAsync(Path.Combine(_around, "world"), Tiny, progress, cancellation.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_around));
    }

    [Fact]
    public async Task A_run_that_fails_leaves_nothing_and_throws_what_went_wrong()
    {
        // Files stand where folders of tiles are wanted, once the temporary folder is there.
        var progress = new Told(p =>
        {
            if (p.Stage == "Sampling the surface" && p.Done == p.Total)
                File.WriteAllText(Path.Combine(Directory.GetDirectories(_around).Single(), "terrain"), "");
        });
        await Assert.ThrowsAnyAsync<IOException>(() => ContinentWorld.WriteAsync(Path.Combine(_around, "world"), Tiny, progress));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_around));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_refused_and_left_alone()
    {
        File.WriteAllText(Path.Combine(_around, "letter.txt"), "dear");
        var refusal = await Assert.ThrowsAsync<IOException>(() => ContinentWorld.WriteAsync(_around, Tiny));
        Assert.Contains(_around, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("dear", File.ReadAllText(Path.Combine(_around, "letter.txt")));
        Assert.Single(Directory.EnumerateFileSystemEntries(_around));
    }

    [Fact]
    public async Task An_empty_folder_is_filled()
    {
        Directory.CreateDirectory(Path.Combine(_around, "empty"));
        Assert.Contains("tileset.json", (await Make("empty", Tiny)).Keys);
    }

    [Fact]
    public async Task Progress_rises_to_one_through_every_stage()
    {
        var told = new List<WorldProgress>();
        await ContinentWorld.WriteAsync(Path.Combine(_around, "world"), Tiny, new Told(told.Add));
        Assert.Equal(["Carving the land", "Settling the land", "Sampling the surface", "Writing tiles"], told.Select(p => p.Stage).Distinct());
        Assert.Equal(told.Select(p => p.Overall).Order(), told.Select(p => p.Overall));
        Assert.Equal(1, told[^1].Overall, 1e-9);
    }

    public static TheoryData<ContinentOptions, string> BadOptions => new()
    {
        { Tiny with { Levels = 0 }, nameof(ContinentOptions.Levels) },
        { Tiny with { Levels = 10, TileQuads = 64 }, nameof(ContinentOptions.Levels) },
        { Tiny with { SizeMetres = double.NaN }, nameof(ContinentOptions.SizeMetres) },
        { Tiny with { SizeMetres = 1e6 }, nameof(ContinentOptions.SizeMetres) },
        { Tiny with { TileQuads = 9 }, nameof(ContinentOptions.TileQuads) },
        { Tiny with { ErosionCells = 100 }, nameof(ContinentOptions.ErosionCells) },
        { Tiny with { Sharpness = -1 }, nameof(ContinentOptions.Sharpness) },
        { Tiny with { Threads = -1 }, nameof(ContinentOptions.Threads) },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public async Task An_option_out_of_range_is_named(ContinentOptions options, string name)
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => ContinentWorld.WriteAsync(Path.Combine(_around, "world"), options));
        Assert.Equal(name, refusal.ParamName);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_around));
    }

    private async Task<SortedDictionary<string, byte[]>> Make(string name, ContinentOptions options)
    {
        var folder = Path.Combine(_around, name);
        await ContinentWorld.WriteAsync(folder, options);
        return WrittenWorld.Read(folder);
    }
}
