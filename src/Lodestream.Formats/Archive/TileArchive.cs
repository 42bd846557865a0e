using System.Collections.Concurrent;
using System.IO.Compression;

namespace Lodestream.Formats.Archive;

/// <summary>
/// A <c>.3tz</c> archive (3D Tiles Archive Format 1.3), read in place: a file is found by the archive's own index, or by the central
/// directory where there is none or it is broken. ZIP64 included. Entries may be stored or deflated. Safe to use from several threads.
/// </summary>
public sealed class TileArchive : IDisposable
{
    // Deflate cannot do better (zlib's technical details); what claims to is made to exhaust memory.
    private const long GreatestExpansion = 1032;

    // JSON becomes a sixth to a tenth of itself, binary formats less.
    private const int UsualExpansion = 4;

    // 24 bytes a file: forty million of them.
    private const long LongestIndex = 1L << 30;

    private readonly ArchiveSource _source;
    private readonly ZipDirectory _directory;
    private readonly ArchiveIndex? _index;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<string, TileArchive> _nested = new(StringComparer.Ordinal);
    private Listing? _listing;

    private sealed record Listing(byte[] Bytes, Dictionary<string, int> Places, string? Error);

    private TileArchive(string name, ArchiveSource source, ZipDirectory directory, ArchiveIndex? index) =>
        (Name, _source, _directory, _index) = (name, source, directory, index);

    /// <summary>What it is called in messages: a path or URL.</summary>
    public string Name { get; }

    /// <summary>Whether files are found by the archive's own index.</summary>
    public bool HasIndex => _index is not null;

    /// <summary>Opens a local archive.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="error">What is wrong with it, naming the file; null when all is well.</param>
    public static TileArchive? Open(string path, out string? error)
    {
        ArchiveSource source;
        try
        {
            source = ArchiveSource.OfFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = $"{path}: {e.Message}";
            return null;
        }

        // Local reads complete where they are asked for.
        (var archive, error) = OpenAsync(source, path, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return archive;
    }

    /// <summary>Opens an archive in a stream that can seek, which it disposes.</summary>
    /// <param name="stream">The archive.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="error">What is wrong with it; null when all is well.</param>
    public static TileArchive? Open(Stream stream, string name, out string? error)
    {
        (var archive, error) = OpenAsync(ArchiveSource.OfStream(stream), name, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return archive;
    }

    /// <summary>Opens an archive.</summary>
    /// <param name="source">Its bytes; disposed with the archive, or when it cannot be opened.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="cancellation">Calls the opening off.</param>
    /// <returns>The archive, or what is wrong with it.</returns>
    public static async ValueTask<(TileArchive? Archive, string? Error)> OpenAsync(ArchiveSource source, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        var opened = false;
        try
        {
            var tail = new byte[Math.Min(source.Length, ZipRecords.LongestEnd)];
            await source.ReadAsync(source.Length - tail.Length, tail, cancellation).ConfigureAwait(false);
            var (found, error) = await FindDirectoryAsync(source, tail, cancellation).ConfigureAwait(false);
            if (found is not { } directory)
                return (null, $"{name}: {error}");
            var index = await ReadIndexAsync(source, directory, cancellation).ConfigureAwait(false);
            opened = true;
            return (new(name, source, directory, index), null);
        }
        catch (IOException e)
        {
            return (null, $"{name}: {e.Message}");
        }
        finally
        {
            if (!opened)
                source.Dispose();
        }
    }

    /// <summary>Looks for a file, also in archives within this one, which are folders of its path.</summary>
    /// <param name="path">Its path in the archive, with <c>/</c> between folders, not escaped.</param>
    /// <param name="cancellation">Calls the search off.</param>
    public async ValueTask<ArchiveLookup> FindAsync(string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var found = await FindOwnAsync(path, cancellation).ConfigureAwait(false);
        return found.IsAbsent && ArchiveUri.TrySplitPath(path, out var archive, out var inner)
            ? await FindNestedAsync(archive, inner, found, cancellation).ConfigureAwait(false)
            : found;
    }

    // A nested archive's bytes lie in this one as they are: where its files are, they are here.
    private async ValueTask<ArchiveLookup> FindNestedAsync(string archive, string inner, ArchiveLookup absent, CancellationToken cancellation)
    {
        var holder = await FindOwnAsync(archive, cancellation).ConfigureAwait(false);
        if (holder.Entry is not { } entry)
            return holder.IsAbsent ? absent : holder;
        if (entry.Compression != ArchiveCompression.Stored)
            return new(null, $"{Name}: {Shown(archive)}: is an archive and compressed; archives within archives are read in place and must be stored", false);
        if (entry.Length != entry.CompressedLength)
            return new(null, $"{Name}: {Shown(archive)}: is stored in {entry.CompressedLength} bytes, and said to have {entry.Length}", false);
        if (!_nested.TryGetValue(archive, out var nested))
        {
            var (opened, error) = await OpenAsync(new ArchiveSource.Slice(_source, entry.DataOffset, entry.Length), $"{Name}/{Shown(archive)}", cancellation).ConfigureAwait(false);
            if (opened is null)
                return new(null, error, false);
            nested = _nested.GetOrAdd(archive, opened);
        }
        var found = await nested.FindAsync(inner, cancellation).ConfigureAwait(false);
        return found.Entry is { } file ? found with { Entry = file with { Path = $"{archive}/{file.Path}", DataOffset = entry.DataOffset + file.DataOffset } } : found;
    }

    private async ValueTask<ArchiveLookup> FindOwnAsync(string path, CancellationToken cancellation)
    {
        try
        {
            if (_index is not null)
            {
                var offset = _index.Find(path);
                if (offset < 0)
                    return new(null, $"{Name}: has no file {Shown(path)}", true);
                var local = await ReadLocalAsync(path, offset, cancellation).ConfigureAwait(false);
                if (local is { HasDescriptor: false } entry)
                    return await FinishAsync(entry, cancellation).ConfigureAwait(false);
            }

            // No index, or one that points elsewhere, or sizes that only the central directory knows.
            var listing = await ListAsync(cancellation).ConfigureAwait(false);
            if (!listing.Places.TryGetValue(path, out var place))
                return new(null, listing.Error is null ? $"{Name}: has no file {Shown(path)}" : $"{Name}: {listing.Error}", listing.Error is null);
            return await FinishAsync(ZipRecords.ReadCentral(listing.Bytes, place, out _)!.Value, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return new(null, $"{Name}: {Shown(path)}: {e.Message}", false);
        }
    }

    /// <summary>Opens a file of a local archive for reading, decompressing as it is read.</summary>
    /// <param name="path">Its path in the archive.</param>
    /// <param name="entry">What is known of it; null where it is not there.</param>
    /// <param name="error">Why it cannot be opened, naming archive and entry; null where it can.</param>
    /// <returns>The stream, null where the file is not there or cannot be read.</returns>
    public Stream? TryOpenEntry(string path, out ArchiveEntry? entry, out string? error)
    {
        var lookup = FindAsync(path).AsTask().GetAwaiter().GetResult();
        (entry, error) = (lookup.Entry, lookup.Error);
        if (entry is null || (error = Unsupported(entry)) is not null)
            return null;
        var raw = new ArchiveEntryStream(_source, entry);
        return entry.Compression == ArchiveCompression.Stored ? raw : new DeflateStream(raw, CompressionMode.Decompress);
    }

    /// <summary>Reads a file, decompressed, and checks its length and checksum.</summary>
    /// <param name="path">Its path in the archive.</param>
    /// <param name="maximumBytes">Length that is accepted at most.</param>
    /// <param name="cancellation">Calls the reading off.</param>
    public async ValueTask<ArchiveFile> ReadAsync(string path, long maximumBytes, CancellationToken cancellation = default)
    {
        var lookup = await FindAsync(path, cancellation).ConfigureAwait(false);
        if (lookup.Entry is not { } entry)
            return new(null, lookup.Error, lookup.IsAbsent);
        if (Unsupported(entry) is { } unsupported)
            return new(null, unsupported, false);
        if (entry.Length > Math.Min(maximumBytes, Array.MaxLength))
            return Failed($"has {entry.Length} bytes; at most {maximumBytes} are accepted");
        if (entry.Length > entry.CompressedLength * GreatestExpansion + 64 || (entry.Compression == ArchiveCompression.Stored && entry.Length != entry.CompressedLength))
            return Failed($"says that {entry.CompressedLength} bytes become {entry.Length}");
        try
        {
            var raw = new byte[entry.CompressedLength];
            await _source.ReadAsync(entry.DataOffset, raw, cancellation).ConfigureAwait(false);
            var bytes = entry.Compression == ArchiveCompression.Stored ? raw : Inflate(raw, (int)entry.Length);
            if (bytes is null)
                return Failed($"does not decompress to the {entry.Length} bytes it says");
            return Crc32.Of(bytes) == entry.Checksum ? new(bytes, null, false) : Failed("does not have the checksum it should have");
        }
        catch (IOException e)
        {
            return Failed(e.Message);
        }

        ArchiveFile Failed(string why) => new(null, $"{Name}: {Shown(path)}: {why}", false);
    }

    /// <summary>All files of the archive, by the central directory; folders and the index are left out.</summary>
    /// <returns>Path and length when decompressed; what is broken in the directory, or null.</returns>
    public async ValueTask<(IReadOnlyList<(string Path, long Length)> Files, string? Error)> ListFilesAsync(CancellationToken cancellation = default)
    {
        try
        {
            var listing = await ListAsync(cancellation).ConfigureAwait(false);
            var files = new List<(string, long)>(listing.Places.Count);
            foreach (var (path, place) in listing.Places)
            {
                if (path != ArchiveIndex.Name && !path.EndsWith('/'))
                    files.Add((path, ZipRecords.ReadCentral(listing.Bytes, place, out _)!.Value.Length));
            }
            return (files, listing.Error is null ? null : $"{Name}: {listing.Error}");
        }
        catch (IOException e)
        {
            return ([], $"{Name}: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _source.Dispose();
        _gate.Dispose();
    }

    private static async ValueTask<(ZipDirectory?, string?)> FindDirectoryAsync(ArchiveSource source, byte[] tail, CancellationToken cancellation)
    {
        var end = ZipRecords.FindEnd(tail);
        if (end < 0)
            return (null, "is not a ZIP archive: it has no end of central directory");
        var directory = ZipRecords.ReadEnd(tail, end, out var zip64);
        if (zip64 is { } offset)
        {
            if (offset > source.Length - ZipRecords.Zip64End)
                return (null, $"its ZIP64 end record is said to be at byte {offset} of {source.Length}");
            var record = new byte[ZipRecords.Zip64End];
            await source.ReadAsync(offset, record, cancellation).ConfigureAwait(false);
            if (ZipRecords.ReadZip64End(record) is not { } wide)
                return (null, $"has no ZIP64 end record at byte {offset}, where one is said to be");
            directory = wide;
        }
        return directory.Offset > source.Length || directory.Length > source.Length - directory.Offset || directory.Entries > directory.Length / ZipRecords.CentralHeader
            ? (null, $"its central directory is said to have {directory.Entries} entries in {directory.Length} bytes at byte {directory.Offset} of {source.Length}")
            : (directory, null);
    }

    // The index is the last record of the directory. Whatever is wrong with it, the directory itself is still there to be used.
    private static async ValueTask<ArchiveIndex?> ReadIndexAsync(ArchiveSource source, ZipDirectory directory, CancellationToken cancellation)
    {
        const int longestExtra = 64;
        var last = new byte[Math.Min(directory.Length, ZipRecords.CentralHeader + ArchiveIndex.Name.Length + longestExtra)];
        await source.ReadAsync(directory.Offset + directory.Length - last.Length, last, cancellation).ConfigureAwait(false);
        for (var at = last.Length - ZipRecords.CentralHeader - ArchiveIndex.Name.Length; at >= 0; at--)
        {
            if (ZipRecords.ReadCentral(last, at, out var length) is not { Path: ArchiveIndex.Name } entry || at + length != last.Length)
                continue;
            if (entry.Method != 0 || entry.Length > LongestIndex || await DataOffsetAsync(source, entry, cancellation).ConfigureAwait(false) is not { } offset || entry.Length > directory.Offset - offset)
                return null;
            var records = new byte[entry.Length];
            await source.ReadAsync(offset, records, cancellation).ConfigureAwait(false);
            return ArchiveIndex.Read(records);
        }
        return null;
    }

    // The local header at an offset, if it is the file's.
    private async ValueTask<ZipEntry?> ReadLocalAsync(string path, long offset, CancellationToken cancellation)
    {
        if (offset > _directory.Offset - ZipRecords.LocalHeader)
            return null;
        var header = new byte[Math.Min(ZipRecords.LocalHeader + 2 * path.Length + 64, _directory.Offset - offset)];
        await _source.ReadAsync(offset, header, cancellation).ConfigureAwait(false);
        if (ZipRecords.ReadLocal(header, offset, out var name, out var more) is not { } entry)
            return null;
        if (ZipRecords.LocalHeader + more > header.Length)
        {
            if (offset + ZipRecords.LocalHeader + more > _directory.Offset)
                return null;
            header = new byte[ZipRecords.LocalHeader + more];
            await _source.ReadAsync(offset, header, cancellation).ConfigureAwait(false);
        }
        return System.Text.Encoding.UTF8.GetString(header, ZipRecords.LocalHeader, name) == path
            ? ZipRecords.Widen(entry with { Path = path }, header.AsSpan(ZipRecords.LocalHeader + name, more - name))
            : null;
    }

    private async ValueTask<ArchiveLookup> FinishAsync(ZipEntry entry, CancellationToken cancellation)
    {
        if (entry.IsEncrypted)
            return Failed("is encrypted, which is not supported");
        var offset = entry.HeaderOffset > _directory.Offset - ZipRecords.LocalHeader ? null : await DataOffsetAsync(_source, entry, cancellation).ConfigureAwait(false);
        if (offset is not { } data)
            return Failed($"has no local header at byte {entry.HeaderOffset}, where one is said to be");
        if (entry.CompressedLength > _directory.Offset - data)
            return Failed($"is said to take {entry.CompressedLength} bytes from byte {data}; the central directory begins at {_directory.Offset}");
        var compression = entry.Method switch { 0 => ArchiveCompression.Stored, 8 => ArchiveCompression.Deflate, 93 => ArchiveCompression.Zstandard, _ => ArchiveCompression.Other };
        return new(new(entry.Path, data, entry.CompressedLength, entry.Length, compression, entry.Checksum), null, false);

        ArchiveLookup Failed(string why) => new(null, $"{Name}: {Shown(entry.Path)}: {why}", false);
    }

    private static async ValueTask<long?> DataOffsetAsync(ArchiveSource source, ZipEntry entry, CancellationToken cancellation)
    {
        if (entry.HeaderOffset > source.Length - ZipRecords.LocalHeader)
            return null;
        var header = new byte[ZipRecords.LocalHeader];
        await source.ReadAsync(entry.HeaderOffset, header, cancellation).ConfigureAwait(false);
        return ZipRecords.ReadLocal(header, entry.HeaderOffset, out _, out var more) is null ? null : entry.HeaderOffset + ZipRecords.LocalHeader + more;
    }

    private async ValueTask<Listing> ListAsync(CancellationToken cancellation)
    {
        if (_listing is { } known)
            return known;
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _listing ??= await ReadDirectoryAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<Listing> ReadDirectoryAsync(CancellationToken cancellation)
    {
        if (_directory.Length > Array.MaxLength)
            return new([], [], $"its central directory of {_directory.Length} bytes is too long to be read, and it has no usable index");
        var bytes = new byte[_directory.Length];
        await _source.ReadAsync(_directory.Offset, bytes, cancellation).ConfigureAwait(false);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var at = 0;
        for (var i = 0L; i < _directory.Entries; i++)
        {
            if (ZipRecords.ReadCentral(bytes, at, out var length) is not { } entry)
                return new(bytes, places, $"entry {i} of its central directory, at byte {_directory.Offset + at}, is broken");
            places[entry.Path] = at;
            at += length;
        }
        return new(bytes, places, null);
    }

    private string? Unsupported(ArchiveEntry entry) => entry.Compression switch
    {
        ArchiveCompression.Stored or ArchiveCompression.Deflate => null,
        ArchiveCompression.Zstandard => $"{Name}: {Shown(entry.Path)}: not supported yet: Zstandard compression",
        _ => $"{Name}: {Shown(entry.Path)}: is compressed in a way that is not supported",
    };

    // Paths come from the archive, or from whoever asks.
    private static string Shown(string path) => MessageText.Line(path)!;

    private static byte[]? Inflate(byte[] raw, int length)
    {
        // Room grows with what is there: what an entry says of itself is believed only up to the usual.
        var bytes = new byte[Math.Min(length, Math.Max(UsualExpansion * (long)raw.Length, 1024))];
        using var inflating = new DeflateStream(new MemoryStream(raw), CompressionMode.Decompress);
        try
        {
            for (var read = 0; ;)
            {
                read += inflating.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
                if (read < bytes.Length)
                    return null;
                if (read == length)
                    return inflating.ReadByte() < 0 ? bytes : null;
                Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
