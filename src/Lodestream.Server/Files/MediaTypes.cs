namespace Lodestream.Server.Files;

/// <summary>What the name of a file tells of its content.</summary>
/// <param name="Name">Its media type.</param>
/// <param name="Kind">What it is to someone who reads figures: <c>document</c>, <c>subtree</c>, <c>tile</c>, <c>image</c>, <c>viewer</c> or <c>other</c>.</param>
/// <param name="IsCompressible">Text and tables: compressed for whoever accepts it. Tiles and images are compressed in themselves, or precompressed by those who find that it pays.</param>
/// <param name="IsGzipByName">A file that calls itself gzip is served as the archive it is.</param>
internal sealed record MediaType(string Name, string Kind, bool IsCompressible, bool IsGzipByName = false);

/// <summary>Media types by file name.</summary>
internal static class MediaTypes
{
    private const string OctetStream = "application/octet-stream";

    private static readonly MediaType Unknown = new(OctetStream, "other", false);

    // The registered names of glTF, KTX 2 and images; tile formats without a registered name are octet streams
    // (OGC 22-025r4 defines none). Nothing here is active content: a tileset's folder can never run script on this origin.
    private static readonly Dictionary<string, MediaType> Tiles = new(StringComparer.OrdinalIgnoreCase)
    {
        [".json"] = new("application/json", "document", true),
        [".geojson"] = new("application/geo+json", "document", true),
        [".glb"] = new("model/gltf-binary", "tile", false),
        [".gltf"] = new("model/gltf+json", "tile", true),
        [".png"] = new("image/png", "image", false),
        [".jpg"] = new("image/jpeg", "image", false),
        [".jpeg"] = new("image/jpeg", "image", false),
        [".webp"] = new("image/webp", "image", false),
        [".ktx2"] = new("image/ktx2", "image", false),
        [".b3dm"] = new(OctetStream, "tile", false),
        [".i3dm"] = new(OctetStream, "tile", false),
        [".pnts"] = new(OctetStream, "tile", false),
        [".cmpt"] = new(OctetStream, "tile", false),
        [".untold"] = new(OctetStream, "tile", true),
        [".subtree"] = new(OctetStream, "subtree", true),
        [".bin"] = new(OctetStream, "tile", false),
        [".gz"] = Unknown with { IsGzipByName = true },
        [".tgz"] = Unknown with { IsGzipByName = true },
    };

    private static readonly Dictionary<string, MediaType> Page = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = new("text/html; charset=utf-8", "viewer", true),
        [".css"] = new("text/css; charset=utf-8", "viewer", true),
        [".js"] = new("text/javascript; charset=utf-8", "viewer", true),
        [".mjs"] = new("text/javascript; charset=utf-8", "viewer", true),
        [".map"] = new("application/json", "viewer", true),
        [".wasm"] = new("application/wasm", "viewer", true),
        [".svg"] = new("image/svg+xml", "viewer", true),
        [".ico"] = new("image/x-icon", "viewer", false),
        [".txt"] = new("text/plain; charset=utf-8", "viewer", true),
        [".webmanifest"] = new("application/manifest+json", "viewer", true),
        [".woff2"] = new("font/woff2", "viewer", false),
    };

    /// <summary>The type of a file of a tileset.</summary>
    public static MediaType OfTile(string path) => Tiles.GetValueOrDefault(Path.GetExtension(path), Unknown);

    /// <summary>The type of a file of the viewer.</summary>
    public static MediaType OfViewer(string path) => Page.TryGetValue(Path.GetExtension(path), out var type) ? type : OfTile(path) with { Kind = "viewer" };
}
