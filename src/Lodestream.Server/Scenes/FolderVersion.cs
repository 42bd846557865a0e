using System.Buffers.Text;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using Lodestream.Server.Files;

namespace Lodestream.Server.Scenes;

/// <summary>
/// One state of a folder or archive: the stamps of all its files, and a name for that state. A URL that bears the name means the files as they
/// were then, so its answers never change.
/// </summary>
internal sealed class FolderVersion
{
    /// <summary>Files looked at; a folder with more has neither a size nor versions.</summary>
    private const int MaxFiles = 100_000;

    private const int NameBytes = 12;

    private readonly Dictionary<string, FileStamp>? _files;
    private readonly FileStamp _archive;

    private FolderVersion(string? name, Dictionary<string, FileStamp>? files, FileStamp archive, long bytes)
    {
        Name = name;
        _files = files;
        _archive = archive;
        Bytes = bytes;
    }

    /// <summary>The state's name: 16 letters, digits, '-' and '_'. Null while a file is so young that its stamp does not vouch for its bytes.</summary>
    public string? Name { get; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes { get; }

    /// <summary>Whether a file is still what it was in this state.</summary>
    /// <param name="name">Path below the folder, with '/' between segments.</param>
    /// <param name="stamp">What it looks like now.</param>
    public bool Holds(string name, FileStamp stamp) => _files is null ? stamp == _archive : _files.TryGetValue(name, out var then) && then == stamp;

    /// <summary>Whether the folder had a file of this name; an archive, all of whose files are of one state, is not asked.</summary>
    public bool Contains(string name) => _files is null || _files.ContainsKey(name);

    /// <summary>The state of an archive, all of whose files change together.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public static FolderVersion OfArchive(string path, DateTimeOffset now)
    {
        if (!FileStamp.TryRead(path, out var stamp))
            throw new FileNotFoundException(null, path);
        var name = stamp.IsSettled(now) ? NameOf(new() { [Path.GetFileName(path)] = stamp }) : null;
        return new(name, null, stamp, stamp.Length);
    }

    /// <summary>Looks at all files of a folder that are served: dot files and links are not.</summary>
    /// <returns>The state, or null where there are too many files.</returns>
    public static FolderVersion? Take(string folder, DateTimeOffset now)
    {
        var files = new Dictionary<string, FileStamp>(StringComparer.Ordinal);
        long bytes = 0;
        var isSettled = true;
        foreach (var (path, stamp) in Entries(folder))
        {
            if (files.Count == MaxFiles)
                return null;
            files.Add(Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), stamp);
            bytes += stamp.Length;
            isSettled &= stamp.IsSettled(now);
        }

        return new(isSettled ? NameOf(files) : null, files, default, bytes);
    }

    private static FileSystemEnumerable<(string Path, FileStamp Stamp)> Entries(string folder) => new(
        folder,
        (ref FileSystemEntry entry) => (entry.ToFullPath(), new FileStamp(entry.Length, entry.LastWriteTimeUtc.UtcDateTime)),
        new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System,
            IgnoreInaccessible = true,
        })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
    };

    private static string NameOf(Dictionary<string, FileStamp> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, stamp) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{stamp.Length}\0{stamp.Modified.Ticks}\n"));
        return Base64Url.EncodeToString(hash.GetHashAndReset().AsSpan(0, NameBytes));
    }
}
