using System.Runtime.ExceptionServices;
using Lodestream.Tiler.Writing;

namespace Lodestream.Tiler.Worlds;

/// <summary>What a world is made with.</summary>
/// <param name="Path">The folder to write to.</param>
/// <param name="Parallel">For what is done on several threads.</param>
/// <param name="Progress">To be told how far it is.</param>
internal sealed record WorldFolder(string Path, ParallelOptions Parallel, ProgressReport Progress)
{
    /// <summary>Makes a world in a folder that appears when all of it is written; a cancelled or failed run leaves nothing.</summary>
    /// <typeparam name="T">What is told of the world.</typeparam>
    /// <param name="directory">Where to; absent or empty.</param>
    /// <param name="options">What to make; checked before anything is done.</param>
    /// <param name="progress">Told how far it is; called from several threads, in order.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static Task<T> MakeAsync<T>(string directory, WorldOptions options, IProgress<WorldProgress>? progress, Func<WorldFolder, T> make, CancellationToken cancellationToken)
    {
        options.Validate();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads == 0 ? Environment.ProcessorCount : options.Threads, CancellationToken = cancellationToken };
        return Task.Run(() => Make(directory, parallel, new(progress), make), cancellationToken);
    }

    private static T Make<T>(string directory, ParallelOptions parallel, ProgressReport progress, Func<WorldFolder, T> make)
    {
        try
        {
            using var output = new AtomicDirectory(directory);
            var made = make(new(output.Path, parallel, progress));
            parallel.CancellationToken.ThrowIfCancellationRequested();
            output.Commit();
            return made;
        }
        catch (AggregateException several)
        {
            // Parallel loops wrap what their bodies throw; a full disk is one fact, whichever thread met it.
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
            throw;
        }
    }
}
