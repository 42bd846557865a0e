using System.Text.Json;
using System.Text.Json.Serialization;
using Lodestream.Server.Files;
using Lodestream.Server.Scenes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Lodestream.Server.Http;

/// <summary>One line of <c>/tilesets</c>.</summary>
internal sealed record CatalogueEntry(string Id, string Name, string Url, string Format, string Version, long? Bytes)
{
    /// <summary>What clients may know of a scene: not where it lies on disk.</summary>
    public static CatalogueEntry Of(ServedScene scene) => new(scene.Id, scene.Name, scene.Url, scene.Format, scene.Version, scene.Bytes);
}

/// <summary>The answer of <c>/tilesets</c>.</summary>
internal sealed record CatalogueDocument(IReadOnlyList<CatalogueEntry> Tilesets);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CatalogueDocument))]
internal sealed partial class CatalogueJson : JsonSerializerContext;

/// <summary><c>/tilesets</c>, <c>/tilesets/{id}</c> and the files below.</summary>
internal sealed class TilesetEndpoints
{
    private readonly SceneCatalogue _catalogue;
    private readonly FileAnswer _files;
    private readonly Dictionary<string, ServedFolder> _folders;
    private readonly byte[] _catalogueBytes;
    private readonly EntityTagHeaderValue _catalogueTag;

    /// <summary>Makes the endpoints of a catalogue.</summary>
    public TilesetEndpoints(SceneCatalogue catalogue, FileAnswer files)
    {
        _catalogue = catalogue;
        _files = files;
        _folders = catalogue.Scenes.ToDictionary(scene => scene.Id, scene => new ServedFolder(scene.Folder), StringComparer.Ordinal);
        _catalogueBytes = JsonSerializer.SerializeToUtf8Bytes(
            new CatalogueDocument([.. catalogue.Scenes.Select(CatalogueEntry.Of)]), CatalogueJson.Default.CatalogueDocument);
        _catalogueTag = new EntityTagHeaderValue(FileVersionCache.TagOf(_catalogueBytes));
    }

    /// <summary><c>/tilesets</c>: all scenes.</summary>
    public Task SendCatalogueAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = FileAnswer.Revalidate;
        return TypedResults.Bytes(_catalogueBytes, "application/json", entityTag: _catalogueTag).ExecuteAsync(context);
    }

    /// <summary><c>/tilesets/{id}</c>: where the scene's document is.</summary>
    public Task RedirectToDocumentAsync(HttpContext context)
    {
        if (!_catalogue.TryFind((string)context.Request.RouteValues["id"]!, out var scene))
            return NotFoundAsync(context);
        context.Response.Headers.CacheControl = FileAnswer.Revalidate;
        return TypedResults.Redirect(scene.Url).ExecuteAsync(context);
    }

    /// <summary><c>/tilesets/{id}/…</c>: a file of the scene's folder.</summary>
    public Task SendFileAsync(HttpContext context)
    {
        if (!_folders.TryGetValue((string)context.Request.RouteValues["id"]!, out var folder))
            return NotFoundAsync(context);
        var file = folder.Find((string?)context.Request.RouteValues["path"] ?? "");
        return file is null ? NotFoundAsync(context) : _files.SendAsync(context, file, MediaTypes.OfTile(file), FileAnswer.Revalidate);
    }

    private static Task NotFoundAsync(HttpContext context) => PlainAnswer.SendAsync(context, StatusCodes.Status404NotFound, "not found");
}
