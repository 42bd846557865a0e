using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>The way into the core's inbox, with the run's observers listening.</summary>
/// <param name="inbox">The core's inbox.</param>
/// <param name="observers">Who listens.</param>
public sealed class SimulatedInbox(Inbox inbox, IReadOnlyList<SimulationObserver> observers)
{
    /// <summary>Posts a message.</summary>
    public void Post(in InboxMessage message)
    {
        foreach (var observer in observers)
            observer.OnPosted(message);
        inbox.Post(message);
    }
}
