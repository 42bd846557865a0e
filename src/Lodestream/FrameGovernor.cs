namespace Lodestream;

/// <summary>When the host should tick again.</summary>
public enum WakeKind : byte
{
    /// <summary>In the next frame.</summary>
    Now,

    /// <summary>At <see cref="FrameDecision.At"/>, unless something happens before.</summary>
    AtTime,

    /// <summary>When the camera moves, the inbox gets a message or an option changes.</summary>
    OnEvent,
}

/// <summary>The governor's answer: when to tick again.</summary>
/// <param name="Kind">Now, at a time, or on an event.</param>
/// <param name="At">The time, on the clock the ticks are given.</param>
public readonly record struct FrameDecision(WakeKind Kind, TimeSpan At);

/// <summary>Decides when the next tick is due: at once while work is left over, else at the earliest deadline, else on an event.</summary>
internal static class FrameGovernor
{
    public static FrameDecision Decide(bool workLeft, TimeSpan deadline, TimeSpan now)
    {
        if (workLeft || deadline <= now)
            return new(WakeKind.Now, now);
        return deadline == TimeSpan.MaxValue ? new(WakeKind.OnEvent, TimeSpan.MaxValue) : new(WakeKind.AtTime, deadline);
    }
}
