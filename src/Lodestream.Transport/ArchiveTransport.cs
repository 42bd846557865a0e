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
    private readonly Func<string, bool, CancellationToken, Task<ArchiveSource>> _open;
    private readonly Func<string, bool> _isAtHand;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Opening> _archives = new(StringComparer.Ordinal);
    private readonly long _maximumBytes;

    // An archive that is open or being opened, once for all who want files in it.
    private sealed class Opening
    {
        public required Task<(TileArchive? Archive, FetchOutcome Failure)> Work { get; init; }

        public required CancellationTokenSource Cancellation { get; init; }

        public int Waiting { get; set; }

        // Open, or known not to be there.
        public bool IsSettled => Work.IsCompletedSuccessfully && (Work.Result.Archive is not null || Work.Result.Failure.Status == FetchStatus.NotFound);
    }

    /// <summary>Makes a transport.</summary>
    /// <param name="files">Fetches what is in no archive.</param>
    /// <param name="open">Opens an archive's bytes by its URI; throws an <see cref="IOException"/> where that fails.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="maximumBytes">Length of a file that is accepted at most.</param>
    public ArchiveTransport(FetchingTransport files, Func<string, Task<ArchiveSource>> open, Inbox inbox, TimeProvider? time = null, long maximumBytes = int.MaxValue)
        : this(files, (uri, _, _) => open(uri), uri => FileTransport.PathOf(uri) is not null, inbox, time, maximumBytes)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(open);
    }

    // Opens the newest there is when told to; and knows whether an archive can be read though its host cannot be reached.
    private ArchiveTransport(FetchingTransport files, Func<string, bool, CancellationToken, Task<ArchiveSource>> open, Func<string, bool> isAtHand, Inbox inbox, TimeProvider? time, long maximumBytes)
        : base(inbox, time ?? TimeProvider.System) =>
        (_files, _open, _isAtHand, _maximumBytes) = (files, open, isAtHand, maximumBytes);

    /// <summary>A transport of files on web servers and of archives there, which it reads by Range requests.</summary>
    /// <param name="http">Makes the requests.</param>
    /// <param name="inbox">Where outcomes go.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="cache">Keeps what comes, ranges of archives among it; null for none.</param>
    public static ArchiveTransport OverHttp(HttpTransport http, Inbox inbox, TimeProvider? time = null, DiskCache? cache = null) => cache is null
        ? new(http, (uri, newest, cancellation) => HttpArchiveSource.OpenAsync(http, uri, newest, cancellation), _ => false, inbox, time, int.MaxValue)
        : new(
            new CachingTransport(http, cache, inbox, time), (uri, newest, cancellation) => CachedArchive.OpenAsync(http, cache, uri, newest, cancellation),
            uri => CachedArchive.IsKept(http, cache, uri), inbox, time, int.MaxValue);

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, newest: false, progress, cancellation);

    /// <inheritdoc/>
    public override Task<FetchOutcome> FetchNewestAsync(string uri, IFetchProgress? progress, CancellationToken cancellation) => FetchAsync(uri, newest: true, progress, cancellation);

    private async Task<FetchOutcome> FetchAsync(string uri, bool newest, IFetchProgress? progress, CancellationToken cancellation)
    {
        if (!ArchiveUri.TrySplit(uri, out var address, out var path))
            return await FetchFileAsync(uri, newest, progress, cancellation).ConfigureAwait(false);

        var opening = Known(address, newest);
        if (opening is null)
        {
            var plain = await FetchFileAsync(uri, newest, progress, cancellation).ConfigureAwait(false);
            if (plain.Status != FetchStatus.NotFound && !(IsUnreachable(plain) && _isAtHand(address)))
                return plain;
            opening = Open(address, newest);
        }
        var (archive, failure) = await OpenedAsync(address, opening, cancellation).ConfigureAwait(false);
        if (archive is null)
            return failure;
        var file = await archive.ReadAsync(path, _maximumBytes, cancellation).ConfigureAwait(false);
        if (file.Bytes is not { } bytes)
            return FetchOutcome.Failed(file.IsAbsent ? FetchStatus.NotFound : FetchStatus.NetworkError, $"{uri}: {file.Error}");
        progress?.Headers(bytes.Length);
        return new(FetchStatus.Ok, bytes, null);
    }

    private Task<FetchOutcome> FetchFileAsync(string uri, bool newest, IFetchProgress? progress, CancellationToken cancellation) =>
        newest ? _files.FetchNewestAsync(uri, progress, cancellation) : _files.FetchAsync(uri, progress, cancellation);

    private static bool IsUnreachable(in FetchOutcome outcome) => outcome.Status is FetchStatus.NetworkError or FetchStatus.ConnectTimedOut or FetchStatus.TimedOut;

    // An archive whose file has changed is another archive.
    private Opening? Known(string address, bool newest)
    {
        lock (_gate)
        {
            if (!_archives.TryGetValue(address, out var known))
                return null;
            if (newest)
                _archives.Remove(address);
            else
                known.Waiting++;
            return newest ? null : known;
        }
    }

    private Opening Open(string address, bool newest)
    {
        lock (_gate)
        {
            if (!_archives.TryGetValue(address, out var opening))
            {
                var cancellation = new CancellationTokenSource();
                _archives[address] = opening = new() { Work = Task.Run(() => OpenAsync(address, newest, cancellation.Token)), Cancellation = cancellation };
            }
            opening.Waiting++;
            return opening;
        }
    }

    private async Task<(TileArchive? Archive, FetchOutcome Failure)> OpenedAsync(string address, Opening opening, CancellationToken cancellation)
    {
        try
        {
            return await opening.Work.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Leave(address, opening);
        }
    }

    // What failed may do better the next time, unless there is nothing; and a server that is silent is waited for while somebody does.
    private void Leave(string address, Opening opening)
    {
        lock (_gate)
        {
            opening.Waiting--;
            var isUseless = opening.Work.IsCompleted ? !opening.IsSettled : opening.Waiting == 0;
            if (isUseless && _archives.TryGetValue(address, out var current) && current == opening)
                _archives.Remove(address);
            if (opening.Work.IsCompleted || opening.Waiting > 0)
                return;
        }
        opening.Cancellation.Cancel();
    }

    private async Task<(TileArchive? Archive, FetchOutcome Failure)> OpenAsync(string uri, bool newest, CancellationToken cancellation)
    {
        try
        {
            var (archive, error) = await TileArchive.OpenAsync(await _open(uri, newest, cancellation).ConfigureAwait(false), uri, cancellation).ConfigureAwait(false);
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
