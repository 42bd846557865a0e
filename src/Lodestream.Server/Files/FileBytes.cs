using Microsoft.Win32.SafeHandles;

namespace Lodestream.Server.Files;

/// <summary>Bytes in a file, as long as the file is what it was.</summary>
/// <param name="path">Absolute path.</param>
/// <param name="stamp">What the file looked like when its representation was made.</param>
/// <param name="offset">Where in the file the bytes begin.</param>
/// <param name="length">How many there are.</param>
internal sealed class FileBytes(string path, FileStamp stamp, long offset, long length) : IByteSource
{
    /// <summary>A whole file.</summary>
    public FileBytes(string path, FileStamp stamp)
        : this(path, stamp, 0, stamp.Length)
    {
    }

    /// <inheritdoc/>
    public FileBytes File => this;

    /// <summary>Where in the file the bytes begin.</summary>
    public long Offset => offset;

    /// <summary>How many there are.</summary>
    public long Length => length;

    /// <summary>Opens the file.</summary>
    /// <exception cref="ContentChangedException">It is no longer what it was.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SafeFileHandle Open()
    {
        var file = OpenShared(path);
        if (FileStamp.Of(file) == stamp)
            return file;
        file.Dispose();
        throw new ContentChangedException(path);
    }

    /// <inheritdoc/>
    public async Task<byte[]> ReadAllAsync()
    {
        using var file = Open();
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)length));
        for (var filled = 0; filled < bytes.Length;)
        {
            var read = await RandomAccess.ReadAsync(file, bytes.AsMemory(filled), offset + filled).ConfigureAwait(false);
            if (read == 0)
                throw new ContentChangedException(path);
            filled += read;
        }

        return bytes;
    }

    /// <summary>Opens a file for reading without keeping anyone from rewriting it.</summary>
    public static SafeFileHandle OpenShared(string path) =>
        System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
}

/// <summary>A file changed between two looks at it; a new look tells what it is now.</summary>
internal sealed class ContentChangedException(string path) : IOException($"{path} changed while it was read");
