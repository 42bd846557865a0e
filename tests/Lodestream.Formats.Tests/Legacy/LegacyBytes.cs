using System.Buffers.Binary;
using System.Text;
using Lodestream.Formats.Tests.Gltf;

namespace Lodestream.Formats.Tests.Legacy;

/// <summary>Contents of 3D Tiles 1.0 written by hand.</summary>
internal static class LegacyBytes
{
    public static byte[] I3dm(string featureTable, byte[] featureBinary, byte[] model, uint format = 1, string batchTable = "", byte[]? batchBinary = null) =>
        Content("i3dm", featureTable, featureBinary, batchTable, batchBinary ?? [], model, format);

    public static byte[] Pnts(string featureTable, byte[] featureBinary, string batchTable = "", byte[]? batchBinary = null) =>
        Content("pnts", featureTable, featureBinary, batchTable, batchBinary ?? [], [], null);

    public static byte[] Cmpt(params byte[][] contents)
    {
        var parts = new List<byte>();
        parts.AddRange("cmpt"u8);
        GltfBytes.Append(parts, 1);
        GltfBytes.Append(parts, 16 + contents.Sum(c => c.Length));
        GltfBytes.Append(parts, contents.Length);
        foreach (var content in contents)
            parts.AddRange(content);
        return [.. parts];
    }

    public static byte[] Floats(params float[] values)
    {
        var bytes = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }

    public static byte[] Shorts(params ushort[] values)
    {
        var bytes = new byte[values.Length * 2];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), values[i]);
        return bytes;
    }

    private static byte[] Content(string magic, string featureTable, byte[] featureBinary, string batchTable, byte[] batchBinary, byte[] body, uint? format)
    {
        var header = format is null ? 28 : 32;
        var parts = new List<byte>();
        parts.AddRange(Encoding.ASCII.GetBytes(magic));
        GltfBytes.Append(parts, 1);
        GltfBytes.Append(parts, header + featureTable.Length + featureBinary.Length + batchTable.Length + batchBinary.Length + body.Length);
        GltfBytes.Append(parts, featureTable.Length);
        GltfBytes.Append(parts, featureBinary.Length);
        GltfBytes.Append(parts, batchTable.Length);
        GltfBytes.Append(parts, batchBinary.Length);
        if (format is { } number)
            GltfBytes.Append(parts, (int)number);
        parts.AddRange(Encoding.ASCII.GetBytes(featureTable));
        parts.AddRange(featureBinary);
        parts.AddRange(Encoding.ASCII.GetBytes(batchTable));
        parts.AddRange(batchBinary);
        parts.AddRange(body);
        return [.. parts];
    }
}
