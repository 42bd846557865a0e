using Lodestream.Browser.Tests.Harness;

namespace Lodestream.Browser.Tests;

/// <summary>What compares pictures tells a fault from the arithmetic of another rasteriser.</summary>
public sealed class PictureTests
{
    [Fact]
    public void A_picture_comes_back_from_its_file_as_it_was()
    {
        var bytes = new byte[37 * 23 * 3];
        new Random(7).NextBytes(bytes);
        var path = Path.GetTempFileName();
        try
        {
            PngFile.Write(path, new(37, 23, bytes));
            var read = PngFile.Read(path);
            Assert.Equal((37, 23), (read.Width, read.Height));
            Assert.Equal(bytes, read.Rgb);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_frame_buffer_s_first_row_is_the_picture_s_last() =>
        Assert.Equal([4, 5, 6, 1, 2, 3], Picture.FromFrameBuffer(1, 2, [1, 2, 3, 255, 4, 5, 6, 255]).Rgb);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 20, 0)]
    [InlineData(4, 0, 0.05)]
    [InlineData(0, 100, 0.09)]
    public void A_shift_and_another_colour_differ_and_little_light_does_not(int shift, int brighter, double least)
    {
        var share = Square(0, 0).ShareThatDiffers(Square(shift, brighter), out var difference);
        if (least == 0)
            Assert.Equal(0, share);
        else
            Assert.InRange(share, least, 0.2);
        Assert.Equal(share, Enumerable.Range(0, 3200).Count(i => difference.Rgb[i * 3] == 255) / 3200.0, 6);
    }

    [Fact]
    public void Pictures_of_different_sizes_are_not_compared() =>
        Assert.Throws<ArgumentException>(() => Square(0, 0).ShareThatDiffers(new(1, 1, new byte[3]), out _));

    // Twenty pixels square on 80 × 40.
    private static Picture Square(int shift, int brighter)
    {
        var rgb = new byte[80 * 40 * 3];
        for (var y = 10; y < 30; y++)
            Array.Fill(rgb, (byte)(120 + brighter), (y * 80 + 30 + shift) * 3, 60);
        return new(80, 40, rgb);
    }
}
