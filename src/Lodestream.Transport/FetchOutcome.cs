using System.Buffers.Binary;
using System.Security.Cryptography;
using Lodestream.Streaming;

namespace Lodestream.Transport;

/// <summary>How an attempt to fetch a file ended: a value, whatever happened.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Bytes">The file, exactly; null unless <see cref="FetchStatus.Ok"/>.</param>
/// <param name="Error">What went wrong, for people; null when nothing did.</param>
/// <param name="HttpStatus">HTTP status; 0 where there is none.</param>
/// <param name="RetryAfterSeconds">Seconds the source asked to wait; 0 where it did not.</param>
public readonly record struct FetchOutcome(FetchStatus Status, byte[]? Bytes, string? Error, int HttpStatus = 0, double RetryAfterSeconds = 0)
{
    internal static FetchOutcome Failed(FetchStatus status, string error) => new(status, null, error);

    internal InboxMessage ToMessage(long requestId) => new()
    {
        Kind = InboxKind.Fetched,
        Id = requestId,
        Status = Status,
        HttpStatus = HttpStatus,
        Bytes = Bytes?.Length ?? 0,
        Digest = Bytes is null ? 0 : BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Bytes)),
        Payload = Bytes,
        RetryAfterSeconds = RetryAfterSeconds,
        Error = Error,
    };
}

/// <summary>Told how far an attempt is, from any thread.</summary>
public interface IFetchProgress
{
    /// <summary>The answer has begun.</summary>
    /// <param name="announcedBytes">Length of the file; 0 where the source does not say.</param>
    void Headers(long announcedBytes);

    /// <summary>Bytes came.</summary>
    /// <param name="bytes">All so far.</param>
    void Progress(long bytes);
}
