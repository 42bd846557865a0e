using Lodestream.Formats.Archive;

namespace Lodestream.Server.Files;

/// <summary>
/// A <c>.3tz</c> archive whose files are served as if they lay in a folder: stored ones straight from their place in it, deflated ones
/// unpacked. It is opened again when it has changed.
/// </summary>
/// <param name="path">Real path of the archive.</param>
internal sealed class ServedArchive(string path) : IServedPlace, IDisposable
{
    private readonly Lock _gate = new();
    private TileArchive? _archive;
    private FileStamp _stamp;

    /// <inheritdoc/>
    /// <exception cref="IOException">The archive, or the file's record in it, is broken; the message names both.</exception>
    public FileLocation? Find(string name)
    {
        if (!ServedFolder.ArePlainNames(name) || Open() is not { } archive)
            return null;

        // Local reads complete where they are asked for.
        var lookup = archive.FindAsync(name).AsTask().GetAwaiter().GetResult();
        if (lookup.Entry is { } entry)
            return new(path, IsLinked: false) { Entry = new(archive, name, entry) };
        return lookup.IsAbsent ? null : throw new IOException(lookup.Error);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _archive?.Dispose();
    }

    private TileArchive? Open()
    {
        lock (_gate)
        {
            if (!FileStamp.TryRead(path, out var stamp))
                return null;
            if (_archive is not null && stamp == _stamp)
                return _archive;

            // The one before may be in use: its last user lets go of it.
            _archive = TileArchive.Open(path, out var error) ?? throw new IOException(error);
            _stamp = stamp;
            return _archive;
        }
    }
}

/// <summary>A file in an archive.</summary>
/// <param name="Archive">The archive.</param>
/// <param name="Name">The file's path in it.</param>
/// <param name="Entry">Where and how it lies there.</param>
internal sealed record ArchivedFile(TileArchive Archive, string Name, ArchiveEntry Entry)
{
    /// <summary>Its bytes are in the archive as they are.</summary>
    public bool IsStored => Entry.Compression == ArchiveCompression.Stored;
}

/// <summary>The bytes of a file that is compressed in its archive.</summary>
/// <param name="file">The file.</param>
internal sealed class UnpackedBytes(ArchivedFile file) : IByteSource
{
    /// <inheritdoc/>
    public FileBytes? File => null;

    /// <inheritdoc/>
    public async Task<byte[]> ReadAllAsync()
    {
        var read = await file.Archive.ReadAsync(file.Name, Compression.MaxInflated).ConfigureAwait(false);
        return read.Bytes ?? throw new IOException(read.Error);
    }
}
