using System.Buffers.Binary;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Formats.Legacy;

/// <summary>How the points of a cloud are coloured.</summary>
public enum PointColor : byte
{
    /// <summary>All alike, by <see cref="Pnts.ConstantColor"/>.</summary>
    None,

    /// <summary>Red, green and blue, 8 bits each, sRGB.</summary>
    Rgb,

    /// <summary>Red, green, blue and alpha, 8 bits each, sRGB.</summary>
    Rgba,

    /// <summary>Red, green and blue in 5, 6 and 5 bits, sRGB.</summary>
    Rgb565,
}

/// <summary>A point cloud (3D Tiles 1.0, "Point Cloud"), as ranges of the payload.</summary>
public sealed record Pnts
{
    /// <summary>The tables.</summary>
    public LegacyTables Tables { get; init; }

    /// <summary>Number of points.</summary>
    public int Count { get; init; }

    /// <summary>What positions are relative to, on the tile's axes, metres.</summary>
    public Vector3d RtcCenter { get; init; }

    /// <summary>Positions: three floats each, or three unsigned 16-bit integers where <see cref="QuantizedScale"/> is given; null where <see cref="Draco"/> has them.</summary>
    public LegacyArray? Positions { get; init; }

    /// <summary>Least corner of the volume that quantized positions divide, metres.</summary>
    public Vector3d QuantizedOffset { get; init; }

    /// <summary>Size of the volume that quantized positions divide, metres; null where positions are floats.</summary>
    public Vector3d? QuantizedScale { get; init; }

    /// <summary>How points are coloured.</summary>
    public PointColor Color { get; init; }

    /// <summary>Their colours; null where there are none, or <see cref="Draco"/> has them.</summary>
    public LegacyArray? Colors { get; init; }

    /// <summary>The colour of points without one of their own, sRGB, 8 bits each; null for the host's.</summary>
    public (byte R, byte G, byte B, byte A)? ConstantColor { get; init; }

    /// <summary>Whether points have normals.</summary>
    public bool HasNormals { get; init; }

    /// <summary>Normals: three floats, or an octahedron's two unsigned bytes; null where there are none, or <see cref="Draco"/> has them.</summary>
    public LegacyArray? Normals { get; init; }

    /// <summary>Whether normals are an octahedron's coordinates.</summary>
    public bool AreNormalsOctahedral { get; init; }

    /// <summary>Type of the points' batch ids; <see cref="GltfComponentType.None"/> where a point's own number is its row of the batch table.</summary>
    public GltfComponentType BatchIdType { get; init; }

    /// <summary>Batch ids; null where there are none, or <see cref="Draco"/> has them.</summary>
    public LegacyBatchIds? BatchIds { get; init; }

    /// <summary>Rows of the batch table.</summary>
    public int BatchLength { get; init; }

    /// <summary>A Draco stream that holds what it has ids for; null where nothing is compressed.</summary>
    public PntsDraco? Draco { get; init; }

    /// <summary>A point's position on the tile's axes, without <see cref="RtcCenter"/>; only where points are not compressed.</summary>
    public Vector3d Position(ReadOnlySpan<byte> payload, int index)
    {
        var bytes = Positions!.Value.Element(payload, index);
        if (QuantizedScale is not { } scale)
            return new(BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]), BinaryPrimitives.ReadSingleLittleEndian(bytes[8..]));
        return QuantizedOffset + new Vector3d(Share(bytes) * scale.X, Share(bytes[2..]) * scale.Y, Share(bytes[4..]) * scale.Z);

        static double Share(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes) / 65535.0;
    }

    /// <summary>A point's colour, sRGB; only where points are not compressed.</summary>
    public (byte R, byte G, byte B, byte A) ColorOf(ReadOnlySpan<byte> payload, int index)
    {
        if (Colors is not { } colors)
            return ConstantColor ?? (255, 255, 255, 255);
        var bytes = colors.Element(payload, index);
        if (Color != PointColor.Rgb565)
            return (bytes[0], bytes[1], bytes[2], Color == PointColor.Rgba ? bytes[3] : (byte)255);
        var packed = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return ((byte)((packed >> 11) * 255 / 31), (byte)((packed >> 5 & 63) * 255 / 63), (byte)((packed & 31) * 255 / 31), 255);
    }

    /// <summary>A point's normal on the tile's axes; only where there are some and they are not compressed.</summary>
    public Vector3d Normal(ReadOnlySpan<byte> payload, int index)
    {
        var bytes = Normals!.Value.Element(payload, index);
        return AreNormalsOctahedral
            ? OctahedralNormal.Decode(bytes[0] / 255.0 * 2 - 1, bytes[1] / 255.0 * 2 - 1)
            : new(BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]), BinaryPrimitives.ReadSingleLittleEndian(bytes[8..]));
    }

    /// <summary>A point's row of the batch table; only where batch ids are not compressed.</summary>
    public uint BatchId(ReadOnlySpan<byte> payload, int index) => BatchIds is { } ids ? ids.Id(payload, index) : (uint)index;
}

/// <summary>Points compressed by Draco (3DTILES_draco_point_compression).</summary>
/// <param name="Bytes">The stream.</param>
/// <param name="Ids">Draco's id of each attribute, by the feature table's semantics.</param>
public sealed record PntsDraco(ByteRange Bytes, IReadOnlyDictionary<string, int> Ids);

/// <summary>Reads point clouds.</summary>
public static class PntsReader
{
    private const int HeaderBytes = 28;

    /// <summary>Reads the header and the feature table.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="whole">Where the point cloud lies in it.</param>
    /// <param name="pnts">The parts, where it went well. Arrays are within the payload.</param>
    public static ReadOutcome Read(ContentBytes bytes, ByteRange whole, out Pnts? pnts)
    {
        pnts = null;
        var outcome = LegacyTables.Read(bytes, whole, "pnts"u8, "a point cloud", HeaderBytes, out var tables);
        if (!outcome.IsOk)
            return outcome;
        var table = FeatureTable.Read(bytes, tables.FeatureTableJson, tables.FeatureTableBinary, out var error);
        if (error is not null)
            return ReadOutcome.Malformed($"its feature table {error} (byte {tables.FeatureTableJson.Offset})");
        var read = ReadTable(table, tables);
        if (table.Error is not null)
            return ReadOutcome.Malformed($"its feature table {table.Error} (byte {tables.FeatureTableJson.Offset})");
        pnts = read;
        return ReadOutcome.Ok;
    }

    private static Pnts ReadTable(FeatureTable table, LegacyTables tables)
    {
        var count = table.Count("POINTS_LENGTH");
        var quantized = !table.Has("POSITION") && table.Has("POSITION_QUANTIZED");
        if (!quantized && !table.Has("POSITION"))
            table.Fail("names neither POSITION nor POSITION_QUANTIZED");
        var color = table.Has("RGBA") ? PointColor.Rgba : table.Has("RGB") ? PointColor.Rgb : table.Has("RGB565") ? PointColor.Rgb565 : PointColor.None;
        var octahedral = !table.Has("NORMAL") && table.Has("NORMAL_OCT16P");
        var draco = table.Draco is { } stream ? new PntsDraco(stream.Bytes, stream.Ids) : null;
        if (draco is not null && !draco.Ids.ContainsKey("POSITION"))
            table.Fail("has a Draco stream without positions");
        return new()
        {
            Tables = tables,
            Count = count,
            RtcCenter = table.Vector("RTC_CENTER") ?? Vector3d.Zero,
            Positions = quantized ? Array("POSITION_QUANTIZED", 6) : Array("POSITION", 12),
            QuantizedOffset = quantized ? table.Vector("QUANTIZED_VOLUME_OFFSET") ?? Vector3d.Zero : Vector3d.Zero,
            QuantizedScale = quantized ? table.Vector("QUANTIZED_VOLUME_SCALE") ?? new(1, 1, 1) : null,
            Color = color,
            Colors = color switch
            {
                PointColor.Rgba => Array("RGBA", 4),
                PointColor.Rgb => Array("RGB", 3),
                PointColor.Rgb565 => Array("RGB565", 2),
                _ => null,
            },
            ConstantColor = color == PointColor.None ? table.Color("CONSTANT_RGBA") : null,
            HasNormals = octahedral || table.Has("NORMAL"),
            Normals = octahedral ? Array("NORMAL_OCT16P", 2) : Array("NORMAL", 12),
            AreNormalsOctahedral = octahedral,
            BatchIdType = table.BatchIdType,
            BatchIds = draco?.Ids.ContainsKey("BATCH_ID") == true ? null : table.BatchIds(count),
            BatchLength = table.Has("BATCH_LENGTH") ? table.Count("BATCH_LENGTH") : table.Has("BATCH_ID") ? 0 : count,
            Draco = draco,
        };

        LegacyArray? Array(string name, int bytes) => draco?.Ids.ContainsKey(name) == true ? null : table.Array(name, count, bytes);
    }
}
