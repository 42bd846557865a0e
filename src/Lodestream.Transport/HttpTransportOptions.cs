namespace Lodestream.Transport;

/// <summary>Options of an <see cref="HttpTransport"/>. Validated once, when the transport is made.</summary>
public sealed record HttpTransportOptions
{
    /// <summary>Whether plain http may go to other machines than this one. Default no.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>The largest file to accept, bytes; a larger one is refused before its body is read. Default 1 GiB.</summary>
    public long MaximumBytes { get; init; } = 1L << 30;

    internal void Validate()
    {
        if (MaximumBytes < 1 || MaximumBytes > Array.MaxLength)
            throw new ArgumentException($"HttpTransportOptions.MaximumBytes is {MaximumBytes}; it takes 1 to {Array.MaxLength}.", nameof(MaximumBytes));
    }
}
