using Lodestream.Formats.Inspection;
using Lodestream.Streaming;
using Lodestream.Transport;

namespace Lodestream.Cli.Scenes;

/// <summary>Reads files of the scenes that commands name, with the streamer's own transports: one attempt each.</summary>
internal static class SceneSource
{
    private static readonly HttpTransport Http = new(HttpTransport.CreateClient(), new Inbox());

    /// <summary>Reads one file.</summary>
    public static async Task<SceneFile> ReadAsync(string uri, CancellationToken cancellation)
    {
        if (!uri.StartsWith("http", StringComparison.OrdinalIgnoreCase))
            return await SceneFiles.ReadLocalAsync(uri, cancellation);
        var outcome = await Http.FetchAsync(uri, null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new(outcome.Bytes, outcome.Status == FetchStatus.NotFound, outcome.Error);
    }
}
