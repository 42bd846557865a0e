using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Lodestream.Transport.Caching;

/// <summary>
/// An entry as a file: the body, the facts as JSON, and a footer of 56 bytes: length of the body (8), of the facts (4), version (4), a
/// magic word (8), and SHA-256 over all that precedes it (32). Body and facts in one file cannot disagree; the footer comes last, so a
/// file that was cut short has none. Integers are little-endian.
/// </summary>
internal static class EntryFile
{
    private const int FooterLength = 56;
    private const int DigestedFooter = 24;
    private const int Version = 1;

    // Facts are some hundred bytes; what claims more is no entry of ours.
    private const int MaximumFacts = 64 * 1024;

    private static ReadOnlySpan<byte> Magic => "LSCACHE\n"u8;

    /// <summary>Length of the file an entry becomes.</summary>
    public static long LengthOf(int body, byte[] facts) => body + (long)facts.Length + FooterLength;

    public static byte[] Encode(EntryFacts facts) => JsonSerializer.SerializeToUtf8Bytes(facts, EntryFactsJson.Default.EntryFacts);

    public static void Write(Stream stream, ReadOnlySpan<byte> body, ReadOnlySpan<byte> facts)
    {
        Span<byte> footer = stackalloc byte[FooterLength];
        BinaryPrimitives.WriteInt64LittleEndian(footer, body.Length);
        BinaryPrimitives.WriteInt32LittleEndian(footer[8..], facts.Length);
        BinaryPrimitives.WriteInt32LittleEndian(footer[12..], Version);
        Magic.CopyTo(footer[16..]);
        Digest(body, facts, footer[..DigestedFooter], footer[DigestedFooter..]);
        stream.Write(body);
        stream.Write(facts);
        stream.Write(footer);
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says how.</exception>
    /// <exception cref="IOException">It cannot be read, or is not there.</exception>
    public static CacheEntry Read(string path, CacheKey key)
    {
        using var handle = Open(path);
        Span<byte> footer = stackalloc byte[FooterLength];
        var (bodyLength, factsLength) = ReadFooter(handle, footer);
        var body = new byte[bodyLength];
        var facts = new byte[factsLength];
        ReadExactly(handle, body, 0);
        ReadExactly(handle, facts, bodyLength);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Digest(body, facts, footer[..DigestedFooter], digest);
        if (!digest.SequenceEqual(footer[DigestedFooter..]))
            throw new InvalidDataException("its bytes do not have the digest that was kept");
        return new(Decode(facts, key), body);
    }

    /// <summary>Reads an entry's facts alone; that the body is right is not looked at.</summary>
    /// <inheritdoc cref="Read"/>
    public static (EntryFacts Facts, long BodyLength) ReadFacts(string path, CacheKey key)
    {
        using var handle = Open(path);
        Span<byte> footer = stackalloc byte[FooterLength];
        var (bodyLength, factsLength) = ReadFooter(handle, footer);
        var facts = new byte[factsLength];
        ReadExactly(handle, facts, bodyLength);
        return (Decode(facts, key), bodyLength);
    }

    // Others may replace or delete the file meanwhile: what is open here stays whole.
    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static (int Body, int Facts) ReadFooter(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> footer)
    {
        var length = RandomAccess.GetLength(handle);
        if (length < FooterLength)
            throw new InvalidDataException($"it has {length} bytes, less than a footer");
        ReadExactly(handle, footer, length - FooterLength);
        if (!footer[16..DigestedFooter].SequenceEqual(Magic))
            throw new InvalidDataException("it does not end in a footer");
        var (body, facts) = (BinaryPrimitives.ReadInt64LittleEndian(footer), BinaryPrimitives.ReadInt32LittleEndian(footer[8..]));
        if (BinaryPrimitives.ReadInt32LittleEndian(footer[12..]) != Version)
            throw new InvalidDataException("it was written by another version");
        if (body < 0 || body > Array.MaxLength || facts is < 0 or > MaximumFacts || body + facts + FooterLength != length)
            throw new InvalidDataException($"it has {length} bytes, and its footer tells of {body} + {facts} + {FooterLength}");
        return ((int)body, facts);
    }

    private static void ReadExactly(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> into, long offset)
    {
        while (!into.IsEmpty)
        {
            var read = RandomAccess.Read(handle, into, offset);
            if (read == 0)
                throw new InvalidDataException("it ended early");
            into = into[read..];
            offset += read;
        }
    }

    private static EntryFacts Decode(byte[] json, CacheKey key)
    {
        try
        {
            var facts = JsonSerializer.Deserialize(json, EntryFactsJson.Default.EntryFacts) ?? throw new InvalidDataException("its facts are null");
            return facts.Key == key.Hex ? facts : throw new InvalidDataException("it lies under another entry's name");
        }
        catch (JsonException)
        {
            throw new InvalidDataException("its facts are not readable");
        }
    }

    private static void Digest(ReadOnlySpan<byte> body, ReadOnlySpan<byte> facts, ReadOnlySpan<byte> footer, Span<byte> digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(body);
        hash.AppendData(facts);
        hash.AppendData(footer);
        hash.GetHashAndReset(digest);
    }
}
