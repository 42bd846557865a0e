using System.Collections.Concurrent;
using Lodestream.Formats.Archive;
using Lodestream.Streaming;
using Lodestream.Transport.Caching;

namespace Lodestream.Transport;

/// <summary>
/// Fetches files in <c>.3tz</c> archives, which are folders of the URI's path; everything else goes to another transport. So does, at first,
/// what is in an archive: a server may serve its files as they are, each with one answer. Only what is not to be had that way is read from
/// the archive itself, in place.
/// </summary>
public sealed class ArchiveTransport : FetchingTransport
{
    private readonly FetchingTransport _files;
    private readonly Func<string, bool, Task<ArchiveSource>> _open;
    private readonly Func<string, bool> _isAtHand;
    private readonly ConcurrentDictionary<string, Task<(TileArchive? Archive, FetchOutcome Failure)>> _archives = new(StringComparer.Ordinal);
    private readonly long _maximumBytes;

    /// <summary>Makes a transport.</summary>
    /// <param name="files">Fetches what is in no archive.</param>
    /// <param name="open">Opens an archive's bytes by its URI; throws an <see cref="IOException"/> where that fails.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="maximumBytes">Length of a file that is accepted at most.</param>
    public ArchiveTransport(FetchingTransport files, Func<string, Task<ArchiveSource>> open, Inbox inbox, TimeProvider? time = null, long maximumBytes = int.MaxValue)
        : this(files, (uri, _) => open(uri), uri => FileTransport.PathOf(uri) is not null, inbox, time, maximumBytes)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(open);
    }

    // Opens the newest there is when told to; and knows whether an archive can be read though its host cannot be reached.
    private ArchiveTransport(FetchingTransport files, Func<string, bool, Task<ArchiveSource>> open, Func<string, bool> isAtHand, Inbox inbox, TimeProvider? time, long maximumBytes)
        : base(inbox, time ?? TimeProvider.System) =>
        (_files, _open, _isAtHand, _maximumBytes) = (files, open, isAtHand, maximumBytes);

    /// <summary>A transport of files on web servers and of archives there, which it reads by Range requests.</summary>
    /// <param name="http">Makes the requests.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="cache">Keeps what comes, ranges of archives among it; null for none.</param>
    public static ArchiveTransport OverHttp(HttpTransport http, Inbox inbox, TimeProvider? time = null, DiskCache? cache = null) => cache is null
        ? new(http, (uri, newest) => HttpArchiveSource.OpenAsync(http, uri, newest), _ => false, inbox, time, int.MaxValue)
        : new(new CachingTransport(http, cache, inbox, time), (uri, newest) => CachedArchive.OpenAsync(http, cache, uri, newest), uri => CachedArchive.IsKept(http, cache, uri), inbox, time, int.MaxValue);

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, newest: false, progress, cancellation);

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchNewestAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, newest: true, progress, cancellation);

    private async Task<FetchOutcome> FetchAsync(string uri, bool newest, IFetchProgress? progress, CancellationToken cancellation)
    {
        if (!ArchiveUri.TrySplit(uri, out var address, out var path))
            return await FetchFileAsync(uri, newest, progress, cancellation).ConfigureAwait(false);

        // An archive whose file has changed is another archive.
        if (!_archives.TryGetValue(address, out var known) || (newest && _archives.TryRemove(new(address, known))))
        {
            var plain = await FetchFileAsync(uri, newest, progress, cancellation).ConfigureAwait(false);
            if (plain.Status != FetchStatus.NotFound && !(IsUnreachable(plain) && _isAtHand(address)))
                return plain;
            known = _archives.GetOrAdd(address, archive => OpenAsync(archive, newest));
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

    private Task<FetchOutcome> FetchFileAsync(string uri, bool newest, IFetchProgress? progress, CancellationToken cancellation) =>
        newest ? _files.FetchNewestAsync(uri, progress, cancellation) : _files.FetchAsync(uri, progress, cancellation);

    private static bool IsUnreachable(in FetchOutcome outcome) => outcome.Status is FetchStatus.NetworkError or FetchStatus.ConnectTimedOut or FetchStatus.TimedOut;

    private async Task<(TileArchive? Archive, FetchOutcome Failure)> OpenAsync(string uri, bool newest)
    {
        try
        {
            var (archive, error) = await TileArchive.OpenAsync(await _open(uri, newest).ConfigureAwait(false), uri, CancellationToken.None).ConfigureAwait(false);
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
