using System.Buffers.Binary;
using Lodestream.Scene;

namespace Lodestream.Formats.Legacy;

/// <summary>Reads composites (3D Tiles 1.0, "Composite"): several contents in one file.</summary>
public static class CmptReader
{
    private const int HeaderBytes = 16, InnerHeaderBytes = 12;

    /// <summary>How deep composites may hold composites.</summary>
    public const int MaximumDepth = 8;

    /// <summary>Lists the contents in a composite, those of composites in it in their place.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="whole">Where the composite lies in it.</param>
    /// <param name="contents">Where each lies in the payload, and what it is; no composites among them.</param>
    public static ReadOutcome Read(ContentBytes bytes, ByteRange whole, out List<(ContentFormat Format, ByteRange Range)> contents)
    {
        contents = [];
        return Read(bytes, whole, contents, 0);
    }

    private static ReadOutcome Read(ContentBytes bytes, ByteRange whole, List<(ContentFormat Format, ByteRange Range)> contents, int depth)
    {
        if (depth == MaximumDepth)
            return ReadOutcome.Malformed($"nests composites more than {MaximumDepth} deep (byte {whole.Offset})");
        if (whole.Length < HeaderBytes)
            return ReadOutcome.Malformed($"is cut off: a composite has {HeaderBytes} bytes at least, there are {whole.Length} (byte {whole.Offset})");
        var header = bytes.Read(whole with { Length = HeaderBytes });
        var (version, named, count) = (Field(header, 1), Field(header, 2), Field(header, 3));
        if (version != 1)
            return ReadOutcome.Malformed($"is a composite of version {version}; known is 1 (byte {whole.Offset + 4})");
        if (named < HeaderBytes || named > whole.Length)
            return ReadOutcome.Malformed($"is cut off: it names {named} bytes, there are {whole.Length} (byte {whole.Offset + 8})");
        var end = whole.Offset + (int)named;
        var at = whole.Offset + HeaderBytes;
        for (var i = 0u; i < count; i++)
        {
            if (end - at < InnerHeaderBytes)
                return ReadOutcome.Malformed($"names {count} contents and ends after {i} (byte {at})");
            var inner = bytes.Read(new(at, InnerHeaderBytes));
            var length = Field(inner, 2);
            if (length < InnerHeaderBytes || length > end - at)
                return ReadOutcome.Malformed($"holds a content of {length} bytes where {end - at} are left (byte {at + 8})");
            var range = new ByteRange(at, (int)length);
            var format = ContentSniffer.FormatOf(inner);
            if (format == ContentFormat.Cmpt)
            {
                if (Read(bytes, range, contents, depth + 1) is { IsOk: false } refused)
                    return refused;
            }
            else if (format is ContentFormat.B3dm or ContentFormat.I3dm or ContentFormat.Pnts or ContentFormat.Glb)
                contents.Add((format, range));
            else
                return ReadOutcome.Malformed($"holds bytes {Convert.ToHexString(bytes.Read(new(at, 4)))}, which begin no known content (byte {at})");
            at = range.End;
        }
        return ReadOutcome.Ok;
    }

    private static uint Field(ReadOnlySpan<byte> header, int number) => BinaryPrimitives.ReadUInt32LittleEndian(header[(4 * number)..]);
}
