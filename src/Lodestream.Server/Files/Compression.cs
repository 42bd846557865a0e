using System.Buffers.Binary;
using System.IO.Compression;

namespace Lodestream.Server.Files;

/// <summary>Makes one form of a content from another, in memory, within bounds.</summary>
internal static class Compression
{
    /// <summary>Shorter content does not get shorter by more than its headers.</summary>
    public const int MinLength = 256;

    /// <summary>Longer content is not compressed while a client waits: precompress it.</summary>
    public const long MaxLength = 64 << 20;

    /// <summary>Bytes a gzip stream may grow to when it is unpacked for a client that cannot: more is a mistake or an attack.</summary>
    public const int MaxInflated = 64 << 20;

    /// <summary>Bytes of the shortest gzip stream: its head and its tail.</summary>
    private const int MinGzip = 18;

    /// <summary>Compresses.</summary>
    public static byte[] Compress(byte[] content, ContentCoding coding)
    {
        using var packed = new MemoryStream(content.Length / 4);
        using (Stream stream = coding == ContentCoding.Brotli
            ? new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true)
            : new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>Unpacks a gzip stream.</summary>
    /// <returns>The content, or null: damaged, or larger than <see cref="MaxInflated"/>.</returns>
    public static byte[]? Inflate(byte[] gzip)
    {
        using var plain = new MemoryStream();
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if (plain.Length + read > MaxInflated)
                    return null;
                plain.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        // A stream that is cut short ends like one that is whole; its last four bytes, the length of the content, tell (RFC 1952, 2.3.1).
        return gzip.Length >= MinGzip && BinaryPrimitives.ReadUInt32LittleEndian(gzip.AsSpan(^4..)) == (uint)plain.Length ? plain.ToArray() : null;
    }
}

/// <summary>Bytes made from those of another representation.</summary>
/// <param name="plain">The other.</param>
/// <param name="make">Makes the bytes; the same from the same.</param>
internal sealed class MadeBytes(Representation plain, Func<byte[], byte[]> make) : IByteSource
{
    /// <inheritdoc/>
    public FileBytes? File => null;

    /// <inheritdoc/>
    public async Task<byte[]> ReadAllAsync() => make(plain.Cached.Value ?? await plain.ReadAsync().ConfigureAwait(false));
}

/// <summary>Bytes that are always in memory.</summary>
/// <param name="bytes">They.</param>
internal sealed class MemoryBytes(byte[] bytes) : IByteSource
{
    /// <inheritdoc/>
    public FileBytes? File => null;

    /// <inheritdoc/>
    public Task<byte[]> ReadAllAsync() => Task.FromResult(bytes);
}
