using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenes;

/// <summary>A server on which files are replaced by newer versions of the same size.</summary>
/// <param name="origin">What it holds at first.</param>
public sealed class ChangingOrigin(IContentOrigin origin) : IContentOrigin
{
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);

    /// <summary>Replaces a file.</summary>
    /// <param name="uri">Absolute URI.</param>
    public void Publish(string uri) => _versions[uri] = _versions.GetValueOrDefault(uri) + 1;

    /// <inheritdoc />
    public OriginContent? Find(in TileRequest request)
    {
        var content = origin.Find(request);
        return content is not null && _versions.TryGetValue(request.Uri, out var version) ? content with { Version = version } : content;
    }
}
