using System.Buffers.Binary;

namespace Lodestream.Formats.Gltf;

/// <summary>How an image is encoded.</summary>
public enum ImageEncoding : byte
{
    /// <summary>None of the ones known here.</summary>
    Unknown,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>WebP.</summary>
    WebP,

    /// <summary>KTX 2.0.</summary>
    Ktx2,
}

/// <summary>The size of an image, read from its header, before anyone decodes it.</summary>
/// <param name="Encoding">How it is encoded.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Levels">Mip levels the file holds; 0 where it leaves them to the host.</param>
public readonly record struct ImageHeader(ImageEncoding Encoding, int Width, int Height, int Levels = 0)
{
    // Four times what any GPU takes; what is added up from sizes within it stays far within 64 bits.
    private const int MaximumSide = 65_536;

    // Enough for every header but a JPEG's behind large metadata.
    internal const int UsualBytes = 64;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    private static ReadOnlySpan<byte> Ktx2Signature => [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Reads the header of an image.</summary>
    /// <param name="start">The encoded image, or its beginning.</param>
    /// <param name="length">Length of the whole encoded image, bytes.</param>
    /// <param name="header">The size, where it went well.</param>
    public static ReadOutcome Read(ReadOnlySpan<byte> start, int length, out ImageHeader header)
    {
        header = default;
        if (start.Length < 12)
            return Missing(start, length, 12);
        if (start.StartsWith(PngSignature))
            return ReadPng(start, length, out header);
        if (start[0] == 0xff && start[1] == 0xd8)
            return ReadJpeg(start, length, out header);
        if (start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8))
            return ReadWebP(start, length, out header);
        if (start.StartsWith(Ktx2Signature))
            return ReadKtx2(start, length, out header);
        return ReadOutcome.Malformed("is no PNG, JPEG, WebP or KTX2 image (byte 0)");
    }

    // Signature, then the chunk IHDR, which comes first.
    private static ReadOutcome ReadPng(ReadOnlySpan<byte> start, int length, out ImageHeader header)
    {
        header = default;
        if (start.Length < 24)
            return Missing(start, length, 24);
        if (!start[12..].StartsWith("IHDR"u8))
            return ReadOutcome.Malformed("is a PNG without IHDR (byte 12)");
        return Sized(new(ImageEncoding.Png, BinaryPrimitives.ReadInt32BigEndian(start[16..]), BinaryPrimitives.ReadInt32BigEndian(start[20..])), out header);
    }

    // Segments of a marker and a length, until one of the start-of-frame markers (C0 … CF but C4, C8 and CC).
    private static ReadOutcome ReadJpeg(ReadOnlySpan<byte> start, int length, out ImageHeader header)
    {
        header = default;
        var at = 2;
        while (true)
        {
            if (at + 4 > start.Length)
                return Missing(start, length, at + 4);
            if (start[at] != 0xff)
                return ReadOutcome.Malformed($"is a JPEG without a marker where one should be (byte {at})");
            var marker = start[at + 1];
            if (marker == 0xff)
            {
                at++;
                continue;
            }
            if (marker is 0x01 or (>= 0xd0 and <= 0xd8))
            {
                at += 2;
                continue;
            }
            if (marker is 0xd9 or 0xda)
                return ReadOutcome.Malformed($"is a JPEG without a frame (byte {at})");
            var segment = BinaryPrimitives.ReadUInt16BigEndian(start[(at + 2)..]);
            if (segment < 2)
                return ReadOutcome.Malformed($"is a JPEG with a segment of length {segment} (byte {at + 2})");
            if (marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc))
            {
                if (at + 9 > start.Length)
                    return Missing(start, length, at + 9);
                return Sized(new(ImageEncoding.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(start[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(start[(at + 5)..])), out header);
            }
            at += 2 + segment;
        }
    }

    // RIFF with one of three first chunks: VP8 (lossy), VP8L (lossless), VP8X (extended).
    private static ReadOutcome ReadWebP(ReadOnlySpan<byte> start, int length, out ImageHeader header)
    {
        header = default;
        if (start.Length < 30)
            return Missing(start, length, 30);
        var chunk = start[12..];
        if (chunk.StartsWith("VP8X"u8))
            return Sized(new(ImageEncoding.WebP, 1 + Int24(start[24..]), 1 + Int24(start[27..])), out header);
        if (chunk.StartsWith("VP8L"u8))
        {
            if (start[20] != 0x2f)
                return ReadOutcome.Malformed("is a lossless WebP without its signature (byte 20)");
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(start[21..]);
            return Sized(new(ImageEncoding.WebP, 1 + (int)(bits & 0x3fff), 1 + (int)(bits >> 14 & 0x3fff)), out header);
        }
        if (!chunk.StartsWith("VP8 "u8))
            return ReadOutcome.Malformed("is a WebP that begins with an unknown chunk (byte 12)");
        if (start[23] != 0x9d || start[24] != 0x01 || start[25] != 0x2a)
            return ReadOutcome.Malformed("is a WebP without a key frame (byte 23)");
        return Sized(new(ImageEncoding.WebP, BinaryPrimitives.ReadUInt16LittleEndian(start[26..]) & 0x3fff, BinaryPrimitives.ReadUInt16LittleEndian(start[28..]) & 0x3fff), out header);
    }

    private static ReadOutcome ReadKtx2(ReadOnlySpan<byte> start, int length, out ImageHeader header)
    {
        header = default;
        if (start.Length < 44)
            return Missing(start, length, 44);
        var format = BinaryPrimitives.ReadUInt32LittleEndian(start[12..]);
        if (format != 0)
            return ReadOutcome.NotSupported($"KTX2 images that Basis Universal did not compress (vkFormat {format}, byte 12)");
        if (BinaryPrimitives.ReadUInt32LittleEndian(start[28..]) > 1 || BinaryPrimitives.ReadUInt32LittleEndian(start[32..]) > 1 || BinaryPrimitives.ReadUInt32LittleEndian(start[36..]) > 1)
            return ReadOutcome.NotSupported("KTX2 files with layers, faces or depth (byte 28)");
        var levels = BinaryPrimitives.ReadInt32LittleEndian(start[40..]);
        if (levels is < 0 or > 32)
            return ReadOutcome.Malformed($"is a KTX2 image of {levels} levels (byte 40)");
        var height = BinaryPrimitives.ReadInt32LittleEndian(start[24..]);
        return Sized(new(ImageEncoding.Ktx2, BinaryPrimitives.ReadInt32LittleEndian(start[20..]), Math.Max(1, height), levels), out header);
    }

    private static int Int24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    private static ReadOutcome Sized(ImageHeader read, out ImageHeader header)
    {
        header = read;
        if (read.Width > MaximumSide || read.Height > MaximumSide)
            return ReadOutcome.Malformed($"is an image of {read.Width} × {read.Height} pixels; at most {MaximumSide:N0} a side are read");
        return read.Width > 0 && read.Height > 0 ? ReadOutcome.Ok : ReadOutcome.Malformed($"is an image of {read.Width} × {read.Height} pixels");
    }

    // Each look begins at the beginning: twice as far each time, or a JPEG of small segments takes time by their square.
    private static ReadOutcome Missing(ReadOnlySpan<byte> start, int length, int needed) => start.Length < length && needed <= length
        ? ReadOutcome.Need((int)Math.Min(length, Math.Max(needed, 2L * start.Length)))
        : ReadOutcome.Malformed($"is an image that is cut off: it needs {needed} bytes, there are {length}");
}
