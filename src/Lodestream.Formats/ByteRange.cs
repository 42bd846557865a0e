namespace Lodestream.Formats;

/// <summary>Bytes of a payload: where they begin and how many they are. Parsers hand these out instead of copies.</summary>
/// <param name="Offset">Of the first byte, from the payload's.</param>
/// <param name="Length">Number of bytes; 0 where there is nothing.</param>
public readonly record struct ByteRange(int Offset, int Length)
{
    /// <summary>One past the last byte.</summary>
    public int End => Offset + Length;

    /// <summary>The bytes themselves.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> payload) => payload.Slice(Offset, Length);
}

/// <summary>How reading the beginning of a payload went.</summary>
public enum ReadStatus : byte
{
    /// <summary>All that was asked for is known.</summary>
    Ok,

    /// <summary>So far nothing is wrong, but more bytes from the beginning are needed: <see cref="ReadOutcome.NeededBytes"/>.</summary>
    NeedMore,

    /// <summary>The payload is damaged or of another kind: <see cref="ReadOutcome.Error"/>.</summary>
    Malformed,

    /// <summary>The payload is what it says, but this is not supported yet: <see cref="ReadOutcome.Error"/>.</summary>
    NotSupported,
}

/// <summary>How reading the beginning of a payload went, and what is missing or wrong.</summary>
/// <param name="Status">Whether it went well.</param>
/// <param name="Error">What is wrong and at which byte; null unless something is.</param>
/// <param name="NeededBytes">How many bytes from the beginning are needed to go on; 0 unless more are.</param>
public readonly record struct ReadOutcome(ReadStatus Status, string? Error, int NeededBytes)
{
    private readonly string? _error = MessageText.Line(Error);

    /// <summary>What is wrong and at which byte, in one line; null unless something is.</summary>
    public string? Error
    {
        get => _error;
        init => _error = MessageText.Line(value);
    }

    /// <summary>Whether it went well.</summary>
    public bool IsOk => Status == ReadStatus.Ok;

    internal static readonly ReadOutcome Ok = new(ReadStatus.Ok, null, 0);

    internal static ReadOutcome Need(int bytes) => new(ReadStatus.NeedMore, $"ends too early: {bytes} bytes are needed", bytes);

    internal static ReadOutcome Malformed(string error) => new(ReadStatus.Malformed, error, 0);

    internal static ReadOutcome NotSupported(string what) => new(ReadStatus.NotSupported, $"not supported yet: {what}", 0);
}
