using System.Buffers.Binary;
using System.Text.Json;
using Lodestream.Formats.Gltf;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>An availability as JSON writes it: a constant, or a buffer view of bits.</summary>
internal readonly record struct WrittenAvailability(int Constant, int View)
{
    public static readonly WrittenAvailability None = new(-1, -1);
}

/// <summary>A subtree's JSON, and where its binary part is (OGC 3D Tiles 1.1, section 7.4.7; the draft 3DTILES_implicit_tiling's too).</summary>
internal sealed class SubtreeDocument
{
    public const uint Magic = 0x74627573;

    private const int HeaderBytes = 24;

    public List<SubtreeBuffer> Buffers { get; } = [];

    public List<SubtreeBufferView> Views { get; } = [];

    public WrittenAvailability Tiles { get; private set; } = WrittenAvailability.None;

    public List<WrittenAvailability> Contents { get; } = [];

    public WrittenAvailability ChildSubtrees { get; private set; } = WrittenAvailability.None;

    /// <summary>Text that begins with the property tables; empty where there are none.</summary>
    public ReadOnlyMemory<byte> TablesJson { get; private set; }

    /// <summary>The tiles' table, by index; −1 where there is none.</summary>
    public int TileTable { get; private set; } = -1;

    /// <summary>The contents' tables.</summary>
    public List<int> ContentTables { get; } = [];

    /// <summary>Text that begins with the subtree's own metadata; empty where there is none.</summary>
    public ReadOnlyMemory<byte> MetadataJson { get; private set; }

    public ReadOnlyMemory<byte> Binary { get; private set; }

    /// <summary>Reads a subtree, binary or JSON. Gives what is wrong with it, and at which byte; null where nothing is.</summary>
    public static string? Read(ReadOnlyMemory<byte> bytes, out SubtreeDocument document)
    {
        document = new();
        var json = bytes;
        if (bytes.Span.StartsWith("subt"u8))
        {
            if (ReadHeader(bytes, out json, out var binary) is { } error)
                return error;
            document.Binary = binary;
        }
        try
        {
            return document.ReadJson(json[ByteOrderMark.LengthIn(json.Span)..]);
        }
        catch (JsonException e)
        {
            return $"is not a subtree: its JSON is not valid: {MessageText.ReasonOf(e)} (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1} of it)";
        }
    }

    private static string? ReadHeader(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> binary)
    {
        (json, binary) = (default, default);
        if (bytes.Length < HeaderBytes)
            return $"ends within its header, after {bytes.Length} of {HeaderBytes} bytes";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[4..]);
        if (version != 1)
            return $"has version {version} at byte 4; known is 1";
        var (jsonLength, binaryLength) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[16..]));
        var room = (ulong)(bytes.Length - HeaderBytes);
        if (jsonLength > room || binaryLength > room - jsonLength)
            return $"says at byte 8 that it has {jsonLength} bytes of JSON and {binaryLength} of binary; {room} follow the header";
        json = bytes.Slice(HeaderBytes, (int)jsonLength);
        binary = bytes.Slice(HeaderBytes + (int)jsonLength, (int)binaryLength);
        return null;
    }

    private string? ReadJson(ReadOnlyMemory<byte> json)
    {
        var walker = new JsonWalker(json.Span.TrimEnd("\0 \n\r\t"u8));
        if (!walker.EnterObject())
            return "is not a subtree: its JSON is not an object";
        while (walker.NextProperty())
        {
            if (walker.Is("buffers"u8))
                ReadBuffers(ref walker);
            else if (walker.Is("bufferViews"u8))
                ReadViews(ref walker);
            else if (walker.Is("tileAvailability"u8))
                Tiles = ReadAvailability(ref walker);
            else if (walker.Is("contentAvailability"u8))
                ReadContents(ref walker);
            else if (walker.Is("childSubtreeAvailability"u8))
                ChildSubtrees = ReadAvailability(ref walker);
            else if (walker.Is("propertyTables"u8))
                TablesJson = json[PlaceOfValue(ref walker)..];
            else if (walker.Is("tileMetadata"u8))
                TileTable = walker.Integer(-1);
            else if (walker.Is("contentMetadata"u8))
                walker.Integers(ContentTables);
            else if (walker.Is("subtreeMetadata"u8))
                MetadataJson = json[PlaceOfValue(ref walker)..];
            else if (walker.Is("extensions"u8))
                ReadExtensions(ref walker);
            else
                walker.SkipValue();
        }
        if (Tiles == WrittenAvailability.None)
            return "is not a subtree: it has no tileAvailability";
        return ChildSubtrees == WrittenAvailability.None ? "has no childSubtreeAvailability" : null;
    }

    // Several contents were an extension of the draft.
    private void ReadExtensions(ref JsonWalker walker)
    {
        if (!walker.EnterObject())
            return;
        while (walker.NextProperty())
        {
            if (!walker.Is("3DTILES_multiple_contents"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
            {
                while (walker.NextProperty())
                {
                    if (walker.Is("contentAvailability"u8))
                        ReadContents(ref walker);
                    else
                        walker.SkipValue();
                }
            }
        }
    }

    private void ReadBuffers(ref JsonWalker walker)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            var buffer = new SubtreeBuffer(null, -1);
            while (walker.NextProperty())
            {
                if (walker.Is("uri"u8))
                    buffer = buffer with { Uri = walker.String() };
                else if (walker.Is("byteLength"u8))
                    buffer = buffer with { ByteLength = walker.Integer(-1) };
                else
                    walker.SkipValue();
            }
            Buffers.Add(buffer);
        }
    }

    private void ReadViews(ref JsonWalker walker)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            var view = new SubtreeBufferView(-1, 0, -1);
            while (walker.NextProperty())
            {
                if (walker.Is("buffer"u8))
                    view = view with { Buffer = walker.Integer(-1) };
                else if (walker.Is("byteOffset"u8))
                    view = view with { ByteOffset = walker.Integer(-1) };
                else if (walker.Is("byteLength"u8))
                    view = view with { ByteLength = walker.Integer(-1) };
                else
                    walker.SkipValue();
            }
            Views.Add(view);
        }
    }

    // A list in the standard, a single one in the draft.
    private void ReadContents(ref JsonWalker walker)
    {
        Contents.Clear();
        if (!walker.IsArrayNext)
        {
            Contents.Add(ReadAvailability(ref walker));
            return;
        }
        walker.EnterArray();
        while (walker.NextObject())
            Contents.Add(ReadMembers(ref walker));
    }

    private static WrittenAvailability ReadAvailability(ref JsonWalker walker) => walker.EnterObject() ? ReadMembers(ref walker) : WrittenAvailability.None;

    private static WrittenAvailability ReadMembers(ref JsonWalker walker)
    {
        var written = WrittenAvailability.None;
        while (walker.NextProperty())
        {
            if (walker.Is("constant"u8))
                written = written with { Constant = walker.Integer(-1) };
            else if (walker.Is("bitstream"u8) || walker.Is("bufferView"u8))
                written = written with { View = walker.Integer(-1) };
            else
                walker.SkipValue();
        }
        return written;
    }

    private static int PlaceOfValue(ref JsonWalker walker)
    {
        _ = walker.IsArrayNext;
        var at = (int)walker.Offset;
        walker.SkipValue();
        return at;
    }
}
