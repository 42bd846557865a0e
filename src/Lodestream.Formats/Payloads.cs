namespace Lodestream.Formats;

/// <summary>What transports deliver natively: arrays of bytes or views of them.</summary>
internal static class Payloads
{
    /// <summary>The bytes of a payload; null where it is none, or something else.</summary>
    public static ReadOnlyMemory<byte>? BytesOf(object? payload) => payload switch
    {
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> memory => memory,

        // As it is, null would be converted like an absent array, to no bytes.
        _ => default(ReadOnlyMemory<byte>?),
    };
}
