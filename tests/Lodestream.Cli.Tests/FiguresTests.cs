using Lodestream.Cli.Output;

namespace Lodestream.Cli.Tests;

/// <summary>Numbers as people read them.</summary>
public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 KB")]
    [InlineData(9_994, "9.99 KB")]
    [InlineData(9_996, "10.0 KB")]
    [InlineData(99_960, "100 KB")]
    [InlineData(999_499, "999 KB")]
    [InlineData(999_500, "1.00 MB")]
    [InlineData(136_289_285, "136 MB")]
    [InlineData(5_000_000_000_000_000, "5000 TB")]
    public void Bytes_have_three_digits(long bytes, string text) => Assert.Equal(text, Figures.Bytes(bytes));
}
