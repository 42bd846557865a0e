using Lodestream.Formats.Inspection;
using Lodestream.Simulation.Scenes;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Simulation.Tests.Scenarios;

/// <summary>A world that scenarios are for; made once, and removed.</summary>
public abstract class MadeWorld(Func<string, Task> make) : IAsyncLifetime
{
    private readonly DirectoryInfo _around = Directory.CreateTempSubdirectory("lodestream-scenarios-");

    /// <summary>The scene.</summary>
    public SimulatedScene Scene { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var folder = Path.Combine(_around.FullName, "world");
        await make(folder);
        Scene = SimulatedScene.Open(folder, SceneFiles.ReadLocalAsync, CancellationToken.None);
    }

    public Task DisposeAsync()
    {
        _around.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>The demo continent at five levels, as <c>lodestream world continent --levels 5</c> makes it.</summary>
public sealed class DemoContinent() : MadeWorld(folder => ContinentWorld.WriteAsync(folder, new() { Levels = 5 }));

/// <summary>A small city, as <c>lodestream world city --size 150</c> makes it.</summary>
public sealed class DemoCity() : MadeWorld(folder => CityWorld.WriteAsync(folder, new() { SizeMetres = 150 }));
