using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Lodestream.Server.Files;

/// <summary>One state of a file's bytes.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">Last write, UTC.</param>
/// <param name="ETag">Strong entity tag, quotes included: the first 128 bits of the bytes' SHA-256, base64url.</param>
/// <param name="IsGzip">The bytes are a gzip stream, whatever the name says.</param>
/// <param name="IsSettled">The file had not been written to for a while when it was hashed.</param>
internal sealed record FileVersion(long Length, DateTime Modified, string ETag, bool IsGzip, bool IsSettled);

/// <summary>
/// Knows the content hash of files without reading them twice: a file is hashed when it is first asked for and again
/// only when its length or time of change differ. Several askers share one pass.
/// </summary>
/// <param name="clock">Tells how long ago a file was written.</param>
internal sealed class FileVersionCache(TimeProvider clock)
{
    private const int BufferBytes = 128 * 1024;
    private const int TagBytes = 16;

    /// <summary>Entries kept: about 60 MB at most. A server with more files forgets all and starts anew, which costs hashing, never wrong tags.</summary>
    private const int MaxEntries = 200_000;

    /// <summary>How often a file that changes while it is read is read again before it is given up.</summary>
    private const int MaxAttempts = 3;

    /// <summary>
    /// File times tick in milliseconds, on some systems in two seconds (FAT): a file written just before it was hashed may be
    /// written again without its time changing, so such a hash answers one request and is not kept.
    /// </summary>
    private static readonly TimeSpan TimeGranularity = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Lazy<Task<FileVersion>>> _versions = new(StringComparer.Ordinal);

    /// <summary>The present version of a file.</summary>
    /// <param name="path">Absolute path.</param>
    /// <exception cref="IOException">The file cannot be read, or changes faster than it can be.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public async ValueTask<FileVersion> OfAsync(string path)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var entry = _versions.GetOrAdd(path, NewEntry);
            FileVersion version;
            try
            {
                version = await entry.Value.ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Forget(path, entry);
                throw;
            }

            if (!version.IsSettled)
                Forget(path, entry);
            var now = new FileInfo(path);
            if (now.Exists && now.Length == version.Length && now.LastWriteTimeUtc == version.Modified)
                return version;
            Forget(path, entry);
        }

        throw new IOException($"{path} changed while it was read");
    }

    private Lazy<Task<FileVersion>> NewEntry(string path)
    {
        if (_versions.Count >= MaxEntries)
            _versions.Clear();
        return new(() => HashAsync(path));
    }

    private void Forget(string path, Lazy<Task<FileVersion>> entry) => _versions.TryRemove(new(path, entry));

    private async Task<FileVersion> HashAsync(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        var modified = File.GetLastWriteTimeUtc(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var isGzip = false;
        try
        {
            for (long offset = 0; offset < length;)
            {
                var read = await RandomAccess.ReadAsync(file, buffer, offset).ConfigureAwait(false);
                if (read == 0)
                    break;
                if (offset == 0)
                    isGzip = buffer.AsSpan(0, read) is [0x1F, 0x8B, 0x08, ..];
                hash.AppendData(buffer, 0, read);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var isSettled = (clock.GetUtcNow().UtcDateTime - modified).Duration() > TimeGranularity;
        return new(length, modified, TagOf(hash.GetHashAndReset()), isGzip, isSettled);
    }

    /// <summary>The entity tag of bytes in memory.</summary>
    public static string TagOf(ReadOnlyMemory<byte> content) => TagOf(SHA256.HashData(content.Span));

    private static string TagOf(byte[] sha256) => $"\"{Base64Url.EncodeToString(sha256.AsSpan(0, TagBytes))}\"";
}
