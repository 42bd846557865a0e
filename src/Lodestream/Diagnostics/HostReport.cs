using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>What is known of a host.</summary>
/// <param name="Name">Host and port; empty for files.</param>
/// <param name="Breaker">State of its breaker.</param>
/// <param name="InFlight">Requests under way.</param>
public readonly record struct HostReport(string Name, BreakerState Breaker, int InFlight);
