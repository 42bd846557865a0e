namespace Lodestream.Tiler.Writing;

/// <summary>
/// A folder that appears whole or not at all: files go to a temporary folder beside it, which takes its name at the end or is deleted.
/// </summary>
internal sealed class AtomicDirectory : IDisposable
{
    private readonly string _target;
    private bool _committed;

    /// <summary>Begins a folder.</summary>
    /// <param name="target">Where it will be; absent or empty now.</param>
    /// <exception cref="IOException">There is something at that place, or it can't be written to.</exception>
    public AtomicDirectory(string target)
    {
        _target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        if (File.Exists(_target))
            throw new IOException($"{target} is a file; a folder is to be written there.");
        if (Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any())
            throw new IOException($"{target} is not empty; name a new folder, or empty this one first.");
        var parent = System.IO.Path.GetDirectoryName(_target) ?? throw new IOException($"{target} has no folder around it.");
        Directory.CreateDirectory(parent);
        Path = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(_target)}.{System.IO.Path.GetRandomFileName()}.partial");
        Directory.CreateDirectory(Path);
    }

    /// <summary>The temporary folder.</summary>
    public string Path { get; }

    /// <summary>Puts the folder in its place.</summary>
    public void Commit()
    {
        if (Directory.Exists(_target))
            Directory.Delete(_target);
        Directory.Move(Path, _target);
        _committed = true;
    }

    /// <summary>Deletes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        if (!_committed && Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
