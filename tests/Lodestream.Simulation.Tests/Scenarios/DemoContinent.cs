using Lodestream.Formats.Inspection;
using Lodestream.Simulation.Scenes;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Simulation.Tests.Scenarios;

/// <summary>The demo continent at five levels, as <c>lodestream world continent --levels 5</c> makes it; made once, and removed.</summary>
public sealed class DemoContinent : IAsyncLifetime
{
    private readonly DirectoryInfo _around = Directory.CreateTempSubdirectory("lodestream-scenarios-");

    /// <summary>The scene.</summary>
    public SimulatedScene Scene { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var folder = Path.Combine(_around.FullName, "world");
        await ContinentWorld.WriteAsync(folder, new() { Levels = 5 });
        Scene = SimulatedScene.Open(folder, SceneFiles.ReadLocalAsync, CancellationToken.None);
    }

    public Task DisposeAsync()
    {
        _around.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
