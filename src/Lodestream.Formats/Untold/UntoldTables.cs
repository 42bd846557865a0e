using System.Buffers.Binary;
using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Formats.Untold;

/// <summary>A chunk of the table as it is written.</summary>
internal readonly record struct UntoldEntry(UntoldChunkType Type, UntoldChunk Chunk, int Count);

/// <summary>A table chunk's records, decompressed: fields by their offset in a record.</summary>
/// <param name="bytes">All records.</param>
/// <param name="entry">The chunk.</param>
internal readonly struct UntoldRecords(ReadOnlyMemory<byte> bytes, UntoldEntry entry)
{
    private readonly int _size = entry.Count == 0 ? 0 : bytes.Length / entry.Count;

    public int Count => entry.Count;

    /// <summary>Bytes of a record: later versions have longer ones.</summary>
    public int RecordBytes => _size;

    public uint Word(int record, int field) => BinaryPrimitives.ReadUInt32LittleEndian(At(record, field));

    public ulong Long(int record, int field) => BinaryPrimitives.ReadUInt64LittleEndian(At(record, field));

    public float Single(int record, int field) => BinaryPrimitives.ReadSingleLittleEndian(At(record, field));

    public Vector3d Vector(int record, int field) => new(Single(record, field), Single(record, field + 4), Single(record, field + 8));

    public UntoldBounds Bounds(int record, int field) => new(Vector(record, field), Vector(record, field + 12));

    public Transform3d Transform(int record, int field) => UntoldReader.TransformAt(At(record, field));

    /// <summary>Where a field is, for people: in the file, or in the chunk where that is compressed.</summary>
    public string Place(int record, int field)
    {
        var at = record * _size + field;
        return entry.Chunk.Compression == UntoldCompression.None ? $"byte {entry.Chunk.Range.Offset + at}" : $"byte {at} of the chunk at byte {entry.Chunk.Range.Offset}, decompressed";
    }

    private ReadOnlySpan<byte> At(int record, int field) => bytes.Span[(record * _size + field)..];
}

/// <summary>The table of zero-terminated strings.</summary>
internal readonly struct UntoldStrings(ReadOnlyMemory<byte> bytes)
{
    private const uint None = uint.MaxValue;

    /// <summary>A string by its offset.</summary>
    /// <returns>What is wrong with it; null where it is sound or there is none.</returns>
    public string? Read(uint offset, out string text)
    {
        text = "";
        if (offset == None)
            return null;
        if (offset >= bytes.Length)
            return $"offset {offset}, outside the string table's {bytes.Length} bytes";
        var rest = bytes.Span[(int)offset..];
        var end = rest.IndexOf((byte)0);
        if (end < 0)
            return $"offset {offset}, and no end before the string table's";
        if (end > MessageText.LongestUri)
            return $"offset {offset}, and {end} bytes; {MessageText.LongestUri} at most are read";
        text = Encoding.UTF8.GetString(rest[..end]);
        return null;
    }
}
