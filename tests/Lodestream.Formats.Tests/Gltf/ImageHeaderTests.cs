using System.Buffers.Binary;
using Lodestream.Formats.Gltf;

namespace Lodestream.Formats.Tests.Gltf;

public class ImageHeaderTests
{
    public static byte[] Png(int width, int height)
    {
        byte[] png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return png;
    }

    [Fact]
    public void A_png() => AssertSize(Png(640, 480), ImageEncoding.Png, 640, 480);

    [Theory]
    [InlineData(0xc0)]
    [InlineData(0xc2)]
    public void Jpeg_with_its_frame_behind_metadata_and_fill_bytes(byte frame)
    {
        byte[] jpeg =
        [
            0xff, 0xd8, 0xff, 0xe0, 0, 16, .. new byte[14], 0xff, 0xff, 0xe1, 0x03, 0xea, .. new byte[1000], 0xff, 0xc4, 0, 4, 0, 0,
            0xff, frame, 0, 17, 8, 0x01, 0x02, 0x03, 0x04, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        AssertSize(jpeg, ImageEncoding.Jpeg, 0x0304, 0x0102);
    }

    [Fact]
    public void WebP_lossy_lossless_and_extended()
    {
        byte[] riff = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8];
        AssertSize([.. riff, .. "VP8 "u8, 0, 0, 0, 0, 0x30, 1, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x41, 0], ImageEncoding.WebP, 640, 480);
        AssertSize([.. riff, .. "VP8L"u8, 0, 0, 0, 0, 0x2f, 0x7f, 0xc2, 0x77, 0x00, 0, 0, 0, 0, 0], ImageEncoding.WebP, 0x27f + 1, 0x1df + 1);
        AssertSize([.. riff, .. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0], ImageEncoding.WebP, 640, 480);
    }

    [Fact]
    public void Ktx2_with_its_levels()
    {
        var ktx = new byte[80];
        ((ReadOnlySpan<byte>)[0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a]).CopyTo(ktx);
        BinaryPrimitives.WriteInt32LittleEndian(ktx.AsSpan(20), 256);
        BinaryPrimitives.WriteInt32LittleEndian(ktx.AsSpan(24), 128);
        BinaryPrimitives.WriteInt32LittleEndian(ktx.AsSpan(40), 3);
        Assert.True(ImageHeader.Read(ktx, ktx.Length, out var header).IsOk);
        Assert.Equal(new ImageHeader(ImageEncoding.Ktx2, 256, 128, 3), header);
        Assert.Equal(256 * 128 + 128 * 64 + 64 * 32, GltfCost.TextureBytesOf(header));
    }

    [Fact]
    public void What_is_no_image_or_has_no_pixels_is_an_error()
    {
        Assert.Equal(ReadStatus.Malformed, ImageHeader.Read(new byte[64], 64, out _).Status);
        Assert.Contains("0 × 5", ImageHeader.Read(Png(0, 5), 64, out _).Error, StringComparison.Ordinal);
        Assert.Contains("at most 65,536 a side", ImageHeader.Read(Png(65_537, 5), 64, out _).Error, StringComparison.Ordinal);
        Assert.Equal(ReadStatus.Malformed, ImageHeader.Read(Png(-3, 5), 64, out _).Status);
        byte[] noFrame = [0xff, 0xd8, 0xff, 0xda, 0, 8, 0, 0, 0, 0, 0, 0];
        Assert.Contains("without a frame", ImageHeader.Read(noFrame, noFrame.Length, out _).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Textures_count_with_all_their_mip_levels()
    {
        Assert.Equal(4 * (16 + 4 + 2 + 1), GltfCost.TextureBytesOf(new(ImageEncoding.Png, 8, 2)));
        Assert.InRange(GltfCost.TextureBytesOf(new(ImageEncoding.Jpeg, 1024, 1024)) / (1024.0 * 1024 * 4), 1.333, 1.334);
        Assert.True(GltfCost.TextureBytesOf(new(ImageEncoding.Jpeg, 65535, 65535)) > int.MaxValue);
    }

    // Whatever the cut, the header asks for more, is refused, or is right; and asking leads to the answer.
    private static void AssertSize(byte[] image, ImageEncoding encoding, int width, int height)
    {
        var needed = 0;
        ReadOutcome outcome;
        ImageHeader header;
        while ((outcome = ImageHeader.Read(image.AsSpan(0, needed), image.Length, out header)).Status == ReadStatus.NeedMore)
        {
            Assert.True(outcome.NeededBytes > needed);
            needed = outcome.NeededBytes;
        }
        Assert.True(outcome.IsOk, outcome.Error);
        Assert.Equal(new ImageHeader(encoding, width, height), header);
        for (var length = 0; length < needed; length++)
        {
            var cut = ImageHeader.Read(image.AsSpan(0, length), length, out header);
            Assert.True(cut.Status == ReadStatus.Malformed || (cut.IsOk && header == new ImageHeader(encoding, width, height)), $"{length} bytes: {cut}");
        }
    }
}
