using Lodestream.Tiler.Worlds;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>A world's files as they were written, by their paths within its folder (with slashes, as URIs have them).</summary>
internal static class WrittenWorld
{
    public static SortedDictionary<string, byte[]> Read(string folder)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            files.Add(Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes(file));
        return files;
    }
}

/// <summary>Hears how far a world is, on the thread that tells it.</summary>
internal sealed class Told(Action<WorldProgress> told) : IProgress<WorldProgress>
{
    public void Report(WorldProgress value) => told(value);
}
