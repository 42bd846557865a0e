namespace Lodestream.Server.Tests.Fixtures;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("lodestream-server-").FullName;

    public string Path { get; }

    /// <summary>Writes a file and dates it back, as a file that has lain there for a while.</summary>
    public string Write(string relative, ReadOnlySpan<byte> content)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        return path;
    }

    public string WriteTileset(string relative = "tileset.json", string version = "1.1") => Write(relative, Tileset(version));

    public static byte[] Tileset(string version = "1.1") => System.Text.Encoding.UTF8.GetBytes(
        $$"""{"asset":{"version":"{{version}}"},"geometricError":8,"root":{"boundingVolume":{"sphere":[0,0,0,1]},"geometricError":0,"content":{"uri":"root.glb"} } }""");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
