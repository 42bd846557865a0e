using System.Buffers.Binary;
using System.Text;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>
/// A tile whose decoding takes a worker long enough to be called off: a quad that is drawn once for each of many pictures. They are one
/// PNG file in the buffer, and each is decoded for itself.
/// </summary>
internal static class SlowTile
{
    /// <summary>Pictures in it.</summary>
    public const int Images = 24;

    private const int Size = 1024;

    /// <summary>Its file: a binary glTF.</summary>
    /// <param name="half">Half the quad's side, metres; it lies flat around the origin.</param>
    public static byte[] Write(float half)
    {
        var png = Picture();
        using var binary = new MemoryStream();
        foreach (var coordinate in new[] { -half, 0, half, half, 0, half, half, 0, -half, -half, 0, -half, 0, 1, 1, 1, 1, 0, 0, 0 })
            binary.Write(BitConverter.GetBytes((float)coordinate));
        foreach (var index in new ushort[] { 0, 1, 2, 0, 2, 3 })
            binary.Write(BitConverter.GetBytes(index));
        var pictureAt = (int)binary.Length;
        binary.Write(png);
        binary.SetLength((binary.Length + 3) & ~3);

        var all = Enumerable.Range(0, Images).ToArray();
        var extent = FormattableString.Invariant($"\"min\":[{-half},0,{-half}],\"max\":[{half},0,{half}]");
        var json = $$"""
            {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
            "buffers":[{"byteLength":{{binary.Length}}}],
            "bufferViews":[{"buffer":0,"byteLength":48},{"buffer":0,"byteOffset":48,"byteLength":32},{"buffer":0,"byteOffset":80,"byteLength":12},{"buffer":0,"byteOffset":{{pictureAt}},"byteLength":{{png.Length}}}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3",{{extent}}},{"bufferView":1,"componentType":5126,"count":4,"type":"VEC2"},{"bufferView":2,"componentType":5123,"count":6,"type":"SCALAR"}],
            "images":[{{Join(_ => """{"bufferView":3,"mimeType":"image/png"}""")}}],
            "textures":[{{Join(i => $$"""{"source":{{i}}}""")}}],
            "materials":[{{Join(i => """{"pbrMetallicRoughness":{"baseColorTexture":{"index":""" + i + "}}}")}}],
            "meshes":[{"primitives":[{{Join(i => $$"""{"attributes":{"POSITION":0,"TEXCOORD_0":1},"indices":2,"material":{{i}}}""")}}]}]}
            """;
        return Binary(Encoding.UTF8.GetBytes(json.PadRight((json.Length + 3) & ~3)), binary.ToArray());

        string Join(Func<int, string> text) => string.Join(',', all.Select(text));
    }

    private static byte[] Binary(byte[] json, byte[] binary)
    {
        var file = new byte[12 + 8 + json.Length + 8 + binary.Length];
        "glTF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), 2);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), file.Length);
        WriteChunk(12, "JSON"u8, json);
        WriteChunk(20 + json.Length, "BIN\0"u8, binary);
        return file;

        void WriteChunk(int at, ReadOnlySpan<byte> type, byte[] chunk)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), chunk.Length);
            type.CopyTo(file.AsSpan(at + 4));
            chunk.CopyTo(file, at + 8);
        }
    }

    private static byte[] Picture()
    {
        var path = Path.GetTempFileName();
        try
        {
            PngFile.Write(path, new(Size, Size, [.. Enumerable.Range(0, Size * Size * 3).Select(i => (byte)(i * 7 + i / 1000))]));
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
