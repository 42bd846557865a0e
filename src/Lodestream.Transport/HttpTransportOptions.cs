namespace Lodestream.Transport;

/// <summary>Options of an <see cref="HttpTransport"/>. Validated once, when the transport is made.</summary>
public sealed record HttpTransportOptions
{
    /// <summary>Whether plain http may go to other machines than this one. Default no.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>The largest file to accept, bytes; a larger one is refused before its body is read. Default 1 GiB.</summary>
    public long MaximumBytes { get; init; } = 1L << 30;

    /// <summary>
    /// How long an answer may take to begin. Default without end: the streamer watches time (<see cref="Streaming.HostHealthOptions"/>) and
    /// calls attempts off. For hosts without one; the reference engine's is 30 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// How long a file may take to be here. Default without end, as the streamer judges by stalls and not by the whole. For hosts without
    /// one; the reference engine's is 300 s.
    /// </summary>
    public TimeSpan ResourceTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    internal void Validate()
    {
        CheckTime(RequestTimeout, nameof(RequestTimeout));
        CheckTime(ResourceTimeout, nameof(ResourceTimeout));
        if (MaximumBytes < 1 || MaximumBytes > Array.MaxLength)
            throw new ArgumentException($"HttpTransportOptions.MaximumBytes is {MaximumBytes}; it takes 1 to {Array.MaxLength}.", nameof(MaximumBytes));
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time <= TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"HttpTransportOptions.{name} is {time}; it takes a positive time, or Timeout.InfiniteTimeSpan.", name);
    }
}
