using System.Text;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// What a version of 3D Tiles allows: the seam where another version is put in. A reader accepts the dialects it is given and no
/// others.
/// </summary>
/// <param name="Version">The value of <c>asset.version</c> that chooses this dialect.</param>
/// <param name="LegacyUrl">Whether a content may name its file by <c>url</c> where it has no <c>uri</c>, as files from before the standard do.</param>
public sealed record TilesetDialect(string Version, bool LegacyUrl)
{
    /// <summary>What the files from before the standard call themselves.</summary>
    public static TilesetDialect Version00 { get; } = new("0.0", LegacyUrl: true);

    /// <summary>OGC 3D Tiles 1.0.</summary>
    public static TilesetDialect Version10 { get; } = new("1.0", LegacyUrl: true);

    /// <summary>OGC 3D Tiles 1.1: several contents per tile, groups, implicit tiling.</summary>
    public static TilesetDialect Version11 { get; } = new("1.1", LegacyUrl: false);

    /// <summary>The dialects that are read when nothing else is asked for.</summary>
    public static IReadOnlyList<TilesetDialect> Known { get; } = [Version00, Version10, Version11];

    internal static TilesetDialect? Find(IReadOnlyList<TilesetDialect> dialects, ReadOnlySpan<byte> version)
    {
        var name = Encoding.UTF8.GetString(version);
        foreach (var dialect in dialects)
        {
            if (dialect.Version == name)
                return dialect;
        }
        return null;
    }
}
