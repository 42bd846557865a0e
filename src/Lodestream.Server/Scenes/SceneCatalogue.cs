using System.Diagnostics.CodeAnalysis;

namespace Lodestream.Server.Scenes;

/// <summary>The scenes a server offers, in the order they were asked for.</summary>
public sealed class SceneCatalogue
{
    private readonly Dictionary<string, ServedScene> _byId;

    /// <summary>Makes the catalogue.</summary>
    /// <param name="scenes">Scenes with distinct ids.</param>
    public SceneCatalogue(IReadOnlyList<ServedScene> scenes)
    {
        Scenes = scenes;
        _byId = scenes.ToDictionary(scene => scene.Id, StringComparer.Ordinal);
    }

    /// <summary>All scenes.</summary>
    public IReadOnlyList<ServedScene> Scenes { get; }

    /// <summary>Finds a scene by its id; ids are case-sensitive, as URLs are.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out ServedScene? scene) => _byId.TryGetValue(id, out scene);
}
