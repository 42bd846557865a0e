namespace Lodestream.Server.Files;

/// <summary>What one look at a folder's entry tells of a file: enough to know that it is no longer the file it was.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">Last write, UTC.</param>
internal readonly record struct FileStamp(long Length, DateTime Modified)
{
    /// <summary>
    /// File times tick in milliseconds, on some systems in two seconds (FAT): a file written this recently may be written again
    /// without its time changing.
    /// </summary>
    public static readonly TimeSpan TimeGranularity = TimeSpan.FromSeconds(2);

    /// <summary>Looks at a file.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="stamp">Its stamp, where there is such a file.</param>
    public static bool TryRead(string path, out FileStamp stamp)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            stamp = default;
            return false;
        }

        stamp = new(file.Length, file.LastWriteTimeUtc);
        return true;
    }

    /// <summary>The stamp of an open file.</summary>
    public static FileStamp Of(Microsoft.Win32.SafeHandles.SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    /// <summary>Other bytes would bear another stamp: the file was not written to for a while.</summary>
    public bool IsSettled(DateTimeOffset now) => (now.UtcDateTime - Modified).Duration() > TimeGranularity;
}
