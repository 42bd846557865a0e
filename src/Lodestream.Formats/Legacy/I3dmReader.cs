using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Formats.Legacy;

/// <summary>An instanced model (3D Tiles 1.0, "Instanced 3D Model"): a glTF and where it stands, as ranges of the payload.</summary>
public sealed record I3dm
{
    /// <summary>The tables and the model behind them.</summary>
    public LegacyTables Tables { get; init; }

    /// <summary>The binary glTF; empty where it is a file of its own. Padding may follow it.</summary>
    public ByteRange Glb { get; init; }

    /// <summary>Where the model is, if it is a file of its own; null otherwise.</summary>
    public string? Uri { get; init; }

    /// <summary>Number of instances.</summary>
    public int Count { get; init; }

    /// <summary>What positions are relative to, on the tile's axes, metres.</summary>
    public Vector3d RtcCenter { get; init; }

    /// <summary>Positions: three floats each, or three unsigned 16-bit integers where <see cref="QuantizedScale"/> is given.</summary>
    public LegacyArray Positions { get; init; }

    /// <summary>Least corner of the volume that quantized positions divide, metres.</summary>
    public Vector3d QuantizedOffset { get; init; }

    /// <summary>Size of the volume that quantized positions divide, metres; null where positions are floats.</summary>
    public Vector3d? QuantizedScale { get; init; }

    /// <summary>Where each instance's y axis points: three floats, or an octahedron's two unsigned 16-bit integers; null where nothing is said.</summary>
    public LegacyArray? NormalUp { get; init; }

    /// <summary>Where each instance's x axis points, like <see cref="NormalUp"/>.</summary>
    public LegacyArray? NormalRight { get; init; }

    /// <summary>Whether the axes are an octahedron's coordinates.</summary>
    public bool AreNormalsOctahedral { get; init; }

    /// <summary>Whether instances without axes of their own stand east, north and up on the ellipsoid.</summary>
    public bool EastNorthUp { get; init; }

    /// <summary>A float for each instance; null where all have their size.</summary>
    public LegacyArray? Scale { get; init; }

    /// <summary>Three floats for each instance, along its axes; null where all have their size.</summary>
    public LegacyArray? ScaleNonUniform { get; init; }

    /// <summary>Rows of the batch table; null where the instance's number is its row.</summary>
    public LegacyBatchIds? BatchIds { get; init; }

    /// <summary>From the model on the tile's axes to where an instance stands in the tile, <see cref="RtcCenter"/> included.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="index">The instance.</param>
    public Transform3d Transform(ReadOnlySpan<byte> payload, int index) => I3dmPlacement.Of(this, payload, index);
}

/// <summary>Reads instanced models.</summary>
public static class I3dmReader
{
    private const int HeaderBytes = 32;

    /// <summary>Reads the header and the feature table.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="whole">Where the instanced model lies in it.</param>
    /// <param name="i3dm">The parts, where it went well. Arrays are within the payload.</param>
    public static ReadOutcome Read(ContentBytes bytes, ByteRange whole, out I3dm? i3dm)
    {
        i3dm = null;
        var outcome = LegacyTables.Read(bytes, whole, "i3dm"u8, "an instanced model", HeaderBytes, out var tables);
        if (!outcome.IsOk)
            return outcome;
        var table = FeatureTable.Read(bytes, tables.FeatureTableJson, tables.FeatureTableBinary, out var error);
        if (error is not null)
            return ReadOutcome.Malformed($"its feature table {error} (byte {tables.FeatureTableJson.Offset})");
        var read = ReadTable(table, tables);
        if (table.Error is not null)
            return ReadOutcome.Malformed($"its feature table {table.Error} (byte {tables.FeatureTableJson.Offset})");
        return ReadModel(bytes, whole, read, out i3dm);
    }

    private static I3dm ReadTable(FeatureTable table, LegacyTables tables)
    {
        var count = table.Count("INSTANCES_LENGTH");
        var quantized = !table.Has("POSITION") && table.Has("POSITION_QUANTIZED");
        var octahedral = !table.Has("NORMAL_UP") && table.Has("NORMAL_UP_OCT32P");
        var (up, right, bytes) = octahedral ? ("NORMAL_UP_OCT32P", "NORMAL_RIGHT_OCT32P", 4) : ("NORMAL_UP", "NORMAL_RIGHT", 12);
        var read = new I3dm
        {
            Tables = tables,
            Count = count,
            RtcCenter = table.Vector("RTC_CENTER") ?? Vector3d.Zero,
            Positions = (quantized ? table.Array("POSITION_QUANTIZED", count, 6) : table.Array("POSITION", count, 12)) ?? default,
            QuantizedOffset = quantized ? table.Vector("QUANTIZED_VOLUME_OFFSET") ?? Vector3d.Zero : Vector3d.Zero,
            QuantizedScale = quantized ? table.Vector("QUANTIZED_VOLUME_SCALE") ?? new(1, 1, 1) : null,
            NormalUp = table.Array(up, count, bytes),
            NormalRight = table.Array(right, count, bytes),
            AreNormalsOctahedral = octahedral,
            EastNorthUp = table.Flag("EAST_NORTH_UP"),
            Scale = table.Array("SCALE", count, 4),
            ScaleNonUniform = table.Array("SCALE_NON_UNIFORM", count, 12),
            BatchIds = table.BatchIds(count),
        };
        if (!quantized && !table.Has("POSITION"))
            table.Fail("names neither POSITION nor POSITION_QUANTIZED");
        if (read.NormalUp is null != read.NormalRight is null)
            table.Fail($"names only one of {up} and {right}");
        return read;
    }

    private static ReadOutcome ReadModel(ContentBytes bytes, ByteRange whole, I3dm read, out I3dm? i3dm)
    {
        i3dm = null;
        var body = read.Tables.Body;
        if (body.Length == 0)
            return ReadOutcome.Malformed($"holds no model (byte {body.Offset})");
        var kind = LegacyTables.Field(bytes.Read(whole with { Length = HeaderBytes }), 7);
        if (kind == 1)
            i3dm = read with { Glb = body };
        else if (kind == 0 && UriOf(bytes.Read(body)) is { Length: > 0 } uri)
            i3dm = read with { Uri = uri };
        return i3dm is not null ? ReadOutcome.Ok : ReadOutcome.Malformed(kind == 0
            ? $"names no file for its model (byte {body.Offset})"
            : $"has its model in format {kind}; known are 0 and 1 (byte {whole.Offset + 28})");
    }

    // Padded with spaces, as it should be, or with zeros.
    private static string? UriOf(ReadOnlySpan<byte> body)
    {
        var text = body.TrimEnd("\0 "u8);
        return text.Length > 4096 ? null : Encoding.UTF8.GetString(text);
    }
}
