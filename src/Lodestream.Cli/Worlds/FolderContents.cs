using System.Globalization;
using System.IO.Enumeration;

namespace Lodestream.Cli.Worlds;

/// <summary>How much a folder holds: enough to notice that something is missing.</summary>
/// <param name="Files">Files in it and below.</param>
/// <param name="Bytes">Bytes of all of them.</param>
internal readonly record struct FolderContents(long Files, long Bytes)
{
    /// <summary>The figures as a line of text.</summary>
    public string Receipt => string.Create(CultureInfo.InvariantCulture, $"{Files} files, {Bytes} bytes");

    /// <summary>Counts.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static FolderContents Of(string folder)
    {
        long files = 0, bytes = 0;
        var lengths = new FileSystemEnumerable<long>(
            folder,
            (ref FileSystemEntry entry) => entry.Length,
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        };
        foreach (var length in lengths)
        {
            files++;
            bytes += length;
        }

        return new(files, bytes);
    }
}
