using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Lodestream.Browser.Tests.Harness;

/// <summary>Pictures as PNG files of eight bits a channel, as <see href="https://www.w3.org/TR/png-3/"/> describes them.</summary>
internal static class PngFile
{
    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Writes a picture, without alpha.</summary>
    public static void Write(string path, Picture picture)
    {
        using var file = File.Create(path);
        Write(file, picture);
    }

    /// <summary>Writes a picture, without alpha.</summary>
    public static void Write(Stream file, Picture picture)
    {
        file.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = 8;
        header[9] = 2;
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", Compress(picture));
        WriteChunk(file, "IEND", []);
    }

    /// <summary>Reads a picture with or without alpha, which is dropped.</summary>
    public static Picture Read(string path) => Read(File.ReadAllBytes(path), path);

    /// <summary>Reads a picture with or without alpha, which is dropped.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="path">What errors call it.</param>
    public static Picture Read(ReadOnlySpan<byte> file, string path)
    {
        if (!file.StartsWith(Signature))
            throw new InvalidDataException($"{path} is no PNG file.");
        var (width, height, channels) = (0, 0, 0);
        using var compressed = new MemoryStream();
        for (var at = Signature.Length; at < file.Length;)
        {
            var body = file.Slice(at + 8, BinaryPrimitives.ReadInt32BigEndian(file[at..]));
            switch (Encoding.ASCII.GetString(file.Slice(at + 4, 4)))
            {
                case "IHDR":
                    (width, height) = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..]));
                    channels = (body[8], body[9], body[12]) switch
                    {
                        (8, 2, 0) => 3,
                        (8, 6, 0) => 4,
                        _ => throw new InvalidDataException($"{path} is not of eight bits a channel, red, green and blue, or interlaced."),
                    };
                    break;
                case "IDAT":
                    compressed.Write(body);
                    break;
            }
            at += 12 + body.Length;
        }
        compressed.Position = 0;
        return new(width, height, Decompress(compressed, width, height, channels));
    }

    private static byte[] Compress(Picture picture)
    {
        var stride = picture.Width * 3;
        using var output = new MemoryStream();
        using (var deflate = new ZLibStream(output, CompressionLevel.SmallestSize))
        {
            var line = new byte[stride];
            for (var y = 0; y < picture.Height; y++)
            {
                for (var i = 0; i < stride; i++)
                {
                    var at = y * stride + i;
                    line[i] = (byte)(picture.Rgb[at] - Predict(Filter.Paeth, picture.Rgb, at, i < 3 ? 0 : 3, y == 0 ? 0 : stride));
                }
                deflate.WriteByte((byte)Filter.Paeth);
                deflate.Write(line);
            }
        }
        return output.ToArray();
    }

    private static byte[] Decompress(Stream compressed, int width, int height, int channels)
    {
        var stride = width * channels;
        var bytes = new byte[stride * height];
        using var inflate = new ZLibStream(compressed, CompressionMode.Decompress);
        for (var y = 0; y < height; y++)
        {
            var filter = (Filter)inflate.ReadByte();
            inflate.ReadExactly(bytes, y * stride, stride);
            for (var i = 0; i < stride; i++)
            {
                var at = y * stride + i;
                bytes[at] += Predict(filter, bytes, at, i < channels ? 0 : channels, y == 0 ? 0 : stride);
            }
        }
        var rgb = new byte[width * height * 3];
        for (var pixel = 0; pixel < width * height; pixel++)
            bytes.AsSpan(pixel * channels, 3).CopyTo(rgb.AsSpan(pixel * 3));
        return rgb;
    }

    // Distances to the neighbours at the left and above are 0 where there is none.
    private static byte Predict(Filter filter, byte[] bytes, int at, int left, int up)
    {
        var a = left == 0 ? 0 : bytes[at - left];
        var b = up == 0 ? 0 : bytes[at - up];
        var c = left == 0 || up == 0 ? 0 : bytes[at - up - left];
        return filter switch
        {
            Filter.None => 0,
            Filter.Sub => (byte)a,
            Filter.Up => (byte)b,
            Filter.Average => (byte)((a + b) / 2),
            Filter.Paeth => Paeth(a, b, c),
            _ => throw new InvalidDataException($"PNG has no filter {filter}."),
        };
    }

    private static byte Paeth(int a, int b, int c)
    {
        var (toA, toB, toC) = (Math.Abs(b - c), Math.Abs(a - c), Math.Abs(a + b - 2 * c));
        return (byte)(toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
    }

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> body)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, body.Length);
        file.Write(word);
        byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. body];
        file.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc(typed));
        file.Write(word);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xedb88320;
        }
        return ~crc;
    }

    private enum Filter
    {
        None,
        Sub,
        Up,
        Average,
        Paeth,
    }
}
