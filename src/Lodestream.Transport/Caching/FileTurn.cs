namespace Lodestream.Transport.Caching;

/// <summary>A turn that one process has at a time: a file that is open for it alone. The system ends the turn of one that dies.</summary>
internal static class FileTurn
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Takes the turn if nobody has it.</summary>
    /// <returns>Ends the turn when disposed; null if somebody has it, or the file cannot be had.</returns>
    public static FileStream? TryTake(string path, bool deleteOnClose = false)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, deleteOnClose ? FileOptions.DeleteOnClose : FileOptions.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes the turn, or waits for who has it.</summary>
    /// <returns>The turn, null where it was not to be had in time; and whether it had to be waited for.</returns>
    public static async Task<(FileStream? Turn, bool Waited)> TakeAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var unmakeable = 0;
        for (var waited = false; ; waited = true)
        {
            if (TryTake(path, deleteOnClose: true) is { } turn)
                return (turn, waited);

            // Gone since is one thing; a file that twice is neither there nor can be made is nobody's turn.
            unmakeable = File.Exists(path) ? 0 : unmakeable + 1;
            if (unmakeable > 1 || time.GetElapsedTime(started) >= patience)
                return (null, waited);
            await Task.Delay(PollInterval, time, cancellation).ConfigureAwait(false);
        }
    }
}
