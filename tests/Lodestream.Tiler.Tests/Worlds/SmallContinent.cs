using Lodestream.Tiler.Worlds;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>A continent small enough to be made for a test, and removed after it.</summary>
public sealed class SmallContinent : IAsyncLifetime
{
    public static readonly ContinentOptions Options = new() { Seed = 7, Levels = 5, TileQuads = 8, SizeMetres = 20000, ErosionCells = 128, Sharpness = 0 };

    public string Around { get; } = Directory.CreateTempSubdirectory("lodestream-continent-").FullName;

    public string Folder => Path.Combine(Around, "world");

    internal WrittenTileset Tileset { get; private set; } = null!;

    internal ContinentSummary Summary { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Summary = await ContinentWorld.WriteAsync(Folder, Options);
        Tileset = new(Folder);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Around, recursive: true);
        return Task.CompletedTask;
    }
}
