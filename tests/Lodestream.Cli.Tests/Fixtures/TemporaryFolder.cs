namespace Lodestream.Cli.Tests.Fixtures;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lodestream-cli-").FullName;

    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string relative, string content)
    {
        var path = At(relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Writes the smallest tileset.</summary>
    /// <returns>The folder it lies in.</returns>
    public string WriteTileset(string folder)
    {
        Write(
            System.IO.Path.Combine(folder, "tileset.json"),
            """{"asset":{"version":"1.1"},"geometricError":8,"root":{"boundingVolume":{"sphere":[0,0,0,1]},"geometricError":0}}""");
        return At(folder);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
