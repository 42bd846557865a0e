using System.Buffers.Binary;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Formats.Legacy;

/// <summary>A feature table of 3D Tiles 1.0: what its JSON says, with arrays checked against its binary part.</summary>
internal sealed class FeatureTable
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ByteRange _binary;
    private readonly ContentBytes _bytes;

    private FeatureTable(ByteRange binary, ContentBytes bytes) => (_binary, _bytes) = (binary, bytes);

    /// <summary>What is wrong with what was asked for first; null when nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Ids of attributes in a Draco stream, and where the stream is; null where there is none.</summary>
    public (ByteRange Bytes, Dictionary<string, int> Ids)? Draco { get; private set; }

    /// <summary>Reads a table.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="json">The JSON.</param>
    /// <param name="binary">The binary part.</param>
    /// <param name="error">What is wrong; null when nothing is.</param>
    public static FeatureTable Read(ContentBytes bytes, ByteRange json, ByteRange binary, out string? error)
    {
        var table = new FeatureTable(binary, bytes);
        error = null;
        try
        {
            var walker = new JsonWalker(bytes.Read(json).TrimEnd("\0 \n\r\t"u8));
            if (!walker.EnterObject())
                error = "is not a JSON object";
            while (error is null && walker.NextProperty())
            {
                if (walker.Is("extensions"u8))
                    table.ReadExtensions(ref walker);
                else
                {
                    var name = walker.Name();
                    table._entries[name] = ReadEntry(ref walker);
                }
            }
        }
        catch (JsonException)
        {
            error = "is not valid JSON";
        }
        return table;
    }

    /// <summary>Whether the table names something.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>Says what is wrong, unless something was before.</summary>
    public void Fail(string error) => Error ??= error;

    /// <summary>Whether a flag is set.</summary>
    public bool Flag(string name) => _entries.TryGetValue(name, out var entry) && entry.Flag;

    /// <summary>A number of the whole table, which must be there and not negative.</summary>
    public int Count(string name)
    {
        var value = _entries.TryGetValue(name, out var entry) ? entry.Numbers is [var number] ? number : IntegerAt(entry.ByteOffset) : double.NaN;
        if (value >= 0 && value <= int.MaxValue && value == Math.Floor(value))
            return (int)value;
        Error ??= _entries.ContainsKey(name) ? $"has no usable {name}" : $"lacks {name}";
        return 0;
    }

    /// <summary>A vector of the whole table; null where there is none.</summary>
    public Vector3d? Vector(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
            return null;
        Vector3d? vector = entry.Numbers is [var x, var y, var z] ? new(x, y, z) : VectorAt(entry.ByteOffset);
        if (vector is not { IsFinite: true })
            Error ??= $"has no usable {name}";
        return vector;
    }

    /// <summary>Four bytes of the whole table; null where there are none.</summary>
    public (byte R, byte G, byte B, byte A)? Color(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
            return null;
        if (entry.Numbers is [var r, var g, var b, var a])
            return (Byte(r), Byte(g), Byte(b), Byte(a));
        if (entry.ByteOffset >= 0 && entry.ByteOffset <= _binary.Length - 4)
        {
            var bytes = Global(entry.ByteOffset, 4);
            return (bytes[0], bytes[1], bytes[2], bytes[3]);
        }
        Error ??= $"has no usable {name}";
        return null;

        static byte Byte(double number) => (byte)Math.Clamp(number, 0, 255);
    }

    /// <summary>An array in the binary part, one value per feature; null where there is none.</summary>
    /// <param name="name">The semantic.</param>
    /// <param name="count">Number of features.</param>
    /// <param name="bytes">Bytes of a value.</param>
    public LegacyArray? Array(string name, int count, int bytes)
    {
        if (!_entries.TryGetValue(name, out var entry))
            return null;
        if (entry.ByteOffset < 0)
            Error ??= $"has a {name} without byteOffset";
        else if (entry.ByteOffset + (long)count * bytes > _binary.Length)
            Error ??= $"has {count} of {name} at {entry.ByteOffset}: {entry.ByteOffset + (long)count * bytes} bytes of a binary part of {_binary.Length}";
        return Error is null ? new(_binary.Offset + entry.ByteOffset, bytes) : null;
    }

    /// <summary>Batch ids; null where there are none.</summary>
    public LegacyBatchIds? BatchIds(int count)
    {
        if (!_entries.TryGetValue("BATCH_ID", out var entry))
            return null;
        var type = BatchIdType;
        return Array("BATCH_ID", count, new GltfAccessor(-1, 0, type, 1, 0, false).ComponentBytes) is { } ids ? new(ids, type) : null;
    }

    /// <summary>The type of batch ids, which is 16 bits where the table does not say.</summary>
    public GltfComponentType BatchIdType => _entries.TryGetValue("BATCH_ID", out var entry) ? entry.ComponentType switch
    {
        "UNSIGNED_BYTE" => GltfComponentType.UInt8,
        "UNSIGNED_INT" => GltfComponentType.UInt32,
        _ => GltfComponentType.UInt16,
    } : GltfComponentType.None;

    private double IntegerAt(int offset) => offset >= 0 && offset <= _binary.Length - 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Global(offset, 4)) : double.NaN;

    private Vector3d? VectorAt(int offset)
    {
        if (offset < 0 || offset > _binary.Length - 12)
            return null;
        var bytes = Global(offset, 12);
        return new(BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]), BinaryPrimitives.ReadSingleLittleEndian(bytes[8..]));
    }

    private ReadOnlySpan<byte> Global(int offset, int length) => _bytes.Read(new(_binary.Offset + offset, length));

    private static Entry ReadEntry(ref JsonWalker walker)
    {
        var entry = new Entry { ByteOffset = -1 };
        if (walker.IsArrayNext)
        {
            Span<double> numbers = stackalloc double[4];
            var count = walker.Numbers(numbers);
            entry.Numbers = count is > 0 and <= 4 ? numbers[..count].ToArray() : null;
        }
        else if (walker.IsObjectNext)
        {
            walker.EnterObject();
            while (walker.NextProperty())
            {
                if (walker.Is("byteOffset"u8))
                    entry.ByteOffset = walker.Integer(-1);
                else if (walker.Is("componentType"u8))
                    entry.ComponentType = walker.String();
                else
                    walker.SkipValue();
            }
        }
        else if (walker.IsNumberNext)
            entry.Numbers = [walker.Number(double.NaN)];
        else
            entry.Flag = walker.Flag();
        return entry;
    }

    private void ReadExtensions(ref JsonWalker walker)
    {
        if (!walker.EnterObject())
            return;
        while (walker.NextProperty())
        {
            if (!walker.Is("3DTILES_draco_point_compression"u8))
            {
                walker.SkipValue();
                continue;
            }
            int offset = -1, length = -1;
            var ids = new Dictionary<string, int>(StringComparer.Ordinal);
            if (!walker.EnterObject())
                continue;
            while (walker.NextProperty())
            {
                if (walker.Is("byteOffset"u8))
                    offset = walker.Integer(-1);
                else if (walker.Is("byteLength"u8))
                    length = walker.Integer(-1);
                else if (!walker.Is("properties"u8))
                    walker.SkipValue();
                else if (walker.EnterObject())
                {
                    while (walker.NextProperty())
                    {
                        var name = walker.Name();
                        ids[name] = walker.Integer(-1);
                    }
                }
            }
            if (offset < 0 || length < 0 || (long)offset + length > _binary.Length)
                Error ??= $"has its Draco stream at {offset} to {(long)offset + length} of a binary part of {_binary.Length}";
            else
                Draco = (new(_binary.Offset + offset, length), ids);
        }
    }

    private struct Entry
    {
        public double[]? Numbers;
        public int ByteOffset;
        public string? ComponentType;
        public bool Flag;
    }
}
