using System.Buffers.Binary;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Formats.Legacy;

/// <summary>The parts of a batched model (3D Tiles 1.0, "Batched 3D Model") as ranges of the payload.</summary>
/// <param name="Glb">The binary glTF; padding may follow it.</param>
/// <param name="BatchTableJson">The batch table's JSON; empty where there is none.</param>
/// <param name="BatchTableBinary">The batch table's binary part.</param>
/// <param name="FeatureTableJson">The feature table's JSON; empty in headers from before the standard.</param>
/// <param name="FeatureTableBinary">The feature table's binary part.</param>
/// <param name="BatchLength">Number of features.</param>
/// <param name="RtcCenter">What positions are relative to, on the tile's axes (z up), metres; null where the file names none.</param>
public readonly record struct B3dm(
    ByteRange Glb, ByteRange BatchTableJson, ByteRange BatchTableBinary, ByteRange FeatureTableJson, ByteRange FeatureTableBinary,
    int BatchLength, Vector3d? RtcCenter);

/// <summary>
/// Reads batched models, also with the two headers from before the standard, and with tables that are not padded to eight bytes.
/// </summary>
public static class B3dmReader
{
    /// <summary>What a batched model begins with: <c>b3dm</c>, little-endian.</summary>
    public const uint Magic = 0x6D643362;

    private const int HeaderBytes = 28;

    // Where a header from before the standard is shorter, its reader finds in place of a length the first bytes of JSON text or of
    // "glTF". Such a length would be larger than half a gigabyte: 0x22 is the quotation mark.
    private const uint FirstImplausibleLength = 0x22000000;

    /// <summary>Reads the header and the feature table; the beginning of the file up to the table's end is enough.</summary>
    /// <param name="start">The payload, or its beginning.</param>
    /// <param name="length">Length of the whole payload, bytes.</param>
    /// <param name="b3dm">The parts, where it went well. Ranges are within <paramref name="length"/>.</param>
    public static ReadOutcome Read(ReadOnlySpan<byte> start, long length, out B3dm b3dm)
    {
        b3dm = default;
        if (length < HeaderBytes)
            return ReadOutcome.Malformed($"is cut off: a batched model has {HeaderBytes} bytes at least, there are {length}");
        if (start.Length < HeaderBytes)
            return ReadOutcome.Need(HeaderBytes);
        if (Field(start, 0) != Magic)
            return ReadOutcome.Malformed("does not begin with \"b3dm\" (byte 0)");
        if (Field(start, 1) != 1)
            return ReadOutcome.Malformed($"is a batched model of version {Field(start, 1)}; known is 1 (byte 4)");
        var named = Field(start, 2);
        if (named > length)
            return ReadOutcome.Malformed($"is cut off: it names {named} bytes, there are {length} (byte 8)");
        if (named > int.MaxValue)
            return ReadOutcome.NotSupported("batched models of more than 2 GB");
        var header = HeaderOf(start);
        var tables = (long)header.FeatureJson + header.FeatureBinary + header.BatchJson + header.BatchBinary;
        if (header.Bytes + tables > named)
            return ReadOutcome.Malformed($"its tables name {tables} bytes, the file has {named - header.Bytes} for them (byte 12)");
        var featureJson = new ByteRange(header.Bytes, (int)header.FeatureJson);
        var featureBinary = new ByteRange(featureJson.End, (int)header.FeatureBinary);
        var batchJson = new ByteRange(featureBinary.End, (int)header.BatchJson);
        var batchBinary = new ByteRange(batchJson.End, (int)header.BatchBinary);
        var glb = new ByteRange(batchBinary.End, (int)named - batchBinary.End);
        if (glb.Length == 0)
            return ReadOutcome.Malformed($"holds no model (byte {glb.Offset})");
        if (start.Length < featureBinary.End)
            return ReadOutcome.Need(featureBinary.End);
        var batches = (int)Math.Min(header.BatchLength, int.MaxValue);
        Vector3d? center = null;
        if (featureJson.Length > 0 && !ReadFeatureTable(featureJson.Of(start), featureBinary.Of(start), ref batches, ref center, out var error))
            return ReadOutcome.Malformed($"its feature table {error} (byte {featureJson.Offset})");
        b3dm = new(glb, batchJson, batchBinary, featureJson, featureBinary, batches, center);
        return ReadOutcome.Ok;
    }

    private static uint Field(ReadOnlySpan<byte> start, int number) => BinaryPrimitives.ReadUInt32LittleEndian(start[(4 * number)..]);

    // Standard: feature JSON, feature binary, batch JSON, batch binary. Before: batch length and batch table (20 bytes), or batch JSON,
    // batch binary and batch length (24 bytes).
    private static (int Bytes, uint FeatureJson, uint FeatureBinary, uint BatchJson, uint BatchBinary, uint BatchLength) HeaderOf(ReadOnlySpan<byte> start)
    {
        if (Field(start, 5) >= FirstImplausibleLength)
            return (20, 0, 0, Field(start, 4), 0, Field(start, 3));
        if (Field(start, 6) >= FirstImplausibleLength)
            return (24, 0, 0, Field(start, 3), Field(start, 4), Field(start, 5));
        return (HeaderBytes, Field(start, 3), Field(start, 4), Field(start, 5), Field(start, 6), 0);
    }

    private static bool ReadFeatureTable(ReadOnlySpan<byte> json, ReadOnlySpan<byte> binary, ref int batchLength, ref Vector3d? center, out string? error)
    {
        error = null;
        try
        {
            var walker = new JsonWalker(json.TrimEnd("\0 "u8));
            if (!walker.EnterObject())
                error = "is not a JSON object";
            while (error is null && walker.NextProperty())
            {
                if (walker.Is("BATCH_LENGTH"u8))
                    batchLength = walker.Integer(0);
                else if (walker.Is("RTC_CENTER"u8))
                    error = ReadCenter(ref walker, binary, ref center);
                else
                    walker.SkipValue();
            }
        }
        catch (JsonException)
        {
            error = "is not valid JSON";
        }
        if (batchLength < 0)
            error ??= $"names {batchLength} batches";
        return error is null;
    }

    // Three numbers, or three floats in the binary part.
    private static string? ReadCenter(ref JsonWalker walker, ReadOnlySpan<byte> binary, ref Vector3d? center)
    {
        Span<double> numbers = stackalloc double[3];
        if (walker.IsArrayNext)
        {
            if (walker.Numbers(numbers) != 3)
                return "has an RTC_CENTER that is not three numbers";
        }
        else
        {
            var offset = -1;
            if (walker.EnterObject())
            {
                while (walker.NextProperty())
                {
                    if (walker.Is("byteOffset"u8))
                        offset = walker.Integer(-1);
                    else
                        walker.SkipValue();
                }
            }
            if (offset < 0 || offset > binary.Length - 12)
                return "has an RTC_CENTER outside its binary part";
            for (var i = 0; i < 3; i++)
                numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(binary[(offset + 4 * i)..]);
        }
        var position = new Vector3d(numbers[0], numbers[1], numbers[2]);
        if (!position.IsFinite)
            return "has an RTC_CENTER that is not finite";
        center = position;
        return null;
    }
}
