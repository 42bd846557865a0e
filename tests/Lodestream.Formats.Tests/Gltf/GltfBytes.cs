using System.Buffers.Binary;
using System.Text;

namespace Lodestream.Formats.Tests.Gltf;

/// <summary>Small binary files written by hand.</summary>
internal static class GltfBytes
{
    /// <summary>A triangle: 3 positions (36 bytes) and 3 indices of a byte each, padded to 40 bytes.</summary>
    public const string Triangle = """
        {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0,"translation":[10,0,0]}],
         "meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],
         "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"},{"bufferView":1,"componentType":5121,"count":3,"type":"SCALAR"}],
         "bufferViews":[{"buffer":0,"byteLength":36},{"buffer":0,"byteOffset":36,"byteLength":3}],"buffers":[{"byteLength":39}]}
        """;

    public static byte[] TriangleBinary(byte lastIndex = 2, float x = 1)
    {
        var bytes = new byte[40];
        float[] positions = [0, 0, 0, x, 0, 0, 0, 2, 0];
        for (var i = 0; i < positions.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), positions[i]);
        (bytes[36], bytes[37], bytes[38]) = (0, 1, lastIndex);
        return bytes;
    }

    public static byte[] Glb(string json, byte[]? binary = null)
    {
        var text = Padded(Encoding.UTF8.GetBytes(json), 4, (byte)' ');
        var parts = new List<byte>();
        parts.AddRange("glTF"u8);
        Append(parts, 2);
        Append(parts, 12 + 8 + text.Length + (binary is null ? 0 : 8 + binary.Length));
        Append(parts, text.Length);
        parts.AddRange("JSON"u8);
        parts.AddRange(text);
        if (binary is not null)
        {
            Append(parts, binary.Length);
            parts.AddRange("BIN\0"u8);
            parts.AddRange(binary);
        }
        return [.. parts];
    }

    public static byte[] TriangleGlb() => Glb(Triangle, TriangleBinary());

    /// <summary>A batched model with the standard's header; tables as they are, not padded.</summary>
    public static byte[] B3dm(byte[] glb, string featureTable, byte[]? featureBinary = null, string batchTable = "")
    {
        var parts = new List<byte>();
        parts.AddRange("b3dm"u8);
        Append(parts, 1);
        Append(parts, 28 + featureTable.Length + (featureBinary?.Length ?? 0) + batchTable.Length + glb.Length);
        Append(parts, featureTable.Length);
        Append(parts, featureBinary?.Length ?? 0);
        Append(parts, batchTable.Length);
        Append(parts, 0);
        parts.AddRange(Encoding.UTF8.GetBytes(featureTable));
        parts.AddRange(featureBinary ?? []);
        parts.AddRange(Encoding.UTF8.GetBytes(batchTable));
        parts.AddRange(glb);
        return [.. parts];
    }

    public static void Append(List<byte> bytes, int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        bytes.AddRange(four);
    }

    private static byte[] Padded(byte[] bytes, int to, byte with) =>
        [.. bytes, .. Enumerable.Repeat(with, (to - bytes.Length % to) % to)];
}
