using System.Collections.Concurrent;
using Lodestream.Formats.Archive;
using Lodestream.Streaming;

namespace Lodestream.Transport;

/// <summary>
/// Fetches files in <c>.3tz</c> archives, which are folders of the URI's path; everything else goes to another transport. So does, at first,
/// what is in an archive: a server may serve its files as they are, each with one answer. Only what is not to be had that way is read from
/// the archive itself, in place.
/// </summary>
public sealed class ArchiveTransport : FetchingTransport
{
    private readonly FetchingTransport _files;
    private readonly Func<string, Task<ArchiveSource>> _open;
    private readonly ConcurrentDictionary<string, Task<(TileArchive? Archive, FetchOutcome Failure)>> _archives = new(StringComparer.Ordinal);
    private readonly long _maximumBytes;

    /// <summary>Makes a transport.</summary>
    /// <param name="files">Fetches what is in no archive.</param>
    /// <param name="open">Opens an archive's bytes by its URI; throws an <see cref="IOException"/> where that fails.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="maximumBytes">Length of a file that is accepted at most.</param>
    public ArchiveTransport(FetchingTransport files, Func<string, Task<ArchiveSource>> open, Inbox inbox, TimeProvider? time = null, long maximumBytes = int.MaxValue)
        : base(inbox, time ?? TimeProvider.System)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(open);
        (_files, _open, _maximumBytes) = (files, open, maximumBytes);
    }

    /// <summary>A transport of files on web servers and of archives there, which it reads by Range requests.</summary>
    /// <param name="http">Makes the requests.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static ArchiveTransport OverHttp(HttpTransport http, Inbox inbox, TimeProvider? time = null) => new(http, uri => HttpArchiveSource.OpenAsync(http, uri), inbox, time);

    /// <inheritdoc/>
    public override async Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation)
    {
        if (!ArchiveUri.TrySplit(uri, out var address, out var path))
            return await _files.FetchAsync(uri, progress, cancellation).ConfigureAwait(false);
        if (!_archives.TryGetValue(address, out var known))
        {
            var plain = await _files.FetchAsync(uri, progress, cancellation).ConfigureAwait(false);
            if (plain.Status != FetchStatus.NotFound && !(plain.Status == FetchStatus.NetworkError && FileTransport.PathOf(address) is not null))
                return plain;
            known = _archives.GetOrAdd(address, OpenAsync);
        }
        var (archive, failure) = await known.WaitAsync(cancellation).ConfigureAwait(false);
        if (archive is null)
        {
            // The next attempt may do better.
            if (failure.Status != FetchStatus.NotFound)
                _archives.TryRemove(new(address, known));
            return failure;
        }
        var file = await archive.ReadAsync(path, _maximumBytes, cancellation).ConfigureAwait(false);
        if (file.Bytes is not { } bytes)
            return FetchOutcome.Failed(file.IsAbsent ? FetchStatus.NotFound : FetchStatus.NetworkError, $"{uri}: {file.Error}");
        progress?.Headers(bytes.Length);
        return new(FetchStatus.Ok, bytes, null);
    }

    private async Task<(TileArchive? Archive, FetchOutcome Failure)> OpenAsync(string uri)
    {
        try
        {
            var (archive, error) = await TileArchive.OpenAsync(await _open(uri).ConfigureAwait(false), uri, CancellationToken.None).ConfigureAwait(false);
            return (archive, FetchOutcome.Failed(FetchStatus.NetworkError, error ?? uri));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, FetchOutcome.Failed(FetchStatus.NotFound, $"{uri}: {e.Message}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return (null, FetchOutcome.Failed(FetchStatus.NetworkError, $"{uri}: {e.Message}"));
        }
    }
}
