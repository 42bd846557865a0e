namespace Lodestream.Server.Files;

/// <summary>Media types by file name.</summary>
internal static class MediaTypes
{
    private const string Unknown = "application/octet-stream";

    // The registered names of glTF, KTX 2 and images; tile formats without a registered name are octet streams
    // (OGC 22-025r4 defines none). Nothing here is active content: a tileset's folder can never run script on this origin.
    private static readonly Dictionary<string, string> Tiles = new(StringComparer.OrdinalIgnoreCase)
    {
        [".json"] = "application/json",
        [".geojson"] = "application/geo+json",
        [".glb"] = "model/gltf-binary",
        [".gltf"] = "model/gltf+json",
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".webp"] = "image/webp",
        [".ktx2"] = "image/ktx2",
        [".b3dm"] = Unknown,
        [".i3dm"] = Unknown,
        [".pnts"] = Unknown,
        [".cmpt"] = Unknown,
        [".subtree"] = Unknown,
        [".bin"] = Unknown,
    };

    private static readonly Dictionary<string, string> Page = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".mjs"] = "text/javascript; charset=utf-8",
        [".map"] = "application/json",
        [".wasm"] = "application/wasm",
        [".svg"] = "image/svg+xml",
        [".ico"] = "image/x-icon",
        [".txt"] = "text/plain; charset=utf-8",
        [".webmanifest"] = "application/manifest+json",
        [".woff2"] = "font/woff2",
    };

    /// <summary>The type of a file of a tileset.</summary>
    public static string OfTile(string path) => Tiles.GetValueOrDefault(Path.GetExtension(path), Unknown);

    /// <summary>The type of a file of the viewer.</summary>
    public static string OfViewer(string path) => Page.TryGetValue(Path.GetExtension(path), out var type) ? type : OfTile(path);
}
