using System.Text.Json;

namespace Lodestream.Cli.Verification;

/// <summary>
/// A page that is given up when it no longer answers. An evaluation may take long, because it waits for views to settle: while it does,
/// the page answers questions in between, and one that does not has stopped.
/// </summary>
/// <param name="page">The page.</param>
/// <param name="url">Its address, for messages.</param>
/// <param name="patience">How long it may be silent.</param>
/// <param name="time">Measures patience.</param>
internal sealed class AnsweringPage(IProbedPage page, string url, TimeSpan patience, TimeProvider time) : IProbedPage
{
    /// <inheritdoc/>
    /// <exception cref="PageException">The expression threw, or the page no longer answers.</exception>
    public async Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        var evaluation = page.EvaluateAsync(expression, cancellation);
        while (!await EndsAsync(evaluation, cancellation))
        {
            if (!await EndsAsync(page.EvaluateAsync("0", cancellation), cancellation))
                throw new PageException($"{url}: the page has not answered for {patience.TotalSeconds} s");
        }
        return await evaluation;
    }

    // However it ends: what it ends with is for whoever asked.
    private async Task<bool> EndsAsync(Task work, CancellationToken cancellation)
    {
        await work.WaitAsync(patience, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return work.IsCompleted;
    }
}
