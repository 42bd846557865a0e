using Lodestream.Streaming;

namespace Lodestream.Transport;

/// <summary>The cancellation of one attempt, which knows why.</summary>
internal sealed class FetchCancellation : CancellationTokenSource
{
    /// <summary>Why the attempt was called off; meaningful once it was.</summary>
    public CancelReason Reason { get; private set; }

    public void Cancel(CancelReason reason)
    {
        Reason = reason;
        Cancel();
    }
}
