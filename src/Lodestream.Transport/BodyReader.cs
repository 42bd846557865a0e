using Lodestream.Streaming;

namespace Lodestream.Transport;

/// <summary>Reads a stream to its end into an array of exactly its length.</summary>
internal static class BodyReader
{
    // Where no length is announced: room for most tiles at once, doubled as needed.
    private const int FirstGuess = 64 * 1024;

    // An announced length is believed piece by piece: a source that lies costs no more than what it sends, and this.
    private const int Belief = 16 << 20;

    public static async Task<FetchOutcome> ReadAsync(string uri, Stream stream, long? announced, long maximum, IFetchProgress? progress, CancellationToken cancellation)
    {
        var limit = announced ?? maximum;
        var bytes = new byte[(int)Math.Min(limit, announced is null ? FirstGuess : Belief)];
        var length = 0;
        while (true)
        {
            if (length == limit)
            {
                if (await EndsAsync(stream, cancellation).ConfigureAwait(false))
                    break;
                return announced is null
                    ? FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: sends more than the {maximum} bytes that are accepted")
                    : FetchOutcome.Failed(FetchStatus.NetworkError, $"{uri}: sends more than the {announced} bytes it announced");
            }
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(limit, bytes.Length * 2L));
            var read = await stream.ReadAsync(bytes.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0)
                break;
            length += read;
            progress?.Progress(length);
        }
        if (length < announced)
            return FetchOutcome.Failed(FetchStatus.Truncated, $"{uri}: ended after {length} of {announced} bytes");
        if (length < bytes.Length)
            Array.Resize(ref bytes, length);
        return new(FetchStatus.Ok, bytes, null);
    }

    private static async Task<bool> EndsAsync(Stream stream, CancellationToken cancellation)
    {
        var one = new byte[1];
        return await stream.ReadAsync(one, cancellation).ConfigureAwait(false) == 0;
    }
}
