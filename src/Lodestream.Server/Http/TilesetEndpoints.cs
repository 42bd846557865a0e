using System.Text.Json;
using System.Text.Json.Serialization;
using Lodestream.Server.Files;
using Lodestream.Server.Scenes;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary>One line of <c>/tilesets</c>.</summary>
internal sealed record CatalogueEntry(string Id, string Name, string Url, string? VersionedUrl, string Format, string Version, long? Bytes);

/// <summary>The answer of <c>/tilesets</c>.</summary>
internal sealed record CatalogueDocument(IReadOnlyList<CatalogueEntry> Tilesets);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CatalogueDocument))]
internal sealed partial class CatalogueJson : JsonSerializerContext;

/// <summary><c>/tilesets</c>, <c>/tilesets/{id}/…</c> and <c>/v/{version}/{id}/…</c>.</summary>
internal sealed class TilesetEndpoints : IDisposable
{
    /// <summary>What all scenes' plain URLs begin with.</summary>
    public const string Prefix = "/tilesets/";

    /// <summary>What all versioned URLs begin with.</summary>
    public const string VersionedPrefix = "/v/";

    private readonly SceneCatalogue _catalogue;
    private readonly FileAnswer _answer;
    private readonly FileRoutes _routes;
    private readonly Dictionary<string, SceneFolder> _folders;
    private Listing _listing = new([], null!);

    /// <summary>Makes the endpoints of a catalogue.</summary>
    public TilesetEndpoints(SceneCatalogue catalogue, FileAnswer answer, FileRoutes routes, TimeProvider clock)
    {
        _catalogue = catalogue;
        _answer = answer;
        _routes = routes;
        var byPath = catalogue.Scenes.DistinctBy(scene => scene.Folder, StringComparer.Ordinal).ToDictionary(scene => scene.Folder, scene => new SceneFolder(scene.Folder, scene.IsArchive, clock), StringComparer.Ordinal);
        _folders = catalogue.Scenes.ToDictionary(scene => scene.Id, scene => byPath[scene.Folder], StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in _folders.Values)
            folder.Dispose();
    }

    /// <summary><c>/tilesets</c>: all scenes.</summary>
    public async Task SendCatalogueAsync(HttpContext context)
    {
        var versions = new FolderVersion?[_catalogue.Scenes.Count];
        for (var i = 0; i < versions.Length; i++)
            versions[i] = await _folders[_catalogue.Scenes[i].Id].VersionAsync().ConfigureAwait(false);
        var listing = _listing;
        if (listing.Content is null || !listing.Versions.AsSpan().SequenceEqual(versions))
            _listing = listing = new(versions, Write(versions));
        await _answer.SendAsync(context, listing.Content, "application/json", FileAnswer.Revalidate).ConfigureAwait(false);
    }

    /// <summary><c>/tilesets/{id}</c>: where the scene's document is; <c>/tilesets/{id}/…</c>: a file of its folder.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">What follows <see cref="Prefix"/>.</param>
    public Task SendAsync(HttpContext context, string path)
    {
        var (id, name) = Split(path);
        if (name.Length == 0)
            return _catalogue.TryFind(id, out var scene) ? RedirectAsync(context, scene.Url) : PlainAnswer.NotFoundAsync(context);
        return FindPlain(id, name) is { } route ? _answer.SendAsync(context, route) : PlainAnswer.NotFoundAsync(context);
    }

    /// <summary><c>/v/{version}/{id}/…</c>: a file as it was in that version of its folder, or a redirect to what it is now.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">What follows <see cref="VersionedPrefix"/>.</param>
    public async Task SendVersionedAsync(HttpContext context, string path)
    {
        var (versionName, rest) = Split(path);
        var (id, name) = Split(rest);
        if (name.Length == 0 || !_folders.TryGetValue(id, out var folder) || FindPlain(id, name) is not { } plain)
        {
            await PlainAnswer.NotFoundAsync(context).ConfigureAwait(false);
            return;
        }

        var plainUrl = Prefix + id + "/" + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        var version = folder.Current ?? await folder.VersionAsync().ConfigureAwait(false);
        if (version?.Name != versionName || !version.Contains(name))
        {
            await RedirectAsync(context, plainUrl, StatusCodes.Status307TemporaryRedirect).ConfigureAwait(false);
            return;
        }

        var route = new FileRoute(plain.File, FileAnswer.Immutable) { Pin = new VersionPin(folder, version, plainUrl) };
        _routes.Add(VersionedPrefix + path, route);
        await _answer.SendAsync(context, route).ConfigureAwait(false);
    }

    private FileRoute? FindPlain(string id, string name)
    {
        if (!_folders.TryGetValue(id, out var folder))
            return null;
        return _routes.FindOrAdd(Prefix + id + "/" + name, () =>
        {
            var file = new ServedFile(folder.Files, name, MediaTypes.OfTile(name));
            return file.Locate() is null ? null : new FileRoute(file, FileAnswer.Revalidate);
        });
    }

    private ContentVersion Write(FolderVersion?[] versions)
    {
        var entries = _catalogue.Scenes.Select((scene, i) => new CatalogueEntry(
            scene.Id, scene.Name, scene.Url, VersionedUrlOf(scene, versions[i]), scene.Format, scene.Version, versions[i]?.Bytes));
        var json = JsonSerializer.SerializeToUtf8Bytes(new CatalogueDocument([.. entries]), CatalogueJson.Default.CatalogueDocument);
        return ContentVersion.OfMemory(json, isCompressible: true);
    }

    private static string? VersionedUrlOf(ServedScene scene, FolderVersion? version) =>
        version?.Name is { } name && version.Contains(scene.Document) ? $"{VersionedPrefix}{name}/{scene.Id}/{Uri.EscapeDataString(scene.Document)}" : null;

    private static (string Head, string Tail) Split(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..]);
    }

    private static Task RedirectAsync(HttpContext context, string url, int status = StatusCodes.Status302Found)
    {
        context.Response.Headers.Location = url;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private sealed record Listing(FolderVersion?[] Versions, ContentVersion Content);
}
