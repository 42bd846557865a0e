using System.Buffers.Binary;

namespace Lodestream.Formats.Legacy;

/// <summary>The tables of an instanced model or a point cloud of 3D Tiles 1.0 and what follows them, as ranges of the payload.</summary>
/// <param name="FeatureTableJson">The feature table's JSON.</param>
/// <param name="FeatureTableBinary">The feature table's binary part.</param>
/// <param name="BatchTableJson">The batch table's JSON; empty where there is none.</param>
/// <param name="BatchTableBinary">The batch table's binary part.</param>
/// <param name="Body">What follows the tables.</param>
public readonly record struct LegacyTables(ByteRange FeatureTableJson, ByteRange FeatureTableBinary, ByteRange BatchTableJson, ByteRange BatchTableBinary, ByteRange Body)
{
    /// <summary>Reads a header: magic, version, length, and the lengths of the four tables.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="whole">Where the content lies in it.</param>
    /// <param name="magic">What it must begin with.</param>
    /// <param name="name">What to call it in errors: "a point cloud".</param>
    /// <param name="headerBytes">Length of the header, bytes.</param>
    /// <param name="tables">The tables, where it went well.</param>
    internal static ReadOutcome Read(ContentBytes bytes, ByteRange whole, ReadOnlySpan<byte> magic, string name, int headerBytes, out LegacyTables tables)
    {
        tables = default;
        if (whole.Length < headerBytes)
            return ReadOutcome.Malformed($"is cut off: {name} has {headerBytes} bytes at least, there are {whole.Length}");
        var start = bytes.Read(whole with { Length = headerBytes });
        if (!start.StartsWith(magic))
            return ReadOutcome.Malformed($"does not begin with \"{System.Text.Encoding.ASCII.GetString(magic)}\" (byte {whole.Offset})");
        if (Field(start, 1) != 1)
            return ReadOutcome.Malformed($"is {name} of version {Field(start, 1)}; known is 1 (byte {whole.Offset + 4})");
        var named = Field(start, 2);
        if (named > whole.Length)
            return ReadOutcome.Malformed($"is cut off: it names {named} bytes, there are {whole.Length} (byte {whole.Offset + 8})");
        var sum = (long)Field(start, 3) + Field(start, 4) + Field(start, 5) + Field(start, 6);
        if (headerBytes + sum > named)
            return ReadOutcome.Malformed($"its tables name {sum} bytes, the file has {(long)named - headerBytes} for them (byte {whole.Offset + 12})");
        var featureJson = new ByteRange(whole.Offset + headerBytes, (int)Field(start, 3));
        var featureBinary = new ByteRange(featureJson.End, (int)Field(start, 4));
        var batchJson = new ByteRange(featureBinary.End, (int)Field(start, 5));
        var batchBinary = new ByteRange(batchJson.End, (int)Field(start, 6));
        tables = new(featureJson, featureBinary, batchJson, batchBinary, new(batchBinary.End, whole.Offset + (int)named - batchBinary.End));
        return ReadOutcome.Ok;
    }

    internal static uint Field(ReadOnlySpan<byte> start, int number) => BinaryPrimitives.ReadUInt32LittleEndian(start[(4 * number)..]);
}

/// <summary>Values of a feature table's binary part: where the first lies in the payload, and how far it is from one to the next.</summary>
/// <param name="Offset">First byte, from the payload's.</param>
/// <param name="Stride">Bytes from one to the next.</param>
public readonly record struct LegacyArray(int Offset, int Stride)
{
    internal ReadOnlySpan<byte> Element(ReadOnlySpan<byte> payload, int index) => payload.Slice(Offset + index * Stride, Stride);
}

/// <summary>Batch ids in a feature table.</summary>
/// <param name="Ids">Where they are.</param>
/// <param name="ComponentType">Unsigned, of 8, 16 or 32 bits.</param>
public readonly record struct LegacyBatchIds(LegacyArray Ids, Gltf.GltfComponentType ComponentType)
{
    internal uint Id(ReadOnlySpan<byte> payload, int index)
    {
        var bytes = Ids.Element(payload, index);
        return ComponentType switch
        {
            Gltf.GltfComponentType.UInt8 => bytes[0],
            Gltf.GltfComponentType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        };
    }
}
