namespace Lodestream.Tiler.Worlds;

/// <summary>Tells how far a world is. Threads report out of order; what is told never goes back.</summary>
internal sealed class ProgressReport(IProgress<WorldProgress>? progress)
{
    private readonly Lock _lock = new();
    private double _overall;

    /// <summary>Tells of a step.</summary>
    /// <param name="stage">What is being done.</param>
    /// <param name="done">Steps of it that are done.</param>
    /// <param name="total">Steps of it.</param>
    /// <param name="overall">Share of the whole work.</param>
    public void Tell(string stage, long done, long total, double overall)
    {
        if (progress is null)
            return;
        lock (_lock)
        {
            if (overall < _overall)
                return;
            _overall = overall;
            progress.Report(new(stage, done, total, overall));
        }
    }
}
