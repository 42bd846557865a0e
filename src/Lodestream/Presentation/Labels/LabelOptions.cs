namespace Lodestream.Presentation.Labels;

/// <summary>How labels are chosen and shown.</summary>
public sealed record LabelOptions
{
    /// <summary>Milliseconds in which a label comes or goes; 0 for none. Default 200 (ours): seen as a fade, and over before the eye rests on it.</summary>
    public double FadeMs { get; init; } = 200;

    /// <summary>
    /// Pixels of room that a label needs beyond its box to appear; once it is there its box is enough. Default 8 (ours): more than a
    /// pan moves neighbours against each other in a frame, so that none comes and goes by turns.
    /// </summary>
    public double MarginPx { get; init; } = 8;

    /// <summary>Pixels between two labels. Default 4 (ours): halos don't touch.</summary>
    public double SpacingPx { get; init; } = 4;

    /// <summary>Milliseconds for which a label that gave way stays away. Default 500 (ours): what would blink rests.</summary>
    public double RestMs { get; init; } = 500;

    /// <summary>Labels shown at once at most. Default 200 (ours): beyond it a map is a list.</summary>
    public int MaximumShown { get; init; } = 200;

    /// <summary>
    /// Whether the host looks which labels are hidden behind what is drawn, and says so (<see cref="Streaming.InboxKind.LabelSeen"/>,
    /// <see cref="Streaming.InboxKind.LabelHidden"/>). Then a label is shown only after the host has said that it is seen. Default false.
    /// </summary>
    public bool HostTestsSight { get; init; }
}
