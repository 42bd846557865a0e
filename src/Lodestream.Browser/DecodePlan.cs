using System.Buffers;
using System.Text.Json;
using Lodestream.Formats;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;

namespace Lodestream.Browser;

/// <summary>
/// What a worker is to decode, as JSON: containers and tables were read here, so it says where everything is. Mirrored by the types in
/// wwwroot/lodestream/plan.js. A source is [file, offset, length]; file −1 is a data URI in the glTF's JSON.
/// </summary>
internal static partial class DecodePlan
{
    // The runtime has one thread; a writer of their own for every content would cost more than what most of them write.
    private static readonly ArrayBufferWriter<byte> Buffer = new(4096);
    private static readonly Utf8JsonWriter Writer = new(Buffer);

    /// <summary>Writes the plan of a content, UTF-8.</summary>
    /// <param name="layout">What is where.</param>
    /// <param name="family">What it holds beside models.</param>
    public static byte[] Write(ContentLayout layout, FamilyContent family)
    {
        Begin();
        Write(Writer, layout, family);
        return End();
    }

    private static void Begin()
    {
        Buffer.ResetWrittenCount();
        Writer.Reset();
    }

    private static byte[] End()
    {
        Writer.Flush();
        return Buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, ContentLayout layout, FamilyContent family)
    {
        writer.WriteStartArray();
        foreach (var part in family.ReplacesModels ? [] : layout.Parts)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("matrix");
            WriteMatrix(writer, part.Frame);
            writer.WriteEndArray();
            WriteBatchTable(writer, part.BatchTable);
            if (part is ModelPart { Untold: { } untold } packed)
                WriteUntold(writer, layout, packed, untold);
            else if (part is ModelPart model)
                WriteModel(writer, layout, model);
            else
                WritePoints(writer, ((PointsPart)part).Points);
            writer.WriteEndObject();
        }
        if (family.Map is { } map)
            WriteRegionMap(writer, map);
        writer.WriteEndArray();
    }

    private static void WriteRegionMap(Utf8JsonWriter writer, RegionMap map)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "regionMap");
        WriteSource(writer, "image", map.Image);
        writer.WriteNumber("channel", map.Channel);
        writer.WriteBase64String("colors", map.Colors);
        writer.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter writer, ContentLayout layout, ModelPart model)
    {
        writer.WriteString("kind", "model");
        WriteSource(writer, "json", model.Json);
        WriteSources(writer, "buffers", model.Buffers);
        WriteSources(writer, "images", model.Images);
        WriteImageNames(writer, layout, model.Images);
        if (model.Document.Metadata is { } metadata)
        {
            WriteSource(writer, "metadata", model.Json.Part(metadata.Json));
            writer.WriteStartArray("tableViews");
            foreach (var view in metadata.TableViews)
                writer.WriteNumberValue(view);
            writer.WriteEndArray();
        }
        if (model.Schema is { } schema)
            WriteSource(writer, "schema", schema);
        if (model.Instances is { } instances)
            WriteInstances(writer, instances, ContentFrame.ToTile(model.UpAxis));
    }

    // Pictures of files that several contents name are one and the same: what their materials have in common can be merged.
    private static void WriteImageNames(Utf8JsonWriter writer, ContentLayout layout, ContentSource[] images)
    {
        writer.WriteStartArray("imageNames");
        foreach (var image in images)
        {
            if (image.File > 0)
                writer.WriteStringValue($"{layout.Files[image.File - 1]} {image.Range.Offset} {image.Range.Length}");
            else
                writer.WriteNullValue();
        }
        writer.WriteEndArray();
    }

    private static void WriteInstances(Utf8JsonWriter writer, I3dm instances, Transform3d toTile)
    {
        writer.WriteStartObject("instances");
        writer.WriteNumber("count", instances.Count);
        WriteVector(writer, "rtc", instances.RtcCenter);
        writer.WriteNumber("positions", instances.Positions.Offset);
        WriteVolume(writer, instances.QuantizedOffset, instances.QuantizedScale);
        WriteArray(writer, "up", instances.NormalUp);
        WriteArray(writer, "right", instances.NormalRight);
        writer.WriteBoolean("octahedral", instances.AreNormalsOctahedral);
        writer.WriteBoolean("eastNorthUp", instances.EastNorthUp);
        WriteArray(writer, "scale", instances.Scale);
        WriteArray(writer, "scaleNonUniform", instances.ScaleNonUniform);
        WriteBatchIds(writer, instances.BatchIds);
        writer.WriteStartArray("toTile");
        WriteMatrix(writer, toTile);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePoints(Utf8JsonWriter writer, Pnts points)
    {
        writer.WriteString("kind", "points");
        writer.WriteNumber("count", points.Count);
        WriteArray(writer, "positions", points.Positions);
        WriteVolume(writer, points.QuantizedOffset, points.QuantizedScale);
        writer.WriteString("color", points.Color.ToString());
        WriteArray(writer, "colors", points.Colors);
        if (points.ConstantColor is var (r, g, b, a))
        {
            writer.WriteStartArray("constantColor");
            foreach (var component in (ReadOnlySpan<byte>)[r, g, b, a])
                writer.WriteNumberValue(component);
            writer.WriteEndArray();
        }
        writer.WriteBoolean("hasNormals", points.HasNormals);
        WriteArray(writer, "normals", points.Normals);
        writer.WriteBoolean("octahedral", points.AreNormalsOctahedral);
        WriteBatchIds(writer, points.BatchIds);
        if (points.BatchIdType != GltfComponentType.None)
            writer.WriteNumber("batchIdType", (int)points.BatchIdType);
        if (points.Draco is not { } draco)
            return;
        writer.WriteStartObject("draco");
        WriteRange(writer, "bytes", draco.Bytes);
        writer.WriteStartObject("ids");
        foreach (var (name, id) in draco.Ids)
            writer.WriteNumber(name, id);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteBatchTable(Utf8JsonWriter writer, BatchTableRanges table)
    {
        if (table.Json.Length == 0)
            return;
        writer.WriteStartObject("batchTable");
        WriteRange(writer, "json", table.Json);
        WriteRange(writer, "binary", table.Binary);
        writer.WriteNumber("length", table.Length);
        writer.WriteEndObject();
    }

    private static void WriteVolume(Utf8JsonWriter writer, Vector3d offset, Vector3d? scale)
    {
        if (scale is not { } size)
            return;
        writer.WriteStartObject("quantized");
        WriteVector(writer, "offset", offset);
        WriteVector(writer, "scale", size);
        writer.WriteEndObject();
    }

    private static void WriteBatchIds(Utf8JsonWriter writer, LegacyBatchIds? ids)
    {
        if (ids is not { } found)
            return;
        writer.WriteStartObject("batchIds");
        writer.WriteNumber("offset", found.Ids.Offset);
        writer.WriteNumber("type", (int)found.ComponentType);
        writer.WriteEndObject();
    }

    private static void WriteSources(Utf8JsonWriter writer, string name, ContentSource[] sources)
    {
        writer.WriteStartArray(name);
        foreach (var source in sources)
            WriteSource(writer, source);
        writer.WriteEndArray();
    }

    private static void WriteSource(Utf8JsonWriter writer, string name, ContentSource source)
    {
        writer.WritePropertyName(name);
        WriteSource(writer, source);
    }

    private static void WriteSource(Utf8JsonWriter writer, ContentSource source)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(source.File);
        writer.WriteNumberValue(source.Range.Offset);
        writer.WriteNumberValue(source.Range.Length);
        writer.WriteEndArray();
    }

    private static void WriteRange(Utf8JsonWriter writer, string name, ByteRange range)
    {
        writer.WriteStartArray(name);
        writer.WriteNumberValue(range.Offset);
        writer.WriteNumberValue(range.Length);
        writer.WriteEndArray();
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, LegacyArray? array)
    {
        if (array is { } found)
            writer.WriteNumber(name, found.Offset);
    }

    private static void WriteVector(Utf8JsonWriter writer, string name, Vector3d vector)
    {
        writer.WriteStartArray(name);
        writer.WriteNumberValue(vector.X);
        writer.WriteNumberValue(vector.Y);
        writer.WriteNumberValue(vector.Z);
        writer.WriteEndArray();
    }

    private static void WriteMatrix(Utf8JsonWriter writer, in Transform3d transform)
    {
        Span<double> matrix = stackalloc double[16];
        transform.CopyColumnMajor(matrix);
        foreach (var number in matrix)
        {
            // Nearly all are 0 or 1, which are written far faster as what they are.
            if (number == (int)number)
                writer.WriteNumberValue((int)number);
            else
                writer.WriteNumberValue(number);
        }
    }
}
