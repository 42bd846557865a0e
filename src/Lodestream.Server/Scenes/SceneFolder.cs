using Lodestream.Server.Files;

namespace Lodestream.Server.Scenes;

/// <summary>A folder or archive with scenes in it: its files, and the version they are in.</summary>
/// <param name="path">Real path.</param>
/// <param name="isArchive">It is an archive.</param>
/// <param name="clock">Tells how old the last look is.</param>
internal sealed class SceneFolder(string path, bool isArchive, TimeProvider clock) : IDisposable
{
    /// <summary>A look at the folder is good for this long at least, unless something was seen to have changed.</summary>
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    /// <summary>Looking takes at most this share of one core's time.</summary>
    private const double MaxShareOfTime = 0.05;

    private readonly Lock _gate = new();
    private volatile FolderVersion? _current;
    private volatile bool _isStale = true;
    private long _takenAt;
    private TimeSpan _interval;
    private Task? _taking;

    /// <summary>Its files.</summary>
    public IServedPlace Files { get; } = isArchive ? new ServedArchive(path) : new ServedFolder(path);

    /// <summary>The version last seen; null before the first look, and for folders with too many files.</summary>
    public FolderVersion? Current => _current;

    /// <summary>A file was seen to be other than in the current version.</summary>
    public void Invalidate() => _isStale = true;

    /// <summary>The present version, from a look that is at most a second old where looking is cheap. Several askers share one look.</summary>
    public async ValueTask<FolderVersion?> VersionAsync()
    {
        Task taking;
        lock (_gate)
        {
            if (!_isStale && clock.GetElapsedTime(_takenAt) < _interval)
                return _current;
            taking = _taking ??= Task.Run(Take);
        }

        await taking.ConfigureAwait(false);
        return _current;
    }

    /// <inheritdoc/>
    public void Dispose() => (Files as IDisposable)?.Dispose();

    private void Take()
    {
        try
        {
            _isStale = false;
            var started = clock.GetTimestamp();
            var version = isArchive ? FolderVersion.OfArchive(path, clock.GetUtcNow()) : FolderVersion.Take(path, clock.GetUtcNow());

            // The same state keeps its object: what was learned about it stays valid.
            if (_current is null || version?.Name is null || version.Name != _current.Name)
                _current = version;
            var cost = clock.GetElapsedTime(started) / MaxShareOfTime;
            lock (_gate)
            {
                _takenAt = clock.GetTimestamp();
                _interval = cost > MinInterval ? cost : MinInterval;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _current = null; // the folder is gone, or not to be read: nothing to offer for ever
        }
        finally
        {
            lock (_gate)
                _taking = null;
        }
    }
}
