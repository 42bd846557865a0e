using System.Buffers.Binary;

namespace Lodestream.Formats.Gltf;

/// <summary>The chunks of a binary glTF file (glTF 2.0 specification, "GLB File Format"), as ranges of the payload.</summary>
/// <param name="Json">The JSON chunk.</param>
/// <param name="Binary">The BIN chunk; empty where there is none.</param>
public readonly record struct GlbContainer(ByteRange Json, ByteRange Binary)
{
    /// <summary>What a binary glTF begins with: <c>glTF</c>, little-endian.</summary>
    public const uint Magic = 0x46546C67;

    private const int HeaderBytes = 12, ChunkHeaderBytes = 8;
    private const uint JsonChunk = 0x4E4F534A, BinaryChunk = 0x004E4942;

    /// <summary>Reads headers only; the beginning of the file up to the BIN chunk's header is enough.</summary>
    /// <param name="start">The payload, or its beginning.</param>
    /// <param name="length">Length of the whole payload, bytes. What lies after the length the file names (padding) does not count.</param>
    /// <param name="glb">The chunks, where it went well. Ranges are within <paramref name="length"/>.</param>
    public static ReadOutcome Read(ReadOnlySpan<byte> start, long length, out GlbContainer glb)
    {
        glb = default;
        if (start.Length < HeaderBytes)
            return Missing(start, length, HeaderBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) != Magic)
            return ReadOutcome.Malformed("does not begin with \"glTF\" (byte 0)");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        if (version != 2)
            return version == 1
                ? ReadOutcome.NotSupported("binary glTF of version 1 (byte 4)")
                : ReadOutcome.Malformed($"is binary glTF of version {version}; known is 2 (byte 4)");
        var named = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (named > length)
            return ReadOutcome.Malformed($"is cut off: it names {named} bytes, there are {length} (byte 8)");
        if (named > int.MaxValue)
            return ReadOutcome.NotSupported("binary glTF of more than 2 GB");
        return ReadChunks(start, length, (int)named, out glb);
    }

    private static ReadOutcome ReadChunks(ReadOnlySpan<byte> start, long length, int end, out GlbContainer glb)
    {
        glb = default;
        ByteRange json = default, binary = default;
        for (int at = HeaderBytes, number = 0; at + ChunkHeaderBytes <= end && number < 2; number++)
        {
            if (start.Length < at + ChunkHeaderBytes)
                return Missing(start, length, at + ChunkHeaderBytes);
            var bytes = BinaryPrimitives.ReadUInt32LittleEndian(start[at..]);
            var type = BinaryPrimitives.ReadUInt32LittleEndian(start[(at + 4)..]);
            var begin = at + ChunkHeaderBytes;
            if (bytes > end - begin)
                return ReadOutcome.Malformed($"chunk {number} names {bytes} bytes, the file has {end - begin} left for it (byte {at})");
            if (number == 0 && type != JsonChunk)
                return ReadOutcome.Malformed($"its first chunk is not JSON (byte {at + 4})");
            if (number == 0)
                json = new(begin, (int)bytes);
            else if (type == BinaryChunk)
                binary = new(begin, (int)bytes);
            at = begin + (int)bytes;
        }
        if (json.Length == 0)
            return ReadOutcome.Malformed($"has no JSON chunk (byte {HeaderBytes})");
        glb = new(json, binary);
        return ReadOutcome.Ok;
    }

    private static ReadOutcome Missing(ReadOnlySpan<byte> start, long length, int needed) => start.Length < length && needed <= length
        ? ReadOutcome.Need(needed)
        : ReadOutcome.Malformed($"is cut off: it needs {needed} bytes, there are {length}");
}
